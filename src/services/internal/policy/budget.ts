/**
 * A token bucket that many calls share: in an outage it runs dry, and then nothing is repeated.
 */
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Ref from "effect/Ref"
import * as metrics from "../metrics.js"

/** How a budget counts. */
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

/** A budget for repeats, shared by all calls that are given it. */
export interface RetryBudget {
  /** Pays for one repeat and says what it cost, or none where the budget is spent. */
  readonly pay: (isTimeoutOrThrottle: boolean) => Effect.Effect<Option.Option<number>>
  /** Notes a success, after repeats that cost `paid`. */
  readonly succeed: (paid: number) => Effect.Effect<void>
  /** The tokens that are left. */
  readonly level: Effect.Effect<number>
}

/** Makes a full budget. */
export const makeRetryBudget = (options: RetryBudgetOptions = {}): Effect.Effect<RetryBudget> => {
  const capacity = options.capacity ?? 500
  const retryCost = options.retryCost ?? 14
  const timeoutRetryCost = options.timeoutRetryCost ?? 5
  const refund = options.refund ?? 1
  return Effect.flatMap(Ref.make(capacity), (tokens) => {
    const publish = Effect.flatMap(Ref.get(tokens), metrics.budgetLevel)
    const made: RetryBudget = {
      pay: (isTimeoutOrThrottle) => {
        const cost = isTimeoutOrThrottle ? timeoutRetryCost : retryCost
        const taken = Ref.modify(tokens, (level) =>
          level >= cost ? [Option.some(cost), level - cost] : [Option.none<number>(), level]
        )
        return Effect.zipLeft(taken, publish)
      },
      succeed: (paid) =>
        Effect.zipRight(
          Ref.update(tokens, (level) => Math.min(capacity, level + (paid > 0 ? paid : refund))),
          publish
        ),
      level: Ref.get(tokens)
    }
    return Effect.as(publish, made)
  })
}
