/**
 * Query and body of a call whose shape the contract does not give.
 */
import * as HttpBody from "@effect/platform/HttpBody"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import type { InputIssue } from "../../errors/ClientError.js"
import type { QueryCodec } from "./operation.js"
import type { PathNames } from "./path.js"
import { type BodyCodec, limitBytes } from "./requestBody.js"
import { unsendable } from "./sendable.js"

/** The parameters that a template asks for. */
export type PathParameters<Path extends string> = { readonly [Name in PathNames<Path>]: string }

/** Values of a flat query. */
export type QueryParameters = Readonly<Record<string, string | number | boolean | undefined>>

/** Any flat query. */
export const freeQuery: QueryCodec<QueryParameters> = {
  encode: (query) => {
    const values: Record<string, string | undefined> = {}
    for (const [name, value] of Object.entries(query)) {
      values[name] = value === undefined ? undefined : String(value)
    }
    const issues = unsendable(values)
    return issues.length === 0 ? Either.right(values) : Either.left(issues)
  }
}

/** Any JSON value. */
export const freeJson: BodyCodec<unknown> = {
  encode: (body): Effect.Effect<HttpBody.HttpBody, ReadonlyArray<InputIssue>> => {
    const issues = unsendable(body)
    return issues.length === 0 ? limitBytes(HttpBody.unsafeJson(body)) : Effect.fail(issues)
  }
}
