import { assert, describe, it } from "@effect/vitest"
import * as fc from "fast-check"
import { parseLossless } from "../../../src/services/internal/losslessJson.js"
import { parseExact, toFree } from "../../support/exactJson.js"

const digits = fc.array(fc.constantFrom(..."0123456789"), { minLength: 1, maxLength: 24 }).map((all) => all.join(""))
const integer = digits.map((text) => text.replace(/^0+(?=\d)/, ""))
const signed = fc.tuple(fc.constantFrom("", "-"), integer).map(([sign, text]) => sign + text)
const numeral = fc.oneof(
  signed,
  fc.tuple(signed, digits).map(([whole, fraction]) => `${whole}.${fraction}`),
  fc
    .tuple(signed, fc.constantFrom("e", "E", "e+", "E-"), fc.nat(400))
    .map(([whole, sign, power]) => whole + sign + power),
  fc.constantFrom("9007199254740991", "9007199254740992", "-9007199254740993", "9223372036854775807", "1e20", "0", "-0")
)

/** Texts in which a careless scan sees numbers, keys and ends of strings. */
const trickyText = fc.oneof(
  fc.string({ unit: "binary" }),
  fc
    .array(fc.oneof(fc.constantFrom('"', "\\", ":", ",", "{", "}", "[", "]", " ", "\n", "-"), numeral), {
      maxLength: 6
    })
    .map((parts) => parts.join(""))
)

const blank = fc.constantFrom("", " ", "\n", "\t ", "\r\n")

/** JSON as text, so that every numeral is kept. */
const jsonText: fc.Arbitrary<string> = fc.letrec<{ readonly value: string; readonly leaf: string }>((tie) => ({
  leaf: fc.oneof(
    numeral,
    trickyText.map((text) => JSON.stringify(text)),
    fc.constantFrom("true", "false", "null")
  ),
  value: fc
    .tuple(
      blank,
      fc.oneof(
        { depthSize: "small", withCrossShrink: true },
        tie("leaf"),
        fc.array(tie("value"), { maxLength: 4 }).map((items) => `[${items.join(",")}]`),
        fc
          .array(fc.tuple(blank, trickyText, blank, tie("value")), { maxLength: 4 })
          .map(
            (members) => `{${members.map(([a, key, b, item]) => `${a}${JSON.stringify(key)}${b}:${item}`).join(",")}}`
          )
      ),
      blank
    )
    .map(([before, text, after]) => before + text + after)
})).value

const outcome = (parse: () => unknown): unknown => {
  try {
    return { value: parse() }
  } catch (error) {
    return error instanceof SyntaxError ? "no JSON" : error
  }
}

describe("parseLossless", () => {
  it("keeps every digit that a double cannot hold, and nothing else changes", () => {
    fc.assert(
      fc.property(jsonText, (text) => {
        assert.deepStrictEqual(parseLossless(text), toFree(parseExact(text)))
      }),
      { numRuns: 3000 }
    )
  })

  it("refuses what is no JSON, as JSON.parse does", () => {
    const edit = fc.tuple(
      fc.nat(200),
      fc.constantFrom("", '"', "\\", ",", ":", "{", "]", "0", "1234567890123456789", " ", "\n", "-", ".")
    )
    fc.assert(
      fc.property(jsonText, fc.array(edit, { minLength: 1, maxLength: 3 }), (text, edits) => {
        const mutated = edits.reduce((current, [at, inserted]) => {
          const index = at % (current.length + 1)
          return current.slice(0, index) + inserted + current.slice(index + (at % 2))
        }, text)
        assert.deepStrictEqual(
          outcome(() => parseLossless(mutated)),
          outcome(() => toFree(parseExact(mutated)))
        )
        assert.strictEqual(
          outcome(() => parseLossless(mutated)) === "no JSON",
          outcome(() => JSON.parse(mutated)) === "no JSON"
        )
      }),
      { numRuns: 3000 }
    )
  })

  it("reads the ids of a scheme, and digits inside texts as they are", () => {
    assert.deepStrictEqual(parseLossless('{"id":100227126350872613,"n":[-100227126350872613, 1 ]}'), {
      id: "100227126350872613",
      n: ["-100227126350872613", 1]
    })
    assert.deepStrictEqual(parseLossless('{"a":"x 100227126350872613","b":"\\",100227126350872613"}'), {
      a: "x 100227126350872613",
      b: '",100227126350872613'
    })
    assert.deepStrictEqual(parseLossless("100227126350872613"), "100227126350872613")
    // a number too long for a double that it holds exactly all the same
    assert.strictEqual(parseLossless("9007199254740991"), 9007199254740991)
    assert.deepStrictEqual(
      parseLossless("[1.00227126350872613,100227126350872613.5,100227126350872613e2]"),
      JSON.parse("[1.00227126350872613,100227126350872613.5,100227126350872613e2]")
    )
  })

  it("keeps keys that objects have by birth", () => {
    const parsed = parseLossless('{"__proto__":{"id":100227126350872613},"constructor":1}')
    assert.deepStrictEqual(Object.keys(Object(parsed)), ["__proto__", "constructor"])
    assert.strictEqual(Object.getPrototypeOf(parsed), Object.prototype)
  })

  it("does not mend a text that was cut", () => {
    for (const text of [
      '"x\\-100227126350872613',
      '{"a":"x\\-100227126350872613}',
      '["x\\\n,100227126350872613]',
      '"-100227126350872613\\'
    ]) {
      assert.throws(() => parseLossless(text), SyntaxError)
    }
  })

  it("looks once at a text that was cut at a backslash, however many quotes are in it", () => {
    // Looked at again from every quote it would take longer than a test may.
    const cut = `"${'\\"'.repeat(400_000)}\\`
    assert.throws(() => parseLossless(cut), SyntaxError)
  })

  it("reads long texts", () => {
    const long = "x\\n".repeat(1_000_000)
    const parsed = parseLossless(`{"id":100227126350872613,"text":"${long}"}`)
    assert.strictEqual(Reflect.get(Object(parsed), "id"), "100227126350872613")
  })

  it("does not make a key of a number", () => {
    assert.throws(() => parseLossless("{100227126350872613:1}"), SyntaxError)
    assert.throws(() => parseLossless("{100227126350872613 \n:1}"), SyntaxError)
    for (const blanks of [0, 1, 63, 64, 100, 5000]) {
      assert.throws(() => parseLossless(`{ 100227126350872613${" ".repeat(blanks)}:1}`), SyntaxError)
      assert.throws(() => parseLossless(`{"a":1,100227126350872613${"\n".repeat(blanks)}:1}`), SyntaxError)
    }
  })
})
