// Decoding alone, without a network: JSON.parse against JSON.parse and decode.
import * as Either from "effect/Either"
import * as Schema from "effect/Schema"
import { answers } from "./answers.js"
import { ApiAuditLogPage, ApiKeyList, compileDecoder } from "./built.js"
import { type Case, inProcess, type Measured, rounds } from "./rounds.js"

const repeat = (name: string, run: () => unknown): Case => ({
  name,
  run: async (times) => {
    for (let i = 0; i < times; i++) run()
  }
})

const measure = <A, I>(text: string, schema: Schema.Schema<A, I>, times: number, count: number) => {
  const decode = compileDecoder(schema)
  const interpret = Schema.decodeUnknownEither(schema)
  return rounds(
    [
      repeat("JSON.parse", () => JSON.parse(text)),
      repeat("JSON.parse + compiled decoder", () => Either.getOrThrow(decode(JSON.parse(text)))),
      repeat("JSON.parse + Schema.decodeUnknown", () => Either.getOrThrow(interpret(JSON.parse(text))))
    ].map(inProcess),
    { rounds: count, times, atOnce: 1, warmUp: times * 20 }
  )
}

/** A page of 1,000 audit rows, and a list of 100 keys. */
export const decoding = async (
  count: number
): Promise<{ readonly audit: ReadonlyArray<Measured>; readonly keys: ReadonlyArray<Measured> }> => ({
  audit: await measure(answers.auditPage, ApiAuditLogPage, 10, count),
  keys: await measure(answers.keys, ApiKeyList, 50, count)
})
