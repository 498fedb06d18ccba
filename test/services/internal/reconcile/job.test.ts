import { assert, describe, it } from "@effect/vitest"
import { Policy } from "effect-wacht"
import { Fixtures } from "effect-wacht/testing"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Fiber from "effect/Fiber"
import * as Option from "effect/Option"
import * as Random from "effect/Random"
import * as TestClock from "effect/TestClock"
import { ended, type Job, look, makeJob, run, send, settled } from "../../../../src/services/internal/reconcile/job.js"
import { logs } from "./logs.js"
import { elapse, failing, onVirtualTime, timed } from "../policy/harness.js"

const job = Either.getOrThrow(makeJob("createApiKey", { appSlug: "reports" }, {}, "m"))

describe("a job", () => {
  it("has a whole number of rounds, 5 unless one is given", () => {
    const rounds = [undefined, 0, 1, 2.7].map(
      (rounds) => Either.getOrThrow(makeJob("x", { appSlug: "reports" }, { rounds })).rounds
    )
    assert.deepStrictEqual(rounds, [5, 0, 1, 2])
  })

  it("may have nothing to wait for", () => {
    assert.strictEqual(Either.getOrThrow(makeJob("x", { appSlug: "reports" }, { settle: 0 })).settleMillis, 0)
    assert.strictEqual(Either.getOrThrow(makeJob("x", { appSlug: "reports" }, {})).settleMillis, 30_000)
  })

  it("refuses a wait that is none, and a number of rounds that is none", () => {
    const settle = ["soon", -5, Number.NaN, "Infinity", Infinity]
    for (const options of [
      ...settle.map((settle) => ({ settle: settle as "1 second" })),
      { rounds: -1 },
      { rounds: NaN }
    ]) {
      const [error] = Option.toArray(Either.getLeft(makeJob("x", { appSlug: "reports" }, options)))
      const [field, allowed] =
        "rounds" in options ? ["rounds", "0 or more"] : ["settle", "a finite duration of 0 ms or more"]
      assert.containsSubset(error, { _tag: "EncodeError", operation: "x", issues: [{ field, rule: "rule", allowed }] })
      assert.lengthOf(error?.issues ?? [], 1)
    }
  })

  it("says what is alive, or was when it was last seen", () => {
    assert.strictEqual(
      ended(job, "Taken", ["1", "2"]).message,
      "another caller was faster and may hold the secret; alive: 1, 2; marker: m"
    )
    assert.strictEqual(ended(job, "Revoked", []).message, "somebody revoked it meanwhile; alive: none; marker: m")
    assert.strictEqual(
      ended(job, "Unresolved", ["1"]).message,
      "the repair was cut short; last seen alive: 1; marker: m"
    )
    const words = (["Taken", "Several", "None", "Revoked", "Expired", "Different", "Unresolved"] as const).map(
      (reason) => ended(job, reason, ["1"], undefined, reason === "Different" ? ["name", "rules"] : []).message
    )
    assert.deepStrictEqual(words, [
      "another caller was faster and may hold the secret; alive: 1; marker: m",
      "more than one is alive, and nothing tells which is meant; alive: 1; marker: m",
      "it was rotated, and its successor is not listed; alive: 1; marker: m",
      "somebody revoked it meanwhile; alive: 1; marker: m",
      "its time was over before anybody held it; alive: 1; marker: m",
      "an earlier run made it, with other name, rules; alive: 1; marker: m",
      "the repair was cut short; last seen alive: 1; marker: m"
    ])
    assert.strictEqual(
      ended(Either.getOrThrow(makeJob("x", { appSlug: "reports" }, {})), "Several", ["1"]).message,
      "more than one is alive, and nothing tells which is meant; alive: 1"
    )
    const { marker, operation, stoppedBy } = ended(job, "Expired", ["1"])
    assert.deepStrictEqual([operation, marker, stoppedBy], ["createApiKey", Option.some("m"), Option.none()])
    assert.deepStrictEqual(
      ended(Either.getOrThrow(makeJob("x", { appSlug: "reports" }, {})), "None", []).marker,
      Option.none()
    )
  })

  it.effect("says that a deadline leaves less than it would wait", () =>
    Effect.gen(function* () {
      const error = yield* Effect.flip(Policy.operationTimeout("30 seconds")(settled(job, ["1"])))
      assert.strictEqual(
        error.message,
        "the repair was cut short: no time was left to settle; last seen alive: 1; marker: m"
      )
    })
  )

  it.effect("says what stopped it, and that what a lost request made is not named", () =>
    Effect.gen(function* () {
      const sending = Either.getOrThrow(makeJob("x", { appSlug: "reports" }, {}))
      const stop = Fixtures.serverError({ message: "Bad gateway" })
      const stopped = "the repair was cut short; stopped by ServerError: Bad gateway; last seen alive: none"
      assert.strictEqual(ended(sending, "Unresolved", [], stop).message, stopped)
      yield* send(sending, Effect.void)
      assert.strictEqual(
        ended(sending, "Unresolved", [], stop).message,
        `${stopped}, without what a lost request may have made`
      )
      assert.strictEqual(ended(sending, "Revoked", []).message, "somebody revoked it meanwhile; alive: none")
    })
  )

  it.effect("sits out two failures of a look, up to a second and up to two, and says what the third was", () =>
    Effect.gen(function* () {
      const busy = Fixtures.serverError({ isRetryable: true })
      const twice = failing(busy, busy)
      yield* elapse(Effect.withRandom(look(job, twice.call, ["1"]), Random.fixed([0.5])))
      assert.deepStrictEqual(twice.delays(), [500, 1000])
      const error = yield* elapse(Effect.flip(look(job, failing(busy, busy, busy).call, ["1"])))
      assert.containsSubset(error, {
        reason: "Unresolved",
        live: ["1"],
        stoppedBy: { value: { _tag: "ServerError" } }
      })
    })
  )

  it.effect("waits as long as a request may still act", () =>
    Effect.gen(function* () {
      const fiber = yield* Effect.fork(
        settled(Either.getOrThrow(makeJob("x", { appSlug: "reports" }, { settle: "10 seconds" })), [])
      )
      yield* TestClock.adjust("9999 millis")
      assert.isNull(fiber.unsafePoll())
      yield* TestClock.adjust("1 millis")
      yield* Fiber.join(fiber)
    })
  )

  it.effect(
    "says in a warning that it waits for what became of a request, and not that it waits for an earlier run",
    () =>
      Effect.gen(function* () {
        const { lines, logged } = logs()
        const error = Fixtures.outcomeUnknownError({ message: "the connection was lost" })
        yield* logged(elapse(settled(job, [])))
        assert.deepStrictEqual(lines, [])
        yield* logged(elapse(settled(job, [], error)))
        const [line, ...others] = lines
        assert.strictEqual(
          line,
          'WARN createApiKey of "reports": the connection was lost; looking after 30s what became of it; marker: m'
        )
        assert.deepStrictEqual(others, [])
      })
  )

  it.effect("warns where it is interrupted after a request was sent, and only then", () =>
    Effect.gen(function* () {
      const { lines, logged } = logs()
      const interrupted = (self: (job: Job) => Effect.Effect<void>) =>
        Effect.gen(function* () {
          const job = Either.getOrThrow(makeJob("createApiKey", { appSlug: "reports" }, {}, "m"))
          const fiber = yield* Effect.fork(logged(run("ApiKeys", job, self(job))))
          yield* TestClock.adjust("1 second")
          yield* Fiber.interrupt(fiber)
        })
      yield* interrupted(() => Effect.never)
      yield* interrupted((job) => send(job, Effect.void))
      assert.deepStrictEqual(lines, [])
      yield* interrupted((job) => send(job, Effect.never))
      yield* interrupted((job) => Effect.zipRight(send(job, Effect.void), Effect.never))
      const line =
        'WARN createApiKey of "reports" was interrupted: what it sent may act, and nobody has what that makes. A later run takes it up; marker: m'
      assert.deepStrictEqual(lines, [line, line])
    })
  )

  it.effect("has a span of its own", () =>
    Effect.gen(function* () {
      const span = yield* run("OAuth", job, Effect.currentSpan)
      assert.strictEqual(span.name, "effect-wacht.OAuth.createApiKeyReconciled")
    })
  )

  it("waits longer than a timer can", () =>
    onVirtualTime(
      Effect.gen(function* () {
        const { millis } = yield* timed(
          settled(Either.getOrThrow(makeJob("x", { appSlug: "reports" }, { settle: "40 days" })), [])
        )
        assert.strictEqual(millis, 40 * 86_400_000)
      })
    ))

  it.effect("does not begin a wait that the deadline would cut short", () =>
    Effect.gen(function* () {
      const wait = settled(job, ["1"])
      const error = yield* Effect.flip(Policy.operationTimeout("30 seconds")(wait))
      assert.containsSubset(error, { reason: "Unresolved", live: ["1"] })
      const fiber = yield* Effect.fork(Policy.operationTimeout("30001 millis")(wait))
      yield* TestClock.adjust("30 seconds")
      yield* Fiber.join(fiber)
    })
  )
})
