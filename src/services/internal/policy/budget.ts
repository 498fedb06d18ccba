/**
 * A token bucket that many calls share: in an outage it runs dry, and then nothing is repeated.
 */
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { budgetLevel } from "../metrics.js"

/**
 * How a budget counts.
 *
 * @since 0.1.0
 * @category models
 */
export interface RetryBudgetOptions {
  /** Tokens when it is full; 500 unless given. */
  readonly capacity?: number | undefined
  /** What a repeat costs; 14 unless given. */
  readonly retryCost?: number | undefined
  /** What a repeat costs after a timeout or a 429; 5 unless given. */
  readonly timeoutRetryCost?: number | undefined
  /** What a success without a repeat gives back; 1 unless given. After repeats it gives back what they cost. */
  readonly refund?: number | undefined
}

/**
 * A budget for repeats, shared by all calls that are given it.
 *
 * @since 0.1.0
 * @category models
 */
export interface RetryBudget {
  /** Pays for one repeat and says what it cost, or none where the budget is spent. */
  readonly pay: (isTimeoutOrThrottle: boolean) => Effect.Effect<Option.Option<number>>
  /** Notes a success, after repeats that cost `paid`. */
  readonly succeed: (paid: number) => Effect.Effect<void>
  /** The tokens that are left. */
  readonly level: Effect.Effect<number>
}

/** Makes a full budget. */
export const makeRetryBudget = ({
  capacity = 500,
  refund = 1,
  retryCost = 14,
  timeoutRetryCost = 5
}: RetryBudgetOptions = {}): Effect.Effect<RetryBudget> =>
  Effect.suspend(() => {
    let tokens = capacity
    const published = <A>(step: () => A): Effect.Effect<A> => Effect.tap(Effect.sync(step), () => budgetLevel(tokens))
    return published(() => ({
      pay: (isTimeoutOrThrottle) => {
        const cost = isTimeoutOrThrottle ? timeoutRetryCost : retryCost
        return published(() => {
          if (!(tokens >= cost)) return Option.none()
          tokens -= cost
          return Option.some(cost)
        })
      },
      succeed: (paid) =>
        published(() => {
          tokens = Math.min(capacity, tokens + (paid > 0 ? paid : refund))
        }),
      level: Effect.sync(() => tokens)
    }))
  })
