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

const liveClock = Context.get(DefaultServices.liveServices, Clock.Clock)

/** The longest delay of `setTimeout`; a longer limit is as good as none. */
const longestTimer = 2_147_483_647

/** Runs `ring` after `millis`; gives what calls it off. */
type Alarm = (ring: () => void) => () => void

const timer =
  (millis: number): Alarm =>
  (ring) => {
    const timeout = setTimeout(ring, millis)
    return () => clearTimeout(timeout)
  }

const silent: Alarm = () => () => undefined

const onSleeper =
  (sleeper: Fiber.RuntimeFiber<void>): Alarm =>
  (ring) => {
    sleeper.addObserver((exit) => {
      if (Exit.isSuccess(exit)) ring()
    })
    return () => sleeper.unsafeInterruptAsFork(sleeper.id())
  }

const withAlarm = <A, E, E2>(
  child: Fiber.RuntimeFiber<A, E>,
  alarm: Alarm,
  onTimeout: () => Effect.Effect<A, E2>
): Effect.Effect<A, E | E2> =>
  Effect.async((resume) => {
    let isOver = false
    const callOff = alarm(() => {
      isOver = true
      child.unsafeInterruptAsFork(child.id())
    })
    child.addObserver((exit) => {
      callOff()
      resume(isOver && Exit.isInterrupted(exit) ? onTimeout() : exit)
    })
    return Effect.suspend(() => {
      callOff()
      return Effect.asVoid(Fiber.interrupt(child))
    })
  })

/**
 * Ends `effect` after `millis` of the given clock: it is interrupted, then `onTimeout` says what the outcome is.
 * It runs in a fiber of its own, so what it sets for itself its caller never sees.
 */
export const withLimit = <A, E, E2>(
  effect: Effect.Effect<A, E>,
  millis: number,
  clock: Clock.Clock,
  onTimeout: () => Effect.Effect<A, E2>
): Effect.Effect<A, E | E2> =>
  // Of a caller that cannot be interrupted, the attempt still can.
  Effect.flatMap(Effect.fork(Effect.interruptible(effect)), (child) => {
    if (millis > longestTimer) return withAlarm(child, silent, onTimeout)
    if (clock === liveClock) return withAlarm(child, timer(millis), onTimeout)
    // A test's clock moves by its own rules: only sleeping on it follows it.
    return Effect.flatMap(Effect.fork(Effect.interruptible(clock.sleep(Duration.millis(millis)))), (sleeper) =>
      withAlarm(child, onSleeper(sleeper), onTimeout)
    )
  })
