import { assert, describe, it } from "@effect/vitest"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as TestClock from "effect/TestClock"
import * as fc from "fast-check"
import * as Moment from "../../../src/testing/emulator/Moment.js"
import { defaultOptions, stamp } from "../../../src/testing/emulator/World.js"
import { fromFile } from "../../../src/testing/emulator/seed.js"

const through = (text: string) => {
  const moment = Moment.parse(text)
  return moment === undefined ? undefined : Moment.format(moment)
}

describe("Moment", () => {
  it("what is written is read back, to the microsecond", () => {
    fc.assert(
      fc.property(fc.bigInt({ min: -62_135_596_800_000_000n, max: 253_402_300_799_999_999n }), (moment) => {
        assert.strictEqual(Moment.parse(Moment.format(moment)), moment)
      })
    )
  })

  for (const [text, shown] of [
    ["2030-01-02T03:04:05Z", "2030-01-02T03:04:05Z"],
    ["2030-01-02T03:04:05.5Z", "2030-01-02T03:04:05.500Z"],
    ["2030-01-02T03:04:05.678901Z", "2030-01-02T03:04:05.678901Z"],
    ["2030-01-02T03:04:05.678900Z", "2030-01-02T03:04:05.678900Z"],
    ["2030-01-02T03:04:05.6789019Z", "2030-01-02T03:04:05.678901Z"],
    ["2030-01-02T03:04:05+02:00", "2030-01-02T01:04:05Z"],
    ["2030-01-02T03:04:05-23:59", "2030-01-03T03:03:05Z"],
    ["2030-01-02T00:04:05-01:30", "2030-01-02T01:34:05Z"],
    ["2030-01-02 03:04:05Z", "2030-01-02T03:04:05Z"],
    ["2030-01-02t03:04:05z", "2030-01-02T03:04:05Z"],
    ["9999-12-31T23:59:59.999999Z", "9999-12-31T23:59:59.999999Z"],
    ["0001-01-01T00:00:00Z", "0001-01-01T00:00:00Z"],
    ["2024-02-29T00:00:00Z", "2024-02-29T00:00:00Z"],
    ["2030-1-2T3:4:5 utc", "2030-01-02T03:04:05Z"],
    ["2030-01-02T03:04:05+02 : 00", "2030-01-02T01:04:05Z"],
    ["2030-01-02T03:04:05\u22122:00", undefined],
    ["2030-01-02T03:04:05\u221202:00", "2030-01-02T05:04:05Z"],
    ["2030-01-02T23:59:60Z", "2030-01-03T00:00:00Z"],
    ["2030-01-02T24:00:60Z", undefined],
    ["2030-00-10T00:00:00Z", undefined],
    ["2023-02-29T00:00:00Z", undefined],
    ["2030-13-01T00:00:00Z", undefined],
    ["2030-04-31T00:00:00Z", undefined],
    ["2030-01-01T24:00:00Z", undefined],
    ["2030-01-01T00:60:00Z", undefined],
    ["2030-01-01T00:00:61Z", undefined],
    ["2030-01-01T00:00:00+24:00", undefined],
    ["2030-01-01T00:00:00+00:60", undefined],
    ["2030-01-01T00:00:00", undefined],
    ["2030-01-01", undefined],
    ["2030-01-01T00:00Z", undefined],
    ["1893456000", undefined],
    ["", undefined],
    ["x", undefined]
  ] as const)
    it(`${text || "nothing"} is ${shown ?? "refused"}`, () => assert.strictEqual(through(text), shown))

  it.effect("every moment is later than the one before, by a microsecond where the clock stands", () =>
    Effect.gen(function* () {
      const world = yield* fromFile({ deployments: [], actors: {} }, defaultOptions)
      const next = Effect.map(Moment.now, (now) => stamp(world, now))
      yield* TestClock.setTime(1_000_000)
      assert.strictEqual(yield* next, 1_000_000_000n)
      assert.strictEqual(yield* next, 1_000_000_001n)
      yield* TestClock.adjust("1 millis")
      assert.strictEqual(yield* next, 1_000_001_000n)
      yield* TestClock.setTime(5)
      assert.strictEqual(yield* next, 1_000_001_001n)
    })
  )

  for (const [name, nanos, shown] of [
    ["to the microsecond, where the fine time is that of the clock", 1_000_004_567_490n, 1_000_004_567n],
    ["that of the clock, where the fine time stood still meanwhile", 5_000_000n, 1_000_000_000n],
    ["that of the clock, where it was set back", 9_000_000_000_000n, 1_000_000_000n]
  ] as const)
    it.effect(`the present is ${name}`, () => {
      const clock = { ...Clock.make(), unsafeCurrentTimeMillis: () => 1_000_000, unsafeCurrentTimeNanos: () => nanos }
      return Effect.map(Effect.withClock(Moment.now, clock), (now) => assert.strictEqual(now, shown))
    })

  // a TestClock keeps its nanoseconds as a number, which is exact to 256 of them in our days
  it.effect("of a TestClock set to our days, the millisecond, and not a microsecond before", () =>
    Effect.forEach([1_795_429_588_738, 1_795_516_000_977, 1_893_456_000_001, 4_102_444_799_999], (millis) =>
      Effect.gen(function* () {
        yield* TestClock.setTime(millis)
        assert.strictEqual(yield* Moment.now, BigInt(millis) * 1000n)
      })
    )
  )
})
