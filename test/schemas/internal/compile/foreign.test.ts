import { assert, describe, it } from "@effect/vitest"
import { KeyId } from "effect-wacht/schemas"
import * as Either from "effect/Either"
import * as Option from "effect/Option"
import * as Predicate from "effect/Predicate"
import * as Schema from "effect/Schema"
import { compileDecoder } from "../../../../src/schemas/internal/decoder.js"
import { firstMismatch } from "../../../../src/schemas/internal/issues.js"

class Point extends Schema.Class<Point>("Point")({ x: Schema.Number, y: Schema.optional(Schema.Number) }) {}

interface Tree {
  readonly value: string
  readonly children: ReadonlyArray<Tree>
}
const Tree: Schema.Schema<Tree> = Schema.Struct({
  value: Schema.String,
  children: Schema.Array(Schema.suspend(() => Tree))
})

/** Kinds of schemas that a caller of `request` may bring and the SDK itself does not use. */
const schemas: Readonly<Record<string, Schema.Schema.AnyNoContext>> = {
  class: Point,
  recursive: Tree,
  tuple: Schema.Tuple(Schema.String, Schema.optionalElement(Schema.Number)),
  tupleWithRest: Schema.Tuple([Schema.String], Schema.Number, Schema.Boolean),
  numbers: Schema.Array(Schema.NumberFromString),
  shortened: Schema.transform(Schema.String, Schema.NonEmptyString, {
    strict: true,
    decode: (text) => text.trim(),
    encode: (text) => text
  }),
  tupleBeforeRest: Schema.Tuple([Schema.String], Schema.Number),
  restBeforeLast: Schema.Tuple([], Schema.Number, Schema.Boolean),
  overlappingUnion: Schema.Union(
    Schema.Struct({ a: Schema.String }),
    Schema.Struct({ a: Schema.String, b: Schema.Number })
  ),
  taggedUnion: Schema.Union(
    Schema.Struct({ kind: Schema.Literal("a"), n: Schema.Number }),
    Schema.Struct({ kind: Schema.Literal("b"), s: Schema.String })
  ),
  keywords: Schema.Union(Schema.Int, Schema.NonEmptyString),
  withDefault: Schema.Struct({ n: Schema.optionalWith(Schema.Number, { default: () => 7 }) }),
  nullAsNone: Schema.Struct({
    a: Schema.requiredToOptional(Schema.NullOr(Schema.Number), Schema.Number, {
      decode: Option.fromNullable,
      encode: Option.getOrNull
    })
  }),
  attached: Schema.Struct({ n: Schema.Number }).pipe(Schema.attachPropertySignature("kind", "circle")),
  renamed: Schema.rename(Schema.Struct({ a: Schema.String }), { a: "b" }),
  strictExcess: Schema.Struct({ a: Schema.Struct({ b: Schema.Number }) }).annotations({
    parseOptions: { onExcessProperty: "error" }
  }),
  keepsExcess: Schema.Struct({ a: Schema.Unknown }).annotations({ parseOptions: { onExcessProperty: "preserve" } }),
  fallback: Schema.Struct({
    a: Schema.Number.annotations({ decodingFallback: () => Either.right(0) })
  }),
  record: Schema.Record({ key: Schema.String, value: Schema.Number }),
  recordOfKeys: Schema.Record({ key: Schema.TemplateLiteral("x", Schema.String), value: Schema.Number }),
  mixed: Schema.Struct({ a: Schema.String }, Schema.Record({ key: Schema.String, value: Schema.Unknown })),
  date: Schema.Date,
  trimmed: Schema.Trim,
  numberFromString: Schema.Struct({ n: Schema.NumberFromString }),
  parseJson: Schema.parseJson(Schema.Struct({ n: Schema.Number })),
  filtered: Schema.Struct({ a: Schema.Number, b: Schema.Number }).pipe(Schema.filter(({ a, b }) => a < b)),
  nullOr: Schema.NullOr(Schema.Number),
  nullOrUnknown: Schema.Struct({ a: Schema.NullishOr(Schema.Unknown) }),
  any: Schema.Any,
  object: Schema.Object,
  noFields: Schema.Struct({}),
  enum: Schema.Literal("a", 1, true, null)
}

const texts = `
null true 0 1.5 -1 "" "a" " a " "b" "12" "{\\"n\\":1}" "2026-01-01" [] [1] ["a"] ["a",1] ["a",1,true] ["a","b"] [1,true] ["1","b"]
{} {"a":1} {"a":1,"b":2} {"a":2,"b":1} {"a":"x"} {"a":"x","b":1} {"b":"x"} {"n":1} {"n":"1"} {"n":null} {"x":1}
{"x":1,"y":2} {"x":1,"y":"2"} {"xa":1,"b":"c"} {"a":{"b":1}} {"a":{"b":1,"c":2}} {"kind":"a","n":1} {"kind":"b","s":"s"}
{"kind":"b","n":1} {"kind":"c"} {"a":null} {"a":"x","z":[1]} {"__proto__":{"a":1},"a":"x"}
{"value":"r","children":[{"value":"c","children":[]}]} {"value":"r","children":[{"value":1,"children":[]}]}
`

const values = texts
  .trim()
  .split(/(?<! a) (?!a )|\n/)
  .map((text): unknown => JSON.parse(text))

describe("a compiled decoder of any schema", () => {
  it.each(Object.keys(schemas))("agrees with the schema: %s", (name) => {
    const schema = Schema.make<unknown, unknown>((schemas[name] ?? Schema.Unknown).ast)
    const decode = compileDecoder(schema)
    const judge = Schema.decodeUnknownEither(schema)
    for (const value of values) {
      // First: a decoder that changed the value would have the schema judge what it left.
      const expected = Either.mapLeft(judge(value), firstMismatch)
      const own = decode(value)
      assert.deepStrictEqual(own, expected, JSON.stringify(value))
      if (Either.isRight(own) && Either.isRight(expected)) {
        assert.strictEqual(JSON.stringify(own.right), JSON.stringify(expected.right))
        // Equality looks at no class.
        if (Predicate.isObject(expected.right)) {
          assert.strictEqual(Object.getPrototypeOf(own.right), Object.getPrototypeOf(expected.right))
        }
      }
    }
  })
})

describe("what passed before", () => {
  it("says nothing of another value, nor of the same one where a filter changes its mind", () => {
    const ids = compileDecoder(Schema.Struct({ id: KeyId }))
    const passes = (json: unknown) => Either.isRight(ids(json))
    const all = [{ id: "1" }, { id: "x" }, { id: "1" }, { id: 1 }, {}, { id: "2" }, { id: "01" }, { id: "2" }]
    assert.deepStrictEqual(all.map(passes), [true, false, true, false, false, true, false, true])
    let isOpen = true
    const doors = compileDecoder(Schema.String.pipe(Schema.filter(() => isOpen)))
    assert.isTrue(Either.isRight(doors("a")))
    isOpen = false
    assert.isFalse(Either.isRight(doors("a")))
  })
})

describe("what a compiled decoder cannot read", () => {
  const nested = (wrap: (inside: unknown) => unknown): unknown => {
    let value: unknown = wrap(undefined)
    for (let depth = 0; depth < 100_000; depth++) value = wrap(value)
    return value
  }

  it("lies too deep for the stack: taken where nothing has to look into it, another shape where something has to", () => {
    const list = nested((inside) => (inside === undefined ? [] : [inside]))
    assert.isTrue(Either.isRight(compileDecoder(Schema.Unknown)(list)))
    const tree = nested((inside) => ({ value: "t", children: inside === undefined ? [] : [inside] }))
    assert.deepStrictEqual(compileDecoder(Tree)(tree), Either.left({ field: "", expected: "another shape" }))
  })

  it("is read again where digits could have been lost", () => {
    for (const a of [Schema.Unknown, Schema.Union(Schema.String, Schema.Number)]) {
      const decode = compileDecoder(Schema.Struct({ a }))
      const again = () => ({ a: "9007199254740993" })
      assert.deepStrictEqual(decode({ a: 2 ** 53 + 2 }, again), Either.right({ a: "9007199254740993" }))
      assert.deepStrictEqual(decode({ a: 2 ** 53 - 1 }, again), Either.right({ a: 2 ** 53 - 1 }))
    }
  })
})
