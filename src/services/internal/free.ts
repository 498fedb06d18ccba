/**
 * Query and body of a call whose shape the contract does not give.
 */
import * as Arr from "effect/Array"
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

const isQueryValue = (value: unknown): boolean =>
  typeof value === "string" || typeof value === "boolean" || Number.isFinite(value)

/** Any flat query. What is no text, number or boolean would be written as something else: a `Redacted` as `<redacted>`. */
export const freeQuery: EncodeQuery<QueryParameters> = (query) => {
  const given = Object.entries(query).filter(([, value]) => value !== undefined)
  const [wrong, right] = Arr.partition(given, ([, value]) => isQueryValue(value))
  const values = Object.fromEntries(right.map(([name, value]) => [name, String(value)]))
  const refused = wrong.map(([field]) => ({
    field,
    rule: "type" as const,
    allowed: "text, a finite number or a boolean"
  }))
  return checked(values, [...refused, ...unsendable(values)])
}

/** Any JSON value. */
export const freeJson = jsonBody((body: unknown) => checked(body, unsendable(body)))
