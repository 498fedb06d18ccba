/**
 * A time limit for one attempt, at the price of one child fiber and one timer.
 *
 * `Effect.timeout` races two fibers, which costs more than the whole rest of a small call. The child is needed: a client that
 * ignores its abort signal would otherwise never end.
 */
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as DefaultServices from "effect/DefaultServices"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"

const liveClock = Context.get(DefaultServices.liveServices, Clock.Clock)

/** The longest delay of `setTimeout`; a longer limit is as good as none. */
const longestTimer = 2_147_483_647

/** Ends `effect` after `millis` of the given clock: it is interrupted, then `onTimeout` says what the outcome is. */
export const withLimit = <A, E, E2>(
  effect: Effect.Effect<A, E>,
  millis: number,
  clock: Clock.Clock,
  onTimeout: () => Effect.Effect<A, E2>
): Effect.Effect<A, E | E2> => {
  const isEndless = millis > longestTimer
  // A test's clock moves by its own rules: only sleeping on it follows it.
  if (clock !== liveClock && !isEndless) {
    return Effect.flatten(
      Effect.timeoutTo(effect, {
        duration: millis,
        onTimeout,
        onSuccess: (value): Effect.Effect<A, E | E2> => Effect.succeed(value)
      })
    )
  }
  // Of a caller that cannot be interrupted, the attempt still can. Without a limit there is a child too: what the attempt sets for its
  // HTTP client is no business of the caller's fiber.
  return Effect.flatMap(Effect.fork(Effect.interruptible(effect)), (child) =>
    Effect.async<A, E | E2>((resume) => {
      let isOver = false
      const timer = isEndless
        ? undefined
        : setTimeout(() => {
            isOver = true
            child.unsafeInterruptAsFork(child.id())
          }, millis)
      child.addObserver((exit) => {
        clearTimeout(timer)
        resume(isOver && Exit.isInterrupted(exit) ? onTimeout() : exit)
      })
      return Effect.suspend(() => {
        clearTimeout(timer)
        return Effect.asVoid(Fiber.interrupt(child))
      })
    })
  )
}
