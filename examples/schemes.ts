import { ApiKeys } from "effect-wacht"
import * as Effect from "effect/Effect"

export const addDailyRule = Effect.gen(function* () {
  const keys = yield* ApiKeys.ApiKeys
  const rules = yield* ApiKeys.rulesToKeep(yield* keys.getRateLimitScheme("free"))
  return yield* keys.updateRateLimitScheme("free", {
    rules: [...rules, { unit: "day", duration: 1, maxRequests: 1000 }]
  })
})
