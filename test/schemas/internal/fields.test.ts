import { assert, describe, it } from "@effect/vitest"
import { ApiAuditTimeseriesPoint, AuthzDecision, AuthzPrincipal } from "effect-wacht/schemas"
import * as Arbitrary from "effect/Arbitrary"
import * as Duration from "effect/Duration"
import * as Either from "effect/Either"
import * as FastCheck from "effect/FastCheck"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import { compileDecoder } from "../../../src/schemas/internal/decoder.js"
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
})

describe("a percentage", () => {
  it("has samples that an answer can hold", () => {
    const points = FastCheck.sample(Arbitrary.make(ApiAuditTimeseriesPoint), 200)
    for (const { successRate } of points) assert.isTrue(successRate >= 0 && successRate <= 100, String(successRate))
  })
})
