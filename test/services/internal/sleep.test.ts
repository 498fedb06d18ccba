import { assert, describe, it } from "@effect/vitest"
import * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import { longestTimer } from "../../../src/services/internal/alarm.js"
import { sleep } from "../../../src/services/internal/sleep.js"

/** How long each nap of a sleep is, on a clock that comes late from every one, half a millisecond unless told. */
const napsOf = (millis: number, late = 500_000n) => {
  const naps: Array<number> = []
  let nanos = 0n
  const clock: Clock.Clock = {
    [Clock.ClockTypeId]: Clock.ClockTypeId,
    unsafeCurrentTimeMillis: () => Number(nanos / 1_000_000n),
    unsafeCurrentTimeNanos: () => nanos,
    currentTimeMillis: Effect.sync(() => Number(nanos / 1_000_000n)),
    currentTimeNanos: Effect.sync(() => nanos),
    sleep: (duration) =>
      Effect.sync(() => {
        naps.push(Duration.toMillis(duration))
        nanos += BigInt(Duration.toMillis(duration)) * 1_000_000n + late
      })
  }
  return Effect.as(Effect.withClock(sleep(millis), clock), naps)
}

describe("a sleep", () => {
  it.effect("is one nap where a timer can be as long", () =>
    Effect.gen(function* () {
      for (const millis of [0, 1, longestTimer]) assert.deepStrictEqual(yield* napsOf(millis), [millis])
    })
  )

  it.effect("is several beyond, in whole milliseconds, and never shorter", () =>
    Effect.gen(function* () {
      assert.deepStrictEqual(yield* napsOf(longestTimer + 1), [longestTimer, 1])
      assert.deepStrictEqual(yield* napsOf(2 * longestTimer + 10), [longestTimer, longestTimer, 10])
    })
  )

  it.effect("is no longer for the naps from which the clock came late", () =>
    Effect.gen(function* () {
      const second = 1_000_000_000n
      assert.deepStrictEqual(yield* napsOf(2 * longestTimer, second), [longestTimer, longestTimer - 1000])
    })
  )
})
