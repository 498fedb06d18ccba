/**
 * Decoding of answers.
 */
import * as Either from "effect/Either"
import * as Schema from "effect/Schema"
import { outputIssue } from "./issues.js"

/** What was not as expected, and where, without the value. */
export interface OutputIssue {
  readonly field: string
  readonly expected: string
}

/** Decodes a JSON value; built on first use. */
export const compileDecoder = <A, I>(
  schema: Schema.Schema<A, I>
): ((json: unknown) => Either.Either<A, OutputIssue>) => {
  let decode: ReturnType<typeof Schema.decodeUnknownEither<A, I>> | undefined
  return (json) => Either.mapLeft((decode ??= Schema.decodeUnknownEither(schema))(json), outputIssue)
}
