import { assert, describe, it } from "@effect/vitest"
import { Policy } from "effect-wacht"
import { Fixtures } from "effect-wacht/testing"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Fiber from "effect/Fiber"
import * as Option from "effect/Option"
import * as Random from "effect/Random"
import * as TestClock from "effect/TestClock"
import { ended, look, makeJob, settled } from "../../../../src/services/internal/reconcile/job.js"
import { elapse, failing, onVirtualTime, timed } from "../policy/harness.js"

const job = Either.getOrThrow(makeJob("createApiKey", {}, "m"))

describe("a job", () => {
  it("has a whole number of rounds, 5 unless one is given", () => {
    const rounds = [undefined, 0, 1, 2.7].map((rounds) => Either.getOrThrow(makeJob("x", { rounds })).rounds)
    assert.deepStrictEqual(rounds, [5, 0, 1, 2])
  })

  it("may have nothing to wait for", () => {
    assert.strictEqual(Either.getOrThrow(makeJob("x", { settle: 0 })).settleMillis, 0)
    assert.strictEqual(Either.getOrThrow(makeJob("x", {})).settleMillis, 30_000)
  })

  it("refuses a wait that is none, and a number of rounds that is none", () => {
    const settle = ["soon", -5, Number.NaN, "Infinity", Infinity]
    for (const options of [
      ...settle.map((settle) => ({ settle: settle as "1 second" })),
      { rounds: -1 },
      { rounds: NaN }
    ]) {
      const [error] = Option.toArray(Either.getLeft(makeJob("x", options)))
      const [field, allowed] =
        "rounds" in options ? ["rounds", "0 or more"] : ["settle", "a finite duration of 0 ms or more"]
      assert.containsSubset(error, { _tag: "EncodeError", operation: "x", issues: [{ field, rule: "rule", allowed }] })
      assert.lengthOf(error?.issues ?? [], 1)
    }
  })

  it("says what is alive, or was when it was last seen", () => {
    assert.strictEqual(
      ended(job, "Taken", ["1", "2"]).message,
      "another caller was faster and may hold the secret; alive: 1, 2"
    )
    assert.strictEqual(ended(job, "Revoked", []).message, "somebody revoked it meanwhile; alive: none")
    assert.strictEqual(ended(job, "Unresolved", ["1"]).message, "the repair was cut short; last seen alive: 1")
    const words = (["Taken", "Several", "None", "Revoked", "Expired", "Different", "Unresolved"] as const).map(
      (reason) => ended(job, reason, ["1"], undefined, reason === "Different" ? ["name", "rules"] : []).message
    )
    assert.deepStrictEqual(words, [
      "another caller was faster and may hold the secret; alive: 1",
      "more than one is alive, and nothing tells which is meant; alive: 1",
      "it was rotated, and its successor is not listed; alive: 1",
      "somebody revoked it meanwhile; alive: 1",
      "its time was over before anybody held it; alive: 1",
      "an earlier run made it, with other name, rules; alive: 1",
      "the repair was cut short; last seen alive: 1"
    ])
    const { marker, operation, stoppedBy } = ended(job, "Expired", ["1"])
    assert.deepStrictEqual([operation, marker, stoppedBy], ["createApiKey", Option.some("m"), Option.none()])
    assert.deepStrictEqual(ended(Either.getOrThrow(makeJob("x", {})), "None", []).marker, Option.none())
  })

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
      const fiber = yield* Effect.fork(settled(Either.getOrThrow(makeJob("x", { settle: "10 seconds" })), []))
      yield* TestClock.adjust("9999 millis")
      assert.isNull(fiber.unsafePoll())
      yield* TestClock.adjust("1 millis")
      yield* Fiber.join(fiber)
    })
  )

  it("waits longer than a timer can", () =>
    onVirtualTime(
      Effect.gen(function* () {
        const { millis } = yield* timed(settled(Either.getOrThrow(makeJob("x", { settle: "40 days" })), []))
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
