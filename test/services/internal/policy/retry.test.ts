import { assert, it } from "@effect/vitest"
import { ApiKeys, Gateway, OAuth, Policy } from "effect-wacht"
import {
  AuthenticationError,
  RateLimitError,
  ServerError,
  TimeoutError,
  TransportError,
  UnexpectedStatusError
} from "effect-wacht/errors"
import { Emulator, Fault } from "effect-wacht/testing"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as FastCheck from "effect/FastCheck"
import * as Option from "effect/Option"
import * as Random from "effect/Random"
import * as Redacted from "effect/Redacted"
import * as TestContext from "effect/TestContext"
import { describe } from "vitest"
import { elapse, fail, failing, onVirtualTime, sent, Services } from "./harness.js"

const operation = "getApiAuthApp"
const server = (status = 503, retryAfter: Option.Option<Duration.Duration> = Option.none()) =>
  new ServerError({ operation, message: "no", status, isRetryable: true, retryAfter })
const throttled = (retryAfter: Option.Option<Duration.Duration> = Option.none()) =>
  new RateLimitError({ operation, message: "slow down", isRetryable: true, retryAfter })
const lost = new TransportError({ operation, message: "lost", isRetryable: true })

describe("retryTransient", () => {
  it.effect("makes 3 attempts in all unless told otherwise, and 1 means one request", () =>
    Effect.gen(function* () {
      for (const [attempts, expected] of [
        [undefined, 3],
        [1, 1],
        [0, 1],
        [-1, 1],
        [Number.NaN, 3],
        [2.9, 2],
        [5, 5]
      ] as const) {
        const { call, times } = failing(...Array.from({ length: 9 }, () => lost))
        const exit = yield* elapse(Effect.exit(Policy.retryTransient({ attempts })(call)))
        assert.lengthOf(times, expected)
        assert.strictEqual(exit._tag, "Failure")
      }
    })
  )

  it.effect("gives back the value of the attempt that works", () =>
    Effect.gen(function* () {
      const { call } = failing<TransportError | ServerError>(lost, server())
      assert.strictEqual(yield* elapse(Policy.retryTransient()(call)), 3)
    })
  )

  it.effect("waits anything from nothing to the doubled base, 1 s after a 429, never more than the cap", () =>
    Effect.promise(() =>
      FastCheck.assert(
        FastCheck.asyncProperty(
          FastCheck.integer(),
          FastCheck.array(FastCheck.boolean(), { minLength: 1, maxLength: 9 }),
          (seed, limits) => {
            const { call, delays } = failing(...limits.map((isThrottled) => (isThrottled ? throttled() : lost)))
            const bounds = limits.map((isThrottled, index) => Math.min((isThrottled ? 1000 : 50) * 2 ** index, 20_000))
            return Effect.runPromise(
              elapse(Policy.retryTransient({ attempts: 10 })(call)).pipe(
                Effect.withRandom(Random.make(seed)),
                Effect.provide(TestContext.TestContext)
              )
            ).then(() => delays().every((delay, index) => delay >= 0 && delay <= (bounds[index] ?? 0)))
          }
        ),
        { numRuns: 25 }
      )
    )
  )

  it.effect("spreads its delays over the whole range", () =>
    Effect.gen(function* () {
      const all: Array<number> = []
      for (let seed = 0; seed < 60; seed++) {
        const { call, delays } = failing(lost)
        yield* Effect.withRandom(elapse(Policy.retryTransient({ base: "1 second" })(call)), Random.make(seed))
        all.push(...delays())
      }
      assert.isBelow(Math.min(...all), 150)
      assert.isAbove(Math.max(...all), 850)
    })
  )

  it.effect("doubles up to 20 s and no further, unless told otherwise", () =>
    Effect.gen(function* () {
      const longest = (options?: Policy.RetryOptions) =>
        Effect.gen(function* () {
          const { call, delays } = failing(...Array.from({ length: 8 }, () => throttled()))
          const repeated = Policy.retryTransient({ attempts: 9, ...options })(call)
          yield* elapse(Effect.withRandom(repeated, Random.fixed([1])))
          return delays()
        })
      assert.deepStrictEqual(yield* longest(), [1000, 2000, 4000, 8000, 16_000, 20_000, 20_000, 20_000])
      assert.deepStrictEqual(yield* longest({ cap: "3 seconds" }), [1000, 2000, 3000, 3000, 3000, 3000, 3000, 3000])
    })
  )

  it.effect("waits as long as the server asks, however often, where its own base is nothing", () =>
    Effect.gen(function* () {
      const busy = new ServerError({
        operation: "o",
        message: "busy",
        isRetryable: true,
        retryAfter: Option.some(Duration.millis(2))
      })
      const { call, delays } = failing(...Array.from({ length: 1100 }, () => busy))
      yield* elapse(Policy.retryTransient({ attempts: Infinity, base: 0 })(call))
      assert.deepStrictEqual(new Set(delays()), new Set([2]))
    })
  )

  it.effect("begins with 50 ms where nothing was said of a limit, and waits whole milliseconds", () =>
    Effect.gen(function* () {
      const delaysOf = (error: RateLimitError | TransportError, factor: number) =>
        Effect.gen(function* () {
          const { call, delays } = failing(error, error)
          yield* elapse(Effect.withRandom(Policy.retryTransient()(call), Random.fixed([factor])))
          return delays()
        })
      assert.deepStrictEqual(yield* delaysOf(lost, 1), [50, 100])
      assert.deepStrictEqual(yield* delaysOf(lost, 0.25), [12, 25])
      assert.deepStrictEqual(yield* delaysOf(throttled(Option.some(Duration.millis(1500.25))), 0), [1501, 1501])
    })
  )

  it.effect("measures only the server's own delay by what the server may ask for", () =>
    Effect.gen(function* () {
      const { call, delays } = failing(lost)
      const patient = Policy.retryTransient({ base: "1 second", maxServerDelay: "1 millis" })(call)
      yield* elapse(Effect.withRandom(patient, Random.fixed([1])))
      assert.deepStrictEqual(delays(), [1000])
    })
  )

  it("waits longer than a timer can where the server asks for that and may", () =>
    onVirtualTime(
      Effect.gen(function* () {
        const { call, delays } = failing(throttled(Option.some(Duration.days(40))))
        yield* Policy.retryTransient({ maxServerDelay: Duration.infinity })(call)
        assert.deepStrictEqual(delays(), [40 * 86_400_000])
      })
    ))

  it.effect("waits at least as long as the server asks", () =>
    Effect.gen(function* () {
      const { call, delays } = failing<RateLimitError | ServerError>(
        throttled(Option.some(Duration.seconds(7))),
        server(503, Option.some(Duration.seconds(60)))
      )
      yield* elapse(Policy.retryTransient()(call))
      assert.deepStrictEqual(delays(), [7000, 60_000])
    })
  )

  it.effect("fails at once where the server asks for more than 60 s, or for more than the deadline leaves", () =>
    Effect.gen(function* () {
      const tooLong = failing(throttled(Option.some(Duration.millis(60_001))))
      const error = yield* Effect.flip(Policy.retryTransient()(tooLong.call))
      assert.deepStrictEqual(error.retryAfter, Option.some(Duration.millis(60_001)))
      assert.lengthOf(tooLong.times, 1)
      const tooLate = failing(throttled(Option.some(Duration.seconds(30))))
      const late = yield* Effect.flip(Policy.operationTimeout("30 seconds")(Policy.retryTransient()(tooLate.call)))
      assert.deepStrictEqual(late.retryAfter, Option.some(Duration.seconds(30)))
      assert.lengthOf(tooLate.times, 1)
    })
  )

  it.effect("repeats nothing that the operation does not declare repeatable", () =>
    Effect.gen(function* () {
      for (const error of [
        new ServerError({ operation, message: "no", status: 501 }),
        new ServerError({ operation: "createApiKey", message: "no", status: 503 }),
        new TimeoutError({ operation, message: "late", limit: "operation" }),
        new UnexpectedStatusError({ operation, message: "gone", status: 410 }),
        new AuthenticationError({ operation, message: "no" })
      ]) {
        const { call, times } = failing(error)
        assert.strictEqual(yield* Effect.flip(Policy.retryTransient()(call)), error)
        assert.lengthOf(times, 1)
      }
    })
  )

  it.effect("repeats checkAuthz alone where that is asked for, and only after what can pass", () =>
    Effect.gen(function* () {
      const check = { operation: "checkAuthz", message: "no" }
      for (const [error, expected] of [
        [new ServerError({ ...check, status: 503 }), 3],
        [new TransportError(check), 3],
        [new TransportError({ ...check, reason: "NotSent", code: Option.some("ECONNREFUSED") }), 3],
        [new TransportError({ ...check, reason: "NotSent" }), 1],
        [new TimeoutError(check), 3],
        [new TimeoutError({ ...check, limit: "operation" }), 1],
        [new ServerError({ ...check, status: 501 }), 1],
        [new AuthenticationError({ ...check, subject: "principal" }), 1],
        [new ServerError({ operation: "createApiKey", message: "no", status: 503 }), 1],
        [new TransportError({ operation: "createApiKey", message: "no" }), 1]
      ] as const) {
        const { call, times } = failing(...Array.from({ length: 9 }, () => error))
        yield* elapse(Effect.flip(Policy.retryTransient({ repeatCheckAuthz: true })(call)))
        assert.lengthOf(times, expected)
      }
    })
  )

  it.effect("leaves errors alone that are not ours", () =>
    Effect.gen(function* () {
      for (const error of [new Error("mine"), "text", { _tag: "ServerError", isRetryable: true }, undefined]) {
        let runs = 0
        const call = Effect.suspend(() => (runs++, Effect.fail(error)))
        assert.strictEqual(yield* Effect.flip(Policy.retryTransient()(call)), error)
        assert.strictEqual(runs, 1)
      }
    })
  )
})

describe("retryTransient around the services", () => {
  const repeated = [408, 429, 500, 502, 503, 504]
  const once = [400, 401, 403, 404, 405, 409, 410, 422, 501, 505]

  for (const status of [...repeated, ...once]) {
    it.effect(`${repeated.includes(status) ? "repeats" : "does not repeat"} a read after ${status}`, () =>
      Effect.gen(function* () {
        const keys = yield* ApiKeys.ApiKeys
        yield* fail("listRateLimitSchemes", Fault.status(status), 9)
        yield* elapse(Effect.flip(Policy.retryTransient()(keys.listRateLimitSchemes())))
        assert.strictEqual(yield* sent("listRateLimitSchemes"), repeated.includes(status) ? 3 : 1)
      }).pipe(Effect.provide(Services))
    )
  }

  for (const [name, fault, times] of [
    ["a refused connection", Fault.refuseConnection, 3],
    ["429", Fault.status(429), 3],
    ["a connection lost before it acted", Fault.loseBefore, 1],
    ["503", Fault.status(503), 1],
    ["408", Fault.status(408), 1],
    ["a stalled body", Fault.stallBody, 1]
  ] as const) {
    it.effect(`sends an unsafe operation ${times} times after ${name}`, () =>
      Effect.gen(function* () {
        const keys = yield* ApiKeys.ApiKeys
        yield* fail("createRateLimitScheme", fault, 9)
        const input = { slug: "a", name: "A", rules: [{ unit: "minute", duration: 1, maxRequests: 1 }] } as const
        yield* elapse(Effect.flip(Policy.retryTransient()(keys.createRateLimitScheme(input))))
        assert.strictEqual(yield* sent("createRateLimitScheme"), times)
      }).pipe(Effect.provide(Services))
    )
  }

  for (const [name, fault] of [
    ["a lost connection", Fault.loseAfter],
    ["an attempt's time limit", Fault.stallBody],
    ["a refused connection", Fault.refuseConnection]
  ] as const) {
    it.effect(`repeats an idempotent operation after ${name}`, () =>
      Effect.gen(function* () {
        const oauth = yield* OAuth.OAuth
        yield* fail("archiveOAuthScope", fault, 2)
        yield* elapse(Policy.retryTransient()(oauth.archiveOAuthScope("acme-oauth", "email")))
        assert.strictEqual(yield* sent("archiveOAuthScope"), 3)
      }).pipe(Effect.provide(Services))
    )
  }

  it.effect("repeats checkAuthz only when asked", () =>
    Effect.gen(function* () {
      const gateway = yield* Gateway.Gateway
      const check = gateway.checkAuthz({
        principal: { type: "api_key", value: Redacted.make("unknown") },
        resource: "/",
        method: "GET"
      })
      for (const fault of [Fault.status(503), Fault.status(429), Fault.loseBefore, Fault.delay("1 minute")]) {
        const { clearFaults, clearRequests } = yield* Emulator.Emulator
        yield* fail("checkAuthz", fault, 9)
        yield* elapse(Effect.flip(Policy.retryTransient()(check)))
        assert.strictEqual(yield* sent("checkAuthz"), 1)
        yield* elapse(Effect.flip(Policy.retryTransient({ repeatCheckAuthz: true })(check)))
        assert.strictEqual(yield* sent("checkAuthz"), 4)
        yield* clearFaults
        yield* clearRequests
      }
    }).pipe(Effect.provide(Services))
  )
})

describe("retryAuthenticationOnce", () => {
  it.effect("repeats once after a 401 about the own key, a second later", () =>
    Effect.gen(function* () {
      const refused = new AuthenticationError({ operation, message: "no" })
      const one = failing(refused)
      assert.strictEqual(yield* elapse(Policy.retryAuthenticationOnce()(one.call)), 2)
      assert.deepStrictEqual(one.delays(), [1000])
      const two = failing(refused, refused)
      assert.strictEqual(
        yield* elapse(Effect.flip(Policy.retryAuthenticationOnce({ delay: "5 seconds" })(two.call))),
        refused
      )
      assert.deepStrictEqual(two.delays(), [5000])
    })
  )

  it.effect("never repeats about the credential that is judged, nor anything else", () =>
    Effect.gen(function* () {
      for (const error of [
        new AuthenticationError({ operation: "checkAuthz", message: "no", subject: "principal" }),
        new AuthenticationError({ operation: "checkAuthz", message: "no", subject: "client" }),
        lost
      ]) {
        const { call, times } = failing(error)
        assert.strictEqual(yield* Effect.flip(Policy.retryAuthenticationOnce()(call)), error)
        assert.lengthOf(times, 1)
      }
    })
  )

  it.effect("repeats once for all attempts of a policy, whatever came in between", () =>
    Effect.gen(function* () {
      const keys = yield* ApiKeys.ApiKeys
      for (const fault of [Fault.status(401), Fault.status(503), Fault.status(401)])
        yield* fail("listApiAuthApps", fault)
      const policy = Policy.fromOptions({ attempts: 9, retryAuthentication: true })
      const error = yield* elapse(Effect.flip(Policy.withPolicy(keys.listApiAuthApps(), policy)))
      assert.strictEqual(error._tag, "AuthenticationError")
      assert.strictEqual(yield* sent("listApiAuthApps"), 3)
    }).pipe(Effect.provide(Services))
  )

  it.effect("does not wait beyond the deadline", () =>
    Effect.gen(function* () {
      const { call, times } = failing(new AuthenticationError({ operation, message: "no" }))
      yield* Effect.flip(Policy.operationTimeout("1 second")(Policy.retryAuthenticationOnce()(call)))
      assert.lengthOf(times, 1)
    })
  )

  it.effect("is no part of a policy that does not ask for it", () =>
    Effect.gen(function* () {
      yield* fail("listRateLimitSchemes", Fault.status(401), 9)
      const list = Effect.flatMap(ApiKeys.ApiKeys, (keys) => keys.listRateLimitSchemes())
      for (const [index, options] of [{}, { retryAuthentication: false }].entries()) {
        const error = yield* elapse(Effect.flip(Policy.withPolicy(list, Policy.fromOptions(options))))
        assert.strictEqual(error._tag, "AuthenticationError")
        assert.strictEqual(yield* sent("listRateLimitSchemes"), index + 1)
      }
    }).pipe(Effect.provide(Services))
  )

  it.effect("is one of the attempts of a policy, and none of an unsafe operation's outcomes", () =>
    Effect.gen(function* () {
      const keys = yield* ApiKeys.ApiKeys
      const policy = Policy.fromOptions({ retryAuthentication: true })
      yield* fail("listRateLimitSchemes", Fault.status(401), 9)
      yield* elapse(Effect.flip(Policy.withPolicy(keys.listRateLimitSchemes(), policy)))
      assert.strictEqual(yield* sent("listRateLimitSchemes"), 2)
      yield* fail("createApiAuthApp", Fault.status(401))
      yield* elapse(Policy.withPolicy(keys.createApiAuthApp({ appSlug: "a", name: "A", keyPrefix: "sk" }), policy))
      assert.strictEqual(yield* sent("createApiAuthApp"), 2)
    }).pipe(Effect.provide(Services))
  )
})
