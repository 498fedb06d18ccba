/**
 * A clock that can be moved on: the emulator takes its time from Effect's `Clock`, so an hour passes at once.
 */
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"

export interface MovableClock {
  readonly moveOn: (duration: Duration.DurationInput) => Effect.Effect<void>
}

export const MovableClock = Context.GenericTag<MovableClock>("examples/MovableClock")

/** Runs an effect with a movable clock as its `Clock`. */
export const withMovableClock = <A, E, R>(
  self: Effect.Effect<A, E, R>
): Effect.Effect<A, E, Exclude<R, MovableClock>> =>
  Effect.clockWith((live) => {
    let ahead = 0
    const clock: Clock.Clock = {
      [Clock.ClockTypeId]: Clock.ClockTypeId,
      unsafeCurrentTimeMillis: () => live.unsafeCurrentTimeMillis() + ahead,
      unsafeCurrentTimeNanos: () => live.unsafeCurrentTimeNanos() + BigInt(ahead) * 1_000_000n,
      currentTimeMillis: Effect.map(live.currentTimeMillis, (millis) => millis + ahead),
      currentTimeNanos: Effect.map(live.currentTimeNanos, (nanos) => nanos + BigInt(ahead) * 1_000_000n),
      sleep: (duration) => live.sleep(duration)
    }
    const moveOn = (duration: Duration.DurationInput) =>
      Effect.sync(() => {
        ahead += Duration.toMillis(duration)
      })
    return self.pipe(Effect.provideService(MovableClock, { moveOn }), Effect.withClock(clock))
  })
