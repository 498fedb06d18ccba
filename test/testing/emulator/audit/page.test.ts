import { assert, describe, it } from "@effect/vitest"
import * as Arr from "effect/Array"
import * as Effect from "effect/Effect"
import * as Logger from "effect/Logger"
import * as fc from "fast-check"
import * as Cursor from "../../../../src/testing/emulator/audit/cursor.js"
import { page } from "../../../../src/testing/emulator/audit/page.js"
import { rowsOf, write } from "../../../../src/testing/emulator/audit/trail.js"
import type { Verdict } from "../../../../src/testing/emulator/audit/verdict.js"
import { verdictOf } from "../../../../src/testing/emulator/audit/verdict.js"
import type { AuditRow, World } from "../../../../src/testing/emulator/World.js"
import { defaultOptions, empty } from "../../../../src/testing/emulator/World.js"
import { deployment } from "../gateway/harness.js"
import { base, newestFirst, row, rows } from "./harness.js"

const environment = {
  generatedDomain: "",
  cnameTarget: "",
  cdnBase: "",
  authzCacheSeconds: 60,
  rateLimitSchemeCacheSeconds: 3600,
  defaultRateLimits: []
}
const worldOf = (all: ReadonlyArray<AuditRow>, auditCap = 1_000_000): World => {
  const world = empty({ ...defaultOptions, auditCap }, environment)
  for (const one of all) add(world, one)
  return world
}
/** Writes a row, and gives what was logged meanwhile. */
const add = (world: World, one: AuditRow): ReadonlyArray<string> => {
  const logged: Array<string> = []
  const logger = Logger.make(({ message }) => void logged.push(String(message)))
  Effect.runSync(Effect.provide(write(world, one), Logger.replace(Logger.defaultLogger, logger)))
  return logged
}
const appOf = (world: World) => rowsOf(world, deployment, "iso-and")
const everything = { from: base - 1n, to: undefined }
const ids = (all: ReadonlyArray<AuditRow>) => all.map((one) => one.requestId)

const span = 5000
const window = fc
  .record({ from: fc.integer({ min: -10, max: span }), to: fc.option(fc.integer({ min: 0, max: span + 10 })) })
  .map(({ from, to }) => ({ from: base + BigInt(from), to: to === null ? undefined : base + BigInt(to) }))
const filter = fc.record({
  keyId: fc.constantFrom(undefined, "7", "8", "9"),
  verdict: fc.constantFrom<Verdict | undefined>(undefined, "allowed", "blocked")
})

describe("a page of the audit log", () => {
  it("has the rows that a scan finds, under any window, filter, offset and cursor", () => {
    const place = fc.record({
      limit: fc.integer({ min: 1, max: 20 }),
      offset: fc.integer({ min: 0, max: 30 }),
      before: fc.option(fc.record({ at: fc.integer({ min: 0, max: span }), id: fc.integer({ min: 0, max: 60 }) }))
    })
    fc.assert(
      fc.property(rows(span), window, filter, place, (all, within, { keyId, verdict }, { before, limit, offset }) => {
        const cursor = before && { timestamp: base + BigInt(before.at), requestId: `req_${before.id}` }
        const matching = newestFirst(all).filter(
          (one) =>
            one.timestamp >= within.from &&
            (within.to === undefined || one.timestamp <= within.to) &&
            (keyId === undefined || one.keyId === keyId) &&
            (verdict === undefined || verdictOf(one.outcome) === verdict) &&
            (cursor === null ||
              one.timestamp < cursor.timestamp ||
              (one.timestamp === cursor.timestamp && one.requestId < cursor.requestId))
        )
        const skipped = cursor === null ? offset : 0
        const expected = matching.slice(skipped, skipped + limit)
        const found = page(appOf(worldOf(all)).list({ keyId, verdict }), {
          window: within,
          limit,
          offset,
          before: cursor ?? undefined
        })
        assert.deepStrictEqual(ids(found.rows), ids(expected))
        assert.strictEqual(found.hasMore, matching.length > skipped + limit)
      })
    )
  })

  const follow = (all: ReadonlyArray<AuditRow>, limit: number, next: (last: AuditRow) => Cursor.Cursor | undefined) => {
    const list = appOf(worldOf(all)).list()
    const seen: Array<string> = []
    let before: Cursor.Cursor | undefined
    for (;;) {
      const { hasMore, rows } = page(list, { window: everything, limit, offset: 0, before })
      seen.push(...ids(rows))
      const last = rows.at(-1)
      if (last === undefined || !hasMore) return seen
      before = next(last)
    }
  }

  it("is followed without loss by the timestamp and id of its last row", () => {
    fc.assert(
      fc.property(rows(span), fc.integer({ min: 1, max: 9 }), (all, limit) => {
        assert.deepStrictEqual(
          follow(all, limit, (last) => last),
          ids(newestFirst(all))
        )
      })
    )
  })

  it("is followed with loss by the cursor, which knows milliseconds only", () => {
    const crowd = Array.from({ length: 7 }, (_, index) => row({ timestamp: base + BigInt(index * 100) }))
    const throughCursor = follow(crowd, 2, (last) => Cursor.decode(Cursor.encode(last)))
    assert.deepStrictEqual(
      throughCursor,
      ids([crowd[6], crowd[5], crowd[0]].flatMap((one) => (one === undefined ? [] : [one])))
    )
    const spread = crowd.map((one, index) => ({ ...one, timestamp: base + BigInt(index * 1000) }))
    assert.strictEqual(follow(spread, 2, (last) => Cursor.decode(Cursor.encode(last))).length, 7)
  })
})

describe("the trail", () => {
  it("keeps its rows in order, whatever order they come in", () => {
    fc.assert(
      fc.property(rows(50), (all) => {
        const world = worldOf(all)
        assert.deepStrictEqual(ids(world.auditRows), Arr.reverse(ids(newestFirst(all))))
        assert.deepStrictEqual(ids(appOf(world).list().slice(0, all.length)), ids(world.auditRows))
      })
    )
  })

  it("never holds more than its cap: the oldest go and are counted", () => {
    fc.assert(
      fc.property(rows(span), fc.integer({ min: 1, max: 40 }), (all, cap) => {
        const world = worldOf(all, cap)
        assert.isAtMost(world.auditRows.length, cap)
        assert.strictEqual(world.auditRows.length + world.auditDropped, all.length)
        const kept = new Set(ids(world.auditRows))
        assert.deepStrictEqual(new Set(appOf(world).keyIds), new Set(world.auditRows.map((one) => one.keyId)))
        for (const verdict of [undefined, "allowed", "blocked"] as const) {
          const listed = page(appOf(world).list({ verdict }), { window: everything, limit: 1000, offset: 0 }).rows
          const expected = newestFirst(all).filter(
            (one) => kept.has(one.requestId) && (verdict === undefined || verdictOf(one.outcome) === verdict)
          )
          assert.deepStrictEqual(ids(listed), ids(expected))
        }
      })
    )
  })

  it("drops a sixteenth at once, and so stays fast at its cap", () => {
    const world = worldOf([], 1600)
    for (let index = 0; index < 1600; index++) add(world, row({ timestamp: base + BigInt(index) }))
    assert.deepStrictEqual([world.auditRows.length, world.auditDropped], [1600, 0])
    add(world, row({ timestamp: base + 1600n }))
    assert.deepStrictEqual([world.auditRows.length, world.auditDropped], [1501, 100])
  })

  it("says once that rows are dropped", () => {
    const world = worldOf([row(), row()], 2)
    const said = add(world, row({ timestamp: base + 1n }))
    assert.deepStrictEqual(said, ["The audit trail holds 2 rows (option auditCap): the oldest are dropped"])
    assert.deepStrictEqual(add(world, row({ timestamp: base + 2n })), [])
    assert.strictEqual(world.auditDropped, 2)
  })

  it("keeps apps and deployments apart", () => {
    const world = worldOf([row(), row({ appSlug: "other" }), row({ deploymentId: "5" })])
    assert.strictEqual(appOf(world).list().length, 1)
    assert.strictEqual(rowsOf(world, "5", "iso-and").list().length, 1)
    assert.strictEqual(rowsOf(world, "5", "other").list().length, 0)
  })

  it("finds rows that a seed or a restored snapshot put into the world, sorted or not", () => {
    const world = worldOf([row({ timestamp: base + 5n })])
    world.auditRows.push(row({ timestamp: base + 2n }), row({ timestamp: base + 9n }))
    const times = () =>
      appOf(world)
        .list()
        .slice(0, 9)
        .map((one) => one.timestamp - base)
    assert.deepStrictEqual(times(), [2n, 5n, 9n])
    world.auditRows = [row({ timestamp: base + 4n }), row({ timestamp: base + 1n })]
    assert.deepStrictEqual(times(), [1n, 4n])
  })

  it("cuts a seed that is over the cap", () => {
    const world = worldOf([], 10)
    for (let index = 20; index > 0; index--) world.auditRows.push(row({ timestamp: base + BigInt(index) }))
    const times = appOf(world)
      .list()
      .slice(0, 99)
      .map((one) => one.timestamp - base)
    assert.deepStrictEqual(times, [11n, 12n, 13n, 14n, 15n, 16n, 17n, 18n, 19n, 20n])
    assert.strictEqual(world.auditDropped, 10)
  })
})
