import { assert, describe, it } from "@effect/vitest"
import { OAuth, Policy } from "effect-wacht"
import {
  type CreateOAuthClientInput,
  type OAuthClient,
  OAuthClientRecordId,
  type SigningKey
} from "effect-wacht/schemas"
import { Fixtures } from "effect-wacht/testing"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import { elapse } from "./harness.js"
import { assertFailure, ends, inTurn, type Look, looks, lost } from "./script.js"

type Service = typeof OAuth.OAuth.Service
type Answers<Name extends keyof Service> = ReadonlyArray<ReturnType<Service[Name]>>

const scripted = (script: {
  readonly clients?: ReadonlyArray<Look<OAuthClient>>
  readonly creations?: Answers<"createOAuthClient">
  readonly secrets?: Answers<"rotateOAuthClientSecret">
  readonly keys?: ReadonlyArray<Look<SigningKey>>
  readonly rotations?: Answers<"rotateOAuthAppSigningKey">
}) => {
  const listOAuthClients = looks(script.clients)
  const createOAuthClient = inTurn(script.creations ?? [])
  const rotateOAuthClientSecret = inTurn(script.secrets ?? [])
  const listOAuthAppSigningKeys = looks(script.keys)
  const rotateOAuthAppSigningKey = inTurn(script.rotations ?? [])
  return {
    layer: Layer.mock(OAuth.OAuth)({
      listOAuthClients,
      createOAuthClient,
      rotateOAuthClientSecret,
      listOAuthAppSigningKeys,
      rotateOAuthAppSigningKey
    }),
    created: createOAuthClient.calls,
    secrets: rotateOAuthClientSecret.calls,
    rotations: rotateOAuthAppSigningKey.calls
  }
}

type Script = Parameters<typeof scripted>[0]

const missing = Effect.fail(Fixtures.notFoundError({ message: "OAuth client not found or inactive" }))
/** A proxy's, which says nothing of the client. */
const nowhere = Effect.fail(Fixtures.notFoundError({ message: "Not Found" }))
const invalid = Effect.fail(Fixtures.validationError())
const busy = Effect.fail(Fixtures.rateLimitError())
const unknown = { value: { _tag: "OutcomeUnknownError" } }
const id = OAuthClientRecordId.make("7")
const fresh = Effect.succeed({ clientSecret: Redacted.make("oc_secret_fresh") })

/** How long an effect takes on the clock of the test. */
const timed = <A, E, R>(self: Effect.Effect<A, E, R>) =>
  Effect.map(elapse(Effect.timed(Effect.either(self))), ([time, ended]) => ({ time: Duration.toMillis(time), ended }))

describe("a client's new secret", () => {
  const rotate = (script: Script, options?: Parameters<typeof OAuth.rotateOAuthClientSecretReconciled>[2]) => {
    const { layer, secrets } = scripted(script)
    const run = timed(OAuth.rotateOAuthClientSecretReconciled("app", id, options)).pipe(Effect.provide(layer))
    return Effect.map(run, (all) => ({ ...all, secrets }))
  }
  const failsWith = (error: object, script: Script, options?: Parameters<typeof rotate>[1]) =>
    Effect.map(rotate(script, options), ({ ended, secrets }) => {
      assertFailure(ended, error)
      assert.strictEqual(secrets.length, script.secrets?.length)
    })

  it.effect("is asked for at once in a first run, and after all has settled in a later one", () =>
    Effect.gen(function* () {
      const now = yield* rotate({ secrets: [fresh] })
      assert.deepStrictEqual([now.time, now.ended._tag, now.secrets], [0, "Right", [["app", id]]])
      assert.strictEqual((yield* rotate({ secrets: [fresh] }, { isRerun: false })).time, 0)
      assert.strictEqual((yield* rotate({ secrets: [fresh] }, { isRerun: true })).time, 30_000)
      assert.strictEqual((yield* rotate({ secrets: [fresh] }, { isRerun: true, settle: "5 seconds" })).time, 5000)
    })
  )

  it.effect("is asked for again when a lost request cannot replace it any more", () =>
    Effect.gen(function* () {
      const again = yield* rotate({ secrets: [lost, lost, fresh] })
      assert.deepStrictEqual([again.time, again.ended._tag, again.secrets.length], [60_000, "Right", 3])
    })
  )

  it.effect("is refused as it is while the old one works", () =>
    Effect.gen(function* () {
      yield* failsWith({ _tag: "NotFoundError" }, { secrets: [missing] })
      yield* failsWith({ _tag: "ValidationError" }, { secrets: [invalid] })
    })
  )

  it.effect("is refused with the client's name where nobody may hold one that works", () =>
    Effect.gen(function* () {
      for (const [script, options] of [
        [[lost, missing], {}],
        [[missing], { isRerun: true }]
      ] as const) {
        const error = { ...ends("Revoked", []), stoppedBy: { value: { _tag: "NotFoundError" } } }
        yield* failsWith(error, { secrets: script }, options)
      }
      for (const options of [{}, { isRerun: true }]) {
        const error = { ...ends("Unresolved", ["7"]), stoppedBy: { value: { _tag: "NotFoundError" } } }
        yield* failsWith(error, { secrets: options.isRerun === true ? [nowhere] : [lost, nowhere] }, options)
      }
      const error = { ...ends("Unresolved", ["7"]), stoppedBy: { value: { _tag: "ValidationError" } } }
      yield* failsWith(error, { secrets: [lost, invalid] })
      yield* failsWith(error, { secrets: [lost, invalid] }, { isRerun: true })
      yield* failsWith(ends("Unresolved", ["7"]), { secrets: [busy] }, { isRerun: true })
      // The words alone are no sign either.
      const inOtherWords = Effect.fail(Fixtures.validationError({ message: "OAuth client not found or inactive" }))
      yield* failsWith(ends("Unresolved", ["7"]), { secrets: [lost, inOtherWords] })
    })
  )

  it.effect("is refused as it is where it was asked for wrongly, or of no client, in a later run too", () =>
    Effect.gen(function* () {
      yield* failsWith({ _tag: "ValidationError" }, { secrets: [invalid] }, { isRerun: true })
      const noClient = Effect.fail(Fixtures.notFoundError({ message: "OAuth client not found" }))
      yield* failsWith({ _tag: "NotFoundError" }, { secrets: [noClient] }, { isRerun: true })
      yield* failsWith({ _tag: "NotFoundError" }, { secrets: [lost, noClient] })
      const run = OAuth.rotateOAuthClientSecretReconciled("", "oc_x" as OAuthClientRecordId, { isRerun: true })
      const { ended, time } = yield* timed(run).pipe(Effect.provide(scripted({}).layer))
      assertFailure(ended, { _tag: "EncodeError", issues: [{ field: "appSlug" }, { field: "recordId" }] })
      assert.strictEqual(time, 0)
    })
  )

  it.effect("is named by its client, and by what was lost, where the deadline leaves no time to wait", () =>
    Effect.gen(function* () {
      const inTime = Policy.operationTimeout("30 seconds")
      yield* inTime(failsWith({ ...ends("Unresolved", ["7"]), stoppedBy: unknown }, { secrets: [lost] }))
      yield* inTime(failsWith(ends("Unresolved", ["7"]), { secrets: [] }, { isRerun: true }))
    })
  )

  it.effect("is asked for as often as the rounds say", () =>
    Effect.gen(function* () {
      yield* failsWith(ends("Unresolved", ["7"]), { secrets: [lost] }, { rounds: 0 })
      yield* failsWith(ends("Unresolved", ["7"]), { secrets: [lost, lost] }, { rounds: 1 })
      const error = { ...ends("Unresolved", ["7"]), operation: "rotateOAuthClientSecret", stoppedBy: unknown }
      yield* failsWith(error, { secrets: [lost, lost, lost] }, { rounds: 2 })
    })
  )
})

describe("the creation of a client", () => {
  const asked = { grantTypes: ["authorization_code"], redirectUris: ["https://app.example"] } as const
  const client = (recordId: number, overrides: Partial<OAuthClient> = {}): OAuthClient =>
    Fixtures.oauthClient({
      id: OAuthClientRecordId.make(String(recordId)),
      clientAuthMethod: "client_secret_basic",
      contacts: ["effect-wacht:job"],
      isActive: true,
      clientSecret: Option.none(),
      ...asked,
      ...overrides
    })
  const mine = client(7)
  const dead = client(6, { isActive: false })
  const foreign = client(5, { contacts: ["effect-wacht:another"] })
  const made = Effect.succeed({ ...mine, clientSecret: Option.some(Redacted.make("oc_secret_made")) })
  const input = { clientAuthMethod: "client_secret_basic", ...asked } as const

  type Options = Parameters<typeof OAuth.createOAuthClientReconciled>[2]
  const first: Options = { marker: "job", isRerun: false }
  const later: Options = { marker: "job" }

  const create = (
    script: Script,
    options: Options,
    did: readonly [created: number, rotated: ReadonlyArray<string>],
    sent: CreateOAuthClientInput = input
  ) =>
    Effect.gen(function* () {
      const { created, layer, secrets } = scripted(script)
      const all = yield* timed(OAuth.createOAuthClientReconciled("app", sent, options)).pipe(Effect.provide(layer))
      assert.deepStrictEqual([created.length, secrets.map(([, id]) => String(id))], [...did])
      return all
    })

  const succeeds = (name: string, options: Options, script: Script, ...did: Parameters<typeof create>[2]) =>
    it.effect(name, () =>
      Effect.map(create(script, options, did), ({ ended }) =>
        assert.containsSubset(ended, { _tag: "Right", right: { id: "7" } })
      )
    )
  const fails = (name: string, options: Options, script: Script, error: object, ...did: Parameters<typeof create>[2]) =>
    it.effect(name, () => Effect.map(create(script, options, did), ({ ended }) => assertFailure(ended, error)))

  succeeds("needs no look where nobody else knows the marker", {}, { creations: [made] }, 1, [])
  succeeds("looks once where somebody can", first, { creations: [made], clients: [[foreign, dead, mine]] }, 1, [])
  fails(
    "is named with its rivals",
    first,
    { creations: [made], clients: [[mine, client(8)]] },
    { ...ends("Several", ["7", "8"]), marker: { value: "job" } },
    1,
    []
  )
  fails(
    "is named where no look is possible",
    first,
    { creations: [made], clients: [missing] },
    { ...ends("Unresolved", ["7"]), stoppedBy: { value: { _tag: "NotFoundError" } } },
    1,
    []
  )
  fails(
    "ends where only a rival is left",
    first,
    { creations: [made], clients: [[client(8), client(7, { isActive: false })]] },
    ends("Taken", ["8"]),
    1,
    []
  )
  fails(
    "ends where somebody took it out of use",
    first,
    { creations: [made], clients: [[foreign, client(7, { isActive: false })]] },
    ends("Revoked", []),
    1,
    []
  )
  const unmarked = client(7, { contacts: ["ops@app.example"] })
  succeeds(
    "stays the run's own where somebody took its marker off",
    first,
    { creations: [made], clients: [[unmarked]] },
    1,
    []
  )
  fails(
    "is named with its rivals though somebody took its marker off",
    first,
    { creations: [made], clients: [[unmarked, client(8)]] },
    ends("Several", ["7", "8"]),
    1,
    []
  )
  fails(
    "names it where it is not listed, as it may be alive",
    first,
    { creations: [made], clients: [[client(8)]] },
    ends("Unresolved", ["8", "7"]),
    1,
    []
  )

  succeeds("is repeated where it made nothing", first, { creations: [lost, made], clients: [[foreign], [mine]] }, 2, [])
  succeeds(
    "gives a new secret where the first was lost",
    first,
    { creations: [lost], clients: [[foreign, dead, mine], [mine]], secrets: [fresh] },
    1,
    ["7"]
  )
  succeeds(
    "has its rounds anew where it takes over what it found",
    { ...first, rounds: 1 },
    { creations: [lost, lost], clients: [[], [mine], [mine]], secrets: [lost, fresh] },
    2,
    ["7", "7"]
  )
  it.effect("gives a new secret whatever is done with it", () =>
    Effect.gen(function* () {
      for (const clientAuthMethod of ["client_secret_post", "client_secret_jwt"] as const) {
        const found = client(7, { clientAuthMethod })
        const script = { creations: [lost], clients: [[found], [found]], secrets: [fresh] }
        const all = yield* create(script, first, [1, ["7"]], { ...asked, clientAuthMethod })
        assert.containsSubset(all.ended, { _tag: "Right", right: { id: "7" } })
      }
    })
  )
  it.effect("needs no secret where the method has none", () =>
    Effect.gen(function* () {
      const found = client(7, { clientAuthMethod: "none" })
      const sent = { ...asked, clientAuthMethod: "none" } as const
      const all = yield* create({ creations: [lost], clients: [[found]] }, first, [1, []], sent)
      assert.containsSubset(all.ended, { _tag: "Right", right: { id: "7" } })
    })
  )
  const wider = client(7, { redirectUris: ["https://app.example", "https://evil.example"], skipConsent: true })
  fails(
    "hands out none that an earlier run made with other fields, and names them",
    later,
    { clients: [[wider], [wider]] },
    {
      ...ends("Different", ["7"]),
      message: "an earlier run made it, with other redirectUris, skipConsent; alive: 7; marker: job"
    },
    0,
    []
  )
  succeeds(
    "leaves its words as the earlier run made them",
    later,
    { clients: [[mine], [client(7, { clientName: Option.some("Other") })], [mine]], secrets: [fresh] },
    0,
    ["7"]
  )
  fails(
    "leaves alone what came up while it waited: whoever made it may be alive",
    later,
    { clients: [[foreign], [mine]] },
    ends("Taken", ["7"]),
    0,
    []
  )
  fails(
    "is not brought back in a later run, whenever it was deactivated",
    later,
    { clients: [[mine], [dead]] },
    ends("Revoked", []),
    0,
    []
  )
  fails(
    "names several that are there in a later run",
    later,
    { clients: [[], [mine, client(8)]] },
    ends("Several", ["7", "8"]),
    0,
    []
  )
  fails("is not brought back", first, { creations: [lost], clients: [[dead]] }, ends("Revoked", []), 1, [])
  fails("names several", first, { creations: [lost], clients: [[mine, client(8)]] }, ends("Several", ["7", "8"]), 1, [])
  fails(
    "names the client whose secret nobody holds where a new one is refused",
    first,
    { creations: [lost], clients: [[mine]], secrets: [invalid] },
    ends("Unresolved", ["7"]),
    1,
    ["7"]
  )
  fails("passes a refusal on", first, { creations: [lost, invalid], clients: [[]] }, { _tag: "ValidationError" }, 2, [])
  fails(
    "is given up at once without rounds",
    { ...first, rounds: 0 },
    { creations: [lost], clients: [[foreign]] },
    ends("Unresolved", []),
    1,
    []
  )
  fails(
    "is repeated as often as the rounds say",
    { ...first, rounds: 1 },
    { creations: [lost, lost], clients: [[], []] },
    ends("Unresolved", []),
    2,
    []
  )
  fails(
    "is counted down with each of its rounds",
    { ...first, rounds: 2 },
    { creations: [lost, lost, lost], clients: [[], [], []] },
    { ...ends("Unresolved", []), operation: "createOAuthClient", stoppedBy: unknown },
    3,
    []
  )
  it.effect("says what was lost where the deadline leaves no time to look", () =>
    Effect.map(Policy.operationTimeout("30 seconds")(create({ creations: [lost] }, first, [1, []])), ({ ended }) =>
      assertFailure(ended, { ...ends("Unresolved", []), stoppedBy: unknown })
    )
  )

  it.effect("is looked for first in a later run, when all has settled", () =>
    Effect.gen(function* () {
      const found = yield* create({ clients: [[mine], [mine], [mine]], secrets: [fresh] }, later, [0, ["7"]])
      assert.deepStrictEqual([found.time, found.ended._tag], [30_000, "Right"])
      const none = yield* create({ clients: [[foreign], [foreign], [mine]], creations: [made] }, later, [1, []])
      assert.deepStrictEqual([none.time, none.ended._tag], [30_000, "Right"])
      const now = yield* create({ clients: [[mine]], creations: [made] }, first, [1, []])
      assert.strictEqual(now.time, 0)
      const unshared = yield* create({ creations: [] }, { isRerun: true }, [0, []])
      assertFailure(unshared.ended, { _tag: "EncodeError", field: "marker" })
    })
  )
})

describe("a signing key's rotation", () => {
  const key = (kid: string, status: "active" | "retired" = "active"): SigningKey => Fixtures.signingKey({ kid, status })
  const old = key("old")
  const made = Effect.succeed({ new: key("new") })
  const after = [key("new"), key("old", "retired")]

  type Options = Parameters<typeof OAuth.rotateOAuthAppSigningKeyReconciled>[1]
  const rotate = (script: Script, options?: Options) =>
    Effect.gen(function* () {
      const { layer, rotations } = scripted(script)
      const all = yield* timed(OAuth.rotateOAuthAppSigningKeyReconciled("app", options)).pipe(Effect.provide(layer))
      return { ...all, sent: rotations.length }
    })
  const failsWith = (error: object, script: Script, sent: number, options?: Options) =>
    Effect.map(rotate(script, options), (all) => {
      assert.strictEqual(all.sent, sent)
      assertFailure(all.ended, error)
    })

  it.effect("waits first where an earlier run may have sent something", () =>
    Effect.gen(function* () {
      for (const [options, time] of [
        [undefined, 0],
        [{ isRerun: false }, 0],
        [{ isRerun: true }, 30_000],
        [{ replaces: "old" }, 30_000],
        [{ replaces: "old", isRerun: false }, 0]
      ] as const) {
        const all = yield* rotate({ keys: [[old]], rotations: [made] }, options)
        assert.deepStrictEqual([all.time, all.sent, all.ended._tag], [time, 1, "Right"])
      }
    })
  )

  it.effect("is done where another key than the one replaced is active", () =>
    Effect.gen(function* () {
      const done = yield* rotate({ keys: [after] }, { replaces: "old" })
      assert.strictEqual(done.sent, 0)
      assert.containsSubset(done.ended, { _tag: "Right", right: { new: { kid: "new" } } })
      // A retired one is no sign.
      assert.strictEqual(
        (yield* rotate({ keys: [[key("x", "retired"), old]], rotations: [made] }, { replaces: "old" })).sent,
        1
      )
      assert.strictEqual((yield* rotate({ keys: [after], rotations: [made] })).sent, 1)
    })
  )

  it.effect("is found done, or done again, after a lost answer", () =>
    Effect.gen(function* () {
      const found = yield* rotate({ keys: [[old], after], rotations: [lost] })
      assert.containsSubset(found, { time: 30_000, sent: 1, ended: { right: { new: { kid: "new" } } } })
      const again = yield* rotate({ keys: [[old], [old]], rotations: [lost, made] })
      assert.containsSubset(again, { sent: 2, ended: { right: { new: { kid: "new" } } } })
    })
  )

  it.effect("ends where somebody took the new key out of use, or before anything is known", () =>
    Effect.gen(function* () {
      const retired = [key("old"), key("new", "retired"), key("older", "retired")]
      const before = [old, key("older", "retired")]
      const revoked = { ...ends("Revoked", ["old"]), operation: "rotateOAuthAppSigningKey", stoppedBy: unknown }
      yield* failsWith(revoked, { keys: [before, retired], rotations: [lost] }, 1)
      yield* failsWith(ends("Unresolved", ["old"]), { keys: [before, before], rotations: [lost] }, 1, { rounds: 0 })
      yield* failsWith(ends("Unresolved", []), { keys: [before, [key("old", "retired")]], rotations: [lost] }, 1, {
        rounds: 0
      })
      const inTime = Policy.operationTimeout("30 seconds")
      yield* inTime(failsWith(ends("Unresolved", []), {}, 0, { replaces: "old" }))
      const unresolved = { ...ends("Unresolved", ["old"]), stoppedBy: unknown }
      for (const rounds of [1, 2]) {
        const looks = Array.from({ length: rounds + 2 }, () => before)
        const rotations = Array.from({ length: rounds + 1 }, () => lost)
        yield* failsWith(unresolved, { keys: looks, rotations }, rounds + 1, { rounds })
      }
      yield* failsWith(
        { _tag: "ConflictError" },
        { keys: [[old]], rotations: [Effect.fail(Fixtures.conflictError())] },
        1
      )
    })
  )

  it.effect("is found done where another caller rotated the key to be replaced at the same moment", () =>
    Effect.gen(function* () {
      const conflict = Effect.fail(Fixtures.conflictError())
      const options = { replaces: "old" }
      const done = yield* rotate({ keys: [[old], after], rotations: [conflict] }, options)
      assert.containsSubset(done.ended, { _tag: "Right", right: { new: { kid: "new" } } })
      yield* failsWith({ _tag: "ConflictError" }, { keys: [[old], [old]], rotations: [conflict] }, 1, options)
      yield* failsWith(ends("Unresolved", []), { keys: [[old], missing], rotations: [conflict] }, 1, options)
      const run = OAuth.rotateOAuthAppSigningKeyReconciled("..", options)
      const { ended, time } = yield* timed(run).pipe(Effect.provide(scripted({}).layer))
      assertFailure(ended, { _tag: "EncodeError", field: "appSlug" })
      assert.strictEqual(time, 0)
    })
  )

  it.effect("names the keys that were active where no look is possible", () =>
    Effect.gen(function* () {
      const before = [old, key("older", "retired")]
      yield* failsWith(ends("Unresolved", ["old"]), { keys: [before, missing], rotations: [lost] }, 1)
      const { layer } = scripted({ keys: [before], rotations: [lost] })
      const run = Policy.operationTimeout("10 seconds")(OAuth.rotateOAuthAppSigningKeyReconciled("app"))
      const error = { ...ends("Unresolved", ["old"]), stoppedBy: unknown }
      assertFailure(yield* Effect.either(run).pipe(Effect.provide(layer)), error)
    })
  )
})
