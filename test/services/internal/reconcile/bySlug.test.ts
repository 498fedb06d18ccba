import { assert, describe, it } from "@effect/vitest"
import { Policy } from "effect-wacht"
import { Fixtures } from "effect-wacht/testing"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import type * as Option from "effect/Option"
import { createNamed, type Named } from "../../../../src/services/internal/reconcile/bySlug.js"
import { makeJob } from "../../../../src/services/internal/reconcile/job.js"
import { elapse } from "./harness.js"
import { assertFailure, ends, inTurn, lost } from "./script.js"

interface Thing {
  readonly slug: string
  readonly size: number
}
type Creation = Named<Thing, Effect.Effect.Error<typeof conflict | typeof invalid>>

const conflict = Effect.fail(Fixtures.conflictError({ message: "exists" }))
const invalid = Effect.fail(Fixtures.validationError())
const made = Effect.succeed({ slug: "s", size: 1 })
const none = Effect.succeedNone
const same = Effect.succeedSome({ slug: "s", size: 1 })
const other = Effect.succeedSome({ slug: "s", size: 2 })

interface Script {
  readonly creations: ReadonlyArray<Creation["create"]>
  readonly looks?: ReadonlyArray<Creation["read"]>
  readonly isRerun?: boolean
  readonly rounds?: number
}

const run = ({ creations, isRerun = false, looks = [], rounds }: Script) =>
  Effect.gen(function* () {
    const create = inTurn<[], Thing, Effect.Effect.Error<Creation["create"]>>(creations)
    const read = inTurn<[], Option.Option<Thing>, Effect.Effect.Error<Creation["read"]>>(looks)
    const ended = yield* elapse(
      Effect.either(
        createNamed({
          job: Either.getOrThrow(makeJob("createThing", { slug: "s" }, { rounds })),
          slug: "s",
          isRerun,
          create: Effect.suspend(create),
          read: Effect.suspend(read),
          differences: ({ size }) => (size === 1 ? [] : ["size"])
        })
      )
    )
    assert.deepStrictEqual([create.calls.length, read.calls.length], [creations.length, looks.length])
    return ended
  })

const succeeds = (name: string, script: Script) =>
  it.effect(name, () => Effect.map(run(script), (ended) => assert.containsSubset(ended, { right: { size: 1 } })))
const fails = (name: string, script: Script, error: object) =>
  it.effect(name, () => Effect.map(run(script), (ended) => assertFailure(ended, error)))

const exists = { _tag: "ConflictError", message: "exists" }
const differs = { _tag: "ConflictError", message: "there is one of this slug already, which differs in: size" }

describe("what a slug names", () => {
  succeeds("is created", { creations: [made] })
  fails("is in conflict with what was there before a first run", { creations: [conflict] }, exists)
  succeeds("is found by a later run", { creations: [conflict], looks: [same], isRerun: true })
  it.effect("is looked at by a later run without a wait", () =>
    Effect.map(
      Policy.operationTimeout("1 second")(run({ creations: [conflict], looks: [same], isRerun: true })),
      (ended) => assert.containsSubset(ended, { right: { size: 1 } })
    )
  )
  fails("is another one in a later run", { creations: [conflict], looks: [other], isRerun: true }, differs)
  fails("is in conflict with what cannot be read", { creations: [conflict], looks: [none], isRerun: true }, exists)
  fails("passes a refusal on, in a later run too", { creations: [invalid], isRerun: true }, { _tag: "ValidationError" })

  succeeds("is found after a lost answer", { creations: [lost], looks: [same] })
  fails("is another one after a lost answer", { creations: [lost], looks: [other] }, differs)
  succeeds("is created again where the lost request did nothing", { creations: [lost, made], looks: [none] })
  succeeds("is found where the lost request acted late", { creations: [lost, conflict], looks: [none, same] })
  fails(
    "passes a refusal on after a lost answer",
    { creations: [lost, invalid], looks: [none] },
    { _tag: "ValidationError" }
  )

  fails("is given up at once without rounds", { creations: [lost], looks: [none], rounds: 0 }, ends("Unresolved", []))
  fails(
    "is tried as often as the rounds say",
    { creations: [lost, lost], looks: [none, none], rounds: 1 },
    ends("Unresolved", [])
  )
  fails(
    "is counted down with each of its rounds",
    { creations: [lost, lost, lost], looks: [none, none, none], rounds: 2 },
    ends("Unresolved", [])
  )
  fails("is named where no look is possible", { creations: [lost], looks: [invalid] }, ends("Unresolved", ["s"]))
  fails(
    "is named where no look is possible after a conflict",
    { creations: [conflict], looks: [invalid], isRerun: true },
    ends("Unresolved", ["s"])
  )
  it.effect("is named with what was lost where the deadline leaves no time to look", () =>
    Effect.map(Policy.operationTimeout("30 seconds")(run({ creations: [lost] })), (ended) =>
      assertFailure(ended, { ...ends("Unresolved", ["s"]), stoppedBy: { value: { _tag: "OutcomeUnknownError" } } })
    )
  )
})
