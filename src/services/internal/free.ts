/**
 * Query and body of a call whose shape the contract does not give.
 */
import type { InputIssue } from "../../errors/ClientError.js"
import { checked } from "./checked.js"
import type { EncodeQuery } from "./operation.js"
import type { PathNames } from "./path.js"
import { jsonBody } from "./requestBody.js"
import { unsendable } from "./sendable.js"

/**
 * The parameters that a template asks for.
 *
 * @since 0.1.0
 * @category models
 */
export type PathParameters<Path extends string> = { readonly [Name in PathNames<Path>]: string }

/**
 * Values of a flat query.
 *
 * @since 0.1.0
 * @category models
 */
export type QueryParameters = Readonly<Record<string, string | number | boolean | undefined>>

/** Any flat query. What is no text, number or boolean would be written as something else: a `Redacted` as `<redacted>`. */
export const freeQuery: EncodeQuery<QueryParameters> = (query) => {
  const values: Array<[string, string]> = []
  const refused: Array<InputIssue> = []
  for (const [field, value] of Object.entries(query)) {
    if (typeof value === "string" || typeof value === "boolean" || Number.isFinite(value))
      values.push([field, String(value)])
    else if (value !== undefined) refused.push({ field, rule: "type", allowed: "text, a finite number or a boolean" })
  }
  const texts = Object.fromEntries(values)
  return checked(texts, [...refused, ...unsendable(texts)])
}

/** Any JSON value. */
export const freeJson = jsonBody((body: unknown) => checked(body, unsendable(body)))
