import { assert, describe, it } from "@effect/vitest"
import { ApiKeys, Policy } from "effect-wacht"
import { Timestamp } from "effect-wacht/schemas"
import { Fixtures } from "effect-wacht/testing"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { elapse } from "./harness.js"
import { assertFailure, ends, key, lost, revoked, rotated, scripted, used, withSecret } from "./script.js"

type Script = Parameters<typeof scripted>[0]
type Options = Parameters<typeof ApiKeys.createApiKeyReconciled>[2]

/** What a run did, by the ids of what it touched. */
interface Did {
  readonly created?: number
  readonly rotated?: ReadonlyArray<string>
  readonly revoked?: ReadonlyArray<string>
}

const first: Options = { marker: "job", isRerun: false }
const later: Options = { marker: "job" }

const run = (script: Script, options: Options, did: Did) =>
  Effect.gen(function* () {
    const { created, layer, revokedIds, rotatedIds } = scripted(script)
    const creation = ApiKeys.createApiKeyReconciled("app", { name: "k" }, options)
    const ended = yield* elapse(Effect.either(creation)).pipe(Effect.provide(layer))
    assert.deepStrictEqual(
      [created.length, rotatedIds(), revokedIds()],
      [did.created ?? 0, did.rotated ?? [], did.revoked ?? []]
    )
    return ended
  })

const succeeds = (name: string, options: Options, script: Script, id: string, did: Did) =>
  it.effect(name, () =>
    Effect.map(run(script, options, did), (ended) => assert.containsSubset(ended, { _tag: "Right", right: { id } }))
  )

const fails = (name: string, options: Options, script: Script, error: object, did: Did) =>
  it.effect(name, () => Effect.map(run(script, options, did), (ended) => assertFailure(ended, error)))

const mine = key(5, 50)
const made = Effect.succeed(withSecret(mine))
const done = Effect.void
const older = key(1, 10)
const younger = key(9, 90)
/** An older one and the one that was just made. */
const both = [older, mine]
const takenBack = key(5, 50, revoked(60))
const foreign = key(3, 30, { metadata: {} })
const missing = Effect.fail(Fixtures.notFoundError())
const invalid = Effect.fail(Fixtures.validationError())
const busy = Effect.fail(Fixtures.serverError({ isRetryable: true }))

describe("a key that was just made", () => {
  succeeds("is given out without a look where nobody else knows the marker", {}, { creations: [made] }, "5", {
    created: 1
  })
  fails(
    "is not made by a later run that cannot know the first one's",
    { isRerun: true },
    { creations: [] },
    { _tag: "EncodeError", field: "marker" },
    { created: 0 }
  )
  succeeds("is given out where it is the job's only one", first, { creations: [made], lists: [[foreign, mine]] }, "5", {
    created: 1
  })
  succeeds(
    "is given out where the job's others are dead",
    first,
    { creations: [made], lists: [[key(1, 10, revoked(20)), mine]] },
    "5",
    { created: 1 }
  )
  it.effect("is given out without a wait where the job's other one dies between two looks", () =>
    Effect.gen(function* () {
      const lists = [both, [key(1, 10, revoked(55)), mine]]
      const layer = Layer.mock(ApiKeys.ApiKeys)({
        createApiKey: () => made,
        listApiKeys: () => Effect.sync(() => lists.shift() ?? [])
      })
      const creation = ApiKeys.createApiKeyReconciled("app", { name: "k" }, first)
      const given = yield* Policy.operationTimeout("10 seconds")(creation).pipe(Effect.provide(layer))
      assert.strictEqual(given.id, mine.id)
    })
  )
  succeeds("is given out where it is listed twice", first, { creations: [made], lists: [[mine, foreign, mine]] }, "5", {
    created: 1
  })
  fails(
    "is named where it is not listed, as it may be alive",
    first,
    { creations: [made], lists: [[foreign]] },
    ends("Unresolved", ["5"]),
    { created: 1 }
  )
  fails(
    "is named beside those of other runs where it is not listed",
    first,
    { creations: [made], lists: [[older, younger]] },
    ends("Unresolved", ["1", "9", "5"]),
    { created: 1 }
  )
  fails(
    "is not given out where somebody revoked it",
    first,
    { creations: [made], lists: [[key(5, 50, revoked(60))]] },
    ends("Revoked", []),
    { created: 1 }
  )
  fails(
    "is not given out where somebody rotated it",
    first,
    { creations: [made], lists: [[key(5, 50, rotated(60)), key(6, 60)]] },
    ends("Taken", ["6"]),
    { created: 1 }
  )
  fails(
    "is not given out where somebody rotated it and what that made is not listed",
    first,
    { creations: [made], lists: [[key(5, 50, rotated(60))]] },
    ends("None", []),
    { created: 1 }
  )

  fails(
    "is taken back where another run made one first",
    first,
    {
      creations: [made],
      lists: [
        [older, mine, younger],
        [older, takenBack, younger]
      ],
      revocations: [done]
    },
    ends("Taken", ["1", "9"]),
    { created: 1, revoked: ["5"] }
  )
  fails(
    "is taken back where another run made one first, and a third makes one meanwhile",
    first,
    { creations: [made], lists: [both, [older, takenBack, younger]], revocations: [done] },
    ends("Taken", ["1", "9"]),
    { created: 1, revoked: ["5"] }
  )
  it.effect("is taken back with the reason", () =>
    Effect.gen(function* () {
      const lists = [both, [older, takenBack]]
      const { layer, revocations } = scripted({ creations: [made], lists, revocations: [done] })
      yield* Effect.flip(ApiKeys.createApiKeyReconciled("app", { name: "k" }, first)).pipe(Effect.provide(layer))
      assert.deepStrictEqual(revocations, [["app", mine.id, { reason: "another run of the job made one first" }]])
    })
  )
  fails(
    "is named where no look is possible",
    first,
    { creations: [made], lists: [missing] },
    { ...ends("Unresolved", ["5"]), stoppedBy: { value: { _tag: "NotFoundError" } } },
    { created: 1 }
  )
  fails(
    "is named beside an older one where no look is possible after it was taken back",
    first,
    { creations: [made], lists: [both, missing], revocations: [done] },
    ends("Unresolved", ["1", "5"]),
    { created: 1, revoked: ["5"] }
  )
  fails(
    "is named beside a younger one where no second look is possible",
    first,
    { creations: [made], lists: [[mine, younger], missing] },
    ends("Unresolved", ["5", "9"]),
    { created: 1 }
  )
  fails(
    "is taken back though that fails at first",
    first,
    {
      creations: [made],
      lists: [both, [older, takenBack]],
      revocations: [busy, busy, done]
    },
    ends("Taken", ["1"]),
    { created: 1, revoked: ["5", "5", "5"] }
  )
  fails(
    "is named with the others where it cannot be taken back",
    first,
    { creations: [made], lists: [both], revocations: [invalid] },
    { ...ends("Several", ["1", "5"]), stoppedBy: { value: { _tag: "ValidationError" } } },
    { created: 1, revoked: ["5"] }
  )
  fails(
    "is followed where it was rotated before it could be taken back",
    first,
    {
      creations: [made],
      lists: [both, [older, key(5, 50, rotated(60)), key(6, 60)]],
      revocations: [missing]
    },
    ends("Several", ["1", "6"]),
    { created: 1, revoked: ["5"] }
  )
  fails(
    "is followed where it was rotated though a policy says that it was taken back",
    first,
    {
      creations: [made],
      lists: [both, [older, key(5, 50, rotated(60)), key(6, 60)]],
      revocations: [done]
    },
    ends("Several", ["1", "6"]),
    { created: 1, revoked: ["5"] }
  )
  fails(
    "is named with the others where the server does not find it to take it back, though it is alive",
    first,
    {
      creations: [made],
      lists: [both, both],
      revocations: [missing]
    },
    ends("Several", ["1", "5"]),
    { created: 1, revoked: ["5"] }
  )
  fails(
    "is named beside the older one where it is listed as alive though it was taken back",
    first,
    {
      creations: [made],
      lists: [both, both],
      revocations: [done]
    },
    { _tag: "ReconciliationError", live: ["1", "5"] },
    { created: 1, revoked: ["5"] }
  )
  fails(
    "is forgotten where it and all others are dead when it was taken back",
    first,
    {
      creations: [made],
      lists: [both, [key(1, 10, revoked(70)), takenBack]],
      revocations: [done]
    },
    ends("Revoked", []),
    { created: 1, revoked: ["5"] }
  )
  fails(
    "is forgotten where it was revoked before it could be taken back",
    first,
    {
      creations: [made],
      lists: [both, [older, key(5, 50, revoked(60))]],
      revocations: [missing]
    },
    ends("Taken", ["1"]),
    { created: 1, revoked: ["5"] }
  )

  succeeds(
    "stays where the maker of a younger one takes that back",
    first,
    {
      creations: [made],
      lists: [
        [mine, younger],
        [mine, key(9, 90, revoked(95))]
      ]
    },
    "5",
    { created: 1 }
  )
  succeeds(
    "stays where the only older one is dead and the maker of a younger one takes that back",
    first,
    {
      creations: [made],
      lists: [
        [key(1, 10, revoked(20)), mine, younger],
        [key(1, 10, revoked(20)), mine, key(9, 90, revoked(95))]
      ]
    },
    "5",
    { created: 1 }
  )
  fails(
    "is named where a younger one stays",
    first,
    {
      creations: [made],
      lists: [
        [mine, younger],
        [mine, younger]
      ]
    },
    ends("Several", ["5", "9"]),
    { created: 1 }
  )
  const atOnce = [key(1, 10, rotated(50)), mine, key(6, 50)]
  fails(
    "is named with one that was made at its very moment, which may be what another run's rotation made",
    first,
    { creations: [made], lists: [atOnce, atOnce] },
    ends("Several", ["5", "6"]),
    { created: 1 }
  )
  succeeds(
    "stays where one that was made at its very moment is dead later",
    first,
    { creations: [made], lists: [atOnce, [key(1, 10, rotated(50)), mine, key(6, 50, revoked(60))]] },
    "5",
    { created: 1 }
  )
  fails(
    "is not given out where only the younger one stays",
    first,
    {
      creations: [made],
      lists: [
        [mine, younger],
        [key(5, 50, revoked(95)), younger]
      ]
    },
    ends("Taken", ["9"]),
    { created: 1 }
  )
  fails(
    "is not given out where neither stays",
    first,
    {
      creations: [made],
      lists: [
        [mine, younger],
        [key(5, 50, revoked(95)), key(9, 90, revoked(95))]
      ]
    },
    ends("Revoked", []),
    { created: 1 }
  )
})

describe("a creation whose answer was lost", () => {
  it.effect("says so where the deadline leaves no time to look", () =>
    Effect.map(Policy.operationTimeout("30 seconds")(run({ creations: [lost] }, first, { created: 1 })), (ended) =>
      assertFailure(ended, { ...ends("Unresolved", []), stoppedBy: { value: { _tag: "OutcomeUnknownError" } } })
    )
  )
  const next = Effect.succeed(withSecret(key(6, 60)))
  const rotatedMine = [key(5, 50, rotated(60)), key(6, 60)]

  succeeds(
    "is repeated where it made nothing",
    first,
    { creations: [lost, made], lists: [[foreign], [foreign, mine]] },
    "5",
    { created: 2 }
  )
  succeeds(
    "is rotated where it made a key that nobody holds",
    first,
    { creations: [lost], lists: [[mine], rotatedMine], rotations: [next] },
    "6",
    { created: 1, rotated: ["5"] }
  )
  succeeds(
    "is rotated where the job's others are dead",
    first,
    {
      creations: [lost],
      lists: [
        [key(1, 10, revoked(20)), mine],
        [key(1, 10, revoked(20)), ...rotatedMine]
      ],
      rotations: [next]
    },
    "6",
    { created: 1, rotated: ["5"] }
  )
  succeeds(
    "has its rounds anew where it takes over what it found",
    { ...first, rounds: 1 },
    { creations: [lost, lost], lists: [[], [mine], [mine], rotatedMine], rotations: [lost, next] },
    "6",
    { created: 2, rotated: ["5", "5"] }
  )
  fails(
    "is named where its key, which nobody holds, cannot be rotated",
    first,
    { creations: [lost], lists: [[mine]], rotations: [invalid] },
    { ...ends("Unresolved", ["5"]), stoppedBy: { value: { _tag: "ValidationError" } } },
    { created: 1, rotated: ["5"] }
  )
  fails(
    "is named where its key, which nobody holds, was not rotated and cannot be",
    first,
    { creations: [lost], lists: [[mine], [mine]], rotations: [lost, invalid] },
    { ...ends("Unresolved", ["5"]), stoppedBy: { value: { _tag: "ValidationError" } } },
    { created: 1, rotated: ["5", "5"] }
  )
  fails(
    "is given out to nobody where another run made a key while it was rotated",
    first,
    { creations: [lost], lists: [[mine], [...rotatedMine, younger], [...rotatedMine, younger]], rotations: [next] },
    ends("Several", ["6", "9"]),
    { created: 1, rotated: ["5"] }
  )
  fails(
    "is left alone where somebody uses its key",
    first,
    { creations: [lost], lists: [[key(5, 50, used)]] },
    ends("Taken", ["5"]),
    {
      created: 1
    }
  )
  fails(
    "is left alone where somebody rotated its key, who holds the secret",
    first,
    { creations: [lost], lists: [rotatedMine] },
    ends("Taken", ["6"]),
    { created: 1 }
  )
  fails(
    "is over where somebody revoked all of it",
    first,
    { creations: [lost], lists: [[key(5, 50, revoked(60))]] },
    ends("Revoked", []),
    { created: 1 }
  )
  fails("is named where several are alive", first, { creations: [lost], lists: [both] }, ends("Several", ["1", "5"]), {
    created: 1
  })
  fails(
    "is given up after the rounds that were asked for",
    { ...first, rounds: 0 },
    { creations: [lost], lists: [[]] },
    { ...ends("Unresolved", []), stoppedBy: { value: { _tag: "OutcomeUnknownError" } } },
    { created: 1 }
  )
  fails(
    "is repeated so often and not more",
    { ...first, rounds: 1 },
    { creations: [lost, lost], lists: [[], []] },
    ends("Unresolved", []),
    { created: 2 }
  )
  fails(
    "is counted down with each of its rounds",
    { ...first, rounds: 2 },
    { creations: [lost, lost, lost], lists: [[], [], []] },
    ends("Unresolved", []),
    { created: 3 }
  )
  fails(
    "is not repeated after a refusal",
    first,
    { creations: [lost, invalid], lists: [[]] },
    { _tag: "ValidationError" },
    {
      created: 2
    }
  )
})

describe("a later run", () => {
  const next = Effect.succeed(withSecret(key(7, 70)))

  succeeds("creates where nothing was made", later, { creations: [made], lists: [[foreign], [foreign], [mine]] }, "5", {
    created: 1
  })
  succeeds(
    "takes over what was there before it began, rotations too",
    later,
    {
      lists: [
        [key(5, 50, rotated(60)), key(6, 60)],
        [key(5, 50, rotated(60)), key(6, 60)],
        [key(5, 50, rotated(60)), key(6, 60, rotated(70)), key(7, 70)]
      ],
      rotations: [next]
    },
    "7",
    { rotated: ["6"] }
  )
  fails(
    "leaves alone what came up while it waited: a run that is alive may hold it",
    later,
    { lists: [[], [mine]] },
    ends("Taken", ["5"]),
    {}
  )
  fails(
    "leaves alone what was rotated while it waited",
    later,
    { lists: [[mine], [key(5, 50, rotated(60)), key(6, 60)]] },
    ends("Taken", ["6"]),
    {}
  )
  fails("names several", later, { lists: [[older], both] }, ends("Several", ["1", "5"]), {})
  fails(
    "does not bring back what was revoked",
    later,
    { lists: [[mine], [key(5, 50, revoked(60))]] },
    ends("Revoked", []),
    {}
  )
  const until = (text: string) => ({ expiresAt: Timestamp.parse(text) })
  // The test's clock begins with the epoch; the run has waited for 30 s when it decides.
  const over = key(5, 50, until("1970-01-01T00:00:30Z"))
  fails("names one whose time is over", later, { lists: [[over], [over]] }, ends("Expired", ["5"]), {})
  const lasts = key(5, 50, until("1970-01-01T00:15:00Z"))
  succeeds(
    "takes over one whose time is not over yet",
    later,
    { lists: [[lasts], [lasts], [key(5, 50, rotated(70)), key(7, 70)]], rotations: [next] },
    "7",
    { rotated: ["5"] }
  )
  const wider = key(5, 50, { permissions: ["admin"] })
  fails(
    "hands out none with other permissions",
    later,
    { lists: [[wider], [wider]] },
    { ...ends("Different", ["5"]), message: "an earlier run made it, with other permissions; alive: 5; marker: job" },
    {}
  )
  fails(
    "names what it saw where no second look is possible",
    later,
    { lists: [[foreign, takenBack, key(6, 70)], missing] },
    ends("Unresolved", ["6"]),
    {}
  )
  fails("passes on that no first look is possible", later, { lists: [missing] }, { _tag: "NotFoundError" }, {})
  it.effect("names what it saw where the deadline leaves no time to wait", () =>
    Effect.map(Policy.operationTimeout("30 seconds")(run({ lists: [[mine]] }, later, {})), (ended) =>
      assertFailure(ended, ends("Unresolved", ["5"]))
    )
  )
  fails(
    "says which was followed to no end",
    later,
    { lists: [[key(5, 50, rotated(60))], [key(5, 50, rotated(60))]] },
    ends("None", []),
    {}
  )
})

describe("what a creation is given", () => {
  const refuses = (name: string, field: string, create: Effect.Effect<unknown, unknown, ApiKeys.ApiKeys>) =>
    it.effect(`is looked at before anything is sent or waited for: ${name}`, () =>
      Effect.gen(function* () {
        const { created, layer } = scripted({})
        const error = yield* Effect.flip(create).pipe(Effect.provide(layer))
        assert.containsSubset(error, { _tag: "EncodeError", operation: "createApiKey", issues: [{ field }] })
        assert.strictEqual(created.length, 0)
      })
    )
  const create = ApiKeys.createApiKeyReconciled
  refuses("a name with a NUL", "name", create("app", { name: "k\0" }, later))
  refuses("a field that is unknown", "nme", create("app", Object.assign({ name: "k" }, { nme: "x" }), later))
  refuses("a wait that is none", "settle", create("app", { name: "k" }, { ...later, settle: -1 }))
  refuses("a marker that is blank", "marker", create("app", { name: "k" }, { marker: "" }))
  refuses("a marker that cannot be sent", "marker", create("app", { name: "k" }, { marker: "a\0b" }))
})
