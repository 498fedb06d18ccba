import { assert, describe, it } from "@effect/vitest"
import { Policy } from "effect-wacht"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as TestClock from "effect/TestClock"
import { ended, makeJob, settled } from "../../../../src/services/internal/reconcile/job.js"

const job = makeJob("createApiKey", {}, "m")

describe("a job", () => {
  it("has a whole number of rounds, 5 unless a usable one is given", () => {
    const rounds = [undefined, 0, 1, 2.7, -1, Number.NaN].map((rounds) => makeJob("x", { rounds }).rounds)
    assert.deepStrictEqual(rounds, [5, 0, 1, 2, 5, 5])
  })

  it("says what is alive, or was when it was last seen", () => {
    assert.strictEqual(
      ended(job, "Taken", ["1", "2"]).message,
      "another caller was faster and may hold the secret; alive: 1, 2"
    )
    assert.strictEqual(ended(job, "Revoked", []).message, "somebody revoked it meanwhile; alive: none")
    assert.strictEqual(ended(job, "Unresolved", ["1"]).message, "the repair was cut short; last seen alive: 1")
  })

  it.effect("waits as long as a request may still act", () =>
    Effect.gen(function* () {
      const fiber = yield* Effect.fork(settled(makeJob("x", { settle: "10 seconds" }), []))
      yield* TestClock.adjust("9999 millis")
      assert.isNull(fiber.unsafePoll())
      yield* TestClock.adjust("1 millis")
      yield* Fiber.join(fiber)
    })
  )

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
