/**
 * Decoding of answers.
 */
import * as Either from "effect/Either"
import * as Schema from "effect/Schema"
import { compile } from "./compile/compile.js"
import { Bail, type Decode } from "./compile/decode.js"
import { firstMismatch, type Mismatch, unreadable } from "./issues.js"

/**
 * Decodes a value of `JSON.parse`; built on first use. Whatever the compiled decoder does not take, the schema judges: as it is, or as it
 * is read `again`, where `JSON.parse` could have lost digits.
 */
export const compileDecoder = <A, I>(
  schema: Schema.Schema<A, I>
): ((json: unknown, again?: () => unknown) => Either.Either<A, Mismatch>) => {
  let fast: Decode | undefined
  let judge: ReturnType<typeof Schema.decodeUnknownEither<A, I>> | undefined
  return (json, again) => {
    try {
      const value = (fast ??= compile(schema.ast))(json)
      // That closures and schema agree is what the tests of `compile` hold.
      if (value !== Bail) return Either.right(value as A)
    } catch {
      // What lies too deep for the stack is nothing that it takes, and the judge has no other words for it.
    }
    // To tell the members of a union apart, the schema turns what it finds into text, which an object can be made to refuse.
    const decode = (judge ??= Schema.decodeUnknownEither(schema))
    try {
      return Either.mapLeft(decode(again === undefined ? json : again()), firstMismatch)
    } catch {
      // What is wrong can lie deeper than what could be read.
      return Either.left(unreadable)
    }
  }
}
