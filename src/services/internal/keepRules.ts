/**
 * The rules of a scheme as an update takes them, which replaces the whole list.
 */
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import type { EncodeError } from "../../errors/ClientError.js"
import * as Wire from "../../schemas/internal/wire.js"
import { type RateLimitRule, RateLimitRuleInput } from "../../schemas/RateLimitScheme.js"
import { refuse } from "./refuse.js"

const Sendable = Wire.lazy(() => Schema.typeSchema(RateLimitRuleInput))

/** A stored rule as an input. A unit or mode that this version does not know cannot be sent, and must not be lost silently. */
const asInput = (rule: RateLimitRule, index: number): Effect.Effect<RateLimitRuleInput, EncodeError> => {
  const input: unknown = {
    ...rule,
    mode: Option.getOrUndefined(rule.mode),
    endpoints: Option.getOrUndefined(rule.endpoints)
  }
  return Schema.is(Sendable)(input)
    ? Effect.succeed(input)
    : Effect.fail(refuse("updateRateLimitScheme", `rules[${index}]`, "a stored rule that this version can send"))
}

/** All of them, in their order. */
export const keepRules = (
  rules: ReadonlyArray<RateLimitRule>
): Effect.Effect<ReadonlyArray<RateLimitRuleInput>, EncodeError> => Effect.forEach(rules, asInput)
