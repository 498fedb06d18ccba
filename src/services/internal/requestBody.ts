/**
 * Bodies of requests, checked and written before a request exists.
 */
import * as HttpBody from "@effect/platform/HttpBody"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import type { InputIssue } from "../../errors/ClientError.js"
import { inputIssues } from "../../schemas/internal/issues.js"
import { unsendable } from "./sendable.js"

/** The server's limit for a whole body of either kind. */
export const largestBody = 2_097_152

/** How an operation writes its input. */
export interface BodyCodec<in Body> {
  readonly encode: (body: Body) => Effect.Effect<HttpBody.HttpBody, ReadonlyArray<InputIssue>>
}

const tooLarge: ReadonlyArray<InputIssue> = [
  { field: "input", rule: "rule", allowed: `must be at most ${largestBody} bytes when written` }
]

/** Encodes with all issues at once; a field that the contract does not know would be ignored by the server, so it is refused. Built on first use. */
export const encodeInput = <A, I>(
  schema: Schema.Schema<A, I>
): ((input: A) => Either.Either<I, ReadonlyArray<InputIssue>>) => {
  let encode: ReturnType<typeof Schema.encodeUnknownEither<A, I>> | undefined
  return (input) =>
    (encode ??= Schema.encodeUnknownEither(schema, { errors: "all", onExcessProperty: "error" }))(input).pipe(
      Either.mapLeft(inputIssues),
      Either.flatMap((encoded) => {
        const issues = unsendable(encoded)
        return issues.length === 0 ? Either.right(encoded) : Either.left(issues)
      })
    )
}

/** Refuses a body over the server's limit, which it answers with words that do not say why. */
export const limitBytes = (body: HttpBody.Uint8Array): Effect.Effect<HttpBody.Uint8Array, ReadonlyArray<InputIssue>> =>
  body.body.length > largestBody ? Effect.fail(tooLarge) : Effect.succeed(body)

/** A JSON body. */
export const json = <A, I>(schema: Schema.Schema<A, I>): BodyCodec<A> => {
  const encode = encodeInput(schema)
  return {
    encode: (body) => Effect.flatMap(encode(body), (encoded) => limitBytes(HttpBody.unsafeJson(encoded)))
  }
}

/** A private key where a public one belongs: the server takes it, and an error must not show it. */
const privateKey = /-----BEGIN [A-Z ]*PRIVATE KEY-----([^-]*)/g

const linesOf = (pem: string): ReadonlyArray<string> =>
  [...pem.matchAll(privateKey)].flatMap(([, body = ""]) => body.split(/\s+/)).filter((line) => line.length >= 8)

/** The texts of all redacted values in an input, at any depth, and the lines of private keys: what an error must never quote. */
export const secretsIn = (input: unknown): ReadonlyArray<string> => {
  const secrets: Array<string> = []
  const seen = new Set<unknown>()
  const visit = (value: unknown): void => {
    if (typeof value === "string") secrets.push(...linesOf(value))
    if (typeof value !== "object" || value === null || ArrayBuffer.isView(value) || seen.has(value)) return
    seen.add(value)
    if (Redacted.isRedacted(value)) {
      const secret = Redacted.value(value)
      if (typeof secret === "string") secrets.push(secret)
    } else {
      for (const item of Object.values(value)) visit(item)
    }
  }
  visit(input)
  return secrets
}
