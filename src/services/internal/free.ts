/**
 * Query and body of a call whose shape the contract does not give.
 */
import * as HttpBody from "@effect/platform/HttpBody"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Schema from "effect/Schema"
import type { InputIssue } from "../../errors/ClientError.js"
import { JsonInput } from "../../schemas/internal/rules.js"
import type { QueryCodec } from "./operation.js"
import type { PathNames } from "./path.js"
import { type BodyCodec, limitBytes } from "./requestBody.js"
import { unsendable } from "./sendable.js"

/** The parameters that a template asks for. */
export type PathParameters<Path extends string> = { readonly [Name in PathNames<Path>]: string }

/** Values of a flat query. */
export type QueryParameters = Readonly<Record<string, string | number | boolean | undefined>>

const isQueryValue = (value: unknown): boolean =>
  value === undefined || typeof value === "string" || typeof value === "boolean" || Number.isFinite(value)

/** Any flat query. What is no text, number or boolean would be written as something else: a `Redacted` as `<redacted>`. */
export const freeQuery: QueryCodec<QueryParameters> = {
  encode: (query) => {
    const values: Record<string, string | undefined> = {}
    const issues: Array<InputIssue> = []
    for (const [name, value] of Object.entries(query)) {
      if (!isQueryValue(value)) {
        issues.push({ field: name, rule: "type", allowed: "must be text, a finite number or a boolean" })
      }
      values[name] = value === undefined ? undefined : String(value)
    }
    issues.push(...unsendable(values))
    return issues.length === 0 ? Either.right(values) : Either.left(issues)
  }
}

const isJson = Schema.is(JsonInput)

const noJson: ReadonlyArray<InputIssue> = [
  {
    field: "input",
    rule: "type",
    allowed: "must be JSON: text, finite numbers, booleans, null, arrays and plain objects"
  }
]

/** Any JSON value. An object of a class is none: `JSON.stringify` would write it as something else. */
export const freeJson: BodyCodec<unknown> = {
  encode: (body): Effect.Effect<HttpBody.HttpBody, ReadonlyArray<InputIssue>> => {
    const found = unsendable(body)
    const issues = found.length === 0 && !isJson(body) ? noJson : found
    return issues.length === 0 ? limitBytes(HttpBody.unsafeJson(body)) : Effect.fail(issues)
  }
}
