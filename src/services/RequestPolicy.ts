/**
 * One policy around every single call that is made in its scope.
 *
 * @since 0.1.0
 */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import { dual, identity } from "effect/Function"
import * as Layer from "effect/Layer"
import type { CallError } from "../errors/WachtError.js"

/**
 * What a policy knows of the call that it wraps.
 *
 * @since 0.1.0
 * @category models
 */
export interface CallInfo {
  /** The operation, by the vendor's name. */
  readonly operation: string
  /** As the contract declares it: a policy may repeat what is safe or idempotent, and what failed with `isRetryable`. */
  readonly safety: "safe" | "idempotent" | "unsafe"
  /** Whether a repeat answers a 404 of its own where an earlier attempt worked: delete, revoke, deactivate, compromise. */
  readonly isDoneWhenNotFound: boolean
}

/**
 * Wraps a call, which may be run more than once, and keeps its error union exact. Encoding errors come before it and never reach it.
 *
 * @since 0.1.0
 * @category models
 */
export interface CallPolicy {
  <A, E>(call: Effect.Effect<A, E | CallError>, info: CallInfo): Effect.Effect<A, E | CallError>
}

/**
 * The policy in scope; by default none.
 *
 * @since 0.1.0
 * @category tags
 */
export class RequestPolicy extends Context.Reference<RequestPolicy>()("effect-wacht/RequestPolicy", {
  defaultValue: (): CallPolicy => identity
}) {}

/**
 * Wraps every call made by an effect, in place of the policy in scope: of nested ones only the inner one runs. Of a stream of pages only the failed page is repeated.
 *
 * @since 0.1.0
 * @category combinators
 */
export const withPolicy: {
  (policy: CallPolicy): <A, E, R>(self: Effect.Effect<A, E, R>) => Effect.Effect<A, E, R>
  <A, E, R>(self: Effect.Effect<A, E, R>, policy: CallPolicy): Effect.Effect<A, E, R>
} = dual(2, <A, E, R>(self: Effect.Effect<A, E, R>, policy: CallPolicy): Effect.Effect<A, E, R> =>
  Effect.provideService(self, RequestPolicy, policy)
)

/**
 * The policy for every call that is made with this layer in scope, or by a `WachtClient` that was built with it.
 *
 * @since 0.1.0
 * @category layers
 */
export const layer = (policy: CallPolicy): Layer.Layer<never> => Layer.succeed(RequestPolicy, policy)
