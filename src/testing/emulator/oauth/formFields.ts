/** The parts of the form by their names: of a repeated one the last counts, unknown ones do not. */
import * as Arr from "effect/Array"
import * as Either from "effect/Either"
import * as Option from "effect/Option"
import { decodeUtf8 } from "../text.js"
import type { Part } from "./multipart.js"

const textFields = [
  "slug",
  "name",
  "description",
  "fqdn",
  "supported_scopes",
  "scope_definitions",
  "allow_dynamic_client_registration"
] as const

type TextField = (typeof textFields)[number]

export interface FormFields {
  readonly text: ReadonlyMap<TextField, string>
  /** Without logos that the server ignores: empty ones and those that are no image. */
  readonly logo: Part | undefined
}

const fieldOf = (name: string): TextField | undefined =>
  name === "domain" ? "fqdn" : textFields.find((field) => field === name)

const isLogo = (part: Part): boolean =>
  part.name === "logo" && part.value.length > 0 && part.mediaType?.startsWith("image/") === true

/** The fields, or the words of the refusal where a text is not UTF-8. */
export const read = (parts: ReadonlyArray<Part>): Either.Either<FormFields, string> => {
  const text = new Map<TextField, string>()
  for (const part of parts) {
    const field = fieldOf(part.name)
    if (field === undefined) continue
    const value = decodeUtf8(part.value)
    if (value === undefined) return Either.left(`Multipart field '${part.name}' must be valid UTF-8 text`)
    text.set(field, value)
  }
  return Either.right({ text, logo: Option.getOrUndefined(Arr.findLast(parts, isLogo)) })
}
