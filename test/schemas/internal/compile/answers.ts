// Every schema of an answer, with the answers that were recorded for it.
import type * as Schema from "effect/Schema"
import { contract, example, exchanges } from "../../../support/contract.js"
import { answerOf, responses } from "../../contract.js"

/** A schema, and JSON texts that it must take. */
export interface Recorded {
  readonly operation: string
  readonly schema: Schema.Schema<unknown, unknown>
  readonly texts: ReadonlyArray<string>
}

const mostTexts = 12
const longestText = 20_000

/** By operation. */
export const recorded: ReadonlyArray<Recorded> = contract.routes.flatMap(({ id: operation }) => {
  const schema = responses[answerOf(operation) ?? ""]
  if (schema === undefined) return []
  const more = exchanges
    .filter((exchange) => exchange.operation === operation && exchange.response.status === 200)
    .map((exchange) => exchange.response.body)
    .filter((text) => text.startsWith("{") && text.length < longestText)
  return [{ operation, schema, texts: [...new Set([example(`${operation}.response`), ...more])].slice(0, mostTexts) }]
})
