/**
 * One request and the reading of its answer, within limits.
 */
import { type HttpClientError, isHttpClientError } from "@effect/platform/HttpClientError"
import type { HttpClientRequest } from "@effect/platform/HttpClientRequest"
import type { HttpClientResponse } from "@effect/platform/HttpClientResponse"
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import type * as Fiber from "effect/Fiber"
import type * as RuntimeFlags from "effect/RuntimeFlags"
import type * as Tracer from "effect/Tracer"
import type { Alarm } from "./alarm.js"

/** What `Effect.uninterruptibleMask` gives. */
export type Restore = <A, E, R>(effect: Effect.Effect<A, E, R>) => Effect.Effect<A, E, R>

/** Where an exchange runs, how long it may take, and what follows. */
export interface Within<in A, in E, out B, out E2> {
  /** The fiber that waits, and its flags; it must be uninterruptible but where `restore` says so. */
  readonly parent: Fiber.RuntimeFiber<unknown, unknown>
  readonly runtimeFlags: RuntimeFlags.RuntimeFlags
  readonly restore: Restore
  /** To which belongs what the client does and logs. */
  readonly span: Tracer.Span
  /** Not started yet. */
  readonly alarm: Alarm
  readonly onSuccess: (value: A) => Effect.Effect<B, E2>
  readonly onFailure: (error: E | HttpClientError) => Effect.Effect<B, E2>
  readonly onTimeout: () => Effect.Effect<B, E2>
}

/** How a client sends a request and has its answer read; whatever happens, nothing of it is left when it is over. */
export type Exchange = <A, E, B, E2>(
  request: HttpClientRequest,
  read: (response: HttpClientResponse) => Effect.Effect<A, E>,
  within: Within<A, E, B, E2>
) => Effect.Effect<B, E2>

/** What follows from how an exchange failed. */
export const followUp = <A, E, B, E2>(
  cause: Cause.Cause<E | HttpClientError>,
  isTimedOut: boolean,
  { onFailure, onTimeout }: Within<A, E, B, E2>
): Effect.Effect<B, E2> => {
  if (isTimedOut) return onTimeout()
  const outcome = Cause.failureOrCause(cause)
  if (Either.isLeft(outcome)) return onFailure(outcome.left)
  // A client whose finalizers die turns its failures into defects, and they hold the request.
  const error = [...Cause.defects(outcome.right)].find(isHttpClientError)
  return error === undefined ? Effect.failCause(outcome.right) : onFailure(error)
}
