/**
 * Pacing on this side, so that a job stays under a limit of the server's.
 */
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Runtime from "effect/Runtime"
import * as RuntimeFlags from "effect/RuntimeFlags"
import type * as Scope from "effect/Scope"
import { Alarm } from "../alarm.js"
import { Deadline, nearest } from "../limits.js"
import { sleep } from "../sleep.js"

/**
 * A limit, in the words of a rate-limit scheme's rule.
 *
 * @since 0.1.0
 * @category models
 */
export interface PacingRule {
  /** One that is not known is paced as 31 days, and a warning is logged. */
  readonly unit:
    "millisecond" | "second" | "minute" | "hour" | "day" | "calendar_day" | "month" | "calendar_month" | (string & {})
  /** The window's length in `unit`; less than 1, and what is no number, counts as 1. So does `maxRequests`. */
  readonly duration: number
  readonly maxRequests: number
  /** How many calls may go at once before pacing begins; a tenth of `maxRequests` unless given. */
  readonly burst?: number | undefined
}

const dayMillis = 86_400_000

/** A calendar month, and a unit that is not known yet, is paced by the longest month: slow, and never refused. */
const longestMillis = 31 * dayMillis

const unitMillis = new Map<string, number>([
  ["millisecond", 1],
  ["second", 1000],
  ["minute", 60_000],
  ["hour", 3_600_000],
  ["day", dayMillis],
  ["calendar_day", dayMillis],
  ["month", 30 * dayMillis],
  ["calendar_month", longestMillis]
])

/**
 * Waits its turn, then runs the effect.
 *
 * @since 0.1.0
 * @category models
 */
export interface RateLimit {
  <A, E, R>(self: Effect.Effect<A, E, R>): Effect.Effect<A, E, R>
}

/** What is no number counts as 1. */
const atLeastOne = (number: number): number => (number >= 1 ? Math.floor(number) : 1)

const warnOfUnit = () =>
  Effect.logWarning(
    `Pacing by a unit that is not known, as if it were 31 days; known: ${[...unitMillis.keys()].join(", ")}`
  )

/** How many tokens come every so many milliseconds. */
interface Pace {
  readonly step: number
  readonly count: number
}

/** Tokens that come together do so at least this often, in milliseconds. */
const longestStep = 100

/**
 * The fastest pace, in whole milliseconds, that gives no more than `max` tokens in any window, and no more than `most` at once: one at a time they
 * would come every second millisecond at best.
 */
const paceOf = (window: number, max: number, most: number): Pace => {
  const least = Math.floor(window / max) + 1
  let best: Pace = { step: least, count: 1 }
  for (let step = least + 1; step <= longestStep; step++) {
    const count = Math.min(most, Math.floor(max / (Math.floor(window / step) + 1)))
    if (count * best.step > best.count * step) best = { step, count }
  }
  return best
}

/**
 * Waits for a turn, but no longer than so many milliseconds; tells whether it came. Without a child fiber, which Effect would interrupt with a
 * caller that cannot be interrupted, such as a finalizer.
 */
interface Turn {
  (millis: number): Effect.Effect<boolean>
}

/**
 * A bucket that is full at first and gets tokens at a pace until it is full again; who waits longest gets one. With
 * `effect/RateLimiter` each token wakes all who wait: 6 s of processor time and 0.9 GB for 1000 of them.
 */
const makeTurn = (size: number, { count, step }: Pace): Effect.Effect<Turn, never, Scope.Scope> =>
  Effect.gen(function* () {
    // Of whoever cannot be interrupted, the timers of a clock that is not the live one still can.
    const runtime = Runtime.enableRuntimeFlag(yield* Effect.runtime(), RuntimeFlags.Interruption)
    let tokens = size
    const waiting = new Set<() => void>()
    // Open while a token is missing, one whose receiver was interrupted too. Nothing ticks while none is: a token must not come early.
    const isMissing = yield* Effect.makeLatch()
    const give = Effect.sync(() => {
      for (let given = 0; given < count && tokens < size; given++) {
        const [next] = waiting
        if (next === undefined) tokens++
        else waiting.delete(next)
        next?.()
      }
      if (tokens >= size) isMissing.unsafeClose()
    })
    const fill = Effect.forever(Effect.zipRight(isMissing.await, Effect.zipRight(sleep(step), give)))
    yield* Effect.forkScoped(Effect.interruptible(fill))
    return (millis) =>
      Effect.clockWith((clock) =>
        Effect.async((resume) => {
          if (tokens > 0) {
            tokens--
            isMissing.unsafeOpen()
            return resume(Exit.succeed(true))
          }
          const alarm = new Alarm(millis, clock)
          const wake = () => {
            alarm.callOff()
            resume(Exit.succeed(true))
          }
          waiting.add(wake)
          alarm.start(
            () => runtime,
            () => {
              waiting.delete(wake)
              resume(Exit.succeed(false))
            }
          )
          return Effect.sync(() => {
            alarm.callOff()
            waiting.delete(wake)
          })
        })
      )
  })

/**
 * The server counts in a sliding window. A bucket of `burst` tokens that gets no more than `max - burst` new ones in any window never lets more than
 * `max` through in one, wherever it begins.
 */
export const makeRateLimiter = (rule: PacingRule): Effect.Effect<RateLimit, never, Scope.Scope> => {
  const max = atLeastOne(rule.maxRequests)
  const millis = unitMillis.get(rule.unit)
  const window = (rule.duration >= 1 ? rule.duration : 1) * (millis ?? longestMillis)
  const burst = Math.min(atLeastOne(rule.burst ?? max / 10), atLeastOne(max - 1))
  const pace = paceOf(window, atLeastOne(max - burst), burst)
  return Effect.map(
    Effect.zipRight(millis === undefined ? warnOfUnit() : Effect.void, makeTurn(burst, pace)),
    (turn): RateLimit =>
      (self) => {
        // Past its deadline a call sends nothing and fails by itself, also where the clock was set back meanwhile.
        const late = Effect.provideService(self, Deadline, { end: -Infinity })
        const inTurn: typeof self = Effect.flatMap(Deadline, (deadline) =>
          Effect.flatMap(Clock.currentTimeMillis, (now) => {
            const end = nearest(deadline)
            if (end <= now) return late
            return Effect.flatMap(turn(end - now), (isMine) => {
              if (isMine) return self
              // One that has ended meanwhile binds no longer; those around it do.
              return nearest(deadline) > end ? inTurn : late
            })
          })
        )
        return inTurn
      }
  )
}
