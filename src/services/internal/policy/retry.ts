/**
 * When to send a call again, and how long to wait before.
 */
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Random from "effect/Random"
import { isTransientStatus } from "../../../errors/internal/failure.js"
import { isWachtError, type WachtError } from "../../../errors/WachtError.js"
import { timeLeft } from "../limits.js"
import * as metrics from "../metrics.js"
import { sleep } from "../sleep.js"
import type { RetryBudget } from "./budget.js"

/**
 * How `retryTransient` repeats.
 *
 * @since 0.1.0
 * @category models
 */
export interface RetryOptions {
  /** Requests in all, the first one included; 3 unless given, 1 means none is repeated. */
  readonly attempts?: number | undefined
  /** The upper bound of the first delay, which doubles with each attempt; 50 ms unless given. */
  readonly base?: Duration.DurationInput | undefined
  /** The same after a 429; 1 s unless given. */
  readonly throttledBase?: Duration.DurationInput | undefined
  /** The longest delay of our own; 20 s unless given. */
  readonly cap?: Duration.DurationInput | undefined
  /** The longest delay that the server may ask for; beyond it the error comes at once, with its `retryAfter`. 60 s unless given. */
  readonly maxServerDelay?: Duration.DurationInput | undefined
  /** Shared by many calls: when it is spent, nothing is repeated. */
  readonly budget?: RetryBudget | undefined
  /** Whether `checkAuthz` is repeated too: each try uses up quota and writes an audit row. False unless given. */
  readonly repeatCheckAuthz?: boolean | undefined
}

/** What a retry loop does. */
export interface RetryPlan extends RetryOptions {
  /** Whether what the failed operation declares repeatable is repeated. */
  readonly repeatsTransient: boolean
  /** How long to wait before the one repeat after a 401 about our own key; without it there is none. */
  readonly authenticationDelay?: Duration.DurationInput | undefined
}

/** Whether the same request could succeed, whatever it is; not one that could not be built, where no connection has a code. */
const isTransient = (error: WachtError): boolean =>
  (error._tag === "TransportError" && (error.reason === "Lost" || Option.isSome(error.code))) ||
  (error._tag === "TimeoutError" && error.limit === "attempt") ||
  ("status" in error && typeof error.status === "number" && isTransientStatus(error.status))

const isRepeatable = (error: WachtError, plan: RetryPlan): boolean =>
  plan.repeatsTransient &&
  (error.isRetryable || (plan.repeatCheckAuthz === true && error.operation === "checkAuthz" && isTransient(error)))

/** A 401 did nothing, so that any operation may be sent again; `checkAuthz` sends no key of this client. */
const isOwnRefusal = (error: WachtError): boolean =>
  error._tag === "AuthenticationError" && error.subject === "client" && error.operation !== "checkAuthz"

/**
 * The delay in milliseconds before the next attempt, or none where it would be too long. Full jitter: anything between nothing and the
 * doubled base.
 */
const delayBefore = (error: WachtError, attempt: number, plan: RetryPlan): Effect.Effect<Option.Option<number>> => {
  const { authenticationDelay = 0, base = 50, cap = 20_000, maxServerDelay = 60_000, throttledBase = 1000 } = plan
  const first = Duration.toMillis(error._tag === "RateLimitError" ? throttledBase : base)
  // A base of 0 stays 0: `2 ** 1024` is infinite, and 0 times that is no number.
  const bound = Math.min(first * 2 ** Math.min(attempt - 1, 1000), Duration.toMillis(cap))
  const own =
    error._tag === "AuthenticationError"
      ? Effect.succeed(Duration.toMillis(authenticationDelay))
      : Effect.map(Random.next, (factor) => factor * bound)
  return Effect.zipWith(own, timeLeft, (own, left) => {
    const asked = "retryAfter" in error ? Duration.toMillis(Option.getOrElse(error.retryAfter, () => 0)) : 0
    // Whole milliseconds: some clocks know no others.
    const delay = Math.max(Math.floor(own), Math.ceil(asked))
    return asked > Duration.toMillis(maxServerDelay) || delay >= left ? Option.none() : Option.some(delay)
  })
}

const defaultAttempts = 3

/** The number of requests, of which the first is always made; what is no number leaves the default. */
const attemptsOf = ({ attempts = defaultAttempts }: RetryOptions): number =>
  Number.isNaN(attempts) ? defaultAttempts : Math.floor(attempts)

/** Repeats as planned, within the attempts, the budget and the deadline. */
export const retry = <A, E, R>(self: Effect.Effect<A, E, R>, plan: RetryPlan): Effect.Effect<A, E, R> => {
  const attempts = attemptsOf(plan)
  const { authenticationDelay, budget } = plan
  const loop = (attempt: number, paid: number, wasRefused: boolean): Effect.Effect<A, E, R> =>
    Effect.matchEffect(self, {
      onSuccess: (value) => (budget === undefined ? Effect.succeed(value) : Effect.as(budget.succeed(paid), value)),
      onFailure: (error) => {
        const failed = Effect.fail(error)
        if (attempt >= attempts || !isWachtError(error)) return failed
        const isRefused = authenticationDelay !== undefined && isOwnRefusal(error) && !wasRefused
        if (!isRefused && !isRepeatable(error, plan)) return failed
        const isCheap = error._tag === "TimeoutError" || error._tag === "RateLimitError"
        const waited = Effect.gen(function* () {
          const delay = yield* yield* delayBefore(error, attempt, plan)
          const cost = budget === undefined ? 0 : yield* yield* budget.pay(isCheap)
          const pause = sleep(delay)
          // What is not sent any more costs nothing, and is no repeat.
          yield* budget === undefined || cost === 0 ? pause : Effect.onInterrupt(pause, () => budget.succeed(cost))
          yield* metrics.retried(error)
          return cost
        })
        return Effect.matchEffect(waited, {
          onFailure: () => failed,
          onSuccess: (cost) => loop(attempt + 1, paid + cost, wasRefused || isRefused)
        })
      }
    })
  return loop(1, 0, false)
}
