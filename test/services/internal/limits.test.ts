import * as HttpClient from "@effect/platform/HttpClient"
import * as HttpClientResponse from "@effect/platform/HttpClientResponse"
import { assert, it } from "@effect/vitest"
import { ApiKeys, Policy, Wacht } from "effect-wacht"
import { RateLimitError, TransportError } from "effect-wacht/errors"
import { Fault } from "effect-wacht/testing"
import * as Cause from "effect/Cause"
import * as Deferred from "effect/Deferred"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import * as Stream from "effect/Stream"
import * as TestClock from "effect/TestClock"
import { describe } from "vitest"
import { Deadline } from "../../../src/services/internal/limits.js"
import { elapse, fail, failing, sent, Services, timed } from "./policy/harness.js"

const list = Effect.flatMap(ApiKeys.ApiKeys, (keys) => keys.listRateLimitSchemes())
const createApp = Effect.flatMap(ApiKeys.ApiKeys, (keys) =>
  keys.createApiAuthApp({ appSlug: "a", name: "A", keyPrefix: "sk" })
)
const deleteApp = Effect.flatMap(ApiKeys.ApiKeys, (keys) => keys.deleteApiAuthApp("a"))
const operation = "listRateLimitSchemes"
const failureOf = (exit: Exit.Exit<unknown, unknown>) =>
  Exit.isFailure(exit) ? Option.getOrUndefined(Cause.failureOption(exit.cause)) : undefined

describe("attemptTimeout", () => {
  it.effect("ends an attempt after 30 s where nothing is said", () =>
    Effect.gen(function* () {
      yield* fail(operation, Fault.delay("1 hour"))
      const { exit, millis } = yield* elapse(timed(list))
      assert.strictEqual(millis, 30_000)
      assert.containsSubset(failureOf(exit), { _tag: "TimeoutError", limit: "attempt", isRetryable: true })
    }).pipe(Effect.provide(Services))
  )

  for (const [name, fault] of [
    ["before the headers", Fault.delay("1 hour")],
    ["in the body", Fault.stallBody]
  ] as const) {
    it.effect(`ends an attempt ${name}`, () =>
      Effect.gen(function* () {
        yield* fail(operation, fault)
        const { exit, millis } = yield* elapse(timed(Policy.attemptTimeout("2 seconds")(list)))
        assert.strictEqual(millis, 2000)
        assert.containsSubset(failureOf(exit), {
          _tag: "TimeoutError",
          limit: "attempt",
          duration: Duration.seconds(2)
        })
      }).pipe(Effect.provide(Services))
    )
  }

  it.effect("ends each attempt on its own, and an unsafe operation with an unknown outcome", () =>
    Effect.gen(function* () {
      yield* fail(operation, Fault.delay("1 hour"), 2)
      const call = Policy.retryTransient({ base: 0 })(Policy.attemptTimeout("2 seconds")(list))
      const { exit, millis } = yield* elapse(timed(call))
      assert.isTrue(Exit.isSuccess(exit))
      assert.strictEqual(millis, 4000)
      yield* fail("createApiAuthApp", Fault.delay("1 hour"))
      const error = yield* elapse(Effect.flip(Policy.attemptTimeout("2 seconds")(createApp)))
      assert.containsSubset(error, { _tag: "OutcomeUnknownError", reason: "Timeout", isRetryable: false })
    }).pipe(Effect.provide(Services))
  )

  it.effect("lets the inner one win, and none be lifted", () =>
    Effect.gen(function* () {
      yield* fail(operation, Fault.delay("1 hour"), 9)
      const inner = yield* elapse(timed(Policy.attemptTimeout("9 seconds")(Policy.attemptTimeout("1 second")(list))))
      assert.strictEqual(inner.millis, 1000)
    }).pipe(Effect.provide(Services))
  )

  for (const [name, answer] of [
    ["the request", () => Effect.never],
    [
      "the body",
      (request: Parameters<typeof HttpClientResponse.fromWeb>[0]) =>
        Effect.succeed(HttpClientResponse.fromWeb(request, new Response(new ReadableStream(), { status: 200 })))
    ]
  ] as const) {
    it.effect(`really aborts ${name}`, () =>
      Effect.gen(function* () {
        let isAborted = false
        const client = HttpClient.make((request, _, signal) => {
          signal.addEventListener("abort", () => {
            isAborted = true
          })
          return answer(request)
        })
        const layer = Wacht.layer({ apiKey: Redacted.make("key") }).pipe(
          Layer.provide(Layer.succeed(HttpClient.HttpClient, client))
        )
        yield* elapse(Effect.flip(Effect.provide(Policy.attemptTimeout("1 second")(list), layer)))
        assert.isTrue(isAborted)
      })
    )
  }
})

describe("a client that cannot be ended", () => {
  const clients: Record<string, HttpClient.HttpClient> = {
    "is uninterruptible": HttpClient.make(() => Effect.uninterruptible(Effect.never)),
    "cleans up for ever": HttpClient.make(() => Effect.onInterrupt(Effect.never, () => Effect.never)),
    "gives a body whose cancel never ends": HttpClient.make((request) =>
      Effect.sync(() =>
        HttpClientResponse.fromWeb(request, new Response(new ReadableStream({ cancel: () => new Promise(() => {}) })))
      )
    )
  }
  for (const [name, client] of Object.entries(clients)) {
    it.effect(`${name}: the call is over a second after its limit`, () =>
      Effect.gen(function* () {
        const layer = Wacht.layer({ apiKey: Redacted.make("key") }).pipe(
          Layer.provide(Layer.succeed(HttpClient.HttpClient, client))
        )
        const limited = Policy.attemptTimeout("2 seconds")(Effect.provide(list, layer))
        const { exit, millis } = yield* elapse(timed(limited))
        assert.strictEqual(millis, 3000)
        assert.containsSubset(failureOf(exit), { _tag: "TimeoutError", limit: "attempt" })
        const unsafe = yield* elapse(timed(Policy.operationTimeout("2 seconds")(Effect.provide(createApp, layer))))
        assert.strictEqual(unsafe.millis, 3000)
        assert.containsSubset(failureOf(unsafe.exit), { _tag: "OutcomeUnknownError", reason: "Timeout" })
      })
    )
  }
})

describe("a call that cannot be interrupted", () => {
  it.effect("ends as it would, also while its client cleans up", () =>
    Effect.gen(function* () {
      const client = HttpClient.make(() => Effect.onInterrupt(Effect.never, () => Effect.sleep("900 millis")))
      const layer = Wacht.layer({ apiKey: Redacted.make("key") }).pipe(
        Layer.provide(Layer.succeed(HttpClient.HttpClient, client))
      )
      const ends: Array<unknown> = []
      const call = Policy.attemptTimeout("2 seconds")(Effect.provide(createApp, layer)).pipe(
        Effect.exit,
        Effect.tap((exit) => Effect.sync(() => ends.push(failureOf(exit)))),
        Effect.uninterruptible
      )
      for (const at of ["1 second", "2500 millis"] as const) {
        const fiber = yield* Effect.fork(call)
        yield* TestClock.adjust(at)
        const interruption = yield* Effect.fork(Fiber.interrupt(fiber))
        yield* TestClock.adjust("5 seconds")
        yield* Fiber.join(interruption)
        assert.containsSubset(ends.pop(), { _tag: "OutcomeUnknownError", reason: "Timeout" })
      }
    })
  )
})

describe("an interrupted call", () => {
  const interrupted = (cleanUp: Effect.Effect<unknown>) =>
    Effect.gen(function* () {
      const client = HttpClient.make(() => Effect.onInterrupt(Effect.never, () => cleanUp))
      const layer = Wacht.layer({ apiKey: Redacted.make("key") }).pipe(
        Layer.provide(Layer.succeed(HttpClient.HttpClient, client))
      )
      const call = Policy.attemptTimeout("10 seconds")(Effect.provide(list, layer))
      return yield* elapse(timed(Effect.timeout(call, "2 seconds")))
    })

  it.effect("waits for its client's clean-up", () =>
    Effect.gen(function* () {
      let isClean = false
      const cleanUp = Effect.delay(
        Effect.sync(() => {
          isClean = true
        }),
        "3 seconds"
      )
      const { exit, millis } = yield* interrupted(cleanUp)
      assert.strictEqual(millis, 5000)
      assert.isTrue(isClean)
      assert.containsSubset(failureOf(exit), { _tag: "TimeoutException" })
    })
  )

  it.effect("waits no longer than a second after its limit", () =>
    Effect.gen(function* () {
      assert.strictEqual((yield* interrupted(Effect.never)).millis, 11_000)
    })
  )
})

describe("operationTimeout", () => {
  it.effect("may lie in itself as deep as a recursion of the caller's goes", () =>
    Effect.gen(function* () {
      const within = (levels: number): typeof list =>
        Policy.operationTimeout("1 day")(levels === 0 ? list : Effect.suspend(() => within(levels - 1)))
      assert.deepStrictEqual(yield* within(30_000), [])
    }).pipe(Effect.provide(Services))
  )

  it.effect("ends all attempts together, whichever is under way", () =>
    Effect.gen(function* () {
      yield* fail(operation, Fault.delay("1 hour"), 9)
      const call = Policy.retryTransient({ attempts: 9, base: 0 })(Policy.attemptTimeout("4 seconds")(list))
      const { exit, millis } = yield* elapse(timed(Policy.operationTimeout("10 seconds")(call)))
      assert.strictEqual(millis, 10_000)
      assert.strictEqual(yield* sent(operation), 3)
      assert.containsSubset(failureOf(exit), { _tag: "TimeoutError", limit: "operation", isRetryable: false })
    }).pipe(Effect.provide(Services))
  )

  it.effect("keeps the nearer of two deadlines", () =>
    Effect.gen(function* () {
      yield* fail(operation, Fault.delay("1 hour"), 9)
      const limit = (duration: `${number} seconds`) => Policy.operationTimeout(duration)
      assert.strictEqual((yield* elapse(timed(limit("3 seconds")(limit("7 seconds")(list))))).millis, 3000)
      assert.strictEqual((yield* elapse(timed(limit("7 seconds")(limit("3 seconds")(list))))).millis, 3000)
      const later = Effect.zipRight(Effect.sleep("2 seconds"), limit("3 seconds")(list))
      assert.strictEqual((yield* elapse(timed(limit("4 seconds")(later)))).millis, 4000)
    }).pipe(Effect.provide(Services))
  )

  it.effect("ends with its effect, for all that was begun inside and goes on", () =>
    Effect.gen(function* () {
      const { cache, daemon } = yield* Policy.operationTimeout("10 seconds")(
        Effect.gen(function* () {
          const patient = Effect.zipRight(Effect.sleep("20 seconds"), list)
          const daemon = yield* Effect.forkDaemon(Policy.operationTimeout("1 minute")(patient))
          return { cache: yield* Effect.cachedWithTTL(list, "1 second"), daemon }
        })
      )
      assert.isTrue(Exit.isSuccess((yield* elapse(timed(Fiber.join(daemon)))).exit))
      assert.isTrue(Exit.isSuccess((yield* timed(cache)).exit))
      // Where the outer one goes on, it binds.
      const nested = Policy.operationTimeout("3 seconds")(
        Effect.flatten(
          Policy.operationTimeout("1 second")(Effect.cached(Effect.zipRight(Effect.sleep("4 seconds"), list)))
        )
      )
      assert.containsSubset(failureOf((yield* elapse(timed(nested))).exit), {
        _tag: "TimeoutError",
        limit: "operation"
      })
    }).pipe(Effect.provide(Services))
  )

  it.effect("is let go once it has ended, however many a job's runs begin each within the one before", () =>
    Effect.gen(function* () {
      const ended = yield* Deferred.make<Exit.Exit<unknown, unknown>>()
      let depth = 0
      const job = (left: number): Effect.Effect<unknown, never, ApiKeys.ApiKeys> =>
        Policy.operationTimeout("10 seconds")<unknown, never, ApiKeys.ApiKeys>(
          left > 0
            ? Effect.forkDaemon(Effect.suspend(() => job(left - 1)))
            : Effect.flatMap(Deadline, (deadline) => {
                for (let { outer } = deadline; outer !== undefined; { outer } = outer) depth++
                return Effect.flatMap(Effect.exit(list), (exit) => Deferred.succeed(ended, exit))
              })
        )
      yield* job(2000)
      assert.isTrue(Exit.isSuccess(yield* Deferred.await(ended)))
      assert.isBelow(depth, 10)
    }).pipe(Effect.provide(Services))
  )

  it.effect("is let go once it has ended, also where each run has two of them", () =>
    Effect.gen(function* () {
      const depth = yield* Deferred.make<number>()
      const job = (left: number): Effect.Effect<unknown> =>
        Policy.operationTimeout("1 minute")(
          Policy.operationTimeout("10 seconds")<unknown, never, never>(
            left > 0
              ? Effect.forkDaemon(Effect.suspend(() => job(left - 1)))
              : Effect.flatMap(Deadline, (deadline) => {
                  let count = 0
                  for (let { outer } = deadline; outer !== undefined; { outer } = outer) count++
                  return Deferred.succeed(depth, count)
                })
          )
        )
      yield* job(200)
      assert.isBelow(yield* Deferred.await(depth), 10)
    })
  )

  it.effect("is one deadline for many calls, and sends nothing once it has passed", () =>
    Effect.gen(function* () {
      const job = Effect.gen(function* () {
        yield* list
        yield* Effect.sleep("6 seconds")
        return [yield* Effect.flip(list), yield* Effect.flip(deleteApp), yield* Effect.flip(createApp)] as const
      })
      const [late, idempotent, unsafe] = yield* elapse(Policy.operationTimeout("5 seconds")(job))
      for (const error of [late, idempotent]) {
        assert.containsSubset(error, { _tag: "TimeoutError", limit: "operation" })
      }
      assert.containsSubset(unsafe, {
        _tag: "TransportError",
        reason: "NotSent",
        message: "the deadline had passed; nothing was sent",
        isRetryable: false
      })
      const counts = [yield* sent(operation), yield* sent("deleteApiAuthApp"), yield* sent("createApiAuthApp")]
      assert.deepStrictEqual(counts, [1, 0, 0])
    }).pipe(Effect.provide(Services))
  )

  it.effect("lets no delay outlive the deadline", () =>
    Effect.gen(function* () {
      const lost = new TransportError({ operation, message: "lost", isRetryable: true })
      const { call, times } = failing(...Array.from({ length: 99 }, () => lost))
      const patient = Policy.retryTransient({ attempts: 99, base: "4 seconds" })(call)
      const { exit, millis } = yield* elapse(timed(Policy.operationTimeout("10 seconds")(patient)))
      assert.isAtMost(millis, 10_000)
      assert.isAbove(times.length, 1)
      assert.strictEqual(failureOf(exit), lost)
    })
  )

  it.effect("lets nobody wait for a turn beyond the deadline", () =>
    Effect.gen(function* () {
      const limit = yield* Policy.makeRateLimiter({ unit: "minute", duration: 1, maxRequests: 1 })
      yield* limit(list)
      const { exit, millis } = yield* elapse(timed(Policy.operationTimeout("5 seconds")(limit(list))))
      assert.strictEqual(millis, 5000)
      assert.containsSubset(failureOf(exit), { _tag: "TimeoutError", limit: "operation" })
      assert.strictEqual(yield* sent(operation), 1)
    }).pipe(Effect.scoped, Effect.provide(Services))
  )

  it.effect("holds for streams", () =>
    Effect.gen(function* () {
      yield* fail("listApiAuthApps", Fault.delay("1 hour"))
      const all = Stream.runCollect(ApiKeys.streamApiAuthApps())
      const { exit, millis } = yield* elapse(timed(Policy.operationTimeout("5 seconds")(all)))
      assert.strictEqual(millis, 5000)
      assert.containsSubset(failureOf(exit), { _tag: "TimeoutError", limit: "operation" })
    }).pipe(Effect.provide(Services))
  )

  it.effect("ends a tail that waits for its rows to be old enough", () =>
    Effect.gen(function* () {
      const tail = Stream.runDrain(ApiKeys.tailApiAuditLogs("app", { lag: "8 minutes" }))
      const { exit, millis } = yield* elapse(timed(Policy.operationTimeout("7 seconds")(tail)))
      assert.strictEqual(millis, 7000)
      assert.containsSubset(failureOf(exit), { _tag: "TimeoutError", limit: "operation" })
      assert.strictEqual(yield* sent("getApiAuditLogs"), 0)
    }).pipe(Effect.provide(Services))
  )

  it.effect("leaves an error alone that came in time", () =>
    Effect.gen(function* () {
      const error = new RateLimitError({ operation, message: "no" })
      assert.strictEqual(yield* Effect.flip(Policy.operationTimeout("1 second")(Effect.fail(error))), error)
    })
  )
})

describe("a client that is built within a limit", () => {
  it.effect("does not keep a deadline for the calls that come later", () =>
    Effect.gen(function* () {
      const context = yield* Policy.operationTimeout("10 seconds")(Layer.build(Services))
      yield* TestClock.adjust("1 minute")
      yield* Effect.provide(list, context)
    }).pipe(Effect.scoped)
  )

  it.effect("nor that of an attempt", () =>
    Effect.gen(function* () {
      const context = yield* Policy.attemptTimeout("1 second")(Layer.build(Services))
      const late = Effect.zipRight(fail(operation, Fault.delay("10 seconds")), list)
      const { exit, millis } = yield* elapse(timed(Effect.provide(late, context)))
      assert.isTrue(Exit.isSuccess(exit))
      assert.strictEqual(millis, 10_000)
    }).pipe(Effect.scoped)
  )
})
