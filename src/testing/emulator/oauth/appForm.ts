/** The form that makes an OAuth app, read and checked as far as that needs no look at the world. */
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import type { Request } from "../Call.js"
import * as Failure from "../Failure.js"
import { trimToNull } from "../text.js"
import { boundaryOf } from "./boundary.js"
import * as DefinitionInput from "./definitionInput.js"
import * as FormFields from "./formFields.js"
import * as Logo from "./logo.js"
import * as Multipart from "./multipart.js"
import type { ScopeDefinitionInput } from "./scopes.js"
import * as Scopes from "./scopes.js"

export interface AppForm {
  readonly slug: string
  readonly name: string
  readonly description: string | null
  readonly fqdn: string | null
  readonly supportedScopes: ReadonlyArray<string>
  readonly definitions: ReadonlyArray<ScopeDefinitionInput>
  readonly allowDynamicClientRegistration: boolean
  readonly logoExtension: string | undefined
}

const isYes = (text: string): boolean => ["1", "true", "yes", "on"].includes(text.toLowerCase())

const check = ({ logo, text }: FormFields.FormFields): Either.Either<AppForm, string> =>
  Either.gen(function* () {
    const definitionsText = text.get("scope_definitions")
    const definitions = definitionsText === undefined ? [] : yield* DefinitionInput.fromPart(definitionsText)
    const logoExtension = logo === undefined ? undefined : yield* Logo.extension(logo.mediaType)
    return {
      slug: yield* Either.fromNullable(trimToNull(text.get("slug")), () => "slug is required"),
      name: yield* Either.fromNullable(trimToNull(text.get("name")), () => "name is required"),
      description: trimToNull(text.get("description")),
      fqdn: trimToNull(text.get("fqdn"))?.toLowerCase() ?? null,
      supportedScopes: Scopes.fromCommaList(text.get("supported_scopes") ?? ""),
      definitions,
      allowDynamicClientRegistration: isYes(text.get("allow_dynamic_client_registration") ?? ""),
      logoExtension
    }
  })

/** Reads the form; a body without a boundary is refused by the framework, all else by the route. */
export const read = (request: Request): Effect.Effect<AppForm, Failure.Failure> => {
  const boundary = boundaryOf(request.headers["content-type"])
  if (boundary === undefined) return Effect.fail(Failure.malformed)
  const form = Multipart.parse(boundary, request.body).pipe(Either.flatMap(FormFields.read), Either.flatMap(check))
  return Either.match(form, { onLeft: Failure.badRequest, onRight: Effect.succeed })
}
