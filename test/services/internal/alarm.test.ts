import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as TestClock from "effect/TestClock"
import { alarm, longestTimer } from "../../../src/services/internal/alarm.js"

/** An alarm on the clock in scope: how often it has rung, and what calls it off. */
const setFor = (millis: number) =>
  Effect.gen(function* () {
    const clock = yield* Effect.clock
    const runtime = yield* Effect.runtime<never>()
    const rung: Array<number> = []
    const callOff = alarm(
      millis,
      clock,
      () => runtime,
      () => rung.push(clock.unsafeCurrentTimeMillis())
    )
    return { callOff, rung }
  })

describe("an alarm", () => {
  it.effect("rings when its time has come on the clock of a test, once", () =>
    Effect.gen(function* () {
      const { rung } = yield* setFor(1000)
      yield* TestClock.adjust("999 millis")
      assert.deepStrictEqual(rung, [])
      yield* TestClock.adjust("1 minute")
      assert.deepStrictEqual(rung, [1000])
    })
  )

  it.effect("does not ring when it was called off", () =>
    Effect.gen(function* () {
      const { callOff, rung } = yield* setFor(1000)
      callOff()
      yield* TestClock.adjust("1 minute")
      assert.deepStrictEqual(rung, [])
    })
  )

  it.live("rings on the clock of the system, unless it was called off or is further than a timer can be", () =>
    Effect.gen(function* () {
      const near = yield* setFor(5)
      const off = yield* setFor(5)
      off.callOff()
      const far = [yield* setFor(longestTimer), yield* setFor(longestTimer + 1), yield* setFor(Infinity)]
      yield* Effect.sleep(50)
      assert.lengthOf(near.rung, 1)
      for (const { callOff, rung } of [off, ...far]) {
        assert.deepStrictEqual(rung, [])
        callOff()
      }
    })
  )
})
