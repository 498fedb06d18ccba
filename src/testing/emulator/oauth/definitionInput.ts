/** Scope definitions as they come in, in a JSON body and as the text of a form part. */
import * as Either from "effect/Either"
import * as Decode from "../json/decode.js"
import { parse } from "../json/parse.js"
import type { ScopeDefinitionInput } from "./scopes.js"

export const scopeDefinition: Decode.Decoder<ScopeDefinitionInput> = Decode.object({
  scope: Decode.required(Decode.text),
  display_name: Decode.required(Decode.text),
  description: Decode.required(Decode.text),
  archived: Decode.defaulted(Decode.boolean, false),
  category: Decode.defaulted(Decode.text, ""),
  organization_permission: Decode.optional(Decode.text),
  workspace_permission: Decode.optional(Decode.text)
})

const definitions = Decode.array(scopeDefinition)

/** Unlike a JSON body, the text of a part has to end with its value, hence the second parser. */
export const fromPart = (text: string): Either.Either<ReadonlyArray<ScopeDefinitionInput>, string> =>
  Either.mapLeft(
    Either.andThen(
      Either.try((): unknown => JSON.parse(text)),
      definitions(parse(text))
    ),
    () => "scope_definitions must be valid JSON array"
  )
