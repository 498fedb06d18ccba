/**
 * Policies as combinators: time limits, repeats, budgets, pacing. None is in force unless asked for, but one: an attempt ends after 30 s.
 *
 * Outermost first, the order that makes sense is: `operationTimeout`, `retryAuthenticationOnce`, `retryTransient`, pacing, `attemptTimeout`,
 * the call. `layer`, `make` and `fromOptions` keep it.
 *
 * @since 0.1.0
 */
import * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type * as Scope from "effect/Scope"
import { AcceptsRepeatAnswer, AttemptLimit, Deadline, type Limit } from "./internal/limits.js"
import * as budget from "./internal/policy/budget.js"
import type { RetryBudget, RetryBudgetOptions } from "./internal/policy/budget.js"
import * as pacing from "./internal/policy/pacing.js"
import type { PacingRule, RateLimit } from "./internal/policy/pacing.js"
import { retry, type RetryOptions } from "./internal/policy/retry.js"
import { type CallPolicy, RequestPolicy } from "./RequestPolicy.js"

export type { RetryBudget, RetryBudgetOptions } from "./internal/policy/budget.js"
export type { PacingRule, RateLimit } from "./internal/policy/pacing.js"
export type { RetryOptions } from "./internal/policy/retry.js"

/**
 * Ends each attempt of every call inside after this long, headers and body; the request is aborted and the call fails with a
 * `TimeoutError` (`limit: "attempt"`), an unsafe one with an `OutcomeUnknownError`.
 *
 * @since 0.1.0
 * @category combinators
 */
export const attemptTimeout =
  (duration: Duration.DurationInput) =>
  <A, E, R>(self: Effect.Effect<A, E, R>): Effect.Effect<A, E, R> =>
    Effect.provideService(self, AttemptLimit, Duration.toMillis(duration))

/** Those that have ended are let go: each run of a job may begin within the one before. */
const withEnd = (limit: Limit | undefined): Limit | undefined => {
  let one = limit
  while (one?.end === Infinity) one = one.outer
  return one
}

/**
 * Sets the moment by which everything inside must be over, all attempts and delays included: an absolute deadline from the `Clock` when the
 * effect starts. Calls fail with a `TimeoutError` (`limit: "operation"`), unsafe ones with an `OutcomeUnknownError`, or with a
 * `TransportError` where nothing was sent any more. An outer deadline that is nearer stays. The limit ends with the effect: what this has started
 * and left behind, a daemon, a cache, a layer, is not bound by it any more.
 *
 * @since 0.1.0
 * @category combinators
 */
export const operationTimeout =
  (duration: Duration.DurationInput) =>
  <A, E, R>(self: Effect.Effect<A, E, R>): Effect.Effect<A, E, R> =>
    Effect.flatMap(Deadline, (outer) =>
      Effect.flatMap(Clock.currentTimeMillis, (now) => {
        const limit: Limit = { end: now + Duration.toMillis(duration), outer }
        return Effect.ensuring(
          Effect.provideService(self, Deadline, limit),
          Effect.sync(() => {
            limit.end = Infinity
            limit.outer = withEnd(limit.outer)
          })
        )
      })
    )

/**
 * Repeats what the failed operation declares repeatable: safe and idempotent ones after a lost connection, an attempt's time limit, 408, 429,
 * 500, 502, 503 and 504; unsafe ones only where the request certainly did not act; `checkAuthz` only when asked. Full jitter; the server's
 * own delay is the floor. A deletion or revocation whose answer was lost ends as a `NotFoundError` when its repeat answers 404; `standard`
 * and `fromOptions` take that for done.
 *
 * Give it one call: around several it runs all of them again when one fails, whatever those before did. For several there is `withPolicy`.
 *
 * @since 0.1.0
 * @category combinators
 */
export const retryTransient =
  (options: RetryOptions = {}) =>
  <A, E, R>(self: Effect.Effect<A, E, R>): Effect.Effect<A, E, R> =>
    retry(self, { ...options, repeatsTransient: true })

/** What an outage of the gateway may need at least. */
const leastDelay = 1000

/**
 * Repeats a call once after a 401 about this client's own key, which can be an outage of the gateway. Never for the credential that
 * `checkAuthz` judges. Waits 1 s before unless told otherwise.
 *
 * @since 0.1.0
 * @category combinators
 */
export const retryAuthenticationOnce =
  ({ delay = leastDelay }: { readonly delay?: Duration.DurationInput | undefined } = {}) =>
  <A, E, R>(self: Effect.Effect<A, E, R>): Effect.Effect<A, E, R> =>
    retry(self, { attempts: 2, repeatsTransient: false, authenticationDelay: delay })

/**
 * Makes a full token bucket for repeats; its level is the metric `effect_wacht_retry_budget_tokens`.
 *
 * @since 0.1.0
 * @category constructors
 */
export const makeRetryBudget: (options?: RetryBudgetOptions) => Effect.Effect<RetryBudget> = budget.makeRetryBudget

/**
 * Makes a pacer that lets at most the rule's calls through in any window. One pacer serves many calls, and many fibers; put it inside of
 * `retryTransient`, as each attempt counts. It lives as long as its scope: whoever has to wait later gets no turn. A call does not wait beyond its deadline, and then
 * sends nothing; any other effect would run unpaced.
 *
 * @since 0.1.0
 * @category constructors
 */
export const makeRateLimiter: (rule: PacingRule) => Effect.Effect<RateLimit, never, Scope.Scope> =
  pacing.makeRateLimiter

/**
 * What a policy for every call is made of.
 *
 * @since 0.1.0
 * @category models
 */
export interface Options extends RetryOptions {
  /** The limit of each attempt; it holds against an `attemptTimeout` around the call. What is in scope unless given, 30 s by default. */
  readonly attemptTimeout?: Duration.DurationInput | undefined
  /** The limit of each call with all its attempts; 60 s unless given, which has no room for the minute that a 429 may ask for. */
  readonly operationTimeout?: Duration.DurationInput | undefined
  /** Repeats once after a 401 about this client's own key, as one of the attempts and at the budget's cost. False unless given. */
  readonly retryAuthentication?: boolean | undefined
  /** Pacing around every attempt. */
  readonly rateLimit?: RateLimit | undefined
}

/**
 * A policy of these parts. A repeated delete, revoke, deactivate or compromise whose earlier attempt may have acted takes for done the 404
 * that says so, and no other.
 *
 * @since 0.1.0
 * @category constructors
 */
export const fromOptions =
  (options: Options): CallPolicy =>
  (call) => {
    const limited = options.attemptTimeout === undefined ? call : attemptTimeout(options.attemptTimeout)(call)
    const repeated = retry(options.rateLimit?.(limited) ?? limited, {
      ...options,
      repeatsTransient: true,
      authenticationDelay: options.retryAuthentication === true ? leastDelay : undefined
    })
    const whole = operationTimeout(options.operationTimeout ?? 60_000)(repeated)
    return Effect.provideService(whole, AcceptsRepeatAnswer, true)
  }

/**
 * The recommended stack: 3 attempts with full jitter, each under the attempt limit in scope (30 s by default), 60 s for all. It keeps no state; `layer` adds a budget.
 *
 * @since 0.1.0
 * @category policies
 */
export const standard: CallPolicy = fromOptions({})

/**
 * The recommended stack with a retry budget of its own, shared by every call.
 *
 * @since 0.1.0
 * @category constructors
 */
export const make = (options: Options = {}): Effect.Effect<CallPolicy> =>
  Effect.map(options.budget === undefined ? makeRetryBudget() : Effect.succeed(options.budget), (budget) =>
    fromOptions({ ...options, budget })
  )

/**
 * Puts a policy around every single call that is made with this layer in scope, or by a `WachtClient` that was built with it: the one given, or
 * one made of options, with one budget per layer built.
 *
 * @since 0.1.0
 * @category layers
 */
export const layer = (policy: CallPolicy | Options = {}): Layer.Layer<never> =>
  Layer.effect(RequestPolicy, typeof policy === "function" ? Effect.succeed(policy) : make(policy))

/**
 * Puts a policy around every single call of an effect.
 *
 * @since 0.1.0
 * @category combinators
 */
export { withPolicy } from "./RequestPolicy.js"
