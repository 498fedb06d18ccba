/**
 * Bodies of requests, checked and written before a request exists.
 */
import * as HttpBody from "@effect/platform/HttpBody"
import type * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Predicate from "effect/Predicate"
import * as Schema from "effect/Schema"
import type { InputIssue } from "../../errors/ClientError.js"
import { inheritedFields } from "../../schemas/internal/inherited.js"
import { inputIssues } from "../../schemas/internal/issues.js"
import { redactedText } from "../../schemas/internal/redactedText.js"
import { checked, type Checked } from "./checked.js"
import { unsendable } from "./sendable.js"

/** The server's limit for a whole body of either kind. */
const largestBody = 2_097_152

/** Writes an operation's body. Undefined is what only a caller without types gives; it is refused like any other value of a wrong type. */
export interface EncodeBody<in Body> {
  (body: Body | undefined): Effect.Effect<HttpBody.HttpBody, ReadonlyArray<InputIssue>>
}

const tooLarge: ReadonlyArray<InputIssue> = [
  { field: "input", rule: "rule", allowed: `at most ${largestBody} bytes when written` }
]

/** Encodes with all issues at once, but for rules between fields, which a schema looks at when each of them is right; a field that the contract does not know would be ignored by the server, so it is refused. Not to be run while modules load: schemas are made on first use. */
export const encodeInput =
  <A, I>(schema: Schema.Schema<A, I>) =>
  (input: A | undefined): Checked<I> => {
    const encode = (onExcessProperty: "error" | "ignore") =>
      Either.mapLeft(Schema.encodeUnknownEither(schema, { errors: "all", onExcessProperty })(input), inputIssues)
    return encode("error").pipe(
      // Nothing is in excess but what no JSON holds.
      Either.orElse((issues) => (issues.length > 0 ? Either.left(issues) : encode("ignore"))),
      Either.flatMap((encoded) =>
        checked(encoded, [...unsendable(encoded, true), ...inheritedFields(schema.ast, input)])
      )
    )
  }

/** Refuses a body over the server's limit, which it answers with words that do not say why. */
export const limitBytes = (body: HttpBody.Uint8Array): Checked<HttpBody.Uint8Array> =>
  checked(body, body.body.length > largestBody ? tooLarge : [])

/** A JSON body of what an encoder gives. */
export const jsonBody =
  <Body>(encode: (body: Body | undefined) => Checked<unknown>): EncodeBody<Body> =>
  (body) =>
    Either.flatMap(encode(body), (encoded) => limitBytes(HttpBody.unsafeJson(encoded)))

/** A JSON body. */
export const json = <A, I>(schema: Schema.Schema<A, I>): EncodeBody<A> => jsonBody(encodeInput(schema))

/** A private key where a public one belongs: the server takes it, and an error must not show it. */
const privateKey = /-----BEGIN [A-Z ]*PRIVATE KEY-----([^]*?)(?:-----END|$)/g

/** The texts of all redacted values in an input, at any depth, and the lines of private keys: what an error must never quote. */
export const secretsIn = (input: unknown): ReadonlyArray<string> => {
  const secrets: Array<string> = []
  const values = new Set([input])
  // What is added on the way is visited in its turn.
  for (const value of values) {
    if (typeof value === "string") {
      for (const [, lines = ""] of value.matchAll(privateKey)) for (const line of lines.split(/\s+/)) secrets.push(line)
    } else if (Predicate.isObject(value) && !ArrayBuffer.isView(value)) {
      const secret = redactedText(value)
      if (secret !== undefined) secrets.push(secret)
      for (const item of Object.values(value)) values.add(item)
    }
  }
  return secrets
}
