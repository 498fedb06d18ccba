/**
 * A time limit for one attempt, at the price of one child fiber and one timer.
 *
 * `Effect.timeout` races two fibers, which costs more than the whole rest of a small call. The child is needed: a client that
 * ignores its abort signal would otherwise never end.
 */
import * as Cause from "effect/Cause"
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as DefaultServices from "effect/DefaultServices"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as FiberRef from "effect/FiberRef"
import * as FiberRefs from "effect/FiberRefs"
import * as Option from "effect/Option"
import * as Runtime from "effect/Runtime"
import * as RuntimeFlags from "effect/RuntimeFlags"
import * as Scope from "effect/Scope"

const liveClock = Context.get(DefaultServices.liveServices, Clock.Clock)

/** The longest delay of `setTimeout`; a longer limit is as good as none. */
const longestTimer = 2_147_483_647

/** How long a client may take to clean up before it is left to do so alone, in milliseconds. */
const grace = 1000

/** Runs `ring` after `millis` of the clock; gives what calls it off. */
const alarm = <R>(millis: number, clock: Clock.Clock, runtime: Runtime.Runtime<R>, ring: () => void): (() => void) => {
  if (millis > longestTimer) return () => undefined
  if (clock === liveClock) {
    const timeout = setTimeout(ring, millis)
    return () => clearTimeout(timeout)
  }
  // A test's clock moves by its own rules: only sleeping on it follows it.
  const sleeper = Runtime.runFork(runtime, clock.sleep(Duration.millis(millis)))
  sleeper.addObserver((exit) => {
    if (Exit.isSuccess(exit)) ring()
  })
  return () => sleeper.unsafeInterruptAsFork(sleeper.id())
}

/** Waits for the end of an effect, but no longer than that: then it goes on alone. */
const atMost = <R, E>(effect: Effect.Effect<unknown, E, R>, runtime: Runtime.Runtime<R>, millis: number) =>
  Effect.flatMap(
    Effect.timeoutOption(Effect.interruptible(Fiber.await(Runtime.runFork(runtime, effect))), millis),
    Option.getOrElse(() => Exit.void)
  )

/** What `Effect.uninterruptibleMask` gives. */
export type Restore = <A, E, R>(effect: Effect.Effect<A, E, R>) => Effect.Effect<A, E, R>

/** Where an effect runs, how long it may take, and what follows. */
export interface Within<in A, in out E, out B, out E2> {
  /** The fiber that waits, and its flags; it must be uninterruptible but where `restore` says so. */
  readonly parent: Fiber.RuntimeFiber<unknown, unknown>
  readonly runtimeFlags: RuntimeFlags.RuntimeFlags
  /** What the effect runs in, `scope` included. */
  readonly context: Context.Context<Scope.Scope>
  readonly restore: Restore
  readonly scope: Scope.CloseableScope
  readonly millis: number
  readonly clock: Clock.Clock
  readonly onSuccess: (value: A) => Effect.Effect<B, E2>
  readonly onFailure: (error: E) => Effect.Effect<B, E2>
  readonly onTimeout: () => Effect.Effect<B, E2>
  /** An error that became a defect on its way. */
  readonly onDefect: (cause: Cause.Cause<never>) => Option.Option<E>
}

/**
 * Runs `effect` in a fiber of its own, so what it sets for itself its caller never sees, and ends it when time is up.
 * The scope is closed unless the effect succeeds.
 */
export const matchWithin = <A, E, B, E2>(
  effect: Effect.Effect<A, E, Scope.Scope>,
  {
    clock,
    context,
    millis,
    onDefect,
    onFailure,
    onSuccess,
    onTimeout,
    parent,
    restore,
    runtimeFlags,
    scope
  }: Within<A, E, B, E2>
): Effect.Effect<B, E2> => {
  const runtime = Runtime.make({
    context,
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
  const end = clock.unsafeCurrentTimeMillis() + millis
  let isOver = false
  let callOff = () => {}
  const exit = Effect.async<A, E>((resume) => {
    callOff = alarm(millis, clock, runtime, () => {
      isOver = true
      child.unsafeInterruptAsFork(child.id())
      resume(Exit.interrupt(child.id()))
    })
    child.addObserver(resume)
  })
  return Effect.matchCauseEffect(child.unsafePoll() ?? restore(exit), {
    onSuccess: (value) => {
      callOff()
      return onSuccess(value)
    },
    onFailure: (cause) => {
      callOff()
      const outcome = Cause.failureOrCause(cause)
      // Where the caller is interrupted or time is up, the child is still there.
      child.unsafeInterruptAsFork(parent.id())
      const cleanUp = Effect.zipRight(Scope.close(scope, Exit.void), Fiber.await(child))
      return Effect.zipRight(
        // Who interrupts a call waits no longer than its limit either.
        atMost(cleanUp, runtime, Math.max(0, end - clock.unsafeCurrentTimeMillis()) + grace),
        Either.isLeft(outcome)
          ? onFailure(outcome.left)
          : isOver && Cause.isInterrupted(cause)
            ? onTimeout()
            : Option.match(onDefect(outcome.right), {
                onNone: () => Effect.failCause(outcome.right),
                onSome: onFailure
              })
      )
    }
  })
}
