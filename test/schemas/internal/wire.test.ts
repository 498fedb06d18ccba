import { assert, describe, it } from "@effect/vitest"
import * as Either from "effect/Either"
import * as JSONSchema from "effect/JSONSchema"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import { ApiKey, KeyId, RateLimitRule, RateLimitRuleInput } from "effect-wacht/schemas"
import * as Wire from "../../../src/schemas/internal/wire.js"

describe("a struct of the wire", () => {
  const Model = Wire.Struct({
    one: Schema.String,
    twoWords: Schema.Number,
    maybeAbsent: Wire.absent(Schema.String),
    maybeNull: Wire.nullable(Schema.String),
    input: Wire.optional(Schema.String),
    used24h: Schema.propertySignature(Schema.Int).pipe(Schema.fromKey("used_24h"))
  })
  const decode = Schema.decodeUnknownSync(Model)
  const encode = Schema.encodeSync(Model)

  it("renames, and tells absent from null", () => {
    const bare = { one: "1", two_words: 2, maybe_null: null, used_24h: 3 }
    assert.deepStrictEqual(decode(bare), {
      one: "1",
      twoWords: 2,
      maybeAbsent: Option.none(),
      maybeNull: Option.none(),
      used24h: 3
    })
    assert.deepStrictEqual(encode(decode(bare)), bare)
    for (const nothing of [null, undefined]) {
      assert.deepStrictEqual(decode({ ...bare, maybe_absent: nothing, maybe_null: nothing }), decode(bare))
    }
    const full = { ...bare, maybe_absent: "a", maybe_null: "n", input: "i" }
    assert.deepStrictEqual(encode(decode(full)), full)
  })

  it("says of a key on the wire what may stand there, not what becomes of it", () => {
    const text = { anyOf: [{ type: "string" }, { type: "null" }] }
    const { properties } = Schema.decodeUnknownSync(Schema.Struct({ properties: Schema.Object }))(
      JSONSchema.make(Model)
    )
    assert.deepInclude(properties, { maybe_absent: text, maybe_null: text })
  })

  it("reads the wire's names only", () => {
    assert.isTrue(Either.isLeft(Schema.decodeUnknownEither(Model)({ one: "1", twoWords: 2, used_24h: 3 })))
  })

  it("builds a shared field once", () => {
    assert.strictEqual(Wire.absent(Schema.String), Wire.absent(Schema.String))
    assert.strictEqual(Wire.nullable(Schema.String), Wire.nullable(Schema.String))
    assert.strictEqual(Wire.optional(Schema.String), Wire.optional(Schema.String))
    assert.strictEqual(Wire.list(RateLimitRule), Wire.list(RateLimitRule))
  })
})

describe("an open enum", () => {
  const Open = Wire.open("small", "large")

  it("is any text, and names its members to whoever asks", () => {
    for (const text of ["small", "later", ""]) assert.strictEqual(Schema.decodeUnknownSync(Open)(text), text)
    assert.isTrue(Either.isLeft(Schema.decodeUnknownEither(Open)(1)))
    assert.deepInclude(JSONSchema.make(Open), { type: "string", description: "one of small, large, or a later member" })
  })
})

describe("a schema that is built on first use", () => {
  it("is not built before, and once", () => {
    let built = 0
    const self = Wire.lazy(() => {
      built++
      return Schema.Struct({ a: Schema.String })
    })
    assert.strictEqual(built, 0)
    assert.isTrue(Schema.isSchema(self))
    assert.deepStrictEqual(Schema.decodeUnknownSync(self)({ a: "x" }), { a: "x" })
    assert.deepStrictEqual(Object.keys(self.fields), ["a"])
    assert.strictEqual(built, 1)
  })

  it("is in every way the schema behind it", () => {
    assert.strictEqual(typeof ApiKey, "function")
    assert.isTrue(Schema.isSchema(ApiKey))
    assert.include(Object.keys(ApiKey.fields), "rateLimitSchemeSlug")
    assert.isTrue(Schema.is(ApiKey.pick("name"))({ name: "n" }))
    assert.isTrue(Schema.is(Schema.Struct({ id: ApiKey.fields.name }))({ id: "x" }))
    assert.strictEqual(KeyId.make("7"), "7")
    assert.throws(() => KeyId.make("x"))
    assert.isTrue(Either.isLeft(KeyId.pipe(Schema.decodeUnknownEither)("x")))
    assert.isTrue(Either.isRight(Schema.decodeUnknownEither(Schema.Array(KeyId).annotations({ title: "ids" }))(["1"])))
    assert.isTrue(Schema.is(RateLimitRuleInput)({ unit: "day", duration: 30, maxRequests: 1 }))
    assert.isFalse(Schema.is(RateLimitRuleInput)({ unit: "day", duration: 31, maxRequests: 1 }))
    assert.property(JSONSchema.make(Schema.encodedSchema(RateLimitRule)), "properties")
    assert.include(String(KeyId), "signed 64-bit")
    class Opaque extends RateLimitRule {}
    assert.isTrue(Schema.isSchema(Opaque))
  })
})
