/**
 * A time limit for one attempt, at the price of one child fiber and one timer.
 *
 * `Effect.timeout` races two fibers, which costs more than the whole rest of a small call. The child is needed: a client that
 * ignores its abort signal would otherwise never end.
 */
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as DefaultServices from "effect/DefaultServices"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as Runtime from "effect/Runtime"
import * as RuntimeFlags from "effect/RuntimeFlags"
import * as Scope from "effect/Scope"

const liveClock = Context.get(DefaultServices.liveServices, Clock.Clock)

/** The longest delay of `setTimeout`; a longer limit is as good as none. */
const longestTimer = 2_147_483_647

/** Runs `ring` after `millis` of the clock; gives what calls it off. */
const alarm = (
  millis: number,
  clock: Clock.Clock,
  fork: (effect: Effect.Effect<void>) => Fiber.RuntimeFiber<void>,
  ring: () => void
): (() => void) => {
  if (clock === liveClock) {
    if (millis > longestTimer) return () => undefined
    const timeout = setTimeout(ring, millis)
    return () => clearTimeout(timeout)
  }
  // A test's clock moves by its own rules: only sleeping on it follows it.
  const sleeper = fork(clock.sleep(Duration.millis(millis)))
  sleeper.addObserver((exit) => {
    if (Exit.isSuccess(exit)) ring()
  })
  return () => sleeper.unsafeInterruptAsFork(sleeper.id())
}

/**
 * Ends `effect` after `millis` of the given clock: it is interrupted, then `onTimeout` says what the outcome is.
 * It runs in a fiber of its own, so what it sets for itself its caller never sees. Its scope is closed unless it succeeds.
 */
export const withLimit = <A, E, E2>(
  effect: Effect.Effect<A, E, Scope.Scope>,
  millis: number,
  clock: Clock.Clock,
  onTimeout: () => Effect.Effect<A, E2>
): Effect.Effect<A, E | E2> =>
  Effect.flatMap(Scope.make(), (scope) =>
    Effect.withFiberRuntime<A, E | E2>((parent, { runtimeFlags }) => {
      const runtime = Runtime.make({
        context: Context.add(parent.currentContext, Scope.Scope, scope),
        fiberRefs: parent.getFiberRefs(),
        // Of a caller that cannot be interrupted, the attempt still can.
        runtimeFlags: RuntimeFlags.enable(runtimeFlags, RuntimeFlags.Interruption)
      })
      const fork = Runtime.runFork(runtime)
      return Effect.async((resume) => {
        let isOver = false
        const child = fork(effect)
        const end = Effect.suspend(() => {
          // Told first, so that it ends as interrupted, and not by what closing its scope does to it.
          child.unsafeInterruptAsFork(parent.id())
          return Effect.zipRight(Scope.close(scope, Exit.void), Effect.asVoid(Fiber.await(child)))
        })
        // What is over at once needs no timer.
        const callOff =
          child.unsafePoll() === null
            ? alarm(millis, clock, fork, () => {
                isOver = true
                fork(end)
              })
            : () => undefined
        child.addObserver((exit) => {
          callOff()
          if (Exit.isSuccess(exit)) return resume(exit)
          const outcome: Effect.Effect<A, E | E2> = isOver && Exit.isInterrupted(exit) ? onTimeout() : exit
          resume(Effect.zipRight(Scope.close(scope, Exit.void), outcome))
        })
        return Effect.suspend(() => {
          callOff()
          return end
        })
      })
    })
  )
