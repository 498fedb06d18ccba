/** The rules of a rate-limit scheme: their shape, their bounds, how they are shown. */
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Failure from "../Failure.js"
import type { Decoder, Refusal } from "../json/decode.js"
import { array, defaulted, int32, object, oneOf, optional, required, text } from "../json/decode.js"
import type { Writable } from "../json/write.js"
import { windowMillis } from "../gateway/rules.js"
import type { RateLimitRule, RateLimitUnit } from "../World.js"

const shape = object({
  unit: required(oneOf("millisecond", "second", "minute", "hour", "day", "calendar_day", "month", "calendar_month")),
  duration: required(int32),
  max_requests: required(int32),
  mode: optional(oneOf("per_app", "per_key", "per_key_and_ip", "per_app_and_ip")),
  endpoints: optional(array(text)),
  priority: defaulted(int32, 0)
})

export const Rule: Decoder<RateLimitRule> = (json): Either.Either<RateLimitRule, Refusal> =>
  Either.map(shape(json), ({ max_requests, ...rule }) => ({ ...rule, maxRequests: max_requests }))

export const showRule = (rule: RateLimitRule): Writable => ({
  unit: rule.unit,
  duration: rule.duration,
  max_requests: rule.maxRequests,
  mode: rule.mode,
  endpoints: rule.endpoints,
  priority: rule.priority
})

const longest = 30 * 86_400_000
const bounds: Partial<Record<RateLimitUnit, readonly [most: number, message: string]>> = {
  millisecond: [60_000, "Millisecond-based limits cannot exceed 60000 milliseconds (60 seconds)"],
  second: [1800, "Second-based limits cannot exceed 1800 seconds (30 minutes)"],
  minute: [1440, "Minute-based limits cannot exceed 1440 minutes (24 hours)"],
  calendar_day: [1, "Calendar day limits must be exactly 1 day"]
}

const complaint = (rule: RateLimitRule): string | undefined => {
  if (rule.duration <= 0) return "Duration must be positive"
  if (rule.maxRequests <= 0) return "Max requests must be positive"
  // the longest window is checked before the bound of the unit
  if (windowMillis(rule) > longest) return "Rate limit window cannot exceed 30 days"
  const bound = bounds[rule.unit]
  return bound !== undefined && rule.duration > bound[0] ? bound[1] : undefined
}

/** At least one rule, each within its bounds: the first complaint wins. */
export const checkRules = (rules: ReadonlyArray<RateLimitRule>): Effect.Effect<void, Failure.Failure> => {
  if (rules.length === 0) return Failure.badRequest("Rate limit scheme must include at least one rule")
  for (const rule of rules) {
    const message = complaint(rule)
    if (message !== undefined) return Failure.badRequest(message)
  }
  return Effect.void
}
