import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as TestClock from "effect/TestClock"
import * as Moment from "../../../../src/testing/emulator/Moment.js"
import type { AuditRow, Options } from "../../../../src/testing/emulator/World.js"
import { scoped } from "../../../../src/testing/emulator/World.js"
import type { Got } from "../gateway/harness.js"
import { change, deployment, emulate, start } from "../gateway/harness.js"
import { row } from "./harness.js"

const now = Moment.parse(start) ?? 0n
const ago = (time: bigint, fields: Partial<AuditRow> = {}) => row({ timestamp: now - time, ...fields })
const path = (route: string, app = "iso-and") => `/api-auth/apps/${app}/audit/${route}`

const over = (rows: ReadonlyArray<AuditRow>, options: Partial<Options> = {}) =>
  Effect.map(emulate(options), (emulated) => {
    emulated.world.auditRows.push(...rows)
    return {
      ...emulated,
      logs: (query = "") => emulated.get(path("logs"), query),
      analytics: (query = "") => emulated.get(path("analytics"), query),
      timeseries: (query = "") => emulated.get(path("timeseries"), query)
    }
  })
const message = ({ body, status }: Got) => [status, body.errors?.[0]?.message]
const ids = ({ body }: Got) => body.data.map((one: { readonly request_id: string }) => one.request_id)
const utc = (moment: Moment.Moment) => encodeURIComponent(Moment.format(moment))

describe("all audit routes", () => {
  it.effect("refuse what does not parse, before they look for the app", () =>
    Effect.gen(function* () {
      const { get } = yield* emulate()
      const queries = {
        logs: ["limit=", "limit=-1", "limit=1.5", "limit=x", "offset=-1", "offset=4294967296", "cursor_ts=2026-01-01"],
        analytics: ["top_limit=-1", "include_top_keys=1", "include_top_paths=", "include_rate_limits=True"],
        timeseries: ["interval=hour&interval=hour"]
      }
      const all = ["key_id=", "key_id=x", "key_id=1&key_id=1", "start_date=", "start_date=2026-01-01", "end_date=1"]
      for (const [route, own] of Object.entries(queries))
        for (const query of [...own, ...all, "key_id=9223372036854775808", "start_date=2026-01-01T00:00:00+02:00"])
          assert.deepStrictEqual(message(yield* get(path(route, "nope"), query)), [400, "Bad request"], query)
    })
  )

  it.effect("know no unknown or deleted app, nor that of another deployment, but inactive ones", () =>
    Effect.gen(function* () {
      const { get, world } = yield* emulate()
      const none = [404, "API key app not found"]
      for (const route of ["logs", "analytics", "timeseries"]) {
        assert.deepStrictEqual(message(yield* get(path(route, "nope"), "unknown=1")), none)
        assert.deepStrictEqual(message(yield* get(path(route, "seeded-deleted"))), none)
        assert.deepStrictEqual(message(yield* get(path(route), "", "noplan")), none)
        assert.strictEqual((yield* get(path(route, "seeded-inactive"))).status, 200)
      }
      change(world.apiAuthApps, scoped(deployment, "iso-and"), { deletedAt: 1n })
      assert.deepStrictEqual(message(yield* get(path("logs"))), none)
    })
  )
})

describe("the audit log", () => {
  const several = Array.from({ length: 12 }, (_, index) =>
    ago(BigInt(index) * Moment.minute, { requestId: `req_${index}` })
  )

  it.effect("clamps its limit to 1 and 1000, and says the one used", () =>
    Effect.gen(function* () {
      const { logs } = yield* over(several)
      for (const [asked, used] of [
        ["", 100],
        ["limit=0", 1],
        ["limit=1000", 1000],
        ["limit=1001", 1000],
        ["limit=4294967295", 1000]
      ] as const) {
        const { body } = yield* logs(asked)
        assert.deepStrictEqual([body.limit, body.data.length], [used, Math.min(used, 12)], asked)
      }
    })
  )

  it.effect("gives a cursor with every row, on the last page too, and none without rows", () =>
    Effect.gen(function* () {
      const { logs } = yield* over(several)
      const whole = (yield* logs()).body
      assert.isFalse(whole.has_more)
      assert.isString(whole.next_cursor)
      assert.deepStrictEqual((yield* logs(`cursor=${whole.next_cursor}`)).body, {
        data: [],
        limit: 100,
        has_more: false,
        next_cursor: null
      })
    })
  )

  it.effect("pages by offset, by cursor, and by the cursor made by hand; the cursor wins, the offset is dropped", () =>
    Effect.gen(function* () {
      const { logs } = yield* over(several)
      const first = yield* logs("limit=2")
      assert.deepStrictEqual(ids(first), ["req_0", "req_1"])
      assert.deepStrictEqual(ids(yield* logs("limit=2&offset=2")), ["req_2", "req_3"])
      const next = `limit=2&cursor=${first.body.next_cursor}`
      assert.deepStrictEqual(ids(yield* logs(next)), ["req_2", "req_3"])
      assert.deepStrictEqual(ids(yield* logs(`${next}&offset=5`)), ["req_2", "req_3"])
      const late = utc(now - 8n * Moment.minute)
      assert.deepStrictEqual(ids(yield* logs(`${next}&cursor_ts=${late}&cursor_id=x`)), ["req_2", "req_3"])
      assert.deepStrictEqual(ids(yield* logs(`limit=1&offset=3&cursor_ts=${late}`)), ["req_9"])
      assert.deepStrictEqual(ids(yield* logs(`limit=1&cursor_ts=${late}&cursor_id=req_9`)), ["req_8"])
      assert.deepStrictEqual(ids(yield* logs("limit=1&cursor_id=req_5")), ["req_0"])
    })
  )

  it.effect("refuses a cursor that is none, after the app was found", () =>
    Effect.gen(function* () {
      const { get, logs } = yield* over([])
      for (const cursor of ["", "!!", "YWJjfHg", "__4"])
        assert.deepStrictEqual(message(yield* logs(`cursor=${cursor}`)), [400, "invalid cursor"])
      assert.strictEqual((yield* get(path("logs", "nope"), "cursor=!!")).status, 404)
    })
  )

  it.effect("reaches back 7 days, and as far as asked with a start; an end counts only beside a start", () =>
    Effect.gen(function* () {
      const week = 7n * Moment.day
      const inside = ago(week - Moment.second, { requestId: "req_in" })
      const outside = ago(week + Moment.second, { requestId: "req_out" })
      const { logs } = yield* over([inside, outside, ago(0n, { requestId: "req_new" })])
      assert.deepStrictEqual(ids(yield* logs()), ["req_new", "req_in"])
      assert.deepStrictEqual(ids(yield* logs(`end_date=${utc(now - Moment.day)}`)), ["req_new", "req_in"])
      const since = `start_date=${utc(outside.timestamp)}`
      assert.deepStrictEqual(ids(yield* logs(since)), ["req_new", "req_in", "req_out"])
      assert.deepStrictEqual(ids(yield* logs(`start_date=${utc(outside.timestamp + 1n)}`)), ["req_new", "req_in"])
      assert.deepStrictEqual(ids(yield* logs(`${since}&end_date=${utc(inside.timestamp)}`)), ["req_in", "req_out"])
      assert.deepStrictEqual(ids(yield* logs(`${since}&end_date=${utc(inside.timestamp - 1n)}`)), ["req_out"])
      yield* TestClock.adjust("2 seconds")
      assert.deepStrictEqual(ids(yield* logs()), ["req_new"])
    })
  )

  it.effect("filters by the words allowed and blocked, and ignores all others", () =>
    Effect.gen(function* () {
      const words = ["VALID", "BLOCKED", "allowed", "blocked", "RATE_LIMITED", "ERROR"]
      const { logs } = yield* over(words.map((outcome, index) => ago(BigInt(index), { outcome, requestId: outcome })))
      assert.deepStrictEqual(ids(yield* logs("outcome=allowed")), ["VALID", "allowed"])
      assert.deepStrictEqual(ids(yield* logs("outcome=blocked")), ["BLOCKED", "blocked", "RATE_LIMITED"])
      for (const word of ["VALID", "BLOCKED", "Allowed", "other", "", "nonsense"])
        assert.strictEqual(ids(yield* logs(`outcome=${word}`)).length, 6, word)
    })
  )

  it.effect("filters by key, whose id may be spelled with zeros and a sign", () =>
    Effect.gen(function* () {
      const { logs } = yield* over([ago(0n, { keyId: "0" }), ago(1n, { keyId: "8", requestId: "req_of_8" })])
      assert.deepStrictEqual(ids(yield* logs("key_id=%2B008")), ["req_of_8"])
      assert.strictEqual(ids(yield* logs("key_id=0")).length, 1)
      assert.strictEqual(ids(yield* logs("key_id=9")).length, 0)
    })
  )

  it.effect("shows nulls, free JSON and microseconds as they are", () =>
    Effect.gen(function* () {
      const rateLimits = '[{"limit":1,"odd":9007199254740993}]'
      const odd = ago(1n, { rateLimits, blockedByRule: "1/60s", userAgent: "é" })
      const { platform, logs } = yield* over([odd, ago(1000n)])
      const { authorization } = { authorization: "Bearer sk_sH_zLrtRIXEYwp36boBFubj5HqW4YjnEQ0VaI5ge0Qo" }
      const answer = yield* platform({ path: path("logs"), headers: { authorization } })
      assert.include(answer.body, rateLimits)
      const [first, second] = (yield* logs()).body.data
      assert.deepStrictEqual([first.timestamp, first.user_agent], ["2026-11-23T10:26:29.999999Z", "é"])
      assert.deepStrictEqual(
        [second.timestamp, second.user_agent, second.rate_limits, second.blocked_by_rule],
        ["2026-11-23T10:26:29.999Z", null, null, null]
      )
      assert.notProperty(second, "latency_us")
    })
  )
})

describe("analytics", () => {
  const blocked = (rule: string | null, fields: Partial<AuditRow> = {}) =>
    ago(1n, { outcome: "BLOCKED", blockedByRule: rule, ...fields })

  it.effect("have totals always and sections only when asked", () =>
    Effect.gen(function* () {
      const { analytics } = yield* over([ago(1n), blocked("1/60s"), ago(2n, { outcome: "ERROR" })])
      const totals = {
        total_requests: 3,
        allowed_requests: 1,
        blocked_requests: 1,
        success_rate: 33.33333333333333,
        keys_used_24h: 1
      }
      assert.deepStrictEqual((yield* analytics()).body, totals)
      const asked = yield* analytics(
        "include_top_keys=true&include_top_paths=true&include_blocked_reasons=true&include_rate_limits=true"
      )
      assert.deepStrictEqual(asked.body, {
        ...totals,
        top_keys: [{ key_id: "7", key_name: "key", total_requests: 3 }],
        top_paths: [{ path: "GET /v1", total_requests: 3 }],
        blocked_reasons: [{ blocked_by_rule: "1/60s", count: 1, percentage: 100 }],
        rate_limit_stats: { total_hits: 0, percentage_of_blocked: 0 }
      })
    })
  )

  it.effect("of nothing are zeros and empty lists", () =>
    Effect.gen(function* () {
      const { platform } = yield* emulate()
      const authorization = "Bearer sk_sH_zLrtRIXEYwp36boBFubj5HqW4YjnEQ0VaI5ge0Qo"
      const query = "include_top_keys=true&include_blocked_reasons=true&include_rate_limits=true"
      const { body } = yield* platform({ path: path("analytics"), query, headers: { authorization } })
      assert.strictEqual(
        body,
        '{"total_requests":0,"allowed_requests":0,"blocked_requests":0,"success_rate":0.0,"keys_used_24h":0,' +
          '"top_keys":[],"blocked_reasons":[],"rate_limit_stats":{"total_hits":0,"percentage_of_blocked":0.0}}'
      )
    })
  )

  it.effect("count rules named rate_limit: as hits, in percent of blocked and of hits", () =>
    Effect.gen(function* () {
      const rows = [
        blocked("rate_limit:a"),
        blocked("rate_limit:a"),
        blocked("rate_limit:a"),
        blocked("rate_limit:b"),
        blocked("b"),
        blocked(null),
        blocked(null),
        blocked(null)
      ]
      const { analytics } = yield* over(rows)
      const { body } = yield* analytics("include_rate_limits=true&include_blocked_reasons=true&top_limit=1")
      assert.deepStrictEqual(body.rate_limit_stats, {
        total_hits: 4,
        percentage_of_blocked: 50,
        top_rules: [{ rule: "rate_limit:a", hit_count: 3, percentage: 75 }]
      })
      assert.deepStrictEqual(body.blocked_reasons, [{ blocked_by_rule: "rate_limit:a", count: 3, percentage: 37.5 }])
    })
  )

  it.effect("give the share of hits in all that was blocked, for whatever reason or none", () =>
    Effect.gen(function* () {
      const blocked = (rule: string | null, outcome: string) => ago(1n, { outcome, blockedByRule: rule })
      const { analytics } = yield* over([
        blocked("rate_limit:9/1s", "RATE_LIMITED"),
        blocked("9/1s", "BLOCKED"),
        blocked("permission_denied", "blocked"),
        blocked("limit", "BLOCKED"),
        blocked(null, "BLOCKED"),
        ago(1n),
        ago(1n, { outcome: "ERROR" }),
        ago(1n, { outcome: "ERROR" })
      ])
      const { body } = yield* analytics("include_rate_limits=true")
      assert.deepStrictEqual([body.total_requests, body.blocked_requests, body.success_rate], [8, 5, 12.5])
      assert.deepStrictEqual(body.rate_limit_stats, {
        total_hits: 1,
        percentage_of_blocked: 20,
        top_rules: [{ rule: "rate_limit:9/1s", hit_count: 1, percentage: 100 }]
      })
    })
  )

  it.effect("clamp the length of rankings to 1 and 50", () =>
    Effect.gen(function* () {
      const rows = Array.from({ length: 60 }, (_, index) => ago(BigInt(index), { path: `GET /${index}` }))
      const { analytics } = yield* over(rows)
      for (const [asked, found] of [
        ["", 10],
        ["&top_limit=0", 1],
        ["&top_limit=51", 50]
      ] as const) {
        const { body } = yield* analytics(`include_top_paths=true${asked}`)
        assert.strictEqual(body.top_paths.length, found)
      }
    })
  )

  it.effect("reach back 30 days; the keys of the last 24 hours count whatever is filtered", () =>
    Effect.gen(function* () {
      const month = 30n * Moment.day
      const rows = [
        ago(Moment.hour, { keyId: "1" }),
        ago(Moment.day - Moment.second, { keyId: "2" }),
        ago(Moment.day + Moment.second, { keyId: "3" }),
        ago(month - Moment.second, { keyId: "3" }),
        ago(month + Moment.second, { keyId: "3" })
      ]
      const { analytics } = yield* over(rows)
      const counts = ({ body }: Got) => [body.total_requests, body.keys_used_24h]
      assert.deepStrictEqual(counts(yield* analytics()), [4, 2])
      assert.deepStrictEqual(counts(yield* analytics("key_id=3")), [2, 2])
      assert.deepStrictEqual(counts(yield* analytics(`end_date=${utc(now - Moment.day)}`)), [4, 2])
      assert.deepStrictEqual(counts(yield* analytics("start_date=2020-01-01T00:00:00Z")), [5, 2])
      const old = `start_date=2020-01-01T00:00:00Z&end_date=${utc(now - 2n * Moment.day)}`
      assert.deepStrictEqual(counts(yield* analytics(old)), [2, 2])
    })
  )

  it.effect("count nothing where the window ends before it starts, and rank no key without calls in it", () =>
    Effect.gen(function* () {
      const { analytics } = yield* over([ago(Moment.hour)])
      const [late, early] = [utc(now), utc(now - Moment.day)]
      const { body } = yield* analytics(`start_date=${late}&end_date=${early}`)
      assert.deepStrictEqual([body.total_requests, body.allowed_requests], [0, 0])
      const before = yield* analytics(`start_date=2020-01-01T00:00:00Z&end_date=${early}&include_top_keys=true`)
      assert.deepStrictEqual(before.body.top_keys, [])
    })
  )

  it.effect("group all tokens under key 0", () =>
    Effect.gen(function* () {
      const rows = [ago(2n, { keyId: "0", keyName: "oc_a" }), ago(1n, { keyId: "0", keyName: "oc_b" })]
      const { analytics } = yield* over(rows)
      assert.deepStrictEqual((yield* analytics("include_top_keys=true")).body.top_keys, [
        { key_id: "0", key_name: "oc_a", total_requests: 2 }
      ])
    })
  )
})

describe("the timeseries", () => {
  it.effect("names the interval it used: hour for all that it does not know", () =>
    Effect.gen(function* () {
      const { timeseries } = yield* over([ago(1n)])
      for (const interval of ["minute", "hour", "day", "week", "month"])
        assert.strictEqual((yield* timeseries(`interval=${interval}`)).body.interval, interval)
      for (const interval of ["", "year", "HOUR", " day"])
        assert.strictEqual((yield* timeseries(`interval=${encodeURIComponent(interval)}`)).body.interval, "hour")
      assert.strictEqual((yield* timeseries()).body.interval, "hour")
    })
  )

  it.effect("cuts its buckets at the window, reaching back 30 days", () =>
    Effect.gen(function* () {
      const rows = [0n, 10n, 20n, 30n].map((minutes) => ago(minutes * Moment.minute))
      const month = 30n * Moment.day
      const old = [month, month + Moment.second].map((time) => ago(time))
      const { timeseries } = yield* over([...rows, ...old])
      const points = ({ body }: Got) =>
        body.data.map((point: Record<string, unknown>) => [point["timestamp"], point["total_requests"]])
      assert.deepStrictEqual(points(yield* timeseries()), [
        ["2026-10-24T10:00:00Z", 1],
        ["2026-11-23T09:00:00Z", 1],
        ["2026-11-23T10:00:00Z", 3]
      ])
      const part = `start_date=${utc(now - 21n * Moment.minute)}&end_date=${utc(now - Moment.minute)}`
      assert.deepStrictEqual(points(yield* timeseries(part)), [["2026-11-23T10:00:00Z", 2]])
    })
  )
})

describe("over a plain ClickHouse", () => {
  const plain = { audit: "plainClickHouse" } as const
  const broken = [500, "Something went wrong"]
  const date = "start_date=2026-11-20T00:00:00Z"

  it.effect("logs fail with dates and cursors, and page by offset", () =>
    Effect.gen(function* () {
      const { logs } = yield* over([ago(1n), ago(2n)], plain)
      const { body, status } = yield* logs("limit=1&outcome=allowed&key_id=7&end_date=2026-11-20T00:00:00Z")
      assert.strictEqual(status, 200)
      const failing = [date, `cursor=${body.next_cursor}`, "cursor_ts=2026-11-20T00:00:00Z"]
      for (const query of failing) assert.deepStrictEqual(message(yield* logs(query)), broken, query)
      assert.strictEqual((yield* logs("offset=1&cursor_id=x")).status, 200)
      assert.deepStrictEqual(message(yield* logs("cursor=!!")), [400, "invalid cursor"])
    })
  )

  it.effect("analytics fail with a start, and where they would have to show reasons or limits", () =>
    Effect.gen(function* () {
      const { analytics, world } = yield* over([ago(1n)], plain)
      const reasons = "include_blocked_reasons=true"
      const limits = "include_rate_limits=true"
      assert.deepStrictEqual(message(yield* analytics(date)), broken)
      assert.strictEqual((yield* analytics(`${reasons}&${limits}&include_top_keys=true`)).status, 200)
      world.auditRows.push(ago(2n, { outcome: "BLOCKED", blockedByRule: "1/60s" }))
      assert.deepStrictEqual(message(yield* analytics(reasons)), broken)
      assert.strictEqual((yield* analytics(limits)).status, 200)
      world.auditRows.push(ago(3n, { outcome: "BLOCKED", blockedByRule: "rate_limit:1/60s" }))
      assert.deepStrictEqual(message(yield* analytics(limits)), broken)
      assert.strictEqual((yield* analytics()).status, 200)
    })
  )

  it.effect("timeseries fail as soon as there is a row", () =>
    Effect.gen(function* () {
      const { timeseries } = yield* over([ago(1n)], plain)
      assert.deepStrictEqual(message(yield* timeseries()), broken)
      assert.deepStrictEqual((yield* timeseries("key_id=5&interval=day")).body, { data: [], interval: "day" })
    })
  )
})
