import { assert, it } from "@effect/vitest"
import { ApiKeys, Policy, WachtError } from "effect-wacht"
import * as Errors from "effect-wacht/errors"
import { Emulator, Fault, Fixtures } from "effect-wacht/testing"
import * as Data from "effect/Data"
import * as Effect from "effect/Effect"
import * as ExecutionPlan from "effect/ExecutionPlan"
import * as Schedule from "effect/Schedule"
import { describe } from "vitest"
import { elapse, fail, sent, Services } from "./internal/policy/harness.js"

const operation = "listRateLimitSchemes"
const list = Effect.flatMap(ApiKeys.ApiKeys, (keys) => keys.listRateLimitSchemes())

describe("policies together with Effect's own", () => {
  it.effect("Effect.retry with a schedule and isRetryable", () =>
    Effect.gen(function* () {
      yield* fail(operation, Fault.status(503), 4)
      yield* elapse(
        Effect.retry(list, {
          schedule: Schedule.exponential("1 second"),
          times: 4,
          while: (error) => error.isRetryable
        })
      )
      assert.strictEqual(yield* sent(operation), 5)
    }).pipe(Effect.provide(Services))
  )

  it.effect("Effect.retry around retryTransient multiplies", () =>
    Effect.gen(function* () {
      yield* fail(operation, Fault.status(503), 5)
      yield* elapse(Effect.retry(Policy.retryTransient()(list), Schedule.recurs(1)))
      assert.strictEqual(yield* sent(operation), 6)
    }).pipe(Effect.provide(Services))
  )

  it.effect("Effect.retry inside of operationTimeout reads the same deadline", () =>
    Effect.gen(function* () {
      yield* fail(operation, Fault.delay("1 hour"), 99)
      const patient = Effect.retry(Policy.attemptTimeout("3 seconds")(list), {
        schedule: Schedule.spaced("1 second"),
        while: (error) => error.isRetryable
      })
      const error = yield* elapse(Effect.flip(Policy.operationTimeout("10 seconds")(patient)))
      assert.containsSubset(error, { _tag: "TimeoutError", limit: "operation" })
      assert.strictEqual(yield* sent(operation), 3)
    }).pipe(Effect.provide(Services))
  )

  it.effect("Effect.retryOrElse, catchTag and catchGroup see the error that was last", () =>
    Effect.gen(function* () {
      yield* fail(operation, Fault.status(503), 9)
      const fallback = yield* elapse(
        Policy.retryTransient()(list).pipe(WachtError.catchGroup("BusyError", (error) => Effect.succeed(error.status)))
      )
      assert.strictEqual(fallback, 503)
    }).pipe(Effect.provide(Services))
  )

  it.effect("catchGroup takes every error of the package for one of the group of all", () =>
    Effect.gen(function* () {
      const classes = Object.keys(Errors).filter((name) => /^[A-Z]\w*Error$/.test(name))
      assert.sameMembers([...WachtError.groups.WachtError], classes)
      const failed = Effect.fail(Fixtures.reconciliationError())
      const handled = WachtError.catchGroup(failed, "WachtError", () => Effect.succeed("handled"))
      assert.strictEqual(yield* handled, "handled")
    })
  )

  it.effect("catchGroup leaves an app's own error of the same tag alone", () =>
    Effect.gen(function* () {
      class ValidationError extends Data.TaggedError("ValidationError")<{ readonly operation: string }> {}
      const own = new ValidationError({ operation: "import" })
      const handled = WachtError.catchGroup(Effect.fail(own), "InputError", () => Effect.succeed("handled"))
      assert.strictEqual(yield* Effect.flip(handled), own)
      assert.isFalse(WachtError.isWachtError(own))
    })
  )

  it.effect("an ExecutionPlan goes on to its next step", () =>
    Effect.gen(function* () {
      const { failEvery } = yield* Emulator.Emulator
      yield* failEvery(Fault.status(503), { operation })
      const plan = ExecutionPlan.make(
        { provide: Policy.layer({ attempts: 2 }), attempts: 2 },
        { provide: Policy.layer({ attempts: 1 }) }
      )
      yield* elapse(Effect.flip(Effect.withExecutionPlan(list, plan)))
      assert.strictEqual(yield* sent(operation), 5)
    }).pipe(Effect.provide(Services))
  )

  it.effect("Effect.timeout interrupts what is under way", () =>
    Effect.gen(function* () {
      yield* fail(operation, Fault.delay("1 hour"), 9)
      const error = yield* elapse(Effect.flip(Effect.timeout(Policy.retryTransient()(list), "5 seconds")))
      assert.strictEqual(error._tag, "TimeoutException")
      assert.strictEqual(yield* sent(operation), 1)
    }).pipe(Effect.provide(Services))
  )
})
