/**
 * Decoding of answers.
 */
import * as Either from "effect/Either"
import * as Schema from "effect/Schema"
import { firstMismatch, type Mismatch } from "./issues.js"

/** Decodes a JSON value; built on first use. */
export const compileDecoder = <A, I>(schema: Schema.Schema<A, I>): ((json: unknown) => Either.Either<A, Mismatch>) => {
  let decode: ReturnType<typeof Schema.decodeUnknownEither<A, I>> | undefined
  return (json) => Either.mapLeft((decode ??= Schema.decodeUnknownEither(schema))(json), firstMismatch)
}
