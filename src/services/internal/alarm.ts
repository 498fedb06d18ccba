/**
 * A timer of a fiber's own clock.
 */
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as DefaultServices from "effect/DefaultServices"
import * as Duration from "effect/Duration"
import * as Exit from "effect/Exit"
import * as Runtime from "effect/Runtime"

const liveClock = Context.get(DefaultServices.liveServices, Clock.Clock)

/** The longest delay of `setTimeout`, and of a sleep on the live clock; a longer limit is as good as none. */
export const longestTimer = 2_147_483_647

/** Runs `ring` after `millis` of the clock; gives what calls it off. */
export const alarm = <R>(
  millis: number,
  clock: Clock.Clock,
  runtime: () => Runtime.Runtime<R>,
  ring: () => void
): (() => void) => {
  if (millis > longestTimer) return () => undefined
  if (clock === liveClock) {
    const timeout = setTimeout(ring, millis)
    return () => clearTimeout(timeout)
  }
  // A test's clock moves by its own rules: only sleeping on it follows it.
  const sleeper = Runtime.runFork(runtime(), clock.sleep(Duration.millis(millis)))
  sleeper.addObserver((exit) => {
    if (Exit.isSuccess(exit)) ring()
  })
  return () => sleeper.unsafeInterruptAsFork(sleeper.id())
}
