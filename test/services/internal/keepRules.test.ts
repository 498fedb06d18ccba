import { assert, describe, it } from "@effect/vitest"
import { ApiKeys } from "effect-wacht"
import type { RateLimitRuleInput } from "effect-wacht/schemas"
import { Emulator } from "effect-wacht/testing"
import * as Effect from "effect/Effect"

const rules: ReadonlyArray<RateLimitRuleInput> = [
  { unit: "minute", duration: 1, maxRequests: 60 },
  { unit: "hour", duration: 2, maxRequests: 600, mode: "per_key_and_ip", endpoints: ["/v1/reports"], priority: -5 },
  { unit: "calendar_month", duration: 1, maxRequests: 9000, mode: "per_app", endpoints: [] }
]

const makeScheme = Effect.flatMap(ApiKeys.ApiKeys, (keys) =>
  keys.createRateLimitScheme({ slug: "free", name: "Free", rules })
)

describe("rulesToKeep", () => {
  it.effect("are what was stored, so that a rule can be added to them", () =>
    Effect.gen(function* () {
      const before = yield* makeScheme
      const { updateRateLimitScheme } = yield* ApiKeys.ApiKeys
      const kept = yield* ApiKeys.rulesToKeep(before)
      const after = yield* updateRateLimitScheme("free", {
        rules: [...kept, { unit: "day", duration: 1, maxRequests: 1000 }]
      })
      assert.deepStrictEqual(after.rules.slice(0, -1), before.rules)
      assert.deepInclude(after.rules.at(-1), { unit: "day", duration: 1, maxRequests: 1000 })
    }).pipe(Effect.provide(Emulator.layerWacht()))
  )

  it.effect("refuse a rule that this version does not know, and name it", () =>
    Effect.gen(function* () {
      const scheme = yield* makeScheme
      const newer = scheme.rules.map((rule, index) => (index === 1 ? { ...rule, unit: "fortnight" } : rule))
      const error = yield* Effect.flip(ApiKeys.rulesToKeep({ rules: newer }))
      assert.strictEqual(error._tag, "EncodeError")
      const issue = { field: "rules[1]", rule: "rule", allowed: "a stored rule that this version can send" }
      assert.containsSubset(error, { operation: "updateRateLimitScheme", issues: [issue] })
    }).pipe(Effect.provide(Emulator.layerWacht()))
  )
})
