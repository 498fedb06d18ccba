import { assert, describe, it } from "@effect/vitest"
import { ApiKeys } from "effect-wacht"
import { Emulator, Fault, Rules } from "effect-wacht/testing"
import * as ConfigProvider from "effect/ConfigProvider"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import * as TestClock from "effect/TestClock"
import { spawnSync } from "node:child_process"
import { getSession } from "../../examples/any-route.js"
import { findOrCreate } from "../../examples/errors.js"
import { guard } from "../../examples/guard.js"
import { deactivateAll, schemes } from "../../examples/policies.js"
import { issueKey } from "../../examples/quickstart.js"
import { provisionKey, rotate } from "../../examples/reconcile.js"
import { addDailyRule } from "../../examples/schemes.js"
import { Live as OverUndici } from "../../examples/undici-client.js"

const reports = Effect.flatMap(ApiKeys.ApiKeys, (keys) =>
  keys.createApiAuthApp({ appSlug: "reports", name: "Reports", keyPrefix: "acme" })
)

describe("the examples", () => {
  it.effect("quickstart issues a key", () =>
    Effect.gen(function* () {
      yield* reports
      const secret = yield* issueKey
      assert.match(Redacted.value(secret), /^acme_[\w-]{43}$/)
    }).pipe(Effect.provide(Emulator.layerWacht()))
  )

  it.effect("any-route calls a route that no service covers", () =>
    Effect.gen(function* () {
      assert.deepStrictEqual(yield* getSession("a/b"), { id: "a/b", active: true })
      const { requests } = yield* Rules.Rules
      assert.deepStrictEqual(
        (yield* requests).map(({ path }) => path),
        ["/sessions/a%2Fb"]
      )
    }).pipe(
      Effect.provide(
        Rules.layerWacht([Rules.on(Rules.route("GET", "/sessions/{id}"), Rules.json({ id: "a/b", active: true }))])
      )
    )
  )

  it.effect("undici-client needs a key", () =>
    Effect.gen(function* () {
      const keys = { WACHT_API_KEY: "wsk_live_example_example" }
      const withEnvironment = (values: Readonly<Record<string, string>>) =>
        Effect.withConfigProvider(ConfigProvider.fromMap(new Map(Object.entries(values))))
      const service = yield* ApiKeys.ApiKeys.pipe(Effect.provide(OverUndici), withEnvironment(keys))
      assert.isFunction(service.getApiAuthApp)
      const error = yield* Effect.flip(ApiKeys.ApiKeys.pipe(Effect.provide(OverUndici), withEnvironment({})))
      assert.include(String(error), "WACHT_API_KEY")
    })
  )

  it.effect("errors finds what it created before", () =>
    Effect.gen(function* () {
      const first = yield* findOrCreate("acme-reports")
      const second = yield* findOrCreate("acme-reports")
      assert.strictEqual(second.createdAt.text, first.createdAt.text)
    }).pipe(Effect.provide(Emulator.layerWacht()))
  )

  it.effect("guard lets a key with the permission pass, and tells a denial from a bad credential", () =>
    Effect.gen(function* () {
      yield* reports
      const keys = yield* ApiKeys.ApiKeys
      const good = yield* issueKey
      const caller = (token: string) => ({ token, clientIp: "203.0.113.7", userAgent: "curl/8" })
      const plain = yield* keys.createApiKey("reports", { name: "no permission" })
      assert.strictEqual(
        (yield* guard(caller(Redacted.value(good)), "/v1")).pipe((option) => option._tag),
        "Some"
      )
      const denied = yield* Effect.flip(guard(caller(Redacted.value(plain.secret)), "/v1"))
      assert.deepInclude(denied, { _tag: "Unauthorized", reason: "permission_denied" })
      const unknown = yield* Effect.flip(guard(caller(`acme_${"x".repeat(43)}`), "/v1"))
      assert.deepInclude(unknown, { _tag: "Unauthorized", reason: "unknown, revoked or expired" })
      const { data } = yield* keys.getApiAuditLogs("reports")
      assert.deepStrictEqual(
        data.map(({ clientIp, userAgent }) => [clientIp, Option.getOrNull(userAgent)]),
        Array.from({ length: 2 }, () => ["203.0.113.7", "curl/8"])
      )
    }).pipe(Effect.provide(Emulator.layerWacht()))
  )

  it.effect("policies repeat, limit and pace", () =>
    Effect.gen(function* () {
      yield* reports
      const emulator = yield* Emulator.Emulator
      yield* emulator.failNext(Fault.status(503))
      const running = yield* Effect.fork(schemes)
      yield* TestClock.adjust("10 seconds")
      assert.deepStrictEqual(yield* Fiber.join(running), [])
      yield* emulator.failEvery(Fault.delay("1 hour"))
      const slow = yield* Effect.fork(Effect.flip(schemes))
      yield* TestClock.adjust("14 seconds")
      assert.isTrue(Option.isNone(yield* Fiber.poll(slow)))
      yield* TestClock.adjust("1 second")
      assert.deepInclude(yield* Fiber.join(slow), { _tag: "TimeoutError", limit: "operation" })
      yield* emulator.clearFaults
      const pacing = yield* Effect.fork(deactivateAll(Array.from({ length: 601 }, () => "reports")))
      yield* TestClock.adjust("30 seconds")
      assert.isTrue(Option.isNone(yield* Fiber.poll(pacing)))
      yield* TestClock.adjust("1 minute")
      const apps = yield* Fiber.join(pacing)
      assert.isTrue(apps.every(({ isActive }) => !isActive))
    }).pipe(Effect.provide(Emulator.layerWacht()))
  )

  it.effect("reconcile gets a key in hand though its answer was lost", () =>
    Effect.gen(function* () {
      yield* reports
      const emulator = yield* Emulator.Emulator
      const keys = yield* ApiKeys.ApiKeys
      yield* emulator.failNext(Fault.loseAfter, { operation: "createApiKey" })
      const creating = yield* Effect.fork(provisionKey("job-1", false))
      yield* TestClock.adjust("5 minutes")
      const key = yield* Fiber.join(creating)
      yield* emulator.failNext(Fault.loseAfter, { operation: "rotateApiKey" })
      const rotating = yield* Effect.fork(rotate(key.id))
      yield* TestClock.adjust("5 minutes")
      const rotated = yield* Fiber.join(rotating)
      assert.deepStrictEqual(
        (yield* keys.listApiKeys("reports")).map(({ id }) => id),
        [rotated.id]
      )
    }).pipe(Effect.provide(Emulator.layerWacht()))
  )

  it.effect("schemes adds a rule to those that are there", () =>
    Effect.gen(function* () {
      const keys = yield* ApiKeys.ApiKeys
      const rules = [{ unit: "minute", duration: 1, maxRequests: 60 }] as const
      yield* keys.createRateLimitScheme({ slug: "free", name: "Free", rules })
      const scheme = yield* addDailyRule
      assert.deepStrictEqual(
        scheme.rules.map(({ maxRequests, unit }) => [unit, maxRequests]),
        [
          ["minute", 60],
          ["day", 1000]
        ]
      )
    }).pipe(Effect.provide(Emulator.layerWacht()))
  )

  it("the demo tells its story and ends well", () => {
    const { status, stdout } = spawnSync(process.execPath, ["node_modules/tsx/dist/cli.mjs", "examples/provision.ts"], {
      encoding: "utf8"
    })
    assert.strictEqual(status, 0, stdout)
    assert.include(stdout, "120 allowed, then denied, rate_limited by 120/60s")
    assert.include(stdout, "refused with 401: Invalid API key")
    assert.include(stdout, "secret <redacted>")
    assert.notMatch(stdout, /acme_live_[\w-]{43}/)
    assert.notInclude(stdout, "\u001b")
  })
})
