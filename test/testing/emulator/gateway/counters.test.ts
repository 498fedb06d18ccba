import { assert, describe, it } from "@effect/vitest"
import * as fc from "fast-check"
import type { Counters, Windows } from "../../../../src/testing/emulator/gateway/counters.js"
import { take } from "../../../../src/testing/emulator/gateway/counters.js"

const ms = 1000
const second = 1000 * ms
const minute = 60 * second
const hour = 60 * minute
const day = 24 * hour

/** A rule's answers to calls at these moments. */
const play = (moments: ReadonlyArray<number>, length: number, max: number, windows: Windows = "meant") => {
  const counters: Counters = new Map()
  return moments.map((now) => take(counters, "k", now, length, max, windows))
}
const allowed = (moments: ReadonlyArray<number>, length: number, max: number, windows?: Windows) =>
  play(moments, length, max, windows).map((taken) => taken.isAllowed)

describe("a sliding window", () => {
  it("tells what remains, down to the refusal", () => {
    assert.deepStrictEqual(play([1, 2, 3], minute, 2), [
      { isAllowed: true, remaining: 1 },
      { isAllowed: true, remaining: 0 },
      { isAllowed: false, remaining: 0 }
    ])
  })

  it("gives a call back when exactly its length has passed, not a microsecond before", () => {
    assert.deepStrictEqual(allowed([5, 5 + minute - 1], minute, 1), [true, false])
    assert.deepStrictEqual(allowed([5, 5 + minute], minute, 1), [true, true])
  })

  it("does not begin anew with the clock's minute", () => {
    assert.deepStrictEqual(allowed([59 * second, 61 * second], minute, 1), [true, false])
  })

  it("does not count what it refused", () => {
    assert.deepStrictEqual(allowed([0, 30 * second, minute, 90 * second], minute, 1), [true, false, true, false])
  })

  it("never lets more through than its maximum in any window, and never refuses without reason", () => {
    const gaps = fc.array(fc.integer({ min: 1, max: 40 * second }), { maxLength: 80 })
    fc.assert(
      fc.property(gaps, fc.integer({ min: 1, max: 5 }), (steps, max) => {
        let now = 0
        const moments = steps.map((step) => (now += step))
        const passed: Array<number> = []
        allowed(moments, minute, max).forEach((isAllowed, index) => {
          const at = moments[index] ?? 0
          const inWindow = passed.filter((before) => before > at - minute).length
          assert.strictEqual(isAllowed, inWindow < max)
          if (isAllowed) passed.push(at)
        })
      })
    )
  })

  it("stays small under many calls and still counts them all", () => {
    const counters: Counters = new Map()
    for (let call = 1; call <= 50_000; call++) {
      const { isAllowed, remaining } = take(counters, "k", call, second, 40_000, "meant")
      assert.strictEqual(isAllowed, call <= 40_000)
      assert.strictEqual(remaining, Math.max(0, 40_000 - call))
    }
    assert.isBelow(counters.get("k")?.times.length ?? 0, 5000)
    assert.isTrue(take(counters, "k", 3 * second, second, 40_000, "meant").isAllowed)
  })

  it("puts only neighbours together", () => {
    const counters: Counters = new Map()
    const call = (now: number) => take(counters, "k", now, minute, 10_000, "meant").remaining
    for (let now = 0; now < 2049; now++) call(now)
    call(20 * second)
    call(50 * second)
    assert.strictEqual(call(minute + 3000), 10_000 - 3)
  })

  it("forgets as many as it counted, together or one by one", () => {
    const counters: Counters = new Map()
    const remaining = (calls: number, from: number) => {
      let last = 0
      for (let call = 0; call < calls; call++) {
        last = take(counters, "k", from + call, minute, 100_000, "meant").remaining
      }
      return last
    }
    assert.strictEqual(remaining(50_000, 0), 50_000)
    assert.strictEqual(remaining(2052, 2 * minute), 100_000 - 2052)
    assert.strictEqual(remaining(1, 4 * minute), 99_999)
  })

  it("keeps a bounded number of counters, those used last", () => {
    const counters: Counters = new Map()
    for (let index = 0; index < 100_500; index++) {
      take(counters, `k${index}`, index + 1, day, 1, "meant")
      take(counters, "busy", index + 1, day, 1, "meant")
    }
    assert.isAtMost(counters.size, 100_000)
    assert.isAbove(counters.size, 90_000)
    assert.deepStrictEqual(counters.get("busy")?.times, [1], "never dropped and made anew")
  })
})

it("of counters that were all used at one moment only some are dropped", () => {
  const counters: Counters = new Map()
  for (let index = 0; index <= 100_000; index++) take(counters, `k${index}`, 1, day, 1, "meant")
  assert.strictEqual(counters.size, 100_001 - 6250)
  assert.isFalse(take(counters, "k99999", 2, day, 1, "meant").isAllowed)
})

describe("the windows of the observed server", () => {
  const at = (text: string) => Date.parse(text) * ms
  const half = 500 * ms

  it("up to 9 s see only the current clock second", () => {
    const calls = [half, half + ms, second + half]
    assert.deepStrictEqual(allowed(calls, 9 * second, 1, "observed"), [true, false, true])
    assert.deepStrictEqual(allowed(calls, 500 * ms, 1, "observed"), [true, false, true])
  })

  it("over 9 s up to an hour see only the current clock minute", () => {
    const calls = ["10:00:10.500Z", "10:00:59.500Z", "10:01:00.500Z"].map((time) => at(`2026-11-23T${time}`))
    assert.deepStrictEqual(allowed(calls, 10 * second, 1, "observed"), [true, false, true])
    assert.deepStrictEqual(allowed(calls, hour, 1, "observed"), [true, false, true])
    assert.deepStrictEqual(allowed(calls, hour, 1, "meant"), [true, false, false])
  })

  it("hold the moment with which their minute begins", () => {
    const calls = ["10:00:00.000Z", "10:00:30.500Z"].map((time) => at(`2026-11-23T${time}`))
    assert.deepStrictEqual(allowed(calls, minute, 1, "observed"), [true, false])
    const [begin = 0, later = 0] = calls
    assert.deepStrictEqual(allowed([begin - 1, later], minute, 1, "observed"), [true, true])
  })

  it("of a day hold across minutes", () => {
    const calls = ["10:00:10.500Z", "10:07:00.500Z"].map((time) => at(`2026-11-23T${time}`))
    for (const length of [hour + minute, day]) {
      assert.deepStrictEqual(allowed(calls, length, 1, "observed"), [true, false])
    }
  })

  it("overlook calls of a second's first tenth until that second is over", () => {
    const early = at("2026-11-23T10:00:10.050Z")
    assert.deepStrictEqual(allowed([early, early + 10 * ms, early + half], minute, 1, "observed"), [true, true, true])
    assert.deepStrictEqual(allowed([early, early + second], minute, 1, "observed"), [true, false])
    assert.deepStrictEqual(allowed([early, early + half], minute, 1, "meant"), [true, false])
    const remaining = play([early, early + ms, early + 2 * ms], minute, 1, "observed").map((taken) => taken.remaining)
    assert.deepStrictEqual(remaining, [0, 0, 0])
    const tenth = early + 50 * ms
    assert.deepStrictEqual(allowed([tenth, tenth + ms], minute, 1, "observed"), [true, false])
  })

  it("work at the beginning of the clock, where a test clock stands", () => {
    assert.deepStrictEqual(allowed([0, 1, 2 * second], minute, 1, "observed"), [true, true, false])
  })
})
