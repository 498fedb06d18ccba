/**
 * Pacing on this side, so that a job stays under a limit of the server's.
 */
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as RateLimiter from "effect/RateLimiter"
import type * as Scope from "effect/Scope"
import { Deadline } from "../limits.js"

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

/** A unit that is not known yet is paced by the longest one: slow, and never refused. */
const windowMillis = (rule: PacingRule): number =>
  Math.max(1, rule.duration) * (unitMillis[rule.unit] ?? 31 * 86_400_000)

/**
 * The server counts in a sliding window. A bucket of `burst` tokens that gets a new one every `step` milliseconds never lets more than
 * `max` through in any window, wherever it begins: `burst` at once, and fewer than `window / step` later.
 */
export const makeRateLimiter = (rule: PacingRule): Effect.Effect<RateLimit, never, Scope.Scope> => {
  const max = Math.max(1, Math.floor(rule.maxRequests))
  const window = windowMillis(rule)
  const burst = Math.min(Math.max(1, Math.floor(rule.burst ?? max / 10)), Math.max(1, max - 1))
  const step = Math.floor(window / Math.max(1, max - burst)) + 1
  const options = { limit: burst, interval: Duration.millis(step * burst), algorithm: "token-bucket" } as const
  return Effect.map(RateLimiter.make(options), (limiter): RateLimit => {
    const turn = limiter(Effect.void)
    return <A, E, R>(self: Effect.Effect<A, E, R>): Effect.Effect<A, E, R> =>
      Effect.contextWithEffect((context: Context.Context<R>) =>
        Effect.flatMap(Clock.currentTimeMillis, (now) => {
          const left = Context.get(context, Deadline) - now
          // Past its deadline a call sends nothing and fails by itself.
          return Effect.zipRight(left === Number.POSITIVE_INFINITY ? turn : Effect.timeoutOption(turn, left), self)
        })
      )
  })
}
