import { assert, describe, it } from "@effect/vitest"
import * as Duration from "effect/Duration"
import * as Either from "effect/Either"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import { Timestamp } from "effect-wacht/schemas"
import { compile } from "../../../../src/schemas/internal/compile/compile.js"
import { Bail } from "../../../../src/schemas/internal/compile/decode.js"
import { compileDecoder } from "../../../../src/schemas/internal/decoder.js"
import { firstMismatch } from "../../../../src/schemas/internal/issues.js"
import { parseLossless } from "../../../../src/services/internal/losslessJson.js"
import { recorded } from "./answers.js"
import { damaged, seeded } from "./damage.js"

/** Everything that can be seen of a value, secrets and the order of keys included. */
const show = (value: unknown): string => {
  if (Redacted.isRedacted(value)) return `Redacted(${show(Redacted.value(value))})`
  if (Option.isOption(value)) return Option.match(value, { onNone: () => "None", onSome: (v) => `Some(${show(v)})` })
  if (Timestamp.is(value)) return `Timestamp(${value.text}, ${value.utc.epochMillis})`
  if (Duration.isDuration(value)) return `Duration(${Duration.toNanos(value).toString()})`
  if (Array.isArray(value)) return `[${value.map(show).join()}]`
  if (typeof value === "object" && value !== null) {
    const plain = Object.getPrototypeOf(value) === Object.prototype ? "" : "strange "
    return `${plain}{${Object.keys(value)
      .map((key) => `${key}:${show(Reflect.get(value, key))}`)
      .join()}}`
  }
  return Object.is(value, -0) ? "-0" : (JSON.stringify(value) ?? String(value))
}

/** What is any JSON, or any texts, is looked at whole. */
const free = ["metadata", "headers", "rate_limits"]

/** The same answer with a member in every object that nobody knows, and that says when it is read. */
const withTraps = (json: unknown, onRead: () => void): unknown => {
  if (typeof json !== "object" || json === null) return json
  if (Array.isArray(json)) return json.map((item) => withTraps(item, onRead))
  const members = Object.entries(json).map(([key, value]) => [
    key,
    free.includes(key) ? value : withTraps(value, onRead)
  ])
  return Object.defineProperty(Object.fromEntries(members), "later_member", { enumerable: true, get: onRead })
}

const casesPerSchema = 1500

describe("a compiled decoder", () => {
  it.each(recorded)("decodes what was recorded of $operation by itself, as the schema does", ({ schema, texts }) => {
    const decode = compile(schema.ast)
    const decodeAgain = compileDecoder(schema)
    const judge = Schema.decodeUnknownSync(schema)
    for (const text of texts) {
      const json: unknown = JSON.parse(text)
      const value = decode(json)
      const expected = show(judge(parseLossless(text)))
      // Ids of schemes are beyond 2^53, where the text has to be read again.
      const isRounded = /\d{16}/.test(text.replace(/"(?:[^"\\]|\\.)*"/g, ""))
      if (!isRounded) assert.notStrictEqual(value, Bail, text)
      if (value !== Bail) assert.strictEqual(show(value), expected)
      assert.strictEqual(show(Either.getOrThrow(decodeAgain(json, () => parseLossless(text)))), expected)
    }
  })

  // Whatever it leaves to the schema is looked at whole before.
  it.each(recorded)("leaves no object of $operation to the schema", ({ schema, texts }) => {
    const decode = compile(schema.ast)
    let reads = 0
    for (const text of texts) decode(withTraps(JSON.parse(text), () => reads++))
    assert.strictEqual(reads, 0)
  })

  it.each(recorded)("agrees with the schema on damaged answers of $operation", ({ schema, texts }) => {
    const decode = compileDecoder(schema)
    const judge = Schema.decodeUnknownEither(schema)
    const values = texts.map((text): unknown => JSON.parse(text))
    let refused = 0
    for (let seed = 1; seed <= casesPerSchema; seed++) {
      const value = damaged(values[seed % values.length], seeded(seed * 7919))
      const text = JSON.stringify(value)
      const own = decode(JSON.parse(text), () => parseLossless(text))
      const expected = Either.mapLeft(judge(parseLossless(text)), firstMismatch)
      assert.strictEqual(own._tag, expected._tag, JSON.stringify(value))
      if (Either.isLeft(expected)) refused++
      if (Either.isLeft(own) && Either.isLeft(expected)) assert.deepStrictEqual(own.left, expected.left)
      if (Either.isRight(own) && Either.isRight(expected)) assert.strictEqual(show(own.right), show(expected.right))
    }
    // Damage that always or never shows would prove nothing.
    assert.isAbove(refused, casesPerSchema / 10)
    assert.isBelow(refused, casesPerSchema * 0.9)
  })
})
