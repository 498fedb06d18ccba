/**
 * The rules of a scheme as an update takes them, which replaces the whole list.
 */
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import type { EncodeError } from "../../errors/ClientError.js"
import { type RateLimitRule, RateLimitRuleInput } from "../../schemas/RateLimitScheme.js"
import { refuse } from "./refuse.js"
import { storedInput } from "./storedInput.js"

/** All of them, in their order. */
export const keepRules = (
  rules: ReadonlyArray<RateLimitRule>
): Effect.Effect<ReadonlyArray<RateLimitRuleInput>, EncodeError> => {
  const isInput = Schema.is(RateLimitRuleInput)
  return Effect.forEach(rules, (rule, index) =>
    storedInput(isInput, rule, () =>
      refuse("updateRateLimitScheme", `rules[${index}]`, "a stored rule that this version can send")
    )
  )
}
