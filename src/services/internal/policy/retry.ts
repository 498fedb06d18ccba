/**
 * When to send a call again, and how long to wait before.
 */
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Random from "effect/Random"
import { isTransientStatus } from "../../../errors/internal/failure.js"
import { isWachtError, type WachtError } from "../../../errors/WachtError.js"
import { Deadline } from "../limits.js"
import * as metrics from "../metrics.js"
import type { RetryBudget } from "./budget.js"

/** How `retryTransient` repeats. */
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

/** Whether the same request could succeed, whatever it is. */
const isTransient = (error: WachtError): boolean => {
  switch (error._tag) {
    case "TransportError":
    case "RateLimitError":
      return true
    case "TimeoutError":
      return error.limit === "attempt"
    case "ServerError":
    case "UnexpectedStatusError":
      return isTransientStatus(error.status)
    default:
      return false
  }
}

const isRepeatable = (error: WachtError, plan: RetryPlan): boolean =>
  plan.repeatsTransient &&
  (error.isRetryable || (plan.repeatCheckAuthz === true && error.operation === "checkAuthz" && isTransient(error)))

/** A 401 did nothing, so that any operation may be sent again. */
const isOwnRefusal = (error: WachtError): boolean => error._tag === "AuthenticationError" && error.subject === "client"

const serverDelay = (error: WachtError): Option.Option<Duration.Duration> =>
  error._tag === "RateLimitError" || error._tag === "ServerError" ? error.retryAfter : Option.none()

/** Full jitter: anything between nothing and the doubled base. */
const ownDelay = (error: WachtError, attempt: number, plan: RetryPlan): Effect.Effect<number> => {
  if (error._tag === "AuthenticationError") return Effect.succeed(Duration.toMillis(plan.authenticationDelay ?? 0))
  const base = error._tag === "RateLimitError" ? (plan.throttledBase ?? "1 second") : (plan.base ?? "50 millis")
  const bound = Math.min(Duration.toMillis(base) * 2 ** (attempt - 1), Duration.toMillis(plan.cap ?? "20 seconds"))
  return Effect.map(Random.next, (factor) => factor * bound)
}

/** The delay before the next attempt, or none where it would be too long. */
const delayBefore = (
  error: WachtError,
  attempt: number,
  plan: RetryPlan
): Effect.Effect<Option.Option<Duration.Duration>> =>
  Effect.contextWithEffect((context: Context.Context<never>) =>
    Effect.zipWith(ownDelay(error, attempt, plan), Clock.currentTimeMillis, (own, now) => {
      const asked = Option.match(serverDelay(error), { onNone: () => 0, onSome: Duration.toMillis })
      // Whole milliseconds: some clocks know no others.
      const delay = Math.max(Math.floor(own), Math.ceil(asked))
      const left = Context.get(context, Deadline) - now
      return asked > Duration.toMillis(plan.maxServerDelay ?? "60 seconds") || delay >= left
        ? Option.none()
        : Option.some(Duration.millis(delay))
    })
  )

const defaultAttempts = 3

/** The number of requests; what is no number leaves the default. */
const attemptsOf = ({ attempts = defaultAttempts }: RetryOptions): number =>
  Number.isNaN(attempts) ? defaultAttempts : Math.max(1, Math.floor(attempts))

/** Repeats as planned, within the attempts, the budget and the deadline. */
export const retry = <A, E, R>(self: Effect.Effect<A, E, R>, plan: RetryPlan): Effect.Effect<A, E, R> => {
  const attempts = attemptsOf(plan)
  const { budget } = plan
  const loop = (attempt: number, paid: number, wasRefused: boolean): Effect.Effect<A, E, R> =>
    Effect.matchEffect(self, {
      onSuccess: (value) => (budget === undefined ? Effect.succeed(value) : Effect.as(budget.succeed(paid), value)),
      onFailure: (error) => {
        if (attempt >= attempts || !isWachtError(error)) return Effect.fail(error)
        const isRefused = plan.authenticationDelay !== undefined && isOwnRefusal(error) && !wasRefused
        if (!isRefused && !isRepeatable(error, plan)) return Effect.fail(error)
        return Effect.flatMap(delayBefore(error, attempt, plan), (delay) => {
          if (Option.isNone(delay)) return Effect.fail(error)
          const isCheap = error._tag === "TimeoutError" || error._tag === "RateLimitError"
          const payment = budget === undefined ? Effect.succeedSome(0) : budget.pay(isCheap)
          return Effect.flatMap(
            payment,
            Option.match({
              onNone: () => Effect.fail(error),
              onSome: (cost) =>
                Effect.zipRight(
                  Effect.zipRight(metrics.retried(error), Effect.sleep(delay.value)),
                  loop(attempt + 1, paid + cost, wasRefused || isRefused)
                )
            })
          )
        })
      }
    })
  return loop(1, 0, false)
}
