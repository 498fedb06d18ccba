/**
 * One request and the reading of its answer, within limits.
 */
import type { HttpClientError } from "@effect/platform/HttpClientError"
import type { HttpClientRequest } from "@effect/platform/HttpClientRequest"
import type { HttpClientResponse } from "@effect/platform/HttpClientResponse"
import * as Cause from "effect/Cause"
import type * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import type * as Fiber from "effect/Fiber"
import * as Option from "effect/Option"
import type * as RuntimeFlags from "effect/RuntimeFlags"
import type * as Tracer from "effect/Tracer"

/** What `Effect.uninterruptibleMask` gives. */
export type Restore = <A, E, R>(effect: Effect.Effect<A, E, R>) => Effect.Effect<A, E, R>

/** Where an exchange runs, how long it may take, and what follows. */
export interface Within<in A, in out E, out B, out E2> {
  /** The fiber that waits, and its flags; it must be uninterruptible but where `restore` says so. */
  readonly parent: Fiber.RuntimeFiber<unknown, unknown>
  readonly runtimeFlags: RuntimeFlags.RuntimeFlags
  readonly restore: Restore
  /** To which belongs what the client does and logs. */
  readonly span: Tracer.Span
  readonly millis: number
  readonly clock: Clock.Clock
  readonly onSuccess: (value: A) => Effect.Effect<B, E2>
  readonly onFailure: (error: E) => Effect.Effect<B, E2>
  readonly onTimeout: () => Effect.Effect<B, E2>
  /** An error that became a defect on its way. */
  readonly onDefect: (cause: Cause.Cause<never>) => Option.Option<E>
}

/** How a client sends a request and has its answer read; whatever happens, nothing of it is left when it is over. */
export type Exchange = <A, E, B, E2>(
  request: HttpClientRequest,
  read: (response: HttpClientResponse) => Effect.Effect<A, E>,
  within: Within<A, E | HttpClientError, B, E2>
) => Effect.Effect<B, E2>

/** What follows from how an exchange failed. */
export const followUp = <A, E, B, E2>(
  cause: Cause.Cause<E>,
  isTimedOut: boolean,
  { onDefect, onFailure, onTimeout }: Within<A, E, B, E2>
): Effect.Effect<B, E2> => {
  if (isTimedOut) return onTimeout()
  const outcome = Cause.failureOrCause(cause)
  return Either.isLeft(outcome)
    ? onFailure(outcome.left)
    : Option.match(onDefect(outcome.right), {
        onNone: () => Effect.failCause(outcome.right),
        onSome: onFailure
      })
}
