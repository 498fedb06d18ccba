/**
 * A client that the kernel asks without the platform's steps around every request.
 *
 * Such a client ends an exchange at once when it is told to, so that no fiber has to be started for the sake of ending it; and it leaves the fiber
 * that it runs in as it was. Both together are half of a small call.
 */
import type { HttpClient } from "@effect/platform/HttpClient"
import type { HttpClientError } from "@effect/platform/HttpClientError"
import type { HttpClientRequest } from "@effect/platform/HttpClientRequest"
import type { HttpClientResponse } from "@effect/platform/HttpClientResponse"
import * as Cause from "effect/Cause"
import * as Context from "effect/Context"
import * as DefaultServices from "effect/DefaultServices"
import * as Effect from "effect/Effect"
import type * as Fiber from "effect/Fiber"
import * as Option from "effect/Option"
import * as Runtime from "effect/Runtime"
import * as RuntimeFlags from "effect/RuntimeFlags"
import * as Tracer from "effect/Tracer"
import { followUp, type Within } from "./exchange.js"

/** One exchange, which runs once. */
export interface DirectExchange {
  readonly response: Effect.Effect<HttpClientResponse, HttpClientError>
  /** Ends the connection unless the answer is complete; who waits for the headers or the body fails before this returns. */
  readonly abort: () => void
}

/** Begins nothing yet. Nothing is given for a request that takes the ordinary way. */
export type Direct = (
  request: HttpClientRequest,
  fiber: Fiber.RuntimeFiber<unknown, unknown>
) => DirectExchange | undefined

/** By the client itself: one that somebody has put something around is another client, and its layers must run. */
const known = new WeakMap<HttpClient, Direct>()

/** Says that a client can be asked so. */
export const withDirect = (client: HttpClient, direct: Direct): HttpClient => {
  known.set(client, direct)
  return client
}

/** How a client can be asked, if it can. */
export const directOf = (client: HttpClient): Direct | undefined => known.get(client)

const liveTracer = Context.get(DefaultServices.liveServices, Tracer.Tracer)

/** Runs `effect`, which ends with its exchange, in the fiber that waits for it. */
export const matchDirect = <A, E, B, E2>(
  effect: Effect.Effect<A, E | HttpClientError>,
  abort: () => void,
  within: Within<A, E, B, E2>
): Effect.Effect<B, E2> => {
  const { alarm, onSuccess, parent, restore, runtimeFlags, span } = within
  const runtime = () =>
    Runtime.make({
      context: parent.currentContext,
      fiberRefs: parent.getFiberRefs(),
      runtimeFlags: RuntimeFlags.enable(runtimeFlags, RuntimeFlags.Interruption)
    })
  let isOver = false
  alarm.start(runtime, () => {
    isOver = true
    abort()
  })
  // OpenTelemetry's tracer shows undici's own instrumentation the span of the fiber; Effect's shows it nobody.
  const traced = parent.currentTracer === liveTracer ? effect : Effect.withParentSpan(effect, span)
  return Effect.matchCauseEffect(restore(traced), {
    onSuccess: (value) => {
      alarm.callOff()
      return onSuccess(value)
    },
    onFailure: (cause) => {
      alarm.callOff()
      abort()
      // Where both happened at once, an interruption is what the caller wants to hear of.
      return followUp(cause, isOver && Option.isSome(Cause.failureOption(cause)), within)
    }
  })
}
