import { assert, describe, it } from "@effect/vitest"
import { ApiKeys, Gateway, Policy, RequestPolicy, Wacht } from "effect-wacht"
import { Emulator, Fault } from "effect-wacht/testing"
import * as Chunk from "effect/Chunk"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as Logger from "effect/Logger"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import * as Schedule from "effect/Schedule"
import * as Stream from "effect/Stream"
import * as TestClock from "effect/TestClock"

const now = Date.parse("2026-11-23T10:00:00Z")
const deployment = "200000000000000001"
const credential = "sk_emulator_0000000000000000000000000000000000000000000"
const secret = `acme_${"k".repeat(43)}`

const world = {
  deployments: [{ id: deployment }],
  actors: { owner: { credential, key_id: "200000000000000002", deployment_id: deployment, rate_limits: [] } },
  rate_limit_schemes: [{ id: "9", deployment_id: deployment, slug: "none", name: "None", rules: [] }],
  api_auth_apps: [{ deployment_id: deployment, app_slug: "app", name: "App", key_prefix: "acme" }],
  api_keys: [
    {
      id: "200000000000000003",
      deployment_id: deployment,
      app_slug: "app",
      name: "key",
      key_prefix: "acme",
      secret,
      rate_limit_scheme_slug: "none"
    }
  ]
}

/** Seven rows to a microsecond, down from `now`. */
const auditRows = (count: number) =>
  Array.from({ length: count }, (_, index) => ({
    request_id: `req_${String(100_000 + ((index * 7919) % count))}`,
    deployment_id: deployment,
    app_slug: "app",
    key_id: "200000000000000003",
    key_name: "key",
    outcome: index % 3 === 0 ? "BLOCKED" : "VALID",
    blocked_by_rule: null,
    client_ip: "10.0.0.1",
    path: "GET /v1/things",
    user_agent: null,
    rate_limits: null,
    latency_us: 1,
    timestamp: `${new Date(now - 1 - Math.floor(index / 7_000)).toISOString().slice(0, -1)}${String(999 - (Math.floor(index / 7) % 1000)).padStart(3, "0")}Z`
  }))

const services = (options: Emulator.Options) =>
  Layer.unwrapEffect(Effect.map(Emulator.Emulator, ({ apiKey }) => Wacht.layer({ apiKey }))).pipe(
    Layer.provideMerge(Emulator.layer({ world, ...options }))
  )

const check = Effect.flatMap(Gateway.Gateway, (gateway) =>
  gateway.checkAuthz({
    principal: { type: "api_key", value: Redacted.make(secret) },
    resource: "/v1/new",
    method: "GET"
  })
)

const ids = (entries: Chunk.Chunk<ApiKeys.ApiAuditEntry>) =>
  Chunk.toReadonlyArray(Chunk.map(entries, ({ row }) => row.requestId))

/** As the emulator itself orders them. */
const expected = (rows: ReturnType<typeof auditRows>) =>
  [...rows]
    .sort((a, b) =>
      a.timestamp === b.timestamp ? (a.request_id < b.request_id ? 1 : -1) : a.timestamp < b.timestamp ? 1 : -1
    )
    .map((row) => row.request_id)

const silent = Logger.replace(Logger.defaultLogger, Logger.none)

describe("audit streams over the emulator", () => {
  for (const audit of ["meant", "plainClickHouse"] as const) {
    it.effect(`give every row once while the gateway writes new ones (${audit})`, () =>
      Effect.gen(function* () {
        yield* TestClock.setTime(now)
        const rows = auditRows(1_000)
        const seen = yield* Effect.gen(function* () {
          yield* check
          yield* TestClock.adjust("1 second")
          const bursts = [1, 110, 3, 0, 210, 5]
          const entries = ApiKeys.streamApiAuditLogs("app", { limit: 100 }).pipe(
            // Bursts of more than a page.
            Stream.mapChunksEffect((chunk) => Effect.as(Effect.repeatN(check, bursts.pop() ?? 0), chunk)),
            Stream.runCollect
          )
          return ids(yield* entries)
        }).pipe(Effect.provide(services({ auditRows: rows, audit })))
        // The first check was before the window's end, the many others after it.
        assert.strictEqual(seen.length, rows.length + 1)
        assert.deepStrictEqual(seen.slice(1), expected(rows))
      }).pipe(Effect.provide(silent))
    )
  }

  it.effect("give the rows of this very moment", () =>
    Effect.gen(function* () {
      yield* TestClock.setTime(now)
      yield* Effect.repeatN(check, 2)
      const seen = ids(yield* Stream.runCollect(ApiKeys.streamApiAuditLogs("app")))
      const { data } = yield* Effect.flatMap(ApiKeys.ApiKeys, (keys) => keys.getApiAuditLogs("app"))
      assert.lengthOf(seen, 3)
      assert.deepStrictEqual(
        seen,
        data.map(({ requestId }) => requestId)
      )
    }).pipe(Effect.provide(services({})))
  )

  it.effect("repeat only the page that failed, by the policy in scope", () =>
    Effect.gen(function* () {
      yield* TestClock.setTime(now)
      const rows = auditRows(600)
      const faults = [
        Fault.status(503),
        Fault.status(500),
        Fault.html(502),
        Fault.loseAfter,
        Fault.cutBody,
        Fault.refuseConnection
      ]
      const { requests, seen } = yield* Effect.gen(function* () {
        const emulator = yield* Emulator.Emulator
        let request = -1
        for (const [index, fault] of faults.entries()) {
          // Every third request fails, each time in another way; rules are tried in order, so the first one counts.
          const when = () => {
            if (index === 0) request++
            return request % 3 === 1 && Math.floor(request / 3) % faults.length === index
          }
          yield* emulator.failEvery(fault, { operation: "getApiAuditLogs", when })
        }
        const seen = yield* ApiKeys.streamApiAuditLogs("app", { limit: 24 }).pipe(
          Stream.runCollect,
          RequestPolicy.withPolicy(Policy.retryTransient({ attempts: 5, base: 0 }))
        )
        return { seen: ids(seen), requests: (yield* emulator.requests).map(({ query }) => query) }
      }).pipe(Effect.provide(services({ auditRows: rows })))
      assert.deepStrictEqual(seen, expected(rows))
      // 25 pages, each asked for until it came, none again after that, and all of them by cursor.
      assert.strictEqual(new Set(requests).size, 25)
      assert.isAbove(requests.length, 30)
      assert.isTrue(requests.every((query) => query.includes("start_date=") && !query.includes("offset=")))
    })
  )

  it.effect("follow what the gateway writes", () =>
    Effect.gen(function* () {
      yield* TestClock.setTime(now)
      const tailed = yield* Effect.gen(function* () {
        const writing = Effect.repeat(check, Schedule.spaced("700 millis"))
        yield* Effect.forkScoped(writing)
        const fiber = yield* ApiKeys.tailApiAuditLogs("app", {
          lag: "2 seconds",
          interval: "3 seconds",
          limit: 3
        }).pipe(Stream.take(20), Stream.runCollect, Effect.forkScoped)
        for (let step = 0; step < 60; step++) yield* TestClock.adjust("500 millis")
        const { auditRows: rows } = yield* Effect.flatMap(Emulator.Emulator, ({ state }) => state)
        return { seen: ids(yield* fiber), rows: rows.map(({ requestId }) => requestId) }
      }).pipe(Effect.scoped, Effect.provide(services({})))
      assert.deepStrictEqual(tailed.seen, tailed.rows.slice(0, 20))
    })
  )

  it.effect("wait for the next look no longer than until the deadline in scope", () =>
    Effect.gen(function* () {
      yield* TestClock.setTime(now)
      const following = yield* ApiKeys.tailApiAuditLogs("app", { interval: "1 hour" }).pipe(
        Stream.runDrain,
        Policy.operationTimeout("1 minute"),
        Effect.flip,
        Effect.fork
      )
      yield* TestClock.adjust("59 seconds")
      assert.isTrue(Option.isNone(yield* Fiber.poll(following)))
      yield* TestClock.adjust("1 second")
      assert.containsSubset(yield* following, { _tag: "TimeoutError", limit: "operation" })
    }).pipe(Effect.provide(services({})))
  )
})
