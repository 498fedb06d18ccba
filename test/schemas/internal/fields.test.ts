import { assert, describe, it } from "@effect/vitest"
import { ApiAuditTimeseriesPoint, ApiKey, AuthzDecision, AuthzPrincipal } from "effect-wacht/schemas"
import * as Arbitrary from "effect/Arbitrary"
import * as Duration from "effect/Duration"
import * as Either from "effect/Either"
import * as FastCheck from "effect/FastCheck"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import { compileDecoder } from "../../../src/schemas/internal/decoder.js"
import { parseLossless } from "../../../src/services/internal/losslessJson.js"
import { sampleOf } from "../contract.js"

describe("the wait of a decision", () => {
  it("is whole milliseconds, never fewer than none", () => {
    const decode = compileDecoder(AuthzDecision)
    const wait = (retry_after: unknown) =>
      Either.map(decode({ ...sampleOf("AuthzCheckResponse"), retry_after }), (decision) =>
        Option.getOrNull(Option.map(decision.retryAfter, Duration.toMillis))
      )
    for (const millis of [0, 1, 1500]) assert.deepStrictEqual(wait(millis), Either.right(millis))
    assert.deepStrictEqual(wait(null), Either.right(null))
    for (const other of [-1, 1.5, "1500", 2 ** 53]) assert.isTrue(Either.isLeft(wait(other)), String(other))
  })
})

describe("a secret", () => {
  it("is kept to its last blank", () => {
    const principal = Schema.decodeUnknownSync(AuthzPrincipal)({ type: "api_key", value: " a secret\n" })
    assert.strictEqual(Redacted.value(principal.value), " a secret\n")
  })

  it("that was wiped is refused, not thrown at", () => {
    const value = Redacted.make("a secret")
    const encode = () => Schema.encodeEither(AuthzPrincipal)({ type: "api_key", value })
    assert.isTrue(Either.isRight(encode()))
    Redacted.unsafeWipe(value)
    const refused = Either.getOrThrow(Either.flip(encode()))
    assert.include(refused.message, "a Redacted text")
  })

  it("has samples, and two of one text are equal", () => {
    const isEqual = Schema.equivalence(AuthzPrincipal)
    for (const principal of FastCheck.sample(Arbitrary.make(AuthzPrincipal), 20)) {
      const copy = { ...principal, value: Redacted.make(Redacted.value(principal.value)) }
      assert.isTrue(isEqual(principal, copy))
      assert.isFalse(isEqual(principal, { ...principal, value: Redacted.make(`${Redacted.value(copy.value)}.`) }))
    }
  })
})

describe("free JSON", () => {
  it("has samples that an answer can hold", () => {
    for (const { metadata } of FastCheck.sample(Arbitrary.make(ApiKey), 300)) {
      assert.deepStrictEqual(parseLossless(JSON.stringify(metadata)), metadata)
    }
  })
})

describe("a percentage", () => {
  it("has samples that an answer can hold", () => {
    const points = FastCheck.sample(Arbitrary.make(ApiAuditTimeseriesPoint), 200)
    for (const { successRate } of points) assert.isTrue(successRate >= 0 && successRate <= 100, String(successRate))
  })
})
