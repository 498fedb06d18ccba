import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as TestClock from "effect/TestClock"
import { Alarm, longestTimer } from "../../../src/services/internal/alarm.js"

/** An alarm on the clock in scope, not started yet, and when it has rung. */
const setFor = (millis: number) =>
  Effect.gen(function* () {
    const clock = yield* Effect.clock
    const runtime = yield* Effect.runtime<never>()
    const rung: Array<number> = []
    const alarm = new Alarm(millis, clock)
    const start = () =>
      alarm.start(
        () => runtime,
        () => rung.push(clock.unsafeCurrentTimeMillis())
      )
    return { alarm, rung, start }
  })

const startedFor = (millis: number) => Effect.tap(setFor(millis), ({ start }) => Effect.sync(start))

describe("an alarm", () => {
  it.effect("rings when its time has come on the clock of a test, once", () =>
    Effect.gen(function* () {
      const { rung } = yield* startedFor(1000)
      yield* TestClock.adjust("999 millis")
      assert.deepStrictEqual(rung, [])
      yield* TestClock.adjust("1 minute")
      assert.deepStrictEqual(rung, [1000])
    })
  )

  it.effect("does not ring when it was called off, hurried or not", () =>
    Effect.gen(function* () {
      const { alarm, rung } = yield* startedFor(1000)
      alarm.callOff()
      alarm.hurry(10)
      yield* TestClock.adjust("1 minute")
      assert.deepStrictEqual(rung, [])
    })
  )

  it.effect("rings earlier where it is hurried, never later, and once", () =>
    Effect.gen(function* () {
      const hurried = yield* startedFor(1000)
      const late = yield* startedFor(1000)
      const endless = yield* startedFor(Infinity)
      const early = yield* setFor(1000)
      early.alarm.hurry(20)
      yield* TestClock.adjust("900 millis")
      for (const { alarm } of [hurried, endless]) alarm.hurry(50)
      late.alarm.hurry(101)
      early.start()
      yield* TestClock.adjust("1 minute")
      const rung = [hurried, late, endless, early].map(({ rung }) => rung)
      assert.deepStrictEqual(rung, [[950], [1000], [950], [920]])
    })
  )

  it.live("rings on the clock of the system, unless it was called off or is further than a timer can be", () =>
    Effect.gen(function* () {
      const near = yield* startedFor(5)
      const hurried = yield* startedFor(60_000)
      hurried.alarm.hurry(5)
      const off = yield* startedFor(5)
      off.alarm.callOff()
      const far = [yield* startedFor(longestTimer), yield* startedFor(longestTimer + 1), yield* startedFor(Infinity)]
      yield* Effect.sleep(50)
      assert.lengthOf(near.rung, 1)
      assert.lengthOf(hurried.rung, 1)
      for (const { alarm, rung } of [off, ...far]) {
        assert.deepStrictEqual(rung, [])
        alarm.callOff()
      }
    })
  )
})
