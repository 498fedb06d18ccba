import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as FastCheck from "effect/FastCheck"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import { inspect } from "node:util"
import * as Schemas from "effect-wacht/schemas"
import { firstMismatch, inputIssues } from "../../../src/schemas/internal/issues.js"
import { between, broken } from "../../../src/schemas/internal/rules.js"
import { queries, requests, responses, sampleOf } from "../contract.js"

const mismatch = <A, I>(schema: Schema.Schema<A, I>, json: unknown) =>
  Either.match(Schema.decodeUnknownEither(schema)(json), { onLeft: firstMismatch, onRight: () => undefined })

describe("what is wrong with an answer", () => {
  const scheme = sampleOf("RateLimitScheme")
  it("names the field as the wire does, and what was expected", () => {
    const rule = sampleOf("RateLimitRule")
    assert.deepStrictEqual(
      mismatch(Schemas.RateLimitScheme, { ...scheme, rules: [rule, { ...rule, max_requests: "x" }] }),
      {
        field: "rules.1.max_requests",
        expected: "an integer"
      }
    )
    assert.deepStrictEqual(mismatch(Schemas.RateLimitScheme, { ...scheme, created_at: "2026-02-30T00:00:00Z" }), {
      field: "created_at",
      expected: "RFC 3339 text ending in Z, with at most nine decimals"
    })
    assert.deepStrictEqual(mismatch(Schemas.RateLimitScheme, { ...scheme, slug: undefined }), {
      field: "slug",
      expected: "a string"
    })
    assert.deepStrictEqual(mismatch(Schemas.RateLimitScheme, "s3cret"), { field: "", expected: "an object" })
    const strict = Schema.Struct({ a: Schema.Struct({ b: Schema.String }) }).annotations({
      parseOptions: { onExcessProperty: "error" }
    })
    assert.deepStrictEqual(mismatch(strict, { a: { b: "", s3cret: 1 } }), {
      field: "a.*",
      expected: "no such field; there are b"
    })
    assert.deepStrictEqual(mismatch(Schemas.AuthzDecision, { ...sampleOf("AuthzCheckResponse"), allowed: "yes" }), {
      field: "allowed",
      expected: "true or false"
    })
    assert.deepStrictEqual(mismatch(Schemas.ApiKeyWithSecret, { ...sampleOf("ApiKeyWithSecret"), secret: 5 }), {
      field: "secret",
      expected: "a string"
    })
  })

  it("says of any schema what would be right, and of an open record no key", () => {
    interface Tree {
      readonly [branch: string]: Tree
    }
    const Tree: Schema.Schema<Tree> = Schema.Record({
      key: Schema.String,
      value: Schema.suspend((): Schema.Schema<Tree> => Tree)
    })
    const Millis = Schema.transform(Schema.String, Schema.Number, { strict: true, decode: Number, encode: String })
    const Point = Schema.Struct({ x: Schema.Number })
    for (const [schema, expected] of [
      [Schema.NullOr(Schema.String), "a string"],
      [Schema.NullOr(Schema.Union(Schema.String, Schema.Number)), "a string or a number"],
      [Schema.Union(Schema.String, Schema.String.annotations({ title: "another" })), "a string"],
      [Schema.Literal("a", "b"), '"a" or "b"'],
      [Schema.Literal(null), "null"],
      [Millis, "a number"],
      [Schema.String.pipe(Schema.filter(() => true)), "a string"],
      [Schema.suspend(() => Schema.Array(Point)), "an array"],
      [Point, "an object"],
      [Point.annotations({ title: "a point" }), "a point"],
      [Point.annotations({ identifier: "Point" }), "Point"],
      [Point.annotations({ identifier: "Point", title: "a point" }), "a point"],
      [Point.annotations({ identifier: "Point", title: "a point", description: "where it is" }), "where it is"],
      [Schema.String.annotations({ description: "x".repeat(300) }), "x".repeat(200)],
      [Schema.TemplateLiteral("a", Schema.String), "another kind of value"]
    ] as const) {
      const missing = mismatch(Schema.Struct({ a: Schema.make<unknown, unknown>(schema.ast) }), {})
      assert.deepStrictEqual(missing, { field: "a", expected })
    }
    const nothing = Schema.Struct({ a: Schema.Union(Schema.Null, Schema.Undefined) })
    assert.deepStrictEqual(mismatch(nothing, { a: 1 }), { field: "a", expected: "null" })
    const either = Schema.Struct({ a: Schema.Union(Schema.String, Schema.Number) })
    assert.deepStrictEqual(mismatch(either, { a: true }), { field: "a", expected: "a string or a number" })
    assert.deepStrictEqual(mismatch(Tree, { s3cret: { s3cret: 1 } }), { field: "*.*", expected: "an object" })
  })

  it("may be the schema, which would have to wait", () => {
    const Slow = Schema.transformOrFail(Schema.String, Schema.NonEmptyString, {
      strict: true,
      decode: (text) => Effect.as(Effect.sleep(1), text),
      encode: Either.right
    })
    assert.deepStrictEqual(mismatch(Schema.Struct({ a: Slow }), { a: "x" }), {
      field: "a",
      expected: "a non empty string, by a schema that decodes without waiting"
    })
  })

  it("quotes no message of a schema that is not ours: it could hold the value", () => {
    const loud = Schema.Struct({
      filtered: Schema.String.pipe(Schema.filter((text) => `found ${text}`)),
      number: Schema.NumberFromString,
      messaged: Schema.Number.annotations({ message: ({ actual }) => `found ${String(actual)}` })
    })
    for (const [field, schema] of Object.entries(loud.fields)) {
      const alone = Schema.Struct({ [field]: Schema.make<unknown, unknown>(schema.ast) })
      const found = mismatch(alone, { [field]: "s3cret" })
      assert.strictEqual(found?.field, field)
      assert.notInclude(JSON.stringify(found), "s3cret")
    }
    const all = Schema.decodeUnknownEither(loud, { errors: "all" })({
      filtered: "s3cret",
      number: "s3cret",
      messaged: "s3cret"
    })
    if (Either.isRight(all)) throw new Error("was not refused")
    assert.strictEqual(inputIssues(all.left).length, 3)
    assert.notInclude(JSON.stringify(inputIssues(all.left)), "s3cret")
  })
})

describe("what is wrong with an input", () => {
  const issuesOf = <A, I>(schema: Schema.Schema<A, I>, input: unknown) =>
    Either.match(Schema.encodeUnknownEither(schema, { errors: "all", onExcessProperty: "error" })(input), {
      onLeft: inputIssues,
      onRight: () => []
    })

  it("is a field too many, told with those that there are", () => {
    const rule = { unit: "minute", duration: 1, maxRequests: 1, max_requests: 1 }
    assert.deepStrictEqual(issuesOf(Schemas.UpdateRateLimitSchemeInput, { rules: [rule] }), [
      {
        field: "rules[0].max_requests",
        rule: "unknown",
        allowed: "no such field; there are unit, duration, maxRequests, mode, endpoints, priority"
      }
    ])
    assert.deepStrictEqual(issuesOf(Schema.Tuple(Schema.String), ["a", "b"]), [
      { field: "[1]", rule: "unknown", allowed: "no such field" }
    ])
  })

  it("is against a rule, not of another type, where what may be left out is given", () => {
    assert.deepStrictEqual(issuesOf(Schemas.UpdateRateLimitSchemeInput, { name: " " }), [
      { field: "name", rule: "rule", allowed: "text that is not blank" }
    ])
    assert.deepStrictEqual(issuesOf(Schemas.UpdateRateLimitSchemeInput, { name: 1 }), [
      { field: "name", rule: "type", allowed: "text that is not blank" }
    ])
  })

  it("is free JSON's own rule, at its root as below", () => {
    const wrong = (metadata: unknown) => issuesOf(Schemas.CreateApiKeyInput, { name: "a", metadata })
    for (const [value, allowed] of [
      ["a\0", "well-formed Unicode without NUL"],
      [{ "a\0": 1 }, "keys of well-formed Unicode without NUL"],
      [Array.from({ length: 1_000_001 }, () => 0), "at most 1000000 values"],
      [1n, "JSON: text, finite numbers, booleans, null, arrays and plain objects"]
    ] as const) {
      assert.deepStrictEqual(wrong(value), [{ field: "metadata", rule: "rule", allowed }])
      if (!Array.isArray(value)) {
        assert.deepStrictEqual(wrong({ in: value }), [{ field: "metadata.in", rule: "rule", allowed }])
      }
    }
  })

  it("is told once, and all of it that one field is against", () => {
    const rules = ["one", "other", "one"].map((message) => broken("a", message))
    const allowed = issuesOf(Schema.Struct({ a: Schema.String }).pipe(Schema.filter(() => rules, between)), { a: "x" })
    assert.deepStrictEqual(allowed, [
      { field: "a", rule: "rule", allowed: "one" },
      { field: "a", rule: "rule", allowed: "other" }
    ])
  })
})

/** Texts and numbers that can be told from any word of ours. */
const telling = FastCheck.oneof(
  FastCheck.stringMatching(/^§[a-z]{8}§$/),
  FastCheck.constantFrom(null, undefined, true, 0, -1, 1.5, Number.NaN, "", " ")
)
const anything = FastCheck.letrec((tie) => ({
  value: FastCheck.oneof(
    { maxDepth: 3 },
    telling,
    FastCheck.array(tie("value"), { maxLength: 2 }),
    FastCheck.dictionary(FastCheck.constantFrom("keys", "rules", "name", "principal", "metadata", "zzz"), tie("value"))
  )
})).value

const damaged = (keys: ReadonlyArray<string>) =>
  FastCheck.oneof(anything, FastCheck.dictionary(FastCheck.constantFrom(...keys), anything))

describe("whatever is given", () => {
  const tables = {
    ...requests,
    ...Object.fromEntries(Object.entries(queries).map(([id, self]) => [`query of ${id}`, self]))
  }
  for (const [name, schema] of Object.entries(tables)) {
    it(`${name}: issues are total, once each, and hold no value`, () => {
      const encode = Schema.encodeUnknownEither(schema, { errors: "all", onExcessProperty: "error" })
      const keys = [
        "rules",
        "keys",
        "slug",
        "name",
        "userId",
        "permissions",
        "jwks",
        "principal",
        "resource",
        "limit",
        "zzz"
      ]
      FastCheck.assert(
        FastCheck.property(damaged(keys), (input) => {
          const result = encode(input)
          if (Either.isRight(result)) return true
          const issues = inputIssues(result.left)
          const spelled = issues.map((issue) => JSON.stringify(issue))
          return issues.length > 0 && new Set(spelled).size === issues.length && !spelled.join("").includes("§")
        }),
        { numRuns: 40 }
      )
    })
  }

  for (const [name, schema] of Object.entries(responses)) {
    it(`${name}: the first mismatch is total and holds no value`, () => {
      const decode = Schema.decodeUnknownEither(schema)
      const json = sampleOf(name)
      FastCheck.assert(
        FastCheck.property(FastCheck.dictionary(FastCheck.constantFrom(...Object.keys(json)), anything), (wrong) => {
          const result = decode({ ...json, ...wrong })
          if (Either.isRight(result)) return true
          const { expected, field } = firstMismatch(result.left)
          return expected.length > 0 && !`${field}${expected}`.includes("§")
        }),
        { numRuns: 40 }
      )
    })
  }
})

describe("secrets", () => {
  const secret = "acme_live_FTJPbImmw-D9GjdUcY6ryOUCHzxZdpOwzeoHJEFee5g"
  const values: Readonly<Record<string, unknown>> = {
    ApiKeyWithSecret: Schema.decodeUnknownSync(Schemas.ApiKeyWithSecret)({ ...sampleOf("ApiKeyWithSecret"), secret }),
    OAuthClient: Schema.decodeUnknownSync(Schemas.OAuthClient)({ ...sampleOf("OAuthClient"), client_secret: secret }),
    OAuthClientSecret: Schema.decodeUnknownSync(Schemas.OAuthClientSecret)({ client_secret: secret }),
    AuthzPrincipal: Schema.decodeUnknownSync(Schemas.AuthzPrincipal)({ type: "api_key", value: secret })
  }
  for (const [name, value] of Object.entries(values)) {
    it(`${name} shows none, however it is printed`, () => {
      for (const printed of [inspect(value, { depth: 10, showHidden: true }), JSON.stringify(value), String(value)]) {
        assert.notInclude(printed, secret)
      }
    })
  }
  it("they are there for whoever asks", () => {
    const key = Schema.decodeUnknownSync(Schemas.ApiKeyWithSecret)({ ...sampleOf("ApiKeyWithSecret"), secret })
    assert.strictEqual(Redacted.value(key.secret), secret)
  })
  it("a secret of the wrong kind is not told", () => {
    const found = mismatch(Schemas.OAuthClientSecret, { client_secret: [secret] })
    assert.deepStrictEqual(found, { field: "client_secret", expected: "a string" })
  })
})
