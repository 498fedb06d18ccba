import * as HttpClient from "@effect/platform/HttpClient"
import { assert, it } from "@effect/vitest"
import { ApiKeys, Gateway, OAuth, Policy, RequestPolicy, Wacht } from "effect-wacht"
import { TimeoutError } from "effect-wacht/errors"
import { KeyId } from "effect-wacht/schemas"
import { Emulator, Fault } from "effect-wacht/testing"
import * as Clock from "effect/Clock"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import * as Random from "effect/Random"
import * as Stream from "effect/Stream"
import * as TestClock from "effect/TestClock"
import { describe } from "vitest"
import { elapse, fail, sent, Services, timed, onVirtualTime } from "./internal/policy/harness.js"

const operation = "listRateLimitSchemes"
const list = Effect.flatMap(ApiKeys.ApiKeys, (keys) => keys.listRateLimitSchemes())
const below = Layer.unwrapEffect(
  Effect.map(Emulator.Emulator, ({ apiKey }) => Wacht.layer({ apiKey }).pipe(Layer.provide(Policy.layer())))
).pipe(Layer.provideMerge(Emulator.layer()))

describe("RequestPolicy", () => {
  it.effect("is none by default", () =>
    Effect.gen(function* () {
      yield* fail(operation, Fault.status(503))
      assert.strictEqual((yield* Effect.flip(list))._tag, "ServerError")
    }).pipe(Effect.provide(Services))
  )

  for (const [name, layer] of [
    ["beside the services", Layer.merge(Services, Policy.layer())],
    ["below the services", below]
  ] as const) {
    it.effect(`repeats every single call as a layer ${name}`, () =>
      Effect.gen(function* () {
        for (let call = 0; call < 3; call++) {
          yield* fail(operation, Fault.status(503), 2)
          yield* elapse(list)
        }
        assert.strictEqual(yield* sent(operation), 9)
      }).pipe(Effect.provide(layer))
    )
  }

  it.effect("takes a given policy as a layer of either module", () =>
    Effect.gen(function* () {
      yield* fail(operation, Fault.status(503), 2)
      yield* elapse(Effect.provide(list, Policy.layer(Policy.standard)))
      yield* fail(operation, Fault.status(503), 2)
      yield* elapse(Effect.provide(list, RequestPolicy.layer(Policy.standard)))
      assert.strictEqual(yield* sent(operation), 6)
    }).pipe(Effect.provide(Services))
  )

  it.effect("gives way to the one nearer to the call", () =>
    Effect.gen(function* () {
      yield* fail(operation, Fault.status(503), 9)
      const once = Policy.fromOptions({ attempts: 1 })
      yield* elapse(Effect.flip(Policy.withPolicy(Policy.withPolicy(list, once), Policy.standard)))
      assert.strictEqual(yield* sent(operation), 1)
    }).pipe(Effect.provide(below))
  )

  it.effect("is told what it wraps, and keeps the errors of the call", () =>
    Effect.gen(function* () {
      const keys = yield* ApiKeys.ApiKeys
      const oauth = yield* OAuth.OAuth
      const gateway = yield* Gateway.Gateway
      const none = Redacted.make("none")
      const seen: Array<RequestPolicy.CallInfo> = []
      const watching: RequestPolicy.CallPolicy = (call, info) => (seen.push(info), call)
      const errors = yield* Effect.all([
        Effect.flip(keys.getApiAuthApp("none")),
        Effect.flip(keys.revokeApiKey("none", KeyId.make("1"))),
        Effect.flip(keys.createApiKey("none", { name: "a" })),
        Effect.flip(oauth.archiveOAuthScope("none", "a")),
        Effect.flip(gateway.checkAuthz({ principal: { type: "api_key", value: none }, resource: "/", method: "GET" }))
      ]).pipe(Policy.withPolicy(watching))
      assert.deepStrictEqual(
        errors.map(({ _tag }) => _tag),
        ["NotFoundError", "NotFoundError", "NotFoundError", "NotFoundError", "AuthenticationError"]
      )
      assert.deepStrictEqual(seen, [
        { operation: "getApiAuthApp", safety: "safe", isDoneWhenNotFound: false },
        { operation: "revokeApiKey", safety: "idempotent", isDoneWhenNotFound: true },
        { operation: "createApiKey", safety: "unsafe", isDoneWhenNotFound: false },
        { operation: "archiveOAuthScope", safety: "idempotent", isDoneWhenNotFound: false },
        { operation: "checkAuthz", safety: "unsafe", isDoneWhenNotFound: false }
      ])
    }).pipe(Effect.provide(Services))
  )

  it.effect("leaves the outcome of its last request unknown where it fails in its own words", () =>
    Effect.gen(function* () {
      yield* fail("createApiKey", Fault.status(429))
      const late = new TimeoutError({ operation: "createApiKey", message: "too late" })
      const impatient: RequestPolicy.CallPolicy = (call) =>
        Effect.catchAll(call, () => Effect.delay(Effect.zipRight(Effect.ignore(call), Effect.fail(late)), "5 seconds"))
      const create = Effect.flatMap(ApiKeys.ApiKeys, (keys) => keys.createApiKey("none", { name: "a" }))
      const began = yield* Clock.currentTimeMillis
      const error = yield* elapse(Effect.flip(Policy.withPolicy(create, impatient)))
      if (error._tag !== "OutcomeUnknownError") return assert.fail(error._tag)
      assert.deepStrictEqual(
        [error.reason, error.message, DateTime.toEpochMillis(error.startedAt) - began],
        ["Timeout", "too late", 5000]
      )
    }).pipe(Effect.provide(Services))
  )

  it.effect("is interrupted with the call, whatever it waits for", () =>
    Effect.gen(function* () {
      const patient: RequestPolicy.CallPolicy = (call) => Effect.zipRight(Effect.ignore(call), Effect.never)
      const fiber = yield* Effect.forkDaemon(Policy.withPolicy(list, patient))
      yield* TestClock.adjust("1 second")
      assert.strictEqual(yield* sent(operation), 1)
      yield* Fiber.interruptFork(fiber)
      yield* TestClock.adjust("1 second")
      assert.isNotNull(fiber.unsafePoll())
    }).pipe(Effect.provide(Services))
  )

  it.effect("never sees an input that was refused", () =>
    Effect.gen(function* () {
      const keys = yield* ApiKeys.ApiKeys
      const refusing: RequestPolicy.CallPolicy = () => Effect.dieMessage("it was asked")
      const error = yield* Effect.flip(Policy.withPolicy(keys.getApiAuthApp(".."), refusing))
      assert.strictEqual(error._tag, "EncodeError")
    }).pipe(Effect.provide(Services))
  )

  it.effect("repeats only the failed page of a stream", () =>
    Effect.gen(function* () {
      const keys = yield* ApiKeys.ApiKeys
      for (let app = 0; app < 5; app++) {
        yield* keys.createApiAuthApp({ appSlug: `app-${app}`, name: "App", keyPrefix: "sk" })
      }
      const { failNext, requests } = yield* Emulator.Emulator
      yield* failNext(Fault.status(503), { when: ({ query }) => /offset=[1-9]/.test(query) }, 2)
      const all = yield* elapse(
        Stream.runCollect(ApiKeys.streamApiAuthApps({ limit: 2 }, { prefetch: 0 })).pipe(
          Policy.withPolicy(Policy.standard)
        )
      )
      assert.lengthOf([...all], 5)
      const pages = (yield* requests).filter((each) => each.operation === "listApiAuthApps").map(({ query }) => query)
      assert.isAbove(new Set(pages).size, 2)
      assert.strictEqual(pages.length, new Set(pages).size + 2)
    }).pipe(Effect.provide(Services))
  )

  it("gives a call 60 s for all its attempts, unless told otherwise", () =>
    onVirtualTime(
      Effect.gen(function* () {
        yield* fail(operation, Fault.delay("1 hour"), 9)
        const { exit, millis } = yield* timed(Effect.flip(Policy.withPolicy(list, Policy.standard)))
        assert.containsSubset(exit, { value: { _tag: "TimeoutError", limit: "operation" } })
        assert.strictEqual(millis, 60_000)
        assert.strictEqual(yield* sent(operation), 2)
        // Without a delay the second attempt would end by its own limit, in the very same millisecond.
      }).pipe(Effect.withRandom(Random.fixed([0.5])), Effect.provide(Services))
    ))
})

describe("a policy of options", () => {
  it.effect("leaves an attempt the limit in scope, unless it has one of its own", () =>
    Effect.gen(function* () {
      yield* fail(operation, Fault.delay("1 hour"), 9)
      for (const [attemptTimeout, expected] of [
        [undefined, 2000],
        ["3 seconds", 3000]
      ] as const) {
        const call = Policy.withPolicy(list, Policy.fromOptions({ attempts: 1, attemptTimeout }))
        const { millis } = yield* elapse(timed(Policy.attemptTimeout("2 seconds")(call)))
        assert.strictEqual(millis, expected)
      }
    }).pipe(Effect.provide(Services))
  )

  it.effect("paces every attempt", () =>
    Effect.gen(function* () {
      let turns = 0
      const rateLimit: Policy.RateLimit = (self) =>
        Effect.zipRight(
          Effect.sync(() => turns++),
          self
        )
      yield* fail(operation, Fault.status(503), 2)
      yield* elapse(Policy.withPolicy(list, Policy.fromOptions({ rateLimit })))
      assert.strictEqual(turns, 3)
    }).pipe(Effect.provide(Services))
  )

  it.effect("waits a second before it repeats after a 401", () =>
    Effect.gen(function* () {
      yield* fail(operation, Fault.status(401))
      const policy = Policy.fromOptions({ retryAuthentication: true })
      assert.strictEqual((yield* elapse(timed(Policy.withPolicy(list, policy)))).millis, 1000)
    }).pipe(Effect.provide(Services))
  )
})

describe("a repeated delete, revoke, deactivate or compromise", () => {
  const setUp = Effect.gen(function* () {
    const keys = yield* ApiKeys.ApiKeys
    const oauth = yield* OAuth.OAuth
    yield* keys.createApiAuthApp({ appSlug: "app", name: "App", keyPrefix: "sk" })
    yield* keys.createRateLimitScheme({
      slug: "scheme",
      name: "Scheme",
      rules: [{ unit: "minute", duration: 1, maxRequests: 1 }]
    })
    const key = yield* keys.createApiKey("app", { name: "key" })
    const client = yield* oauth.createOAuthClient("acme-oauth", {
      clientAuthMethod: "none",
      grantTypes: ["authorization_code"],
      redirectUris: ["https://app.example"]
    })
    const [signing] = yield* oauth.listOAuthAppSigningKeys("acme-oauth")
    return [
      ["revokeApiKey", keys.revokeApiKey("app", key.id)],
      ["deleteApiAuthApp", keys.deleteApiAuthApp("app")],
      ["deleteRateLimitScheme", keys.deleteRateLimitScheme("scheme")],
      ["deactivateOAuthClient", oauth.deactivateOAuthClient("acme-oauth", client.id)],
      ["compromiseOAuthAppSigningKey", oauth.compromiseOAuthAppSigningKey("acme-oauth", signing?.kid ?? "")]
    ] as const
  })

  it.effect("takes 404 for done where an earlier attempt may have acted", () =>
    Effect.gen(function* () {
      for (const [name, call] of yield* setUp) {
        yield* fail(name, Fault.loseAfter)
        yield* elapse(Policy.withPolicy(call, Policy.standard))
        assert.strictEqual(yield* sent(name), 2)
      }
    }).pipe(Effect.provide(Services))
  )

  it.effect("takes it for done after a status that does not say whether anything was done", () =>
    Effect.gen(function* () {
      for (const [name, call] of yield* setUp) {
        yield* call
        for (const status of [408, 500]) {
          yield* fail(name, Fault.status(status))
          yield* elapse(Policy.withPolicy(call, Policy.standard))
        }
        assert.strictEqual(yield* sent(name), 5)
      }
    }).pipe(Effect.provide(Services))
  )

  it.effect("takes it for done whatever came in between", () =>
    Effect.gen(function* () {
      for (const [name, call] of yield* setUp) {
        yield* fail(name, Fault.loseAfter)
        yield* fail(name, Fault.status(429))
        yield* elapse(Policy.withPolicy(call, Policy.standard))
        assert.strictEqual(yield* sent(name), 3)
      }
    }).pipe(Effect.provide(Services))
  )

  const cut: RequestPolicy.CallPolicy = (call, info) =>
    Policy.standard(
      Effect.flatMap(
        Effect.timeoutOption(call, 500),
        Option.match({ onNone: () => call, onSome: (value) => Effect.succeed(value) })
      ),
      info
    )
  const hedge: RequestPolicy.CallPolicy = (call, info) =>
    Policy.standard(Effect.raceFirst(call, Effect.delay(call, 200)), info)

  for (const [what, policy] of [
    ["was ended by a policy", cut],
    ["is still on its way", hedge]
  ] as const) {
    it.effect(`takes it for done where the earlier attempt ${what}`, () => {
      let isLate = false
      const late = (client: HttpClient.HttpClient) =>
        HttpClient.transform(client, (answer) => {
          const delay = isLate ? 1000 : 0
          isLate = false
          return Effect.tap(answer, Effect.sleep(delay))
        })
      return Effect.gen(function* () {
        for (const [name, call] of yield* setUp) {
          isLate = true
          yield* elapse(Policy.withPolicy(call, policy))
          assert.strictEqual(yield* sent(name), 2)
        }
      }).pipe(
        Effect.provide(
          Layer.unwrapEffect(
            Effect.map(Emulator.Emulator, ({ apiKey }) => Wacht.layer({ apiKey, transformClient: late }))
          ).pipe(Layer.provideMerge(Emulator.layer()))
        )
      )
    })
  }

  it.effect("does not where none can have acted, nor without a policy of this package", () =>
    Effect.gen(function* () {
      for (const [name, call] of yield* setUp) {
        yield* call
        yield* fail(name, Fault.refuseConnection)
        const refused = yield* elapse(Effect.flip(Policy.withPolicy(call, Policy.standard)))
        assert.strictEqual(refused._tag, "NotFoundError", name)
        yield* fail(name, Fault.status(429))
        const throttled = yield* elapse(Effect.flip(Policy.withPolicy(call, Policy.standard)))
        assert.strictEqual(throttled._tag, "NotFoundError", name)
        yield* fail(name, Fault.loseAfter)
        const repeated = yield* elapse(Effect.flip(Policy.retryTransient()(call)))
        assert.strictEqual(repeated._tag, "NotFoundError", name)
      }
    }).pipe(Effect.provide(Services))
  )

  it.effect("does not under a policy that repeats and is none of the recommended stack", () =>
    Effect.gen(function* () {
      const repeating: RequestPolicy.CallPolicy = (call) => Policy.retryTransient()(call)
      for (const [name, call] of yield* setUp) {
        yield* fail(name, Fault.loseAfter)
        const error = yield* elapse(Effect.flip(Policy.withPolicy(call, repeating)))
        assert.strictEqual(error._tag, "NotFoundError", name)
        assert.strictEqual(yield* sent(name), 2)
      }
    }).pipe(Effect.provide(Services))
  )

  it.effect("does not where the 404 speaks of something else", () =>
    Effect.gen(function* () {
      for (const [name, call] of yield* setUp) {
        for (const message of ["Not found", "OAuth app not found", "API key not found"]) {
          yield* fail(name, Fault.loseBefore)
          yield* fail(name, Fault.status(404, { message }))
          const error = yield* elapse(Effect.flip(Policy.withPolicy(call, Policy.standard)))
          assert.strictEqual(error._tag, "NotFoundError", name)
          assert.strictEqual(error.message, message)
        }
      }
    }).pipe(Effect.provide(Services))
  )

  it.effect("does not where another status says so", () =>
    Effect.gen(function* () {
      for (const [name, call] of yield* setUp) {
        yield* call
        const { message } = yield* Effect.flip(call)
        yield* fail(name, Fault.loseBefore)
        yield* fail(name, Fault.status(400, { message }))
        const error = yield* elapse(Effect.flip(Policy.withPolicy(call, Policy.standard)))
        assert.notStrictEqual(error._tag, "NotFoundError", name)
        assert.strictEqual(error.message, message)
      }
    }).pipe(Effect.provide(Services))
  )

  it.effect("judges each call by itself", () =>
    Effect.gen(function* () {
      const [[name, revoke]] = yield* setUp
      yield* fail(name, Fault.loseAfter)
      yield* elapse(Policy.withPolicy(revoke, Policy.standard))
      const again = yield* elapse(Effect.flip(Policy.withPolicy(revoke, Policy.standard)))
      assert.strictEqual(again._tag, "NotFoundError")
    }).pipe(Effect.provide(Services))
  )
})
