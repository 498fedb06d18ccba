import { assert, describe, it } from "@effect/vitest"
import { ApiKeys } from "effect-wacht"
import { KeyId } from "effect-wacht/schemas"
import { Fixtures } from "effect-wacht/testing"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import { elapse } from "./harness.js"
import { assertFailure, ends, key, lost, revoked, rotated, scripted, used, withSecret } from "./script.js"

type Script = Parameters<typeof scripted>[0]

/** Rotates key 1 against a script; which ids were rotated, and how it ended. */
const run = (script: Script, rounds?: number) =>
  Effect.gen(function* () {
    const { layer, listed, rotatedIds } = scripted(script)
    const rotation = ApiKeys.rotateApiKeyReconciled("app", KeyId.make("1"), { rounds })
    const ended = yield* elapse(Effect.either(rotation)).pipe(Effect.provide(layer))
    assert.isTrue(listed.every(([slug]) => slug === "app"))
    return { ended, ids: rotatedIds() }
  })

const succeeds = (name: string, script: Script, id: string, ids: ReadonlyArray<string>) =>
  it.effect(name, () =>
    Effect.gen(function* () {
      const { ended, ids: found } = yield* run(script)
      assert.containsSubset(ended, { _tag: "Right", right: { id } })
      assert.deepStrictEqual(found, ids)
    })
  )

const fails = (name: string, script: Script, error: object, ids: ReadonlyArray<string>, rounds?: number) =>
  it.effect(name, () =>
    Effect.gen(function* () {
      const { ended, ids: found } = yield* run(script, rounds)
      assertFailure(ended, error)
      assert.deepStrictEqual(found, ids)
    })
  )

const one = key(1, 1)
const other = key(9, 900)
const made = Effect.succeed(withSecret(key(2, 2)))
/** One was rotated at the second microsecond; what its successor is. */
const successor = (overrides?: Parameters<typeof key>[2]) => [key(1, 1, rotated(2)), key(2, 2, overrides), other]
const missing = Effect.fail(Fixtures.notFoundError())
const invalid = Effect.fail(Fixtures.validationError())

describe("the rotation of a key that is alive", () => {
  succeeds("gives its successor out", { lists: [[other, one]], rotations: [made] }, "2", ["1"])
  succeeds(
    "goes for the same key again where the lost request did nothing",
    { lists: [[one], [one]], rotations: [lost, made] },
    "2",
    ["1", "1"]
  )
  succeeds(
    "does so although it is in use: whoever uses it knows nothing of this",
    { lists: [[key(1, 1, used)], [key(1, 1, used)]], rotations: [lost, made] },
    "2",
    ["1", "1"]
  )
  succeeds(
    "rotates what the lost request made",
    { lists: [[one], successor()], rotations: [lost, Effect.succeed(withSecret(key(3, 3)))] },
    "3",
    ["1", "2"]
  )

  fails(
    "leaves alone what somebody uses",
    { lists: [[one], successor(used)], rotations: [lost] },
    ends("Taken", ["2"]),
    ["1"]
  )
  fails(
    "leaves alone what somebody rotated",
    { lists: [[one], [...successor(rotated(3)), key(3, 3)]], rotations: [lost] },
    ends("Taken", ["3"]),
    ["1"]
  )
  fails(
    "ends where somebody revoked what it made",
    { lists: [[one], successor(revoked(5))], rotations: [lost] },
    ends("Revoked", []),
    ["1"]
  )
  fails(
    "names all that were made at its moment",
    { lists: [[one], [...successor(), key(3, 2)]], rotations: [lost] },
    ends("Several", ["2", "3"]),
    ["1"]
  )
  fails(
    "ends where it is not listed any more",
    { lists: [[one], [other]], rotations: [lost] },
    { ...ends("Unresolved", ["1"]), stoppedBy: { value: { _tag: "OutcomeUnknownError" } } },
    ["1"]
  )
  fails(
    "names the key where no look is possible",
    { lists: [[one], missing], rotations: [lost] },
    { ...ends("Unresolved", ["1"]), stoppedBy: { value: { _tag: "NotFoundError" } } },
    ["1"]
  )
  fails(
    "names the key that was not found where no look is possible",
    { lists: [[one], missing], rotations: [missing] },
    { ...ends("Unresolved", ["1"]), stoppedBy: { value: { _tag: "NotFoundError" } } },
    ["1"]
  )
  fails(
    "gives up after the rounds that were asked for, and names what is alive",
    { lists: [[one], successor()], rotations: [lost] },
    { ...ends("Unresolved", ["2"]), stoppedBy: { value: { _tag: "OutcomeUnknownError" } } },
    ["1"],
    0
  )
  fails(
    "counts its rounds",
    { lists: [[one], successor(), [...successor(rotated(3)), key(3, 3)]], rotations: [lost, lost] },
    ends("Unresolved", ["3"]),
    ["1", "2"],
    1
  )

  fails(
    "counts down with each round",
    { lists: [[one], [one], [one], [one]], rotations: [lost, lost, lost] },
    ends("Unresolved", ["1"]),
    ["1", "1", "1"],
    2
  )

  fails("passes a refusal on", { lists: [[one]], rotations: [invalid] }, { _tag: "ValidationError" }, ["1"])
  fails(
    "passes a refusal on while its caller still holds the key",
    { lists: [[one], [one]], rotations: [lost, invalid] },
    { _tag: "ValidationError" },
    ["1", "1"]
  )
  fails(
    "names the key that nobody holds where its rotation is refused",
    { lists: [[one], successor()], rotations: [lost, invalid] },
    { ...ends("Unresolved", ["2"]), stoppedBy: { value: { _tag: "ValidationError" } } },
    ["1", "2"]
  )
  fails(
    "passes on that there is no such key, where there was one",
    { lists: [[other, one], [other]], rotations: [missing] },
    { _tag: "NotFoundError" },
    ["1"]
  )
  fails(
    "passes on that it is not found where it is as it was",
    {
      lists: [
        [other, one],
        [other, one]
      ],
      rotations: [missing]
    },
    { _tag: "NotFoundError" },
    ["1"]
  )
  fails(
    "tells a faster caller's work from a refusal",
    { lists: [[one], successor()], rotations: [missing] },
    ends("Taken", ["2"]),
    ["1"]
  )
})

describe("a look", () => {
  const successorOfTwo = Effect.succeed(withSecret(key(3, 3)))
  for (const [name, script, millis] of [
    ["is not needed where the answer came", { lists: [[one]], rotations: [made] }, 0],
    ["waits for nothing where the server refused", { lists: [[one], [one]], rotations: [missing] }, 0],
    ["waits until a lost request has settled", { lists: [[one], [one]], rotations: [lost, made] }, 30_000],
    [
      "waits until an earlier run's requests have settled",
      { lists: [successor(), successor()], rotations: [successorOfTwo] },
      30_000
    ]
  ] as const) {
    it.effect(name, () =>
      Effect.gen(function* () {
        const began = yield* Clock.currentTimeMillis
        const rotation = ApiKeys.rotateApiKeyReconciled("app", KeyId.make("1"))
        const timed = Effect.zipRight(Effect.either(rotation), Clock.currentTimeMillis)
        const over = yield* elapse(timed).pipe(Effect.provide(scripted(script).layer))
        assert.strictEqual(over - began, millis)
      })
    )
  }
})

describe("the rotation of a key that is not listed", () => {
  fails("is asked of the server", { lists: [[other]], rotations: [missing] }, { _tag: "NotFoundError" }, ["1"])
  succeeds("is given out where it is done all the same", { lists: [[other]], rotations: [made] }, "2", ["1"])
  fails("names the key where its outcome is unknown", { lists: [[]], rotations: [lost] }, ends("Unresolved", ["1"]), [
    "1"
  ])
})

describe("the rotation of a key that was rotated before", () => {
  succeeds(
    "takes up what is alive",
    { lists: [successor(), successor()], rotations: [Effect.succeed(withSecret(key(3, 3)))] },
    "3",
    ["2"]
  )
  succeeds(
    "takes it up where only the successor is listed later",
    { lists: [successor(), [key(2, 2)]], rotations: [Effect.succeed(withSecret(key(3, 3)))] },
    "3",
    ["2"]
  )
  succeeds(
    "goes for it again where the lost request did nothing",
    {
      lists: [successor(), successor(), successor()],
      rotations: [lost, Effect.succeed(withSecret(key(3, 3)))]
    },
    "3",
    ["2", "2"]
  )
  fails(
    "names what nobody holds where its rotation is refused after one that was lost",
    { lists: [successor(), successor(), successor()], rotations: [lost, invalid] },
    { ...ends("Unresolved", ["2"]), stoppedBy: { value: { _tag: "ValidationError" } } },
    ["2", "2"]
  )
  fails("leaves alone what somebody uses", { lists: [successor(used), successor(used)] }, ends("Taken", ["2"]), [])
  fails(
    "leaves alone what somebody began to use while it waited",
    { lists: [successor(), successor(used)] },
    ends("Taken", ["2"]),
    []
  )
  fails(
    "names what nobody holds where the server does not find it, though it is alive",
    { lists: [successor(), successor(), successor()], rotations: [missing] },
    { ...ends("Unresolved", ["2"]), stoppedBy: { value: { _tag: "NotFoundError" } } },
    ["2"]
  )
  fails("ends at once where its successor was revoked", { lists: [successor(revoked(5))] }, ends("Revoked", []), [])
  fails(
    "leaves alone what somebody made while it waited",
    { lists: [successor(), [...successor(rotated(3)), key(3, 3)]] },
    ends("Taken", ["3"]),
    []
  )
  fails(
    "leaves alone what came up while it waited",
    { lists: [[key(1, 1, rotated(2))], successor()] },
    ends("Taken", ["2"]),
    []
  )
  fails(
    "names what it saw where no second look is possible",
    { lists: [successor(), missing] },
    ends("Unresolved", ["2"]),
    []
  )
  fails("sees that it was revoked meanwhile", { lists: [successor(), successor(revoked(9))] }, ends("Revoked", []), [])
  fails("ends where its successor is gone", { lists: [successor(), [key(1, 1, rotated(2))]] }, ends("None", []), [])
  fails(
    "names all that were made at its moment",
    {
      lists: [
        [...successor(), key(3, 2)],
        [...successor(), key(3, 2)]
      ]
    },
    ends("Several", ["2", "3"]),
    []
  )
})
