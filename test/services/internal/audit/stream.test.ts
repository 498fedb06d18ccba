import { assert, describe, it } from "@effect/vitest"
import { ApiKeys } from "effect-wacht"
import { AuditPosition, KeyId, Timestamp } from "effect-wacht/schemas"
import * as Chunk from "effect/Chunk"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as fc from "effect/FastCheck"
import * as Fiber from "effect/Fiber"
import * as Logger from "effect/Logger"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import * as TestClock from "effect/TestClock"
import { arriving, day, type Moment, rowOf, serverError, Trail } from "./trail.js"

const now = 30 * day
const start = TestClock.setTime(now)
const PositionJson = Schema.parseJson(AuditPosition)

/** Up to 40 rows within few microseconds, a minute ago. */
const moments = fc
  .array(fc.nat(12), { maxLength: 40 })
  .map((offsets): ReadonlyArray<Moment> =>
    offsets.map((offset, id) => ({ id, micros: (now - 60_000) * 1000 + offset }))
  )
const ways = { limit: fc.integer({ min: 1, max: 7 }), prefetch: fc.nat(3), refusesDates: fc.boolean() }

const rowsAt = (...micros: ReadonlyArray<number>): ReadonlyArray<Moment> =>
  micros.map((offset, id) => ({ id, micros: (now - 60_000) * 1000 + offset }))
const many = (count: number): ReadonlyArray<Moment> =>
  rowsAt(...Array.from({ length: count }, (_, index) => index >> 2))

const collect = (trail: Trail, query?: ApiKeys.StreamApiAuditLogsQuery, options?: ApiKeys.StreamApiAuditLogsOptions) =>
  ApiKeys.streamApiAuditLogs("app", query, options).pipe(
    Stream.runCollect,
    Effect.map(Chunk.toReadonlyArray),
    Effect.provide(trail.layer)
  )
const idsOf = (entries: ReadonlyArray<ApiKeys.ApiAuditEntry>) => entries.map(({ row }) => row.requestId)

const warnings = () => {
  const messages: Array<string> = []
  const logger = Logger.make(({ logLevel, message }) => {
    if (logLevel._tag === "Warning") messages.push(String(message))
  })
  return { messages, layer: Logger.replace(Logger.defaultLogger, logger) }
}

const silent = Logger.replace(Logger.defaultLogger, Logger.none)

/** One that is read by offset, while so many rows arrive with each request. */
const offsetTrail = (rows: number): Trail => {
  const trail = new Trail(many(300))
  trail.refusesDates = true
  // What gets nowhere would ask for ever.
  trail.before = (_, index) => (index > 300 ? Effect.fail(serverError()) : arriving(trail, index, rows))
  return trail
}

describe("streamApiAuditLogs", () => {
  it.effect.prop(
    "gives every row once, newest first",
    { moments: moments, ...ways },
    (input) =>
      Effect.gen(function* () {
        yield* start
        const trail = new Trail(input.moments)
        trail.refusesDates = input.refusesDates
        const entries = yield* collect(trail, { limit: input.limit }, { prefetch: input.prefetch })
        assert.deepStrictEqual(idsOf(entries), trail.ids)
      }).pipe(Effect.provide(silent)),
    { fastCheck: { numRuns: 60 } }
  )

  it.effect.prop(
    "goes on from every position, later and with new rows",
    { moments: moments, ...ways },
    (input) =>
      Effect.gen(function* () {
        yield* start
        const trail = new Trail(input.moments)
        trail.refusesDates = input.refusesDates
        const { ids } = trail
        const entries = yield* collect(trail, { limit: input.limit })
        yield* TestClock.adjust("1 hour")
        trail.add({ id: 900, micros: now * 1000 + 5 }, { id: 901, micros: now * 1000 + 7 })
        for (const [index, { position }] of entries.entries()) {
          const kept = yield* Schema.encode(PositionJson)(position)
          const from = yield* Schema.decode(PositionJson)(kept)
          assert.deepStrictEqual(from, position)
          const rest = yield* collect(trail, { limit: input.limit }, { from, prefetch: input.prefetch })
          assert.deepStrictEqual(idsOf(rest), ids.slice(index + 1))
        }
      }).pipe(Effect.provide(silent)),
    { fastCheck: { numRuns: 30 } }
  )

  it.effect.prop(
    "neither loses nor repeats a row while others arrive, in bursts beyond a page",
    { moments: moments, ...ways, bursts: fc.array(fc.nat(20), { maxLength: 10 }) },
    (input) =>
      Effect.gen(function* () {
        yield* start
        const trail = new Trail(input.moments)
        trail.refusesDates = input.refusesDates
        const { ids } = trail
        let id = 1000
        trail.before = (_, index) =>
          Effect.sync(() => {
            const arrive = index === 0 ? 0 : (input.bursts[index] ?? 0)
            for (let count = 0; count < arrive; count++) trail.add({ id: id++, micros: now * 1000 + 1000 + id })
          })
        const entries = yield* collect(trail, { limit: input.limit }, { prefetch: input.prefetch })
        assert.deepStrictEqual(idsOf(entries), ids)
      }).pipe(Effect.provide(silent)),
    { fastCheck: { numRuns: 60 } }
  )

  it.effect.prop(
    "loses none by offset while rows above vanish",
    { moments: moments, limit: ways.limit, drops: fc.array(fc.nat(5), { maxLength: 10 }) },
    (input) =>
      Effect.gen(function* () {
        yield* start
        const trail = new Trail(input.moments)
        trail.refusesDates = true
        const { ids } = trail
        const seen: Array<string> = []
        let dropped = 0
        yield* ApiKeys.streamApiAuditLogs("app", { limit: input.limit }, { prefetch: 0 }).pipe(
          Stream.rechunk(1),
          Stream.runForEach(({ row }) =>
            Effect.sync(() => {
              seen.push(row.requestId)
              // Only what was given vanishes.
              const count = Math.min(input.drops[seen.length] ?? 0, seen.length - dropped)
              trail.dropNewest(count)
              dropped += count
            })
          ),
          Effect.provide(trail.layer)
        )
        assert.deepStrictEqual(seen, ids)
      }).pipe(Effect.provide(silent)),
    { fastCheck: { numRuns: 60 } }
  )

  it.effect("sends both ends of the window, fixed at the start, and the last row's own place", () =>
    Effect.gen(function* () {
      yield* start
      const trail = new Trail(rowsAt(1, 2, 3))
      trail.before = () => TestClock.adjust("1 minute")
      const keyId = KeyId.make("77636080333005047")
      yield* collect(trail, { limit: 2, outcome: "blocked", keyId })
      assert.isTrue(trail.queries.every((query) => query.keyId === keyId))
      // Rows of the millisecond that has begun are in it.
      const end = Option.getOrThrow(Timestamp.parse(new Date(now).toISOString().replace("Z", "999Z")))
      const startDate = Option.getOrThrow(Timestamp.fromDate(new Date(now - 7 * day)))
      assert.deepStrictEqual(
        trail.queries.map((query) => [
          String(query.startDate),
          String(query.endDate),
          query.outcome,
          query.limit,
          query.cursorTs === undefined ? undefined : String(query.cursorTs),
          query.cursorId,
          query.cursor
        ]),
        [
          [startDate.text, end.text, "blocked", 2, undefined, undefined, undefined],
          [startDate.text, end.text, "blocked", 2, trail.queries[1]?.cursorTs?.toString(), "req_000001", undefined]
        ]
      )
      assert.match(String(trail.queries[1]?.cursorTs), /\.000002Z$/)
    })
  )

  for (const refusesDates of [false, true]) {
    it.effect(`asks for the most that the server gives, unless for less${refusesDates ? ", by offset" : ""}`, () =>
      Effect.gen(function* () {
        yield* start
        const trail = new Trail(many(1500))
        trail.refusesDates = refusesDates
        for (const query of [{}, { limit: 5000 }]) {
          trail.queries.length = 0
          assert.strictEqual((yield* collect(trail, query)).length, 1500)
          assert.deepStrictEqual(new Set(trail.queries.map(({ limit }) => limit)), new Set([1000]))
        }
      }).pipe(Effect.provide(silent))
    )
  }

  it.effect("leaves what is no size for the operation to refuse", () =>
    Effect.gen(function* () {
      for (const limit of [null, "5", Number.NaN]) {
        const trail = new Trail([])
        yield* collect(trail, { limit: limit as number })
        assert.deepEqual<unknown>(
          trail.queries.map((query) => query.limit),
          [limit]
        )
      }
    })
  )

  it.effect("takes rows at both edges of a given window, and none beyond", () =>
    Effect.gen(function* () {
      yield* start
      for (const refusesDates of [false, true]) {
        const at = (now - 60_000) * 1000
        const trail = new Trail(rowsAt(-1, 0, 1, 2_000, 2_001))
        trail.refusesDates = refusesDates
        const entries = yield* collect(trail, {
          startDate: new Date(at / 1000),
          endDate: new Date(at / 1000 + 2),
          limit: 2
        })
        assert.deepStrictEqual(idsOf(entries), ["req_000003", "req_000002", "req_000001"])
      }
    }).pipe(Effect.provide(silent))
  )

  it.effect("stops on hasMore and never on an empty page", () =>
    Effect.gen(function* () {
      yield* start
      const trail = new Trail(many(10))
      trail.after = (page) => (trail.queries.length === 3 ? { ...page, data: [], hasMore: false } : page)
      assert.strictEqual((yield* collect(trail, { limit: 4 })).length, 8)
      trail.after = (page) => ({ ...page, data: [], hasMore: true })
      const error = yield* Effect.flip(collect(trail, { limit: 4 }))
      assert.deepInclude(error, {
        _tag: "PaginationError",
        operation: "getApiAuditLogs",
        message: "a page with too few new rows to go on says that there are more"
      })
    })
  )

  it.effect("fails with a PaginationError where a page does not go on", () =>
    Effect.gen(function* () {
      yield* start
      for (const refusesDates of [false, true]) {
        const stuck = new Trail(many(10))
        stuck.refusesDates = refusesDates
        stuck.after = () => ({ data: [], limit: 4, hasMore: true, nextCursor: Option.none() })
        assert.strictEqual((yield* Effect.flip(collect(stuck, { limit: 4 })))._tag, "PaginationError")
      }
      const circling = new Trail(many(10))
      const first = yield* circling.read("app", { limit: 4 })
      circling.after = () => first
      const seen: Array<string> = []
      const error = yield* ApiKeys.streamApiAuditLogs("app", { limit: 4 }).pipe(
        Stream.runForEach(({ row }) => Effect.sync(() => seen.push(row.requestId))),
        Effect.flip,
        Effect.provide(circling.layer)
      )
      assert.deepInclude(error, {
        _tag: "PaginationError",
        operation: "getApiAuditLogs",
        message: "a page holds a row that comes before the last one given"
      })
      assert.strictEqual(seen.length, 4)
    }).pipe(Effect.provide(silent))
  )

  it.effect("gives a row once that the server wrote twice", () =>
    Effect.gen(function* () {
      yield* start
      for (const refusesDates of [false, true]) {
        const trail = new Trail([...rowsAt(1, 2, 3), ...rowsAt(1, 2, 3)])
        trail.refusesDates = refusesDates
        assert.deepStrictEqual(idsOf(yield* collect(trail, { limit: 4 })), ["req_000002", "req_000001", "req_000000"])
      }
    }).pipe(Effect.provide(silent))
  )

  it.effect("goes on by offset from where dates stopped, saying once of which app", () =>
    Effect.gen(function* () {
      yield* start
      const trail = new Trail(many(40))
      const { layer, messages } = warnings()
      trail.before = (query, index) =>
        Effect.suspend(() => {
          trail.add({ id: 500 + index, micros: now * 1000 + 1000 + index })
          return index >= 2 && query.startDate !== undefined ? Effect.fail(serverError()) : Effect.void
        })
      const { ids } = trail
      const entries = yield* collect(trail, { limit: 6 }).pipe(Effect.provide(layer))
      assert.deepStrictEqual(idsOf(entries), ids)
      assert.strictEqual(messages.length, 1)
      assert.include(messages[0], 'the audit trail of "app" is read by offset')
      const offsets = trail.queries.slice(3)
      assert.isTrue(offsets.every(({ cursorTs, startDate }) => startDate === undefined && cursorTs === undefined))
      // Twelve rows were given: it begins at the last of them and not at the top.
      assert.strictEqual(offsets[0]?.offset, 11)
    })
  )

  for (const { at, limit, most } of [
    { at: 1500, limit: 10, most: 17 },
    { at: 8000, limit: 2, most: 31 }
  ]) {
    it.effect(`finds position ${at} by leaps, not page by page, with pages of ${limit}`, () =>
      Effect.gen(function* () {
        yield* start
        const trail = new Trail(many(at + 500))
        trail.refusesDates = true
        const { ids } = trail
        const from = AuditPosition.of({
          timestamp: (yield* trail.read("app", { offset: at, limit: 1 })).data[0]?.timestamp ?? assert.fail(),
          requestId: ids[at] ?? ""
        })
        trail.queries.length = 0
        const entries = yield* ApiKeys.streamApiAuditLogs("app", { limit }, { from }).pipe(
          Stream.take(5),
          Stream.runCollect,
          Effect.provide(trail.layer)
        )
        assert.deepStrictEqual(idsOf(Chunk.toReadonlyArray(entries)), ids.slice(at + 1, at + 6))
        assert.isAtMost(trail.queries.length, most)
      }).pipe(Effect.provide(silent))
    )
  }

  it.effect("reads by offset while nearly a page of rows arrives between two requests", () =>
    Effect.gen(function* () {
      yield* start
      const trail = offsetTrail(8)
      const entries = yield* collect(trail, { endDate: new Date(now - 1), limit: 10 })
      assert.deepStrictEqual(idsOf(entries), trail.ids.slice(-300))
    }).pipe(Effect.provide(silent))
  )

  it.effect(
    "fails where every offset brings the same page, as from a cache, and asks for none that the server cannot read",
    () =>
      Effect.gen(function* () {
        yield* start
        const trail = new Trail(many(10))
        trail.refusesDates = true
        const first = yield* trail.read("app", { limit: 4 })
        trail.after = () => first
        const error = yield* Effect.flip(collect(trail, { limit: 4 }))
        assert.deepInclude(error, { _tag: "PaginationError", operation: "getApiAuditLogs" })
        assert.isBelow(Math.max(...trail.queries.map(({ offset = 0 }) => offset)), 2 ** 31)
        assert.isBelow(trail.queries.length, 50)
      }).pipe(Effect.provide(silent))
  )

  it.effect("says so where more rows arrive between two requests than pages hold", () =>
    Effect.gen(function* () {
      yield* start
      const trail = offsetTrail(100)
      const error = yield* Effect.flip(collect(trail, { endDate: new Date(now - 1), limit: 2 }))
      assert.deepInclude(error, { _tag: "PaginationError", operation: "getApiAuditLogs" })
      assert.include(error.message, "between two pages the list changes by more than their 2 rows")
    }).pipe(Effect.provide(silent))
  )

  it.effect("reads no further by offset than its window goes", () =>
    Effect.gen(function* () {
      yield* start
      const trail = new Trail(many(2000))
      trail.refusesDates = true
      // Four rows share a microsecond: the newest 8 are in the window.
      const startDate = rowOf({ id: 0, micros: (now - 60_000) * 1000 + 498 }).timestamp
      assert.deepStrictEqual(idsOf(yield* collect(trail, { startDate, limit: 5 })), trail.ids.slice(0, 8))
      assert.isBelow(trail.queries.length, 5)
    }).pipe(Effect.provide(silent))
  )

  it.effect("goes on from a row of a server whose clock is ahead of this one", () =>
    Effect.gen(function* () {
      yield* start
      const ahead = (now + 5000) * 1000
      const trail = new Trail([1, 2, 3].map((id) => ({ id, micros: ahead + id })))
      const from = AuditPosition.of(rowOf({ id: 3, micros: ahead + 3 }))
      assert.deepStrictEqual(idsOf(yield* collect(trail, {}, { from })), ["req_000002", "req_000001"])
    })
  )

  it.effect("goes on to where its first run began, days later", () =>
    Effect.gen(function* () {
      yield* start
      const trail = new Trail([...rowsAt(1, 2), { id: 9, micros: (now - 6 * day) * 1000 }])
      const [first] = yield* collect(trail)
      yield* TestClock.adjust("5 days")
      const rest = yield* collect(trail, {}, { from: first?.position })
      assert.deepStrictEqual(idsOf(rest), ["req_000000", "req_000009"])
      // Unless the query says another.
      const some = yield* collect(trail, { startDate: new Date(now - day) }, { from: first?.position })
      assert.deepStrictEqual(idsOf(some), ["req_000000"])
    })
  )

  it.effect("says with every position where the window begins, also by offset where that was given", () =>
    Effect.gen(function* () {
      yield* start
      const given = new Date(now - 90_000)
      for (const refusesDates of [false, true]) {
        // Two pages, and then: the window's own end, and the end of the list.
        for (const older of [[{ id: 99, micros: (now - 120_000) * 1000 }], []]) {
          const trail = new Trail([...many(6), ...older])
          trail.refusesDates = refusesDates
          const begin = (query: ApiKeys.StreamApiAuditLogsQuery) =>
            Effect.map(collect(trail, { ...query, limit: 4 }), (entries) =>
              entries.map(({ position }) => position.startDate?.text)
            )
          const expected = Option.getOrThrow(Timestamp.fromDate(given)).text
          assert.deepStrictEqual(
            yield* begin({ startDate: given }),
            Array.from({ length: 6 }, () => expected)
          )
          // The server's own window moves on: a position by offset cannot say where it begins.
          const own = refusesDates ? undefined : Option.getOrThrow(Timestamp.fromDate(new Date(now - 7 * day))).text
          assert.deepStrictEqual(new Set(yield* begin({})), new Set([own]))
        }
      }
    }).pipe(Effect.provide(silent))
  )

  it.effect("gives nothing of a window that was given whole, and refuses one that ends before it begins", () =>
    Effect.gen(function* () {
      yield* start
      const trail = new Trail(many(4))
      const from = AuditPosition.of(rowOf({ id: 0, micros: (now - 120_000) * 1000 }))
      assert.deepStrictEqual(yield* collect(trail, { startDate: new Date(now - 60_000) }, { from }), [])
      const { length } = trail.queries
      const moment = { startDate: new Date(now - 1000), endDate: new Date(now - 1000) }
      assert.deepStrictEqual(yield* collect(trail, { ...moment, endDate: new Date(now - 1000) }), [])
      assert.lengthOf(trail.queries, length + 1)
      const error = yield* Effect.flip(collect(trail, { ...moment, endDate: new Date(now - 1001) }))
      assert.containsSubset(error, { _tag: "EncodeError", message: "endDate: not before startDate" })
      assert.lengthOf(trail.queries, length + 1)
    })
  )

  it.effect("lets the ServerError stand where offsets cannot reach", () =>
    Effect.gen(function* () {
      yield* start
      const trail = new Trail(many(10))
      trail.refusesDates = true
      const startDate = new Date(now - 7 * day - 1)
      const error = yield* Effect.flip(collect(trail, { startDate }))
      assert.strictEqual(error._tag, "ServerError")
      assert.strictEqual(trail.queries.length, 1)
    })
  )

  it.effect("lets the ServerError stand where the start of the window gets out of reach meanwhile", () =>
    Effect.gen(function* () {
      yield* start
      const trail = new Trail(many(10))
      trail.refusesDates = true
      trail.before = (query) => (query.offset === 3 ? TestClock.adjust("1 second") : Effect.void)
      const startDate = new Date(now - 7 * day)
      const seen: Array<string> = []
      const exit = yield* ApiKeys.streamApiAuditLogs("app", { startDate, limit: 4 }, { prefetch: 0 }).pipe(
        Stream.runForEach(({ row }) => Effect.sync(() => seen.push(row.requestId))),
        Effect.flip,
        Effect.provide(trail.layer)
      )
      assert.strictEqual(exit._tag, "ServerError")
      // After all that the server still gives: what is lost is older.
      assert.deepStrictEqual(seen, trail.ids)
      // The server's own window moves likewise, and nobody asked for more.
      trail.before = () => TestClock.adjust("1 second")
      assert.strictEqual((yield* collect(trail, { limit: 4 })).length, 10)
    }).pipe(Effect.provide(silent))
  )

  it.effect("keeps the window that was read by date over an outage, though the server's own moves on", () =>
    Effect.gen(function* () {
      // A row an hour, to the beginning of the window.
      const hourly = Array.from({ length: 168 }, (_, id) => ({ id, micros: (now - 1000 - id * 3_600_000) * 1000 }))
      const hours = TestClock.adjust("2 hours")
      for (const outage of [1, Infinity]) {
        yield* start
        const trail = new Trail(hourly)
        let left = outage
        trail.before = ({ startDate }, index) =>
          Effect.suspend(() => {
            const refuses = index > 0 && startDate !== undefined && left-- > 0
            return refuses ? Effect.fail(serverError()) : Effect.void
          })
        const seen: Array<ApiKeys.ApiAuditEntry> = []
        const read = ApiKeys.streamApiAuditLogs("app", { limit: 40 }, { prefetch: 0 }).pipe(
          Stream.tap((entry) => Effect.sync(() => seen.push(entry))),
          Stream.runForEachChunk(() => hours),
          Effect.provide(trail.layer)
        )
        if (outage === 1) {
          // What has got out of reach is read by date at the end.
          yield* read
          assert.deepStrictEqual(idsOf(seen), trail.ids)
        } else {
          assert.strictEqual((yield* Effect.flip(read))._tag, "ServerError")
          assert.isBelow(seen.length, 168)
        }
        const from = seen.at(-1)?.position
        assert.strictEqual(from?.startDate?.utc.epochMillis, now - 7 * day)
        trail.before = () => Effect.void
        const rest = yield* collect(trail, {}, { from })
        assert.deepStrictEqual([...idsOf(seen), ...idsOf(rest)], trail.ids)
      }
    }).pipe(Effect.provide(silent))
  )

  it.effect("lets every other error stand, after the rows before it", () =>
    Effect.gen(function* () {
      yield* start
      const trail = new Trail(many(10))
      trail.before = (_, index) => (index === 1 ? Effect.fail(serverError(503)) : Effect.void)
      const seen: Array<string> = []
      const error = yield* ApiKeys.streamApiAuditLogs("app", { limit: 4 }).pipe(
        Stream.runForEach(({ row }) => Effect.sync(() => seen.push(row.requestId))),
        Effect.flip,
        Effect.provide(trail.layer)
      )
      assert.deepStrictEqual([error._tag, seen.length, trail.queries.length], ["ServerError", 4, 2])
    })
  )

  it.effect("refuses what cannot be meant", () =>
    Effect.gen(function* () {
      yield* start
      const trail = new Trail()
      const refused = (query: ApiKeys.StreamApiAuditLogsQuery, options?: ApiKeys.StreamApiAuditLogsOptions) =>
        Effect.map(Effect.flip(collect(trail, query, options)), (error) =>
          error._tag === "EncodeError" && error.operation === "streamApiAuditLogs" ? error.message : error._tag
        )
      const late = "startDate: needed where endDate, or the row gone on from, is more than 7 days ago"
      const noSize = "prefetch: a whole number from 0 to 100"
      assert.strictEqual(yield* refused({ endDate: new Date(now - 8 * day) }), late)
      assert.strictEqual(
        yield* refused({ startDate: new Date(Number.NaN) }),
        "startDate: a valid date in the years 0 to 9999"
      )
      assert.strictEqual(
        yield* refused({ endDate: new Date(Number.NaN) }),
        "endDate: a valid date in the years 0 to 9999"
      )
      // The server's own window has moved past the row since: there would be no more rows, and nobody would know.
      const timestamp = Option.getOrThrow(Timestamp.fromDate(new Date(now - 7 * day - 1)))
      assert.strictEqual(yield* refused({}, { from: { timestamp, requestId: "req_1" } }), late)
      // As it comes from JSON, not from its schema.
      const kept: AuditPosition = JSON.parse(JSON.stringify({ timestamp, requestId: "req_1" }))
      assert.strictEqual(
        yield* refused({}, { from: kept }),
        "from: an AuditPosition; one that was kept as JSON is decoded by its schema"
      )
      assert.strictEqual(
        yield* refused({ start_date: new Date(now) } as object),
        "start_date: no such field; there are startDate, endDate, keyId, outcome, limit"
      )
      assert.strictEqual(
        yield* refused({}, { form: undefined } as object),
        "form: no such field; there are from, prefetch"
      )
      assert.strictEqual(yield* refused({}, { prefetch: -1 }), noSize)
      assert.strictEqual(yield* refused({}, { prefetch: Number.POSITIVE_INFINITY }), noSize)
      assert.strictEqual(yield* refused({}, { prefetch: 101 }), noSize)
      assert.strictEqual(yield* refused({}, { prefetch: 1.5 }), noSize)
      assert.strictEqual(trail.queries.length, 0)
    })
  )

  for (const [prefetch, ahead] of [
    [undefined, 1],
    [0, 0],
    [3, 3],
    [100, 100]
  ] as const) {
    it.effect(`fetches no more than ${ahead} pages ahead, prefetch ${prefetch}`, () =>
      Effect.gen(function* () {
        yield* start
        const trail = new Trail(many(480))
        const gate = yield* Deferred.make<void>()
        const fiber = yield* ApiKeys.streamApiAuditLogs("app", { limit: 4 }, { prefetch }).pipe(
          Stream.runForEachChunk(() => Deferred.await(gate)),
          Effect.provide(trail.layer),
          Effect.fork
        )
        for (let turn = 0; turn < 1000; turn++) yield* Effect.yieldNow()
        assert.strictEqual(trail.queries.length, 1 + ahead)
        yield* Deferred.succeed(gate, undefined)
        yield* Fiber.join(fiber)
        assert.strictEqual(trail.queries.length, 120)
      })
    )
  }

  for (const prefetch of [0, 1]) {
    it.effect(`aborts the page under way when interrupted, prefetch ${prefetch}`, () =>
      Effect.gen(function* () {
        yield* start
        const trail = new Trail(many(40))
        const began = yield* Deferred.make<void>()
        const aborted = yield* Deferred.make<void>()
        trail.before = (_, index) =>
          index === 1
            ? Effect.zipRight(Deferred.succeed(began, undefined), Effect.never).pipe(
                Effect.onInterrupt(() => Deferred.succeed(aborted, undefined))
              )
            : Effect.void
        const fiber = yield* Effect.fork(collect(trail, { limit: 4 }, { prefetch }))
        yield* Deferred.await(began)
        const exit = yield* Fiber.interrupt(fiber)
        assert.isTrue(Exit.isInterrupted(exit))
        yield* Deferred.await(aborted)
      })
    )
  }

  it.effect("reads no page after the consumer has enough", () =>
    Effect.gen(function* () {
      yield* start
      const trail = new Trail(many(40))
      yield* ApiKeys.streamApiAuditLogs("app", { limit: 4 }, { prefetch: 0 }).pipe(
        Stream.take(6),
        Stream.runDrain,
        Effect.provide(trail.layer)
      )
      assert.strictEqual(trail.queries.length, 2)
    })
  )
})
