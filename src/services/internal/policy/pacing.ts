/**
 * Pacing on this side, so that a job stays under a limit of the server's.
 */
import * as Duration from "effect/Duration"
import type * as Effect from "effect/Effect"
import * as RateLimiter from "effect/RateLimiter"
import type * as Scope from "effect/Scope"

/** A limit, in the words of a rate-limit scheme's rule. */
export interface PacingRule {
  readonly unit:
    "millisecond" | "second" | "minute" | "hour" | "day" | "calendar_day" | "month" | "calendar_month" | (string & {})
  readonly duration: number
  readonly maxRequests: number
  /** How many calls may go at once before pacing begins; a tenth of `maxRequests` unless given. */
  readonly burst?: number | undefined
}

const unitMillis: Readonly<Record<string, number>> = {
  millisecond: 1,
  second: 1000,
  minute: 60_000,
  hour: 3_600_000,
  day: 86_400_000,
  calendar_day: 86_400_000,
  month: 30 * 86_400_000,
  calendar_month: 31 * 86_400_000
}

/** Waits its turn, then runs the effect. */
export interface RateLimit {
  <A, E, R>(self: Effect.Effect<A, E, R>): Effect.Effect<A, E, R>
}

/**
 * The server counts in a sliding window. A bucket of `burst` tokens that refills at (max - burst) per window never lets more than
 * `max` through in any window, wherever it begins.
 */
export const makeRateLimiter = (rule: PacingRule): Effect.Effect<RateLimit, never, Scope.Scope> => {
  const max = Math.max(1, Math.floor(rule.maxRequests))
  // A unit that is not known yet is paced by the longest one: slow, and never refused.
  const window = Math.max(1, rule.duration) * (unitMillis[rule.unit] ?? 31 * 86_400_000)
  const burst = Math.min(Math.max(1, Math.floor(rule.burst ?? max / 10)), Math.max(1, max - 1))
  const interval = max === 1 ? window : Math.ceil((burst * window) / (max - burst))
  return RateLimiter.make({ limit: burst, interval: Duration.millis(interval), algorithm: "token-bucket" })
}
