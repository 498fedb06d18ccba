import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as TestClock from "effect/TestClock"
import { scoped } from "../../../../src/testing/emulator/World.js"
import type { Checked } from "./harness.js"
import { change, credential, deployment, emulate, limit, rule } from "./harness.js"

const verdict = ({ body }: Checked) => [body.allowed, body.reason, body.blocked_rule, body.retry_after]
const limits = ({ body }: Checked) =>
  body.rate_limits.map((state: { readonly rule: string; readonly remaining: number; readonly limit: number }) => [
    state.rule,
    state.remaining,
    state.limit
  ])
const limitHeaders = ({ body }: Checked) =>
  Object.fromEntries(Object.entries(body.headers).filter(([name]) => name.startsWith("x-ratelimit")))

describe("rate limits of a key", () => {
  it.effect("are 1000 a minute per app without a scheme, and with one that does not exist", () =>
    Effect.gen(function* () {
      const { check, key, world } = yield* emulate()
      assert.deepStrictEqual(limits(yield* check(key("iso-and").secret)), [["1000/60s", 999, 1000]])
      const { id, secret } = key("iso-ghost-scheme")
      change(world.apiKeys, id, { rateLimitSchemeSlug: "ghost" })
      assert.deepStrictEqual(limits(yield* check(secret)), [["1000/60s", 999, 1000]])
      // that there is none is not remembered
      const scheme = world.rateLimitSchemes.get(scoped(deployment, "seeded-minute"))
      if (scheme !== undefined) world.rateLimitSchemes.set(scoped(deployment, "ghost"), scheme)
      assert.deepStrictEqual(limits(yield* check(secret)), [["3/60s", 2, 3]])
    })
  )

  it.effect("are none where no rule of the scheme matches", () =>
    Effect.gen(function* () {
      const emulated = yield* emulate()
      const rules = [rule({ endpoints: [] }), rule({ endpoints: ["/only"], unit: "second" })]
      const secret = limit(emulated, "iso-and", rules)
      const answer = yield* emulated.check(secret)
      assert.deepStrictEqual([limits(answer), limitHeaders(answer)], [[], {}])
      assert.deepStrictEqual(limits(yield* emulated.check(secret, { resource: "/only?x" })), [["1/1s", 0, 1]])
    })
  )

  it.effect("slide: a call comes free when its window has passed, not with the clock's minute", () =>
    Effect.gen(function* () {
      const emulated = yield* emulate()
      const secret = limit(emulated, "iso-and", [rule({ maxRequests: 2 })])
      const allowed = Effect.map(emulated.check(secret), ({ body }) => body.allowed)
      assert.isTrue(yield* allowed)
      yield* TestClock.adjust("40 seconds")
      assert.isTrue(yield* allowed)
      assert.isFalse(yield* allowed)
      yield* TestClock.adjust("20 seconds")
      assert.isTrue(yield* allowed)
      assert.isFalse(yield* allowed)
    })
  )

  it.effect("begin anew with the clock's minute as the server was observed to do it", () =>
    Effect.gen(function* () {
      const emulated = yield* emulate({ windows: "observed" })
      const secret = limit(emulated, "iso-and", [rule({ unit: "hour" })])
      yield* TestClock.adjust("200 millis")
      const allowed = Effect.map(emulated.check(secret), ({ body }) => body.allowed)
      assert.isTrue(yield* allowed)
      assert.isFalse(yield* allowed)
      yield* TestClock.adjust("30 seconds")
      assert.isTrue(yield* allowed)
    })
  )

  it.effect("refuse with the shortest refusing window, and every refusing rule tells its own", () =>
    Effect.gen(function* () {
      const emulated = yield* emulate()
      const rules = [
        rule({ unit: "hour", priority: -1 }),
        rule({ unit: "millisecond", duration: 500, maxRequests: 1, mode: "per_key" }),
        rule({ unit: "day", maxRequests: 5, mode: "per_key_and_ip" })
      ]
      const secret = limit(emulated, "iso-and", rules)
      yield* emulated.check(secret)
      const answer = yield* emulated.check(secret)
      assert.deepStrictEqual(verdict(answer), [false, "rate_limited", "1/500ms", 500])
      assert.deepStrictEqual(limits(answer), [
        ["1/3600s", 0, 1],
        ["1/500ms", 0, 1],
        ["5/86400s", 3, 5]
      ])
      assert.deepStrictEqual(limitHeaders(answer), {
        "x-ratelimit-3600s-limit": "1",
        "x-ratelimit-3600s-remaining": "0",
        "x-ratelimit-3600s-reset": "3600000",
        "x-ratelimit-500ms-limit": "1",
        "x-ratelimit-500ms-remaining": "0",
        "x-ratelimit-500ms-reset": "500",
        "x-ratelimit-86400s-limit": "5",
        "x-ratelimit-86400s-remaining": "3"
      })
    })
  )

  it.effect("refuse with the first tried where several refusing windows are the shortest", () =>
    Effect.gen(function* () {
      const emulated = yield* emulate()
      const rules = [rule({ maxRequests: 2, mode: "per_key" }), rule({ maxRequests: 1 })]
      const secret = limit(emulated, "iso-and", rules)
      const blocked = Effect.map(emulated.check(secret), ({ body }) => body.blocked_rule)
      assert.deepStrictEqual([yield* blocked, yield* blocked, yield* blocked], [null, "1/60s", "2/60s"])
    })
  )

  it.effect("of one window length overwrite each other's headers, and of one mode count twice", () =>
    Effect.gen(function* () {
      const emulated = yield* emulate()
      const secret = limit(emulated, "iso-and", [rule({ maxRequests: 10 }), rule({ maxRequests: 4, mode: "per_app" })])
      const answer = yield* emulated.check(secret)
      assert.deepStrictEqual(limits(answer), [
        ["10/60s", 9, 10],
        ["4/60s", 2, 4]
      ])
      assert.deepStrictEqual(limitHeaders(answer), {
        "x-ratelimit-60s-limit": "4",
        "x-ratelimit-60s-remaining": "2"
      })
    })
  )

  it.effect("count nothing when permissions are missing", () =>
    Effect.gen(function* () {
      const emulated = yield* emulate()
      const secret = limit(emulated, "iso-and", [rule({})])
      const denied = yield* emulated.check(secret, { required_permissions: ["nope"] })
      assert.deepStrictEqual(verdict(denied), [false, "permission_denied", "permission_denied", null])
      assert.deepStrictEqual([limits(denied), limitHeaders(denied)], [[], {}])
      assert.deepStrictEqual(verdict(yield* emulated.check(secret)), [true, null, null, null])
    })
  )

  it.effect("of calendar units are windows of a day and of 30 days", () =>
    Effect.gen(function* () {
      const emulated = yield* emulate()
      const rules = [rule({ unit: "calendar_day" }), rule({ unit: "calendar_month" }), rule({ unit: "month" })]
      const secret = limit(emulated, "iso-and", rules)
      assert.deepStrictEqual(
        limits(yield* emulated.check(secret)).map(([name]: [string]) => name),
        ["1/86400s", "1/2592000s", "1/2592000s"]
      )
    })
  )

  it.effect("tell clients apart by the address in the body, in the header, or of the connection", () =>
    Effect.gen(function* () {
      const emulated = yield* emulate()
      const secret = limit(emulated, "iso-and", [rule({ mode: "per_app_and_ip" })])
      const allowed = (fields: Readonly<Record<string, unknown>>) =>
        Effect.map(emulated.check(secret, fields), ({ body }) => body.allowed)
      const header = { headers: { "x-original-client-ip": "1.1.1.1" } }
      assert.isTrue(yield* allowed({}))
      assert.isTrue(yield* allowed(header))
      assert.isTrue(yield* allowed({ ...header, client_ip: "2.2.2.2" }))
      assert.isFalse(yield* allowed({ client_ip: "1.1.1.1" }))
      assert.isFalse(yield* allowed({ ...header, client_ip: " " }))
      assert.isTrue(yield* allowed({ headers: { "x-original-client-ip": "3.3.3.3" }, client_ip: "" }))
      assert.isFalse(yield* allowed({ client_ip: "127.0.0.1" }))
    })
  )
})

describe("the gateway's copy of a scheme", () => {
  it.effect("holds for an hour, whatever becomes of the scheme", () =>
    Effect.gen(function* () {
      const { check, key, world } = yield* emulate()
      const slug = scoped(deployment, "seeded-minute")
      const { secret } = key("iso-limit")
      assert.deepStrictEqual(limits(yield* check(secret)), [["3/60s", 2, 3]])
      change(world.rateLimitSchemes, slug, { rules: [rule({ maxRequests: 7, unit: "second" })] })
      yield* TestClock.adjust("59 minutes")
      assert.deepStrictEqual(limits(yield* check(secret)), [["3/60s", 2, 3]])
      yield* TestClock.adjust("1 minute")
      assert.deepStrictEqual(limits(yield* check(secret)), [["7/1s", 6, 7]])
      world.rateLimitSchemes.delete(slug)
      assert.deepStrictEqual(limits(yield* check(secret)), [["7/1s", 5, 7]])
      yield* TestClock.adjust("1 hour")
      assert.deepStrictEqual(limits(yield* check(secret)), [["1000/60s", 999, 1000]])
    })
  )
})

describe("the row of a decision", () => {
  it.effect("is written for every 200, can be read at once, and says who called from where", () =>
    Effect.gen(function* () {
      const emulated = yield* emulate()
      const secret = limit(emulated, "iso-and", [rule({})])
      const calls = [
        { method: "post", resource: "/a", client_ip: " 9.9.9.9 ", user_agent: "body/1" },
        {
          headers: { "x-original-client-ip": "8.8.8.8", "x-original-user-agent": "original/1", "user-agent": "own/1" }
        },
        { user_agent: " ", client_ip: "", headers: { "x-original-user-agent": " ", "user-agent": "own/1" } },
        { required_permissions: ["nope"] }
      ]
      const ids: Array<string> = []
      for (const call of calls) ids.unshift((yield* emulated.check(secret, call)).body.request_id)
      const { body } = yield* emulated.get("/api-auth/apps/iso-and/audit/logs")
      const { id } = emulated.key("iso-and")
      const common = { deployment_id: deployment, app_slug: "iso-and", key_id: id, key_name: "iso-and key" }
      const full = [{ rule: "1/60s", remaining: 0, limit: 1 }]
      const refused = { outcome: "BLOCKED", blocked_by_rule: "1/60s", rate_limits: full, path: "GET /v1" }
      const strip = (row: Record<string, unknown>) =>
        Object.fromEntries(Object.entries(row).filter(([name]) => name !== "timestamp"))
      assert.deepStrictEqual(body.data.map(strip), [
        {
          ...common,
          ...refused,
          request_id: ids[0],
          blocked_by_rule: "permission_denied",
          rate_limits: [],
          client_ip: "127.0.0.1",
          user_agent: "unknown"
        },
        { ...common, ...refused, request_id: ids[1], client_ip: "127.0.0.1", user_agent: "own/1" },
        { ...common, ...refused, request_id: ids[2], client_ip: "8.8.8.8", user_agent: "original/1" },
        {
          ...common,
          request_id: ids[3],
          outcome: "VALID",
          blocked_by_rule: null,
          rate_limits: full,
          path: "POST /a",
          client_ip: "9.9.9.9",
          user_agent: "body/1"
        }
      ])
    })
  )

  it.effect("is not written for a refusal", () =>
    Effect.gen(function* () {
      const { check, key, world } = yield* emulate()
      yield* check("x")
      yield* check(key("iso-revoked").secret)
      yield* check(key("iso-past").secret)
      yield* check(key("iso-and").secret, { method: "BREW" })
      yield* check("tok_expired", { principal: "oauth_access_token" })
      assert.strictEqual(world.auditRows.length, 0)
    })
  )

  it.effect("has a moment of its own, later than the one before, also where the clock stands still", () =>
    Effect.gen(function* () {
      const { check, key, world } = yield* emulate()
      for (let call = 0; call < 20; call++) yield* check(key("iso-and").secret)
      const times = world.auditRows.map((row) => row.timestamp)
      assert.isTrue(times.every((time, index) => index === 0 || time > (times[index - 1] ?? time)))
    })
  )
})

describe("a backend key at the gateway", () => {
  it.effect("is judged like any other key, of the console's deployment", () =>
    Effect.gen(function* () {
      const { check } = yield* emulate()
      const { body, status } = yield* check(credential("owner"))
      assert.deepStrictEqual([status, body.allowed, body.identity.app_slug], [200, true, `aa_${deployment}`])
      for (const [name, member] of [
        ["x-wacht-key-id", "key_id"],
        ["x-wacht-deployment-id", "deployment_id"],
        ["x-wacht-app-slug", "app_slug"],
        ["x-wacht-key-name", "key_name"]
      ] as const)
        assert.strictEqual(body.headers[name], body.identity[member])
      assert.strictEqual((yield* check(credential("revoked"))).body, "Invalid API key")
      assert.isNull((yield* check(credential("expired"))).body.identity)
    })
  )
})
