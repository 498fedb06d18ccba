import { assert, describe, it } from "@effect/vitest"
import * as fc from "fast-check"
import * as analytics from "../../../../src/testing/emulator/audit/analytics.js"
import { AppRows } from "../../../../src/testing/emulator/audit/AppRows.js"
import { bucket, timeseries } from "../../../../src/testing/emulator/audit/timeseries.js"
import { verdictOf } from "../../../../src/testing/emulator/audit/verdict.js"
import * as Moment from "../../../../src/testing/emulator/Moment.js"
import type { AuditRow } from "../../../../src/testing/emulator/World.js"
import { base, row, rows } from "./harness.js"

const appOf = (all: ReadonlyArray<AuditRow>) => {
  const app = new AppRows()
  for (const one of all) app.insert(one)
  return app
}
const at = (text: string): Moment.Moment => Moment.parse(text) ?? 0n
const open = { from: 0n, to: undefined }
const intervals = ["minute", "hour", "day", "week", "month"] as const
const countOf = (all: ReadonlyArray<AuditRow>, verdict: string) =>
  all.filter((one) => verdictOf(one.outcome) === verdict).length

describe("outcome words", () => {
  it("are allowed or blocked in the spellings that the server knows, and count in the total only else", () => {
    assert.deepStrictEqual(["VALID", "allowed"].map(verdictOf), ["allowed", "allowed"])
    assert.deepStrictEqual(["BLOCKED", "blocked", "RATE_LIMITED"].map(verdictOf), ["blocked", "blocked", "blocked"])
    for (const word of ["ERROR", "", "valid", "ALLOWED", "Blocked"]) assert.strictEqual(verdictOf(word), "other")
  })
})

describe("buckets", () => {
  const from = (text: string, interval: (typeof intervals)[number]) => Moment.format(bucket(at(text), interval).from)

  it("begin with the minute, the hour, the day, the week's Sunday and the month, all in UTC", () => {
    const moment = "2026-11-23T10:26:28.738001Z"
    assert.strictEqual(from(moment, "minute"), "2026-11-23T10:26:00Z")
    assert.strictEqual(from(moment, "hour"), "2026-11-23T10:00:00Z")
    assert.strictEqual(from(moment, "day"), "2026-11-23T00:00:00Z")
    assert.strictEqual(from(moment, "week"), "2026-11-22T00:00:00Z")
    assert.strictEqual(from(moment, "month"), "2026-11-01T00:00:00Z")
    assert.strictEqual(from("2026-11-22T00:00:00Z", "week"), "2026-11-22T00:00:00Z")
    assert.strictEqual(from("2026-11-21T23:59:59.999999Z", "week"), "2026-11-15T00:00:00Z")
    assert.strictEqual(from("2024-02-29T12:00:00Z", "month"), "2024-02-01T00:00:00Z")
    assert.strictEqual(from("2026-12-31T23:59:59.999999Z", "month"), "2026-12-01T00:00:00Z")
    assert.strictEqual(from("1969-12-31T23:59:59Z", "week"), "1969-12-28T00:00:00Z")
  })

  it("hold their moment, and end where the next begins", () => {
    const moment = fc.bigInt({ min: at("1960-01-01T00:00:00Z"), max: at("2200-01-01T00:00:00Z") })
    fc.assert(
      fc.property(moment, fc.constantFrom(...intervals), (time, interval) => {
        const { end, from } = bucket(time, interval)
        assert.isTrue(from <= time && time < end)
        assert.deepStrictEqual(bucket(from, interval), { from, end })
        assert.deepStrictEqual(bucket(end - 1n, interval), { from, end })
        assert.strictEqual(bucket(end, interval).from, end)
      })
    )
  })
})

describe("a timeseries", () => {
  it("counts as a scan over the rows does", () => {
    const hours = 72
    const spread = rows(hours * 3600).map((all) =>
      all.map((one) => ({ ...one, timestamp: base + (one.timestamp - base) * Moment.second }))
    )
    const within = fc
      .tuple(fc.integer({ min: 0, max: hours }), fc.integer({ min: 0, max: hours }))
      .map(([from, to]) => ({ from: base + BigInt(from) * Moment.hour, to: base + BigInt(to) * Moment.hour }))
    const key = fc.constantFrom(undefined, "7", "9")
    fc.assert(
      fc.property(spread, within, fc.constantFrom(...intervals), key, (all, window, interval, keyId) => {
        const buckets = new Map<bigint, Array<AuditRow>>()
        for (const one of all) {
          const isOutside = one.timestamp < window.from || one.timestamp > window.to
          if (isOutside || (keyId !== undefined && one.keyId !== keyId)) continue
          const { from } = bucket(one.timestamp, interval)
          buckets.set(from, [...(buckets.get(from) ?? []), one])
        }
        const expected = [...buckets]
          .sort(([a], [b]) => (a < b ? -1 : 1))
          .map(([timestamp, inside]) => ({
            timestamp,
            total: inside.length,
            allowed: countOf(inside, "allowed"),
            blocked: countOf(inside, "blocked"),
            successRate: (countOf(inside, "allowed") / inside.length) * 100
          }))
        assert.deepStrictEqual(timeseries(appOf(all), window, interval, keyId), expected)
      })
    )
  })

  it("has no empty buckets", () => {
    const app = appOf([row({ timestamp: base }), row({ timestamp: base + 30n * Moment.day })])
    assert.strictEqual(timeseries(app, open, "minute").length, 2)
    assert.deepStrictEqual(timeseries(appOf([]), open, "hour"), [])
  })
})

describe("rankings", () => {
  it("count as a scan does, the largest first", () => {
    fc.assert(
      fc.property(rows(5000), fc.constantFrom(undefined, "7"), (all, keyId) => {
        const matching = all.filter((one) => keyId === undefined || one.keyId === keyId)
        const counts = new Map<string, number>()
        for (const { path } of matching) counts.set(path, (counts.get(path) ?? 0) + 1)
        const ranked = analytics.topPaths(appOf(all), open, keyId)
        assert.deepStrictEqual(new Map(ranked.map(({ count, name }) => [name, count])), counts)
        assert.isTrue(ranked.every(({ count }, index) => index === 0 || count <= (ranked[index - 1]?.count ?? 0)))
        const keys = analytics.topKeys(appOf(all), open, keyId)
        for (const { count, name } of keys) assert.strictEqual(count, all.filter((one) => one.keyId === name).length)
        assert.deepStrictEqual(new Set(keys.map(({ name }) => name)), new Set(matching.map((one) => one.keyId)))
        assert.isTrue(keys.every(({ count }, index) => index === 0 || count <= (keys[index - 1]?.count ?? 0)))
      })
    )
  })

  it("of reasons take blocked rows with a rule, and of limits those named by a prefix", () => {
    const blocked = (blockedByRule: string | null) => row({ outcome: "BLOCKED", blockedByRule })
    const app = appOf([
      blocked("1/60s"),
      blocked("rate_limit:1/60s"),
      blocked("1/60s"),
      blocked(null),
      blocked("rate_limited"),
      blocked("rate_limited"),
      blocked("rate_limited"),
      row({ outcome: "VALID", blockedByRule: "1/60s" })
    ])
    const reasons = analytics.blockedReasons(app, open)
    assert.deepStrictEqual(
      reasons.map(({ count, name }) => [name, count]),
      [
        ["rate_limited", 3],
        ["1/60s", 2],
        ["rate_limit:1/60s", 1]
      ]
    )
    assert.deepStrictEqual(
      analytics.limitReasons(reasons).map(({ name }) => name),
      ["rate_limit:1/60s"]
    )
    assert.deepStrictEqual(analytics.totals(app, open), { total: 8, allowed: 1, blocked: 7, successRate: 12.5 })
  })
})
