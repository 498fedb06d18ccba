/**
 * A time limit for one attempt, at the price of one child fiber and one timer.
 *
 * `Effect.timeout` races two fibers, which costs more than the whole rest of a small call. The child is needed: a client that
 * ignores its abort signal would otherwise never end.
 */
import type { HttpClientError } from "@effect/platform/HttpClientError"
import * as Cause from "effect/Cause"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as FiberRef from "effect/FiberRef"
import * as FiberRefs from "effect/FiberRefs"
import * as Option from "effect/Option"
import * as Runtime from "effect/Runtime"
import * as RuntimeFlags from "effect/RuntimeFlags"
import * as Scope from "effect/Scope"
import * as Tracer from "effect/Tracer"
import { Alarm } from "./alarm.js"
import { followUp, type Within } from "./exchange.js"

/** How long a client may take to clean up before it is left to do so alone, in milliseconds. */
const grace = 1000

/**
 * Waits for the end of a fiber, or until the alarm rings and says another. No race: Effect interrupts the fibers of one, its caller's children,
 * also where the caller cannot be interrupted.
 */
const awaitUntil = <A, E, R>(
  fiber: Fiber.RuntimeFiber<A, E>,
  alarm: Alarm,
  runtime: Runtime.Runtime<R>,
  onRing: () => Exit.Exit<A, E>
): Effect.Effect<A, E> =>
  Effect.async((resume) => {
    alarm.start(
      () => runtime,
      () => resume(onRing())
    )
    fiber.addObserver((exit) => {
      alarm.callOff()
      resume(exit)
    })
  })

/**
 * Runs `effect` in a fiber of its own, so what it sets for itself its caller never sees, and ends it when time is up.
 * The scope is closed unless the effect succeeds.
 */
export const matchWithin = <A, E, B, E2>(
  effect: Effect.Effect<A, E | HttpClientError, Scope.Scope>,
  scope: Scope.CloseableScope,
  within: Within<A, E, B, E2>
): Effect.Effect<B, E2> => {
  const { alarm, onSuccess, parent, restore, runtimeFlags, span } = within
  const runtime = Runtime.make({
    // Both at once: each addition copies all.
    context: Context.unsafeMake<Scope.Scope>(
      new Map(parent.currentContext.unsafeMap).set(Tracer.ParentSpan.key, span).set(Scope.Scope.key, scope)
    ),
    // Of a fiber that nobody joins Effect logs how it failed, with all that the client's error holds: the request, its key and its body.
    fiberRefs: FiberRefs.updateAs(parent.getFiberRefs(), {
      fiberId: parent.id(),
      fiberRef: FiberRef.unhandledErrorLogLevel,
      value: Option.none()
    }),
    // Of a caller that cannot be interrupted, the attempt still can.
    runtimeFlags: RuntimeFlags.enable(runtimeFlags, RuntimeFlags.Interruption)
  })
  const child = Runtime.runFork(runtime, effect)
  let isOver = false
  const exit = awaitUntil(child, alarm, runtime, () => {
    isOver = true
    return Exit.interrupt(child.id())
  })
  return Effect.matchCauseEffect(child.unsafePoll() ?? restore(exit), {
    onSuccess,
    onFailure: (cause) => {
      alarm.callOff()
      // Where the caller is interrupted or time is up, the child is still there.
      child.unsafeInterruptAsFork(parent.id())
      const cleanUp = Effect.zipLeft(Scope.close(scope, Exit.void), Fiber.await(child))
      const { clock, end } = alarm
      // Who interrupts a call waits no longer than its limit either.
      const late = new Alarm(Math.max(0, end - clock.unsafeCurrentTimeMillis()) + grace, clock)
      return Effect.zipRight(
        awaitUntil(Runtime.runFork(runtime, cleanUp), late, runtime, () => Exit.void),
        followUp(cause, isOver && Cause.isInterrupted(cause), within)
      )
    }
  })
}
