import { assert, it } from "@effect/vitest"
import { ApiKeys, Policy, RequestPolicy, Wacht } from "effect-wacht"
import { Emulator } from "effect-wacht/testing"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as FastCheck from "effect/FastCheck"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as Logger from "effect/Logger"
import * as Option from "effect/Option"
import * as TestClock from "effect/TestClock"
import { describe } from "vitest"
import { file } from "../../../../src/testing/emulator/defaultWorld.js"
import { makeVirtualClock } from "../../../simulation/virtualClock.js"
import { elapse, onVirtualTime, sent, Services } from "./harness.js"

const units = ["millisecond", "second", "minute", "hour"] as const
const unitMillis = { millisecond: 1, second: 1000, minute: 60_000, hour: 3_600_000 }

/** The most calls in any window, both ends counted. */
const most = (times: ReadonlyArray<number>, window: number): number => {
  let largest = 0
  let first = 0
  for (const [index, time] of times.entries()) {
    while ((times[first] ?? 0) < time - window) first++
    largest = Math.max(largest, index - first + 1)
  }
  return largest
}

describe("makeRateLimiter", () => {
  it.effect("never lets more than maxRequests through in any window, and lets everybody through", () =>
    Effect.promise(() =>
      FastCheck.assert(
        FastCheck.asyncProperty(
          FastCheck.record({
            unit: FastCheck.constantFrom(...units),
            duration: FastCheck.integer({ min: 1, max: 60 }),
            maxRequests: FastCheck.integer({ min: 1, max: 40 }),
            burst: FastCheck.option(FastCheck.integer({ min: 1, max: 50 }), { nil: undefined })
          }),
          // When calls are made, in thousandths of the window.
          FastCheck.array(FastCheck.integer({ min: 0, max: 2500 }), { minLength: 1, maxLength: 90 }),
          async (rule, starts) => {
            const window = rule.duration * unitMillis[rule.unit]
            const times: Array<number> = []
            const call = Effect.map(Clock.currentTimeMillis, (now) => times.push(now))
            const job = Effect.gen(function* () {
              const limit = yield* Policy.makeRateLimiter(rule)
              yield* Effect.forEach(starts, (at) => Effect.delay(limit(call), Math.round((at * window) / 1000)), {
                concurrency: "unbounded"
              })
            })
            await makeVirtualClock(0).run(Effect.scoped(job))
            assert.lengthOf(times, starts.length)
            assert.isAtMost(most(times, window), rule.maxRequests)
          }
        ),
        {
          numRuns: 100,
          examples: [[{ unit: "millisecond", duration: 26, maxRequests: 1, burst: undefined }, [2097, 0, 0, 2097]]]
        }
      )
    )
  )

  it.effect("paces by numbers that are none as by 1, and by a unit that is none as by 31 days, saying so", () =>
    Effect.gen(function* () {
      const messages: Array<unknown> = []
      const logger = Logger.make(({ logLevel, message }) => void messages.push([logLevel._tag, String(message)]))
      const passed = (rule: Policy.PacingRule, within: `${number} minutes`) =>
        Effect.gen(function* () {
          const limit = yield* Policy.makeRateLimiter(rule)
          let count = 0
          const fiber = yield* Effect.fork(
            Effect.replicateEffect(limit(Effect.sync(() => count++)), 100, { discard: true })
          )
          yield* TestClock.adjust(within)
          yield* Fiber.interrupt(fiber)
          return count
        }).pipe(Effect.scoped, Effect.provide(Logger.replace(Logger.defaultLogger, logger)))
      assert.isAtMost(yield* passed({ unit: "hour", duration: Number.NaN, maxRequests: 10 }, "59 minutes"), 10)
      assert.strictEqual(yield* passed({ unit: "minute", duration: -5, maxRequests: Number.NaN }, "59 minutes"), 59)
      assert.deepStrictEqual(messages, [])
      assert.isAtMost(yield* passed({ unit: "minutes", duration: 1, maxRequests: 10 }, "59 minutes"), 2)
      assert.lengthOf(messages, 1)
      assert.match(String(messages[0]), /^Warning,Pacing by a unit that is not known.*minute/)
    })
  )

  /** When calls that are all made at once are let through. */
  const turns = (rule: Policy.PacingRule, calls: number) =>
    Effect.gen(function* () {
      const limit = yield* Policy.makeRateLimiter(rule)
      return yield* Effect.all(
        Array.from({ length: calls }, () => limit(Clock.currentTimeMillis)),
        { concurrency: "unbounded" }
      )
    }).pipe(Effect.scoped)

  const day = 86_400_000
  it.each([
    ["millisecond", 1],
    ["second", 1000],
    ["minute", 60_000],
    ["hour", 3_600_000],
    ["day", day],
    ["calendar_day", day],
    ["month", 30 * day],
    ["calendar_month", 31 * day],
    ["fortnight", 31 * day]
  ] as const)("waits out the whole window where it lets one through: %s", (unit, window) =>
    onVirtualTime(
      Effect.gen(function* () {
        for (const duration of [0, 0.5, 1, 2.5]) {
          const [first = Number.NaN, second] = yield* turns({ unit, duration, maxRequests: 1 }, 2)
          assert.strictEqual(second, first + Math.floor(Math.max(1, duration) * window) + 1)
        }
      })
    )
  )

  it("lets a tenth of maxRequests through at once, or as many whole ones as it is told, and never all", () =>
    onVirtualTime(
      Effect.gen(function* () {
        for (const [maxRequests, burst, expected] of [
          [100, undefined, 10],
          [9, undefined, 1],
          [10, 1.9, 1],
          [10, 3, 3],
          [10, 10, 9],
          [10, 0, 1],
          [2.9, 2, 1]
        ] as const) {
          const times = yield* turns({ unit: "minute", duration: 1, maxRequests, burst }, 20)
          assert.strictEqual(times.filter((time) => time === times[0]).length, expected)
        }
      })
    ))

  it.each([
    [1000, undefined],
    [600, undefined],
    [3000, undefined],
    [907, 33],
    [2500, 2]
  ])("comes near to %d calls a second, with a burst of %s, and never above", (maxRequests, burst) =>
    onVirtualTime(
      Effect.gen(function* () {
        const rule = { unit: "second", duration: 1, maxRequests, burst } as const
        const times = yield* turns(rule, 5 * maxRequests)
        const atOnce = burst ?? maxRequests / 10
        assert.isAtMost(most(times, 1000), maxRequests)
        assert.isAtMost(most(times, 0), atOnce)
        assert.lengthOf(
          times.filter((time) => time === times[0]),
          atOnce
        )
        const seconds = ((times.at(-1) ?? 0) - (times[0] ?? 0)) / 1000
        const perSecond = (times.length - atOnce) / seconds
        // Two at once in whole milliseconds: no more than two every second millisecond.
        assert.isAtLeast(perSecond, Math.min(0.97 * (maxRequests - atOnce), 990))
      })
    )
  )

  it("keeps the limit where a full burst goes just before new turns come together", () =>
    onVirtualTime(
      Effect.gen(function* () {
        for (let wait = 0; wait < 100; wait += 10) {
          const times: Array<number> = []
          const call = Effect.map(Clock.currentTimeMillis, (now) => times.push(now))
          yield* Effect.gen(function* () {
            const limit = yield* Policy.makeRateLimiter({ unit: "second", duration: 1, maxRequests: 100 })
            // Full again before the second call, with which the turns begin to come.
            yield* Effect.zipRight(limit(call), Effect.sleep(500))
            yield* Effect.zipRight(limit(call), Effect.sleep(wait))
            yield* Effect.replicateEffect(limit(call), 200, { concurrency: "unbounded" })
          }).pipe(Effect.scoped)
          assert.lengthOf(times, 202)
          assert.isAtMost(most(times, 1000), 100)
        }
      })
    ))

  it.effect("gives nobody a turn after its scope, which ends at once also where it cannot be interrupted", () =>
    Effect.gen(function* () {
      const rule = { unit: "second", duration: 1, maxRequests: 1 } as const
      const limit = yield* Effect.uninterruptible(Effect.scoped(Policy.makeRateLimiter(rule)))
      yield* limit(Effect.void)
      const waiting = yield* Effect.fork(limit(Effect.void))
      yield* TestClock.adjust("1 hour")
      assert.isTrue(Option.isNone(yield* Fiber.poll(waiting)))
    })
  )

  it("uses most of what the rule gives", () =>
    onVirtualTime(
      Effect.gen(function* () {
        const limit = yield* Policy.makeRateLimiter({ unit: "minute", duration: 1, maxRequests: 100 })
        let count = 0
        yield* Effect.fork(Effect.forever(limit(Effect.sync(() => count++))))
        yield* Effect.sleep("10 minutes")
        assert.isAtLeast(count, 890)
        assert.isAtMost(count, 1000)
      }).pipe(Effect.scoped)
    ))

  it.effect("waits by the longest window where it does not know the unit", () =>
    Effect.gen(function* () {
      const limit = yield* Policy.makeRateLimiter({ unit: "fortnight", duration: 1, maxRequests: 2 })
      let count = 0
      yield* Effect.fork(Effect.forever(limit(Effect.sync(() => count++))))
      yield* elapse(Effect.void, "10 minutes")
      assert.strictEqual(count, 1)
    }).pipe(Effect.scoped)
  )

  const rule = { unit: "second", duration: 10, maxRequests: 20 } as const
  const rules = [{ unit: rule.unit, duration: rule.duration, max_requests: rule.maxRequests }]
  const world = {
    ...file,
    actors: Object.fromEntries(
      Object.entries(file.actors ?? {}).map(([name, actor]) => [name, { ...actor, rate_limits: rules }])
    )
  }
  const Limited = Layer.unwrapEffect(Effect.map(Emulator.Emulator, ({ apiKey }) => Wacht.layer({ apiKey }))).pipe(
    Layer.provideMerge(Emulator.layer({ world }))
  )
  const list = Effect.flatMap(ApiKeys.ApiKeys, (keys) => Effect.either(keys.listRateLimitSchemes()))
  const fleet = (limit: Policy.RateLimit) =>
    Effect.all(
      Array.from({ length: 150 }, () => limit(list)),
      { concurrency: 15 }
    )

  it("keeps a fleet of callers under the limit of the backend key, so that no 429 occurs", () =>
    onVirtualTime(
      Effect.gen(function* () {
        const limit = yield* Policy.makeRateLimiter(rule)
        const results = yield* fleet(limit)
        assert.isTrue(results.every(({ _tag }) => _tag === "Right"))
        assert.lengthOf(results, 150)
      }).pipe(Effect.scoped, Effect.provide(Limited))
    ))

  it("meets the limit without pacing", () =>
    onVirtualTime(
      Effect.gen(function* () {
        const results = yield* fleet((self) => self)
        const refused = results.flatMap((result) => (result._tag === "Left" ? [result.left._tag] : []))
        assert.lengthOf(refused, 130)
        assert.deepStrictEqual([...new Set(refused)], ["RateLimitError"])
      }).pipe(Effect.provide(Limited))
    ))
})

describe("a call that waits for its turn", () => {
  it.effect("gives thousands that wait at once their turns in order, and none to who gave up", () =>
    Effect.promise(() =>
      makeVirtualClock(0).run(
        Effect.scoped(
          Effect.gen(function* () {
            const limit = yield* Policy.makeRateLimiter({ unit: "second", duration: 1, maxRequests: 50 })
            const turns: Array<number> = []
            const callers = yield* Effect.forEach(
              Array.from({ length: 4000 }, (_, caller) => caller),
              (caller) => Effect.fork(limit(Effect.sync(() => turns.push(caller))))
            )
            yield* Effect.yieldNow()
            yield* Effect.forEach(callers, (fiber, caller) => (caller % 4 === 3 ? Fiber.interrupt(fiber) : Effect.void))
            yield* Effect.forEach(callers, Fiber.await)
            assert.deepStrictEqual(
              turns,
              callers.flatMap((_, caller) => (caller % 4 === 3 && caller >= 5 ? [] : [caller]))
            )
          })
        )
      )
    )
  )

  it.effect("waits for none who gave up before it", () =>
    Effect.gen(function* () {
      const limit = yield* Policy.makeRateLimiter({ unit: "minute", duration: 1, maxRequests: 1 })
      const begun = yield* limit(Clock.currentTimeMillis)
      const callers = yield* Effect.replicateEffect(Effect.fork(limit(Clock.currentTimeMillis)), 5)
      yield* Effect.yieldNow()
      yield* Fiber.interruptAll(callers.slice(0, 4))
      yield* TestClock.adjust("10 minutes")
      const turns = yield* Effect.forEach(callers.slice(4), Fiber.join)
      assert.deepStrictEqual(turns, [begun + 60_001])
    }).pipe(Effect.scoped)
  )

  it.effect("gets it in the finalizer of a caller who was interrupted", () =>
    Effect.gen(function* () {
      const limit = yield* Policy.makeRateLimiter({ unit: "second", duration: 1, maxRequests: 1 })
      yield* limit(Effect.void)
      let isReleased = false
      const release = limit(Effect.sync(() => (isReleased = true)))
      const caller = yield* Effect.fork(Effect.ensuring(Effect.never, release))
      yield* Effect.yieldNow()
      yield* elapse(Fiber.interrupt(caller))
      assert.isTrue(isReleased)
    }).pipe(Effect.scoped)
  )

  it.effect("waits for none whose deadline came before", () =>
    Effect.gen(function* () {
      const limit = yield* Policy.makeRateLimiter({ unit: "minute", duration: 1, maxRequests: 1 })
      const begun = yield* limit(Clock.currentTimeMillis)
      const within = (duration: `${number} seconds`) =>
        Effect.fork(Policy.operationTimeout(duration)(limit(Clock.currentTimeMillis)))
      const late = yield* within("10 seconds")
      const patient = yield* within("300 seconds")
      yield* TestClock.adjust("70 seconds")
      assert.strictEqual(yield* Fiber.join(late), begun + 10_000)
      assert.strictEqual(yield* Fiber.join(patient), begun + 60_001)
    }).pipe(Effect.scoped)
  )

  it.live("leaves no timer of its deadline behind, whether it gets its turn or is interrupted", () =>
    Effect.gen(function* () {
      const timers = () => process.getActiveResourcesInfo().filter((name) => name === "Timeout").length
      const before = timers()
      yield* Effect.scoped(
        Effect.gen(function* () {
          const limit = yield* Policy.makeRateLimiter({ unit: "millisecond", duration: 20, maxRequests: 1 })
          yield* limit(Effect.void)
          const wait = Effect.fork(Policy.operationTimeout("1 hour")(limit(Effect.void)))
          yield* Effect.repeatN(Effect.flatMap(wait, Fiber.join), 9)
          const stopped = yield* Effect.replicateEffect(wait, 10)
          yield* Effect.yieldNow()
          yield* Fiber.interruptAll(stopped)
        })
      )
      // Others of this file may end meanwhile.
      assert.isBelow(timers(), before + 5)
    })
  )

  it.effect("leaves no sleeper on another clock where its pacer was made by whoever cannot be interrupted", () =>
    Effect.gen(function* () {
      const clock = yield* Effect.clock
      let sleeping = 0
      const counting: Clock.Clock = {
        [Clock.ClockTypeId]: Clock.ClockTypeId,
        unsafeCurrentTimeMillis: () => clock.unsafeCurrentTimeMillis(),
        currentTimeMillis: clock.currentTimeMillis,
        unsafeCurrentTimeNanos: () => clock.unsafeCurrentTimeNanos(),
        currentTimeNanos: clock.currentTimeNanos,
        sleep: (duration) =>
          Effect.acquireUseRelease(
            Effect.sync(() => sleeping++),
            () => clock.sleep(duration),
            () => Effect.sync(() => sleeping--)
          )
      }
      const limit = yield* Effect.uninterruptible(Policy.makeRateLimiter({ unit: "hour", duration: 1, maxRequests: 1 }))
      yield* limit(Effect.void)
      const wait = Effect.fork(Effect.withClock(Policy.operationTimeout("30 minutes")(limit(Effect.void)), counting))
      const waiting = yield* Effect.replicateEffect(wait, 10)
      yield* TestClock.adjust("1 second")
      assert.strictEqual(sleeping, 10)
      yield* Fiber.interruptAll(waiting)
      yield* TestClock.adjust("1 second")
      assert.strictEqual(sleeping, 0)
    }).pipe(Effect.scoped)
  )

  it.effect("can have a pacer made for it while its caller cleans up", () =>
    Effect.gen(function* () {
      let isMade = false
      const cleanUp = Policy.makeRateLimiter({ unit: "second", duration: 1, maxRequests: 1 }).pipe(
        Effect.flatMap((limit) => limit(Effect.sync(() => (isMade = true)))),
        Effect.scoped
      )
      const caller = yield* Effect.fork(Effect.ensuring(Effect.never, cleanUp))
      yield* Effect.yieldNow()
      yield* Fiber.interrupt(caller)
      assert.isTrue(isMade)
    })
  )

  it.effect("gets it also where it cannot be interrupted, and its caller is", () =>
    Effect.gen(function* () {
      const keys = yield* ApiKeys.ApiKeys
      yield* keys.createApiAuthApp({ appSlug: "a", name: "A", keyPrefix: "acme" })
      const limit = yield* Policy.makeRateLimiter({ unit: "second", duration: 1, maxRequests: 1 })
      const policy = Policy.fromOptions({ rateLimit: limit })
      const temporary = Effect.acquireUseRelease(
        keys.createApiKey("a", { name: "temporary" }),
        () => Effect.never,
        ({ id }) => Effect.orDie(keys.revokeApiKey("a", id))
      ).pipe(RequestPolicy.withPolicy(policy))
      const fiber = yield* Effect.fork(temporary)
      yield* TestClock.adjust("100 millis")
      // Once in its use, and once while its release waits for a turn.
      for (let times = 0; times < 2; times++) {
        yield* Fiber.interruptFork(fiber)
        yield* TestClock.adjust("100 millis")
      }
      assert.lengthOf(yield* keys.listApiKeys("a"), 1)
      yield* TestClock.adjust("10 seconds")
      yield* Fiber.await(fiber)
      assert.lengthOf(yield* keys.listApiKeys("a"), 0)
    }).pipe(Effect.scoped, Effect.provide(Services))
  )

  it.effect("waits on where the deadline that it waited under has ended", () =>
    Effect.gen(function* () {
      const limit = yield* Policy.makeRateLimiter({ unit: "second", duration: 10, maxRequests: 1 })
      yield* limit(Effect.void)
      const paced = limit(Effect.flatMap(ApiKeys.ApiKeys, (keys) => keys.listRateLimitSchemes()))
      const daemon = yield* Policy.operationTimeout("2 seconds")(
        Effect.zipLeft(Effect.forkDaemon(paced), Effect.yieldNow())
      )
      yield* TestClock.adjust("1 minute")
      assert.deepStrictEqual(yield* Fiber.join(daemon), [])
    }).pipe(Effect.scoped, Effect.provide(Services))
  )

  it.effect("waits on under the deadline around one that has ended", () =>
    Effect.gen(function* () {
      const limit = yield* Policy.makeRateLimiter({ unit: "second", duration: 10, maxRequests: 1 })
      yield* limit(Effect.void)
      const paced = limit(Effect.flatMap(ApiKeys.ApiKeys, (keys) => keys.listRateLimitSchemes()))
      const run = (outer: `${number} seconds`) =>
        Policy.operationTimeout("2 seconds")(Effect.zipLeft(Effect.forkDaemon(paced), Effect.yieldNow())).pipe(
          Effect.flatMap(Fiber.await),
          Policy.operationTimeout(outer)
        )
      assert.deepStrictEqual(yield* elapse(yield* elapse(run("60 seconds"))), [])
      const begun = yield* Clock.currentTimeMillis
      yield* limit(Effect.void)
      const late = yield* Effect.fork(
        Effect.zip(Effect.flip(Effect.flatten(run("5 seconds"))), Clock.currentTimeMillis)
      )
      yield* TestClock.adjust("10 minutes")
      const [error, ended] = yield* Fiber.join(late)
      assert.deepStrictEqual([error._tag, ended - begun], ["TimeoutError", 5000])
    }).pipe(Effect.scoped, Effect.provide(Services))
  )

  it.effect("is taken by none whose deadline has passed already", () =>
    Effect.gen(function* () {
      for (const spent of [false, true]) {
        const limit = yield* Policy.makeRateLimiter({ unit: "second", duration: 1, maxRequests: 6, burst: 3 })
        if (spent) yield* Effect.repeatN(limit(Effect.void), 2)
        const call = Effect.flatMap(ApiKeys.ApiKeys, (keys) => keys.listRateLimitSchemes())
        const late = Effect.exit(Policy.operationTimeout(0)(limit(call)))
        yield* elapse(Effect.repeatN(late, 9), "0 minutes")
        const begun = yield* Clock.currentTimeMillis
        assert.isBelow((yield* elapse(limit(Clock.currentTimeMillis), "1 minutes")) - begun, spent ? 500 : 1)
      }
      assert.strictEqual(yield* sent("listRateLimitSchemes"), 0)
    }).pipe(Effect.scoped, Effect.provide(Services))
  )

  it.effect("ends at its deadline in a finalizer too", () =>
    Effect.gen(function* () {
      const rateLimit = yield* Policy.makeRateLimiter({ unit: "hour", duration: 1, maxRequests: 1 })
      yield* rateLimit(Effect.void)
      const call = Effect.flatMap(ApiKeys.ApiKeys, (keys) => keys.listRateLimitSchemes())
      const paced = call.pipe(Policy.withPolicy(Policy.fromOptions({ rateLimit, operationTimeout: "5 seconds" })))
      const release = Effect.zip(Effect.flip(paced), Clock.currentTimeMillis)
      const began = yield* Clock.currentTimeMillis
      const [error, ended] = yield* elapse(Effect.uninterruptible(release))
      assert.deepStrictEqual([error._tag, ended - began], ["TimeoutError", 5000])
    }).pipe(Effect.scoped, Effect.provide(Services))
  )

  it.effect("gives no turn for nothing where the clock is set back meanwhile", () =>
    Effect.gen(function* () {
      const clock = yield* Effect.clock
      let setBack = 0
      const now = () => clock.unsafeCurrentTimeMillis() - setBack
      const stepped: Clock.Clock = {
        [Clock.ClockTypeId]: Clock.ClockTypeId,
        sleep: (duration) => clock.sleep(duration),
        unsafeCurrentTimeMillis: now,
        currentTimeMillis: Effect.sync(now),
        unsafeCurrentTimeNanos: () => clock.unsafeCurrentTimeNanos(),
        currentTimeNanos: clock.currentTimeNanos
      }
      const limit = yield* Policy.makeRateLimiter({ unit: "hour", duration: 1, maxRequests: 1 })
      yield* limit(Effect.void)
      const call = Effect.flatMap(ApiKeys.ApiKeys, (keys) => keys.listRateLimitSchemes())
      const paced = Effect.withClock(Policy.operationTimeout("5 seconds")(limit(call)), stepped)
      const fiber = yield* Effect.fork(Effect.flip(paced))
      yield* TestClock.adjust("4 seconds")
      setBack = 1000
      yield* TestClock.adjust("1 minute")
      assert.containsSubset(yield* Fiber.join(fiber), { _tag: "TimeoutError", limit: "operation" })
      assert.strictEqual(yield* sent("listRateLimitSchemes"), 0)
    }).pipe(Effect.scoped, Effect.provide(Services))
  )
})
