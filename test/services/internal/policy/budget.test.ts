import { assert, it } from "@effect/vitest"
import { ApiKeys, Policy, RequestPolicy } from "effect-wacht"
import {
  AuthenticationError,
  type CallError,
  RateLimitError,
  ServerError,
  TimeoutError,
  TransportError
} from "effect-wacht/errors"
import { Emulator, Fault } from "effect-wacht/testing"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Metric from "effect/Metric"
import * as Option from "effect/Option"
import * as TestClock from "effect/TestClock"
import { describe } from "vitest"
import { elapse, failing, onVirtualTime, Services } from "./harness.js"

const operation = "listRateLimitSchemes"
const list = Effect.flatMap(ApiKeys.ApiKeys, (keys) => keys.listRateLimitSchemes())
const broken = new ServerError({ operation, message: "no", status: 503, isRetryable: true })
const late = new TimeoutError({ operation, message: "late", isRetryable: true })
const throttled = new RateLimitError({ operation, message: "slow down", isRetryable: true })
const level = Metric.value(
  Metric.gauge("effect_wacht_retry_budget_tokens", {
    description: "left in the budget used last"
  })
)

describe("makeRetryBudget", () => {
  it.effect("takes 14 for a repeat, 5 after a timeout or a 429, and gives back what a success cost, or 1", () =>
    Effect.gen(function* () {
      const budget = yield* Policy.makeRetryBudget()
      assert.strictEqual(yield* budget.level, 500)
      const run = (...errors: ReadonlyArray<ServerError | TimeoutError | RateLimitError>) =>
        elapse(Effect.exit(Policy.retryTransient({ budget })(failing(...errors).call)))
      yield* run(broken, broken, broken)
      assert.strictEqual(yield* budget.level, 472)
      yield* run(late, throttled, broken)
      assert.strictEqual(yield* budget.level, 462)
      yield* run(broken, late)
      assert.strictEqual(yield* budget.level, 462)
      yield* run()
      assert.strictEqual(yield* budget.level, 463)
      assert.strictEqual((yield* level).value, 463)
    })
  )

  it.effect("gives back what a repeat cost that was interrupted before it was sent", () =>
    Effect.gen(function* () {
      const budget = yield* Policy.makeRetryBudget()
      const retrying = Policy.retryTransient({ budget, base: "20 seconds" })(Effect.fail(broken))
      const fibers = yield* Effect.forEach(Array.from({ length: 9 }), () => Effect.fork(retrying))
      yield* TestClock.adjust(0)
      assert.strictEqual(yield* budget.level, 500 - 9 * 14)
      yield* Effect.forEach(fibers, Fiber.interrupt)
      assert.strictEqual(yield* budget.level, 500)
    })
  )

  it.effect("takes nothing for a repeat for which the server or the deadline leaves no time", () =>
    Effect.gen(function* () {
      const budget = yield* Policy.makeRetryBudget()
      const refusing = (seconds: number) =>
        Effect.fail(
          new ServerError({
            operation,
            message: "no",
            status: 503,
            isRetryable: true,
            retryAfter: Option.some(Duration.seconds(seconds))
          })
        )
      yield* Effect.flip(Policy.retryTransient({ budget })(refusing(61)))
      yield* Effect.flip(Policy.operationTimeout("1 second")(Policy.retryTransient({ budget })(refusing(2))))
      assert.strictEqual(yield* budget.level, 500)
    })
  )

  it.effect("gives nothing back for a repeat that cost nothing", () =>
    Effect.gen(function* () {
      const budget = yield* Policy.makeRetryBudget({ retryCost: 0 })
      yield* elapse(Effect.flip(Policy.retryTransient({ budget })(failing(late, late, late).call)))
      assert.strictEqual(yield* budget.level, 490)
      const fiber = yield* Effect.fork(Policy.retryTransient({ budget, base: "20 seconds" })(Effect.fail(broken)))
      yield* TestClock.adjust(0)
      yield* Fiber.interrupt(fiber)
      assert.strictEqual(yield* budget.level, 490)
    })
  )

  it.effect(
    "never holds more than its capacity, shows its level from the start, and repeats nothing when it is spent",
    () =>
      Effect.gen(function* () {
        const budget = yield* Policy.makeRetryBudget({ capacity: 20, retryCost: 15 })
        assert.strictEqual((yield* level).value, 20)
        yield* Policy.retryTransient({ budget })(Effect.void)
        assert.strictEqual(yield* budget.level, 20)
        const { call, times } = failing(broken, broken, broken)
        assert.strictEqual(yield* elapse(Effect.flip(Policy.retryTransient({ budget })(call))), broken)
        assert.lengthOf(times, 2)
      })
  )

  it.effect("repeats nothing where its capacity is no number", () =>
    Effect.gen(function* () {
      const budget = yield* Policy.makeRetryBudget({ capacity: Number.NaN })
      const { call, times } = failing(broken)
      assert.strictEqual(yield* elapse(Effect.flip(Policy.retryTransient({ budget })(call))), broken)
      assert.lengthOf(times, 1)
    })
  )

  /** 1,000 calls, 50 at a time: all requests, and the most of any one call. */
  const outage = <E>(options: Policy.Options, request: Effect.Effect<unknown, E, ApiKeys.ApiKeys>) =>
    Effect.gen(function* () {
      const policy = yield* Policy.make(options)
      const counts: Array<number> = []
      const call = Effect.suspend(() => {
        const index = counts.push(0) - 1
        const counted: RequestPolicy.CallPolicy = (attempt, info) =>
          policy(
            Effect.suspend(() => {
              counts[index] = (counts[index] ?? 0) + 1
              return attempt
            }),
            info
          )
        return Effect.exit(RequestPolicy.withPolicy(request, counted))
      })
      yield* Effect.all(
        Array.from({ length: 1000 }, () => call),
        { concurrency: 50, discard: true }
      )
      const all = counts.reduce((sum, count) => sum + count, 0)
      assert.isAtMost(all, 1150)
      assert.isAbove(all, 1000)
      assert.isAtMost(Math.max(...counts), 3)
    })

  const info = { operation, safety: "safe", isDoneWhenNotFound: false } as const

  for (const [name, error, options] of [
    ["server errors", broken, {}],
    ["lost connections", new TransportError({ operation, message: "lost", isRetryable: true }), {}],
    ["429", throttled, {}],
    ["timeouts", late, {}],
    ["401 where that is repeated", new AuthenticationError({ operation, message: "no" }), { retryAuthentication: true }]
  ] as const) {
    it(`sends at most 1.15 requests per call over 1,000 calls that meet ${name}, at most 3 for any one`, () => {
      const request = Effect.flatMap(RequestPolicy.RequestPolicy, (policy) =>
        policy(Effect.fail<CallError>(error), info)
      )
      return onVirtualTime(Effect.provide(outage(options, request), Services))
    })
  }

  it("sends at most 1.15 requests per call through the services", () =>
    onVirtualTime(
      Effect.gen(function* () {
        const { failEvery } = yield* Emulator.Emulator
        yield* failEvery(Fault.status(503))
        yield* outage({}, list)
      }).pipe(Effect.provide(Services))
    ))

  it.effect("is that of other callers where it is given", () =>
    Effect.gen(function* () {
      const { failEvery, requests } = yield* Emulator.Emulator
      yield* failEvery(Fault.status(503))
      const budget = yield* Policy.makeRetryBudget({ capacity: 14 })
      for (const sent of [2, 3]) {
        yield* elapse(Effect.exit(Policy.withPolicy(list, yield* Policy.make({ budget }))))
        assert.lengthOf(yield* requests, sent)
      }
    }).pipe(Effect.provide(Services))
  )

  it("is one for all calls of a layer, and one per layer built", () =>
    onVirtualTime(
      Effect.gen(function* () {
        const { clearRequests, failEvery, requests } = yield* Emulator.Emulator
        yield* failEvery(Fault.status(503))
        const many = Effect.all(
          Array.from({ length: 100 }, () => Effect.exit(list)),
          { discard: true }
        )
        const again = Effect.provide(many, Policy.layer({ attempts: 2 }))
        for (let layer = 0; layer < 2; layer++) {
          yield* again
          assert.lengthOf(yield* requests, 135)
          yield* clearRequests
        }
      }).pipe(Effect.provide(Services))
    ))
})
