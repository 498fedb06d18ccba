import { assert, it } from "@effect/vitest"
import { ApiKeys, Policy, Wacht } from "effect-wacht"
import { Emulator, Fault } from "effect-wacht/testing"
import type * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as TestClock from "effect/TestClock"
import { describe } from "vitest"
import { alive, elapse, fail, makeApp, secretOf, sent, Services } from "./harness.js"

const app = "billing"

const scenario = (name: string, test: Effect.Effect<void, unknown, Effect.Effect.Context<ReturnType<typeof setUp>>>) =>
  it.effect(name, () => Effect.zipRight(setUp(), test).pipe(Effect.provide(Services)))

const setUp = () => Effect.zipRight(makeApp(app), Effect.all([sent("x"), ApiKeys.ApiKeys]))

const losses = [
  ["loseBefore", Fault.loseBefore],
  ["loseAfter", Fault.loseAfter],
  ["cutBody", Fault.cutBody],
  ["stallBody", Fault.stallBody]
] as const

/** Exactly one live key, whose secret is the one in hand. */
const isTheOne = (key: { readonly id: string; readonly secret: Redacted.Redacted }) =>
  Effect.gen(function* () {
    assert.deepStrictEqual(yield* alive(app), [key.id])
    assert.strictEqual(Redacted.value(key.secret), yield* secretOf(key.id))
  })

const interruptAfter = <A, E, R>(self: Effect.Effect<A, E, R>, duration: `${number} seconds`) =>
  Effect.gen(function* () {
    const fiber = yield* Effect.fork(self)
    yield* TestClock.adjust(duration)
    yield* Fiber.interrupt(fiber)
  })

describe("createApiKeyReconciled", () => {
  /** As an earlier run of the job makes it. */
  const makeMarked = (marker: string) =>
    Effect.flatMap(ApiKeys.ApiKeys, (keys) =>
      keys.createApiKey(app, { name: "first", metadata: { effect_wacht_marker: marker } })
    )

  scenario(
    "sends one request and waits for nothing where all goes well",
    Effect.gen(function* () {
      const key = yield* ApiKeys.createApiKeyReconciled(app, { name: "first", metadata: { team: "a" } })
      yield* isTheOne(key)
      assert.strictEqual(yield* sent("listApiKeys"), 1)
      assert.containsSubset(key.metadata, { team: "a" })
      assert.isString((key.metadata as Record<string, unknown>)["effect_wacht_marker"])
    })
  )

  for (const [name, fault] of losses) {
    scenario(
      `ends with one key in hand after ${name}`,
      Effect.gen(function* () {
        yield* fail("createApiKey", fault)
        yield* isTheOne(yield* elapse(ApiKeys.createApiKeyReconciled(app, { name: "first" })))
        assert.strictEqual(yield* sent("createApiKey"), name === "loseBefore" ? 2 : 1)
      })
    )
  }

  scenario(
    "ends with one key in hand where the repairs are lost as well",
    Effect.gen(function* () {
      yield* fail("createApiKey", Fault.loseAfter)
      yield* fail("rotateApiKey", Fault.loseAfter)
      yield* fail("rotateApiKey", Fault.loseBefore)
      yield* fail("rotateApiKey", Fault.status(500, { acts: true }))
      yield* fail("listApiKeys", Fault.html(502))
      yield* isTheOne(yield* elapse(ApiKeys.createApiKeyReconciled(app, { name: "first" })))
    })
  )

  scenario(
    "takes up what a crashed run with the same marker left",
    Effect.gen(function* () {
      yield* fail("createApiKey", Fault.loseAfter)
      yield* interruptAfter(ApiKeys.createApiKeyReconciled(app, { name: "first" }, { marker: "job-1" }), "31 seconds")
      assert.lengthOf(yield* alive(app), 1)
      yield* isTheOne(yield* elapse(ApiKeys.createApiKeyReconciled(app, { name: "first" }, { marker: "job-1" })))
      assert.strictEqual(yield* sent("createApiKey"), 1)
    })
  )

  scenario(
    "waits before it looks in a run that may not be the first, and not where it is",
    Effect.gen(function* () {
      const fiber = yield* Effect.fork(ApiKeys.createApiKeyReconciled(app, { name: "first" }, { marker: "job-2" }))
      yield* TestClock.adjust("29 seconds")
      assert.deepStrictEqual([yield* sent("listApiKeys"), yield* sent("createApiKey")], [1, 0])
      yield* TestClock.adjust("1 seconds")
      yield* isTheOne(yield* Fiber.join(fiber))
      const options = { marker: "job-3", isRerun: false }
      yield* ApiKeys.createApiKeyReconciled(app, { name: "second" }, options)
      assert.lengthOf(yield* alive(app), 2)
    })
  )

  scenario(
    "sits out two failures of a look in a row, the first look of a later run too",
    Effect.gen(function* () {
      yield* makeMarked("job-8")
      yield* fail("listApiKeys", Fault.status(503), 2)
      yield* isTheOne(yield* elapse(ApiKeys.createApiKeyReconciled(app, { name: "first" }, { marker: "job-8" })))
    })
  )

  scenario(
    "names what was there before it waited, and its marker, where no look is possible any more",
    Effect.gen(function* () {
      yield* makeMarked("job-9")
      const run = ApiKeys.createApiKeyReconciled(app, { name: "first" }, { marker: "job-9" })
      const fiber = yield* Effect.fork(Effect.flip(run))
      yield* TestClock.adjust("1 seconds")
      yield* fail("listApiKeys", Fault.status(401))
      yield* TestClock.adjust("1 minute")
      assert.containsSubset(yield* Fiber.join(fiber), {
        _tag: "ReconciliationError",
        reason: "Unresolved",
        live: yield* alive(app),
        marker: { value: "job-9" },
        stoppedBy: { value: { _tag: "AuthenticationError" } }
      })
    })
  )

  scenario(
    "leaves one key alive where two runs create at once, and tells the other who has it",
    Effect.gen(function* () {
      const run = ApiKeys.createApiKeyReconciled(app, { name: "first" }, { marker: "job-4" })
      const [a, b] = yield* elapse(Effect.all([Effect.either(run), Effect.either(run)], { concurrency: 2 }))
      const [kept, refused] = a._tag === "Right" ? [a, b] : [b, a]
      assert.strictEqual(kept._tag, "Right")
      if (kept._tag === "Right") yield* isTheOne(kept.right)
      assert.strictEqual(refused._tag, "Left")
      if (refused._tag === "Left" && refused.left._tag === "ReconciliationError") {
        assert.strictEqual(refused.left.reason, "Taken")
        assert.deepStrictEqual(refused.left.live, yield* alive(app))
      } else assert.fail("expected a ReconciliationError")
    })
  )

  /** Nothing that lives is left out. */
  const namesAll = (error: unknown) =>
    Effect.map(alive(app), (live) => {
      assert.containsSubset(error, { _tag: "ReconciliationError", reason: "Several" })
      assert.lengthOf(live, 2)
      if (typeof error !== "object" || error === null || !("live" in error)) return assert.fail("expected live keys")
      assert.sameMembers(error.live as Array<string>, [...live])
    })

  scenario(
    "names what became of its own key where that was rotated before it could be taken back",
    Effect.gen(function* () {
      const keys = yield* ApiKeys.ApiKeys
      yield* makeMarked("job-6")
      yield* TestClock.adjust("1 seconds")
      const stolen: Context.Tag.Service<ApiKeys.ApiKeys> = {
        ...keys,
        revokeApiKey: (slug, id, input) =>
          Effect.zipRight(Effect.orDie(keys.rotateApiKey(slug, id)), keys.revokeApiKey(slug, id, input))
      }
      const run = ApiKeys.createApiKeyReconciled(app, { name: "first" }, { marker: "job-6", isRerun: false })
      yield* namesAll(yield* elapse(Effect.flip(Effect.provideService(run, ApiKeys.ApiKeys, stolen))))
    })
  )

  for (const [what, takesBack] of [
    ["keeps what it took over where the maker of a younger key takes that back", true],
    ["names both where a key was made while it took over another", false]
  ] as const) {
    scenario(
      what,
      Effect.gen(function* () {
        const keys = yield* ApiKeys.ApiKeys
        yield* makeMarked("job-7")
        const rivalled: Context.Tag.Service<ApiKeys.ApiKeys> = {
          ...keys,
          rotateApiKey: (slug, id) =>
            Effect.gen(function* () {
              const made = yield* keys.rotateApiKey(slug, id)
              yield* TestClock.adjust("1 millis")
              const rival = yield* Effect.orDie(makeMarked("job-7").pipe(Effect.provideService(ApiKeys.ApiKeys, keys)))
              const takeBack = Effect.delay(Effect.orDie(keys.revokeApiKey(slug, rival.id)), "10 seconds")
              if (takesBack) yield* Effect.forkDaemon(takeBack)
              return made
            })
        }
        const run = Effect.either(ApiKeys.createApiKeyReconciled(app, { name: "first" }, { marker: "job-7" }))
        const ended = yield* elapse(Effect.provideService(run, ApiKeys.ApiKeys, rivalled))
        if (takesBack) {
          assert.strictEqual(ended._tag, "Right")
          if (ended._tag === "Right") yield* isTheOne(ended.right)
        } else {
          assert.strictEqual(ended._tag, "Left")
          if (ended._tag === "Left") yield* namesAll(ended.left)
        }
      })
    )
  }

  scenario(
    "does not bring back a key that somebody revoked meanwhile",
    Effect.gen(function* () {
      yield* fail("createApiKey", Fault.loseAfter)
      const fiber = yield* Effect.fork(Effect.flip(ApiKeys.createApiKeyReconciled(app, { name: "first" })))
      yield* TestClock.adjust("1 seconds")
      const keys = yield* ApiKeys.ApiKeys
      for (const { id } of yield* keys.listApiKeys(app)) yield* keys.revokeApiKey(app, id)
      yield* TestClock.adjust("1 minute")
      const error = yield* Fiber.join(fiber)
      assert.containsSubset(error, { _tag: "ReconciliationError", reason: "Revoked", live: [] })
      assert.deepStrictEqual(yield* alive(app), [])
    })
  )

  scenario(
    "names the live key where the repair is cut short",
    Effect.gen(function* () {
      yield* fail("createApiKey", Fault.loseAfter)
      yield* fail("rotateApiKey", Fault.status(401))
      const error = yield* elapse(Effect.flip(ApiKeys.createApiKeyReconciled(app, { name: "first" })))
      const live = yield* alive(app)
      assert.containsSubset(error, { _tag: "ReconciliationError", reason: "Unresolved", live })
      assert.lengthOf(live, 1)
    })
  )

  scenario(
    "refuses metadata that is no object, or that has another marker, before anything is sent",
    Effect.gen(function* () {
      const { requests } = yield* Emulator.Emulator
      const before = (yield* requests).length
      for (const metadata of [[1], "text", 1, true, null, new Date(0), { effect_wacht_marker: "another" }]) {
        const error = yield* Effect.flip(ApiKeys.createApiKeyReconciled(app, { name: "first", metadata }))
        assert.strictEqual(error._tag, "EncodeError")
        assert.match(error._tag === "EncodeError" ? error.field : "", /^metadata/)
      }
      const error = yield* Effect.flip(ApiKeys.createApiKeyReconciled(app, { name: "first" }, { marker: " " }))
      assert.strictEqual(error._tag, "EncodeError")
      assert.lengthOf(yield* requests, before)
    })
  )

  scenario(
    "passes on what certainly did not act",
    Effect.gen(function* () {
      yield* fail("createApiKey", Fault.refuseConnection)
      const error = yield* Effect.flip(ApiKeys.createApiKeyReconciled(app, { name: "first" }))
      assert.containsSubset(error, { _tag: "TransportError", reason: "NotSent" })
      const missing = yield* Effect.flip(ApiKeys.createApiKeyReconciled("nowhere", { name: "first" }))
      assert.strictEqual(missing._tag, "NotFoundError")
    })
  )
})

describe("rotateApiKeyReconciled", () => {
  const original = Effect.flatMap(ApiKeys.ApiKeys, (keys) => keys.createApiKey(app, { name: "first" }))

  for (const [name, fault] of losses) {
    scenario(
      `ends with one successor in hand after ${name}`,
      Effect.gen(function* () {
        const { id } = yield* original
        yield* fail("rotateApiKey", fault)
        yield* isTheOne(yield* elapse(ApiKeys.rotateApiKeyReconciled(app, id)))
        assert.strictEqual(yield* sent("rotateApiKey"), 2)
      })
    )
  }

  scenario(
    "takes up what a crashed run left, by the same key id",
    Effect.gen(function* () {
      const { id } = yield* original
      yield* fail("rotateApiKey", Fault.loseAfter)
      yield* interruptAfter(ApiKeys.rotateApiKeyReconciled(app, id), "10 seconds")
      yield* fail("rotateApiKey", Fault.loseAfter)
      yield* interruptAfter(ApiKeys.rotateApiKeyReconciled(app, id), "45 seconds")
      yield* fail("listApiKeys", Fault.status(503), 2)
      yield* isTheOne(yield* elapse(ApiKeys.rotateApiKeyReconciled(app, id)))
    })
  )

  scenario(
    "sits out two failures in a row of the first look at dead keys",
    Effect.gen(function* () {
      const keys = yield* ApiKeys.ApiKeys
      const { id } = yield* original
      yield* keys.rotateApiKey(app, id)
      const { failNext } = yield* Emulator.Emulator
      yield* failNext(Fault.status(503), { when: ({ query }) => query.includes("include_inactive=true") }, 2)
      yield* isTheOne(yield* elapse(ApiKeys.rotateApiKeyReconciled(app, id)))
    })
  )

  scenario(
    "leaves alone what another caller made while it was told what there is",
    Effect.gen(function* () {
      const keys = yield* ApiKeys.ApiKeys
      const { id } = yield* original
      const earlier = yield* keys.rotateApiKey(app, id)
      const meanwhile = yield* Effect.cached(Effect.orDie(keys.rotateApiKey(app, earlier.id)))
      const listApiKeys: typeof keys.listApiKeys = (slug, query) =>
        Effect.zipRight(query?.includeInactive === true ? meanwhile : Effect.void, keys.listApiKeys(slug, query))
      const late = Effect.provideService(ApiKeys.rotateApiKeyReconciled(app, id), ApiKeys.ApiKeys, {
        ...keys,
        listApiKeys
      })
      const error = yield* elapse(Effect.flip(late))
      const held = yield* meanwhile
      assert.containsSubset(error, { _tag: "ReconciliationError", reason: "Taken", live: [held.id] })
      yield* isTheOne(held)
    })
  )

  scenario(
    "lets one of two callers win, and tells the other who has it",
    Effect.gen(function* () {
      const { id } = yield* original
      const run = Effect.either(ApiKeys.rotateApiKeyReconciled(app, id))
      const results = yield* elapse(Effect.all([run, run, run], { concurrency: 3 }))
      const won = results.flatMap((each) => (each._tag === "Right" ? [each.right] : []))
      assert.lengthOf(won, 1)
      for (const key of won) yield* isTheOne(key)
      const live = yield* alive(app)
      for (const each of results) {
        if (each._tag === "Left") {
          assert.containsSubset(each.left, { _tag: "ReconciliationError", reason: "Taken", live })
        }
      }
    })
  )

  scenario(
    "does not bring back a key that somebody revoked, whatever reason was given",
    Effect.gen(function* () {
      const { id } = yield* original
      const keys = yield* ApiKeys.ApiKeys
      yield* keys.revokeApiKey(app, id, { reason: "leaked" })
      const error = yield* Effect.flip(ApiKeys.rotateApiKeyReconciled(app, id))
      assert.containsSubset(error, { _tag: "ReconciliationError", reason: "Revoked", live: [] })
      const other = yield* original
      yield* keys.revokeApiKey(app, other.id, { reason: "Rotated" })
      const none = yield* elapse(Effect.flip(ApiKeys.rotateApiKeyReconciled(app, other.id)))
      assert.containsSubset(none, { _tag: "ReconciliationError", reason: "None", live: [] })
      assert.deepStrictEqual(yield* alive(app), [])
    })
  )

  scenario(
    "passes on a refusal that left the key as it was",
    Effect.gen(function* () {
      const { id } = yield* original
      const keys = yield* ApiKeys.ApiKeys
      yield* keys.updateApiAuthApp(app, { isActive: false })
      const error = yield* Effect.flip(ApiKeys.rotateApiKeyReconciled(app, id))
      assert.containsSubset(error, { _tag: "NotFoundError" })
      assert.deepStrictEqual(yield* alive(app), [id])
    })
  )

  scenario(
    "ends at once where the deadline leaves no time to look",
    Effect.gen(function* () {
      const { id } = yield* original
      yield* fail("rotateApiKey", Fault.loseAfter)
      const error = yield* Effect.flip(Policy.operationTimeout("10 seconds")(ApiKeys.rotateApiKeyReconciled(app, id)))
      assert.containsSubset(error, { _tag: "ReconciliationError", reason: "Unresolved", live: [id] })
    })
  )
})

describe("an app that has rotated for years", () => {
  /** The app's live keys fit an answer, its dead ones do not. */
  const Narrow = Layer.unwrapEffect(
    Effect.map(Emulator.Emulator, ({ apiKey }) => Wacht.layer({ apiKey, maxAnswerBytes: 5000 }))
  ).pipe(Layer.provideMerge(Emulator.layer()))

  const rotated = Effect.gen(function* () {
    const keys = yield* ApiKeys.ApiKeys
    yield* makeApp(app)
    const first = yield* keys.createApiKey(app, { name: "first" })
    const rotations = Array.from({ length: 20 })
    const last = yield* Effect.reduce(rotations, first, (key) => keys.rotateApiKey(app, key.id))
    const all = yield* Effect.flip(keys.listApiKeys(app, { includeInactive: true }))
    assert.containsSubset(all, { _tag: "DecodeError", reason: "TooLarge" })
    return last
  })

  it.effect("has its keys rotated", () =>
    Effect.gen(function* () {
      const { id } = yield* rotated
      yield* isTheOne(yield* ApiKeys.rotateApiKeyReconciled(app, id))
    }).pipe(Effect.provide(Narrow))
  )

  it.effect("has keys made with a marker", () =>
    Effect.gen(function* () {
      const { id } = yield* rotated
      const options = { marker: "job", isRerun: false }
      const key = yield* ApiKeys.createApiKeyReconciled(app, { name: "second" }, options)
      assert.deepStrictEqual(yield* alive(app), [key.id, id])
    }).pipe(Effect.provide(Narrow))
  )
})
