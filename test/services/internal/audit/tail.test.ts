import { assert, describe, it } from "@effect/vitest"
import { ApiKeys, Policy } from "effect-wacht"
import { AuditPosition, KeyId } from "effect-wacht/schemas"
import * as Cause from "effect/Cause"
import * as Chunk from "effect/Chunk"
import * as Clock from "effect/Clock"
import * as Deferred from "effect/Deferred"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as fc from "effect/FastCheck"
import * as Fiber from "effect/Fiber"
import * as Logger from "effect/Logger"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import * as TestClock from "effect/TestClock"
import { isBefore } from "../../../../src/services/internal/isBefore.js"
import { elapse, onVirtualTime } from "../policy/harness.js"
import { arriving, day, type Moment, rowOf, serverError, Trail } from "./trail.js"

const now = 30 * day
const second = 1000
const silent = Logger.replace(Logger.defaultLogger, Logger.none)

/** Follows for a while of the test's clock, second by second. */
const follow = (trail: Trail, options: ApiKeys.TailApiAuditLogsOptions, seconds: number) =>
  Effect.gen(function* () {
    const seen: Array<ApiKeys.ApiAuditEntry> = []
    const fiber = yield* ApiKeys.tailApiAuditLogs("app", options).pipe(
      Stream.runForEach((entry) => Effect.sync(() => seen.push(entry))),
      Effect.provide(trail.layer),
      Effect.fork
    )
    for (let elapsed = 0; elapsed < seconds; elapsed++) yield* TestClock.adjust("1 second")
    const exit = yield* Fiber.interrupt(fiber)
    return { seen, ids: seen.map(({ row }) => row.requestId), exit }
  })

const idsOf = (moments: ReadonlyArray<Moment>): ReadonlyArray<string> =>
  moments
    .map((moment) => ({ moment, id: rowOf(moment).requestId }))
    .sort((a, b) => a.moment.micros - b.moment.micros || (a.id < b.id ? -1 : 1))
    .map(({ id }) => id)

/** Rows of half a minute, each readable up to 3 s after its own moment; many share a microsecond. */
const late = fc
  .array(fc.record({ at: fc.nat(300), micro: fc.nat(2), delay: fc.nat(3000) }), { maxLength: 60 })
  .map((rows) =>
    rows.map(({ at, delay, micro }, id): Moment => {
      const millis = now + Math.floor(at / 40) * 4000
      return { id, micros: millis * 1000 + micro, visibleAt: millis + delay }
    })
  )

describe("tailApiAuditLogs", () => {
  it.effect.prop(
    "gives every row once, oldest first, however late it could be read within the lag",
    {
      late,
      limit: fc.integer({ min: 1, max: 12 }),
      interval: fc.integer({ min: 1, max: 7 }),
      refusesDates: fc.boolean()
    },
    (input) =>
      Effect.gen(function* () {
        yield* TestClock.setTime(now)
        const trail = new Trail(input.late)
        trail.refusesDates = input.refusesDates
        const options = { lag: "3 seconds", interval: `${input.interval} seconds`, limit: input.limit } as const
        const { ids } = yield* follow(trail, options, 40)
        assert.deepStrictEqual(ids, idsOf(input.late))
      }).pipe(Effect.provide(silent)),
    { fastCheck: { numRuns: 15 } }
  )

  it.effect.prop(
    "goes on from every position",
    { late, refusesDates: fc.boolean() },
    (input) =>
      Effect.gen(function* () {
        yield* TestClock.setTime(now + 3600 * second)
        const trail = new Trail(input.late)
        trail.refusesDates = input.refusesDates
        const all = idsOf(input.late)
        const { seen } = yield* follow(trail, { startDate: new Date(now), limit: 7 }, 1)
        assert.deepStrictEqual(
          seen.map(({ row }) => row.requestId),
          all
        )
        for (const [index, { position, row }] of seen.entries()) {
          assert.deepStrictEqual(position, AuditPosition.of(row))
          if (index % 5 !== 0) continue
          // A position wins over a date, one after all rows too.
          const options = { from: position, startDate: new Date(now + 1800 * second), limit: 7 }
          const { ids } = yield* follow(trail, options, 1)
          assert.deepStrictEqual(ids, all.slice(index + 1))
        }
      }).pipe(Effect.provide(silent)),
    { fastCheck: { numRuns: 10 } }
  )

  for (const refusesDates of [false, true]) {
    it.effect(`begins now, and gives nothing younger than the lag${refusesDates ? ", by offset" : ""}`, () =>
      Effect.gen(function* () {
        yield* TestClock.setTime(now)
        const trail = new Trail([
          { id: 1, micros: now * 1000 - 1 },
          { id: 2, micros: now * 1000 },
          { id: 3, micros: (now + 20 * second) * 1000, visibleAt: now + 20 * second }
        ])
        trail.refusesDates = refusesDates
        assert.deepStrictEqual((yield* follow(trail, {}, 9)).ids, [])
        yield* TestClock.setTime(now)
        assert.deepStrictEqual((yield* follow(trail, {}, 24)).ids, ["req_000002"])
        yield* TestClock.setTime(now)
        assert.deepStrictEqual((yield* follow(trail, { lag: 0 }, 25)).ids, ["req_000002", "req_000003"])
      }).pipe(Effect.provide(silent))
    )
  }

  it.effect("takes the filters of the operation, and sends them with every page", () =>
    Effect.gen(function* () {
      for (const refusesDates of [false, true]) {
        yield* TestClock.setTime(now)
        const trail = new Trail(Array.from({ length: 9 }, (_, id) => ({ id, micros: now * 1000 + id })))
        trail.refusesDates = refusesDates
        const keyId = KeyId.make("5")
        const { ids } = yield* follow(trail, { keyId, outcome: "blocked", lag: 0, limit: 4 }, 9)
        assert.lengthOf(ids, 9)
        assert.isTrue(trail.queries.every((query) => query.keyId === keyId && query.outcome === "blocked"))
      }
    }).pipe(Effect.provide(silent))
  )

  it.effect.prop(
    "goes back to dates after an outage, where they were read before, and loses nothing over it",
    { late, limit: fc.integer({ min: 2, max: 12 }), began: fc.integer({ min: 5, max: 20 }), lasts: fc.nat(20) },
    ({ began, lasts, late, limit }) =>
      Effect.gen(function* () {
        yield* TestClock.setTime(now)
        const trail = new Trail(late)
        trail.before = () =>
          Effect.map(Clock.currentTimeMillis, (at) => {
            const seconds = (at - now) / second
            trail.refusesDates = seconds >= began && seconds < began + lasts
          })
        const { ids } = yield* follow(trail, { limit, lag: "3 seconds", interval: "1 second" }, 50)
        assert.deepStrictEqual(ids, idsOf(late))
        assert.isDefined(trail.queries.at(-1)?.startDate)
      }).pipe(Effect.provide(silent)),
    { fastCheck: { numRuns: 15 } }
  )

  it.effect("stays with offsets where dates were never read", () =>
    Effect.gen(function* () {
      yield* TestClock.setTime(now)
      const trail = new Trail()
      trail.refusesDates = true
      yield* follow(trail, {}, 30)
      assert.isAbove(trail.queries.length, 3)
      assert.lengthOf(
        trail.queries.filter(({ startDate }) => startDate !== undefined),
        1
      )
    }).pipe(Effect.provide(silent))
  )

  it.effect("looks again every 5 seconds unless told otherwise", () =>
    Effect.gen(function* () {
      yield* TestClock.setTime(now)
      const trail = new Trail()
      yield* follow(trail, { lag: 0 }, 24)
      assert.strictEqual(trail.queries.length, 5)
    })
  )

  it.effect("tells of progress where it finds nothing, as far as a restart may begin", () =>
    Effect.gen(function* () {
      for (const refusesDates of [false, true]) {
        yield* TestClock.setTime(now)
        const trail = new Trail()
        trail.refusesDates = refusesDates
        const told: Array<AuditPosition> = []
        const seen: Array<string> = []
        const events: Array<string> = []
        const run = (from?: AuditPosition) =>
          ApiKeys.tailApiAuditLogs("app", {
            ...(from === undefined ? {} : { from }),
            lag: "3 seconds",
            interval: "30 minutes",
            onProgress: (position) =>
              Effect.sync(() => {
                told.push(position)
                events.push("told")
              })
          }).pipe(
            Stream.runForEach(({ row }) =>
              Effect.sync(() => {
                seen.push(row.requestId)
                events.push("taken")
              })
            ),
            Effect.provide(trail.layer),
            Effect.fork
          )
        const first = yield* run()
        yield* TestClock.adjust("1 hour")
        // A row at the very moment up to which a look will read, and none after it.
        const horizon = (yield* Clock.currentTimeMillis) - 3000
        assert.strictEqual(told.at(-1)?.timestamp.utc.epochMillis, horizon)
        // Before every id that a row of that moment may have.
        assert.strictEqual(told.at(-1)?.requestId, "")
        const next = horizon + 30 * 60 * second
        trail.add({ id: 1, micros: next * 1000 }, { id: 2, micros: next * 1000 })
        const { length } = events
        yield* TestClock.adjust("30 minutes")
        assert.deepStrictEqual(seen, ["req_000001", "req_000002"])
        // Nothing is told of rows that are not taken yet: their own positions do.
        assert.deepStrictEqual(events.slice(length), ["taken", "taken"])
        // Quiet for longer than offsets reach.
        for (let passed = 0; passed < 9; passed++) yield* TestClock.adjust("1 day")
        yield* Fiber.interrupt(first)
        const last = told.at(-1)
        if (last === undefined) return assert.fail("nothing told")
        assert.isAtMost((yield* Clock.currentTimeMillis) - last.timestamp.utc.epochMillis, 31 * 60 * second)
        trail.add({ id: 3, micros: (last.timestamp.utc.epochMillis + 1) * 1000 })
        const again = yield* run(yield* Schema.decode(AuditPosition)(yield* Schema.encode(AuditPosition)(last)))
        yield* TestClock.adjust("1 hour")
        yield* Fiber.interrupt(again)
        assert.deepStrictEqual(seen, ["req_000001", "req_000002", "req_000003"])
      }
    }).pipe(Effect.provide(silent))
  )

  it.effect.prop(
    "goes on from what it has told, wherever it is stopped",
    { late, stop: fc.integer({ min: 1, max: 39 }), refusesDates: fc.boolean(), limit: fc.integer({ min: 2, max: 12 }) },
    (input) =>
      Effect.gen(function* () {
        yield* TestClock.setTime(now)
        const trail = new Trail(input.late)
        trail.refusesDates = input.refusesDates
        let kept: AuditPosition | undefined
        const keep = (position: AuditPosition) => Effect.sync(() => void (kept = position))
        const seen: Array<string> = []
        const run = Effect.suspend(() =>
          ApiKeys.tailApiAuditLogs("app", {
            startDate: new Date(now),
            from: kept,
            lag: "3 seconds",
            interval: "1 second",
            limit: input.limit,
            onProgress: keep
          })
            .pipe(
              Stream.runForEach(({ position, row }) => {
                seen.push(row.requestId)
                return keep(position)
              })
            )
            .pipe(Effect.provide(trail.layer))
        )
        for (const seconds of [input.stop, 40]) {
          const fiber = yield* Effect.fork(run)
          for (let elapsed = 0; elapsed < seconds; elapsed++) yield* TestClock.adjust("1 second")
          yield* Fiber.interrupt(fiber)
        }
        assert.deepStrictEqual(seen, idsOf(input.late))
      }).pipe(Effect.provide(silent)),
    { fastCheck: { numRuns: 15 } }
  )

  it.effect.prop(
    "never tells of progress behind a row that it has given, whichever dates of a backfill are refused",
    { limit: fc.integer({ min: 2, max: 12 }), refused: fc.array(fc.nat(12), { minLength: 1, maxLength: 4 }) },
    ({ limit, refused }) =>
      Effect.gen(function* () {
        yield* TestClock.setTime(now)
        const rows = Array.from({ length: 60 }, (_, id) => ({ id, micros: (now - (60 - id) * second) * 1000 }))
        const trail = new Trail(rows)
        trail.before = ({ startDate }, index) =>
          startDate !== undefined && refused.includes(index) ? Effect.fail(serverError()) : Effect.void
        const behind: Array<AuditPosition> = []
        let given: AuditPosition | undefined
        const seen: Array<string> = []
        yield* ApiKeys.tailApiAuditLogs("app", {
          startDate: new Date(now - 60 * second),
          lag: "1 second",
          interval: "1 second",
          limit,
          onProgress: (position) =>
            Effect.sync(() => {
              if (given !== undefined && isBefore(position.timestamp, given.timestamp)) behind.push(position)
            })
        }).pipe(
          Stream.runForEach(({ position, row }) =>
            Effect.sync(() => {
              given = position
              seen.push(row.requestId)
            })
          ),
          Effect.provide(trail.layer),
          Effect.race(elapse(Effect.sleep("10 seconds"), "1 minutes"))
        )
        assert.deepStrictEqual(behind, [])
        assert.deepStrictEqual(seen, idsOf(rows))
      }).pipe(Effect.provide(silent)),
    { fastCheck: { numRuns: 15 } }
  )

  it.effect("never tells of progress behind the row that it goes on from, however much there is to catch up", () =>
    Effect.gen(function* () {
      yield* TestClock.setTime(now)
      const rows = Array.from({ length: 60 }, (_, id) => ({ id, micros: (now - (60 - id) * second) * 1000 }))
      const trail = new Trail(rows)
      const read = (options: ApiKeys.TailApiAuditLogsOptions, count: number) =>
        ApiKeys.tailApiAuditLogs("app", { startDate: new Date(now - 60 * second), lag: 0, limit: 2, ...options }).pipe(
          Stream.take(count),
          Stream.runCollect,
          Effect.provide(trail.layer)
        )
      const [first] = yield* elapse(read({}, 1))
      if (first === undefined) return assert.fail("there is a row")
      const from = first.position
      const told: Array<AuditPosition> = []
      const onProgress = (position: AuditPosition) => Effect.sync(() => void told.push(position))
      const rest = yield* elapse(read({ from, onProgress }, 59))
      assert.deepStrictEqual(Array.from(rest, ({ row }) => row.requestId).slice(-1), idsOf(rows).slice(-1))
      assert.deepStrictEqual(
        told.filter((position) => AuditPosition.Order(position, from) <= 0),
        []
      )
    }).pipe(Effect.provide(silent))
  )

  /** When a tail asks, in seconds, under a deadline after 90. */
  const asked = (
    trail: Trail,
    options: ApiKeys.TailApiAuditLogsOptions,
    seconds: number,
    take: (entry: ApiKeys.ApiAuditEntry) => Effect.Effect<unknown> = () => Effect.void
  ) =>
    Effect.gen(function* () {
      yield* TestClock.setTime(now)
      const times: Array<number> = []
      trail.before = () => Effect.map(Clock.currentTimeMillis, (at) => void times.push((at - now) / second))
      const tail = ApiKeys.tailApiAuditLogs("app", { lag: 0, interval: "1 minute", ...options }).pipe(
        Stream.runForEach(take),
        Effect.provide(trail.layer)
      )
      const fiber = yield* Effect.fork(Policy.operationTimeout("90 seconds")(tail))
      for (let elapsed = 0; elapsed < seconds; elapsed++) yield* TestClock.adjust("1 second")
      yield* Fiber.interrupt(fiber)
      return times
    })

  it.effect("does not sleep past a deadline in scope, of which the next page tells", () =>
    Effect.gen(function* () {
      assert.deepStrictEqual(yield* asked(new Trail(), {}, 200), [0, 60, 90, 150])
    })
  )

  it.effect("does not sleep where the deadline has passed while a row was taken", () =>
    Effect.gen(function* () {
      const trail = new Trail([{ id: 1, micros: now * 1000 + 1 }])
      assert.deepStrictEqual(yield* asked(trail, {}, 250, () => Effect.sleep("2 minutes")), [0, 60, 180, 240])
    })
  )

  it.effect("asks at the deadline also where nothing is old enough yet: only a call tells of it", () =>
    Effect.gen(function* () {
      // Of before the start, but of after the deadline.
      const trail = new Trail([{ id: 1, micros: (now + 100 * second) * 1000 }])
      const given: Array<string> = []
      const take = ({ row }: ApiKeys.ApiAuditEntry) => Effect.sync(() => given.push(row.requestId))
      assert.deepStrictEqual(yield* asked(trail, { startDate: new Date(now + 3600 * second) }, 200, take), [90, 150])
      assert.deepStrictEqual(given, [])
    })
  )

  it.effect("gives a row once that the server wrote twice", () =>
    Effect.gen(function* () {
      for (const refusesDates of [false, true]) {
        yield* TestClock.setTime(now)
        const rows = [1, 2, 3].map((id) => ({ id, micros: now * 1000 + id }))
        const trail = new Trail([...rows, ...rows])
        trail.refusesDates = refusesDates
        assert.deepStrictEqual((yield* follow(trail, {}, 16)).ids, idsOf(rows))
      }
    }).pipe(Effect.provide(silent))
  )

  it.effect("loses no row that can be read late, by offset", () =>
    Effect.gen(function* () {
      yield* TestClock.setTime(now)
      const late = { id: 1, micros: (now + second) * 1000, visibleAt: now + 3 * second }
      const early = { id: 2, micros: (now + second) * 1000 + 1, visibleAt: now + second }
      const trail = new Trail([late, early])
      trail.refusesDates = true
      const { ids } = yield* follow(
        trail,
        { startDate: new Date(now - day), lag: "3 seconds", interval: "1 second" },
        9
      )
      assert.deepStrictEqual(ids, ["req_000001", "req_000002"])
    }).pipe(Effect.provide(silent))
  )

  it.effect("gives every row of a millisecond that fills several pages", () =>
    Effect.gen(function* () {
      yield* TestClock.setTime(now)
      const rows = Array.from({ length: 25 }, (_, id) => ({ id, micros: now * 1000 + (id % 4) }))
      const { ids } = yield* follow(new Trail(rows), { lag: 0, limit: 4 }, 9)
      assert.deepStrictEqual(ids, idsOf(rows))
    })
  )

  it.effect("goes on from millisecond to millisecond where each fills several pages", () =>
    Effect.gen(function* () {
      yield* TestClock.setTime(now + 3)
      const rows = Array.from({ length: 40 }, (_, id) => ({ id, micros: (now + (id % 4)) * 1000 }))
      const trail = new Trail(rows)
      // What gets nowhere would ask for ever.
      trail.before = (_, index) => (index > 100 ? Effect.fail(serverError(503)) : Effect.void)
      const { ids } = yield* follow(trail, { startDate: new Date(now), lag: 0, limit: 4 }, 1)
      assert.deepStrictEqual(ids, idsOf(rows))
    })
  )

  it.effect("does not read to the end of the trail where the server ignores the window", () =>
    Effect.gen(function* () {
      yield* TestClock.setTime(now)
      const rows = Array.from({ length: 300 }, (_, id) => ({ id, micros: (now - 299 + id) * 1000 }))
      const trail = new Trail(rows)
      trail.ignoresDates = true
      const { ids } = yield* follow(trail, { startDate: new Date(now), lag: 0, limit: 4 }, 1)
      assert.deepStrictEqual(ids, ["req_000299"])
      assert.strictEqual(trail.queries.length, 1)
    })
  )

  it.effect("reads a long past in slices that fit a page, holding one page at a time", () =>
    Effect.gen(function* () {
      yield* TestClock.setTime(now)
      const past = Array.from({ length: 3000 }, (_, id) => ({ id, micros: (now - 6 * day + id * 7) * 1000 }))
      const trail = new Trail(past)
      const { ids } = yield* follow(trail, { startDate: new Date(now - 20 * day), limit: 100 }, 1)
      assert.deepStrictEqual(ids, idsOf(past))
      assert.isBelow(trail.queries.length, 150)
      assert.isTrue(trail.queries.every(({ cursorTs }) => cursorTs === undefined))
    })
  )

  it.effect("asks no more often for pages of 0, which the server reads as 1, and never without a pause", () =>
    Effect.gen(function* () {
      yield* TestClock.setTime(now)
      const rows = Array.from({ length: 20 }, (_, id) => ({ id, micros: (now + id * second) * 1000 }))
      const [none, one] = [new Trail(rows), new Trail(rows)]
      const { ids } = yield* follow(none, { limit: 0 }, 60)
      assert.deepStrictEqual(ids, idsOf(rows))
      yield* TestClock.setTime(now)
      yield* follow(one, { limit: 1 }, 60)
      assert.isAtMost(none.queries.length, one.queries.length)
      for (const [options, field] of [
        [{ from: { timestamp: "2026-11-23T10:00:00Z", requestId: "req_1" } }, "from: an AuditPosition"],
        [{ cursor: "x" }, "cursor: no such field"]
      ] as const) {
        assert.include(String((yield* follow(none, options as object, 1)).exit), field)
      }
      const { exit } = yield* follow(none, { interval: 0 }, 1)
      assert.isTrue(Exit.isFailure(exit) && Cause.isFailType(exit.cause))
      assert.include(
        String(Exit.isFailure(exit) ? Cause.squash(exit.cause) : ""),
        "interval: a finite duration of 1 ms"
      )
    })
  )

  it.effect("follows by offset while rows arrive faster than a page at a time, saying so once", () =>
    Effect.gen(function* () {
      yield* TestClock.setTime(now)
      const messages: Array<unknown> = []
      const logger = Logger.replace(
        Logger.defaultLogger,
        Logger.make(({ message }) => {
          messages.push(message)
        })
      )
      const rows = Array.from({ length: 400 }, (_, id) => {
        const millis = now + Math.floor(id / 20) * 1000
        return { id, micros: millis * 1000 + (id % 3), visibleAt: millis + 500 }
      })
      const trail = new Trail(rows)
      trail.refusesDates = true
      const { ids } = yield* follow(trail, { lag: "2 seconds", limit: 5 }, 40).pipe(Effect.provide(logger))
      assert.deepStrictEqual(ids, idsOf(rows))
      assert.strictEqual(messages.length, 1)
      assert.isTrue(trail.queries.slice(1).every(({ startDate }) => startDate === undefined))
      assert.isTrue(trail.queries.every(({ offset = 0 }) => offset >= 0))
      // A page of four new rows each, down and up again, and one look every five seconds.
      assert.isBelow(trail.queries.length, 320)
    })
  )

  for (const { arrive, most } of [
    { arrive: 0, most: 60 },
    { arrive: 1, most: 60 },
    { arrive: 50, most: 70 },
    { arrive: 90, most: 300 }
  ]) {
    it.effect(`catches up by offset, by pages of 100, while ${arrive} rows arrive with each request`, () =>
      Effect.gen(function* () {
        yield* TestClock.setTime(now)
        const past = Array.from({ length: 3000 }, (_, id) => ({ id, micros: (now - 60 * second + id) * 1000 }))
        const trail = new Trail(past)
        trail.refusesDates = true
        // What does not catch up would ask for ever.
        trail.before = (_, index) => (index > most ? Effect.fail(serverError()) : arriving(trail, index, arrive))
        const options = { startDate: new Date(now - 60 * second), limit: 100 }
        const found = yield* ApiKeys.tailApiAuditLogs("app", options).pipe(
          Stream.take(past.length),
          Stream.runCollect,
          Effect.provide(trail.layer)
        )
        assert.deepStrictEqual(
          Chunk.toReadonlyArray(found).map(({ row }) => row.requestId),
          idsOf(past)
        )
      }).pipe(Effect.provide(silent))
    )
  }

  it.effect("follows by offset, a look a time, what arrives between two looks", () =>
    Effect.gen(function* () {
      yield* TestClock.setTime(now)
      // 600 in five seconds, by pages of 1000, and 1200 that are too young at any time.
      const rows = Array.from({ length: 12_000 }, (_, id) => {
        const millis = now + Math.floor((id * 1000) / 120)
        return { id, micros: millis * 1000 + (id % 7), visibleAt: millis }
      })
      const trail = new Trail(rows)
      trail.refusesDates = true
      const { ids } = yield* follow(trail, {}, 80)
      assert.deepStrictEqual(ids, idsOf(rows.slice(0, 70 * 120 + 1)))
      assert.isBelow(trail.queries.length, 30)
    }).pipe(Effect.provide(silent))
  )

  it.effect("lets the ServerError stand where offsets cannot reach the start", () =>
    Effect.gen(function* () {
      yield* TestClock.setTime(now)
      const trail = new Trail([{ id: 1, micros: (now - day) * 1000 }])
      trail.refusesDates = true
      const from = AuditPosition.of(rowOf({ id: 0, micros: (now - 8 * day) * 1000 }))
      const { exit } = yield* follow(trail, { from }, 1)
      assert.isTrue(Exit.isFailure(exit))
      assert.include(String(exit), "ServerError")
    })
  )

  it.effect("lets the ServerError stand where nothing is left of the days that it slept through", () =>
    Effect.gen(function* () {
      yield* TestClock.setTime(now)
      const trail = new Trail()
      trail.refusesDates = true
      const fiber = yield* ApiKeys.tailApiAuditLogs("app", { lag: 0, interval: "8 days" }).pipe(
        Stream.runDrain,
        Effect.flip,
        Effect.provide(trail.layer),
        Effect.fork
      )
      yield* TestClock.adjust("8 days")
      assert.containsSubset(fiber.unsafePoll(), { _tag: "Success", value: { _tag: "ServerError" } })
    }).pipe(Effect.provide(silent))
  )

  it("looks again after an interval that is longer than a timer can wait", () =>
    onVirtualTime(
      Effect.gen(function* () {
        const trail = new Trail([{ id: 1, micros: 20 * day * 1000 }])
        const rows = yield* ApiKeys.tailApiAuditLogs("app", { lag: 0, interval: "40 days" }).pipe(
          Stream.take(1),
          Stream.runCollect,
          Effect.provide(trail.layer)
        )
        assert.strictEqual(rows.length, 1)
        assert.strictEqual(yield* Clock.currentTimeMillis, 40 * day)
      })
    ))

  it.effect("refuses an endless lag, and a page that promises more is a PaginationError", () =>
    Effect.gen(function* () {
      yield* TestClock.setTime(now)
      const trail = new Trail([{ id: 1, micros: now * 1000 }])
      const refused = yield* follow(trail, { lag: Duration.infinity }, 1)
      assert.containsSubset(Exit.isFailure(refused.exit) ? Cause.squash(refused.exit.cause) : undefined, {
        _tag: "EncodeError",
        operation: "tailApiAuditLogs",
        issues: [{ field: "lag", allowed: "a finite duration of 0 ms or more" }]
      })
      trail.after = (page) => ({ ...page, data: [], hasMore: true })
      for (const refusesDates of [false, true]) {
        trail.refusesDates = refusesDates
        const { exit } = yield* follow(trail, { lag: 0, startDate: new Date(now - 1) }, 1)
        assert.include(String(exit), "PaginationError")
      }
    }).pipe(Effect.provide(silent))
  )

  it.effect("does not look again before what it gave was taken", () =>
    Effect.gen(function* () {
      yield* TestClock.setTime(now)
      const trail = new Trail([{ id: 1, micros: now * 1000 }])
      const gate = yield* Deferred.make<void>()
      const fiber = yield* ApiKeys.tailApiAuditLogs("app", { lag: 0 }).pipe(
        Stream.runForEach(() => Deferred.await(gate)),
        Effect.provide(trail.layer),
        Effect.fork
      )
      yield* TestClock.adjust("1 minute")
      assert.strictEqual(trail.queries.length, 1)
      yield* Deferred.succeed(gate, undefined)
      yield* TestClock.adjust("6 seconds")
      assert.strictEqual(trail.queries.length, 2)
      yield* Fiber.interrupt(fiber)
    })
  )

  it.effect("ends at once when interrupted between two looks", () =>
    Effect.gen(function* () {
      yield* TestClock.setTime(now)
      const began = yield* Deferred.make<void>()
      const trail = new Trail()
      trail.before = () => Deferred.succeed(began, undefined)
      const fiber = yield* ApiKeys.tailApiAuditLogs("app", { lag: 0 }).pipe(
        Stream.runDrain,
        Effect.provide(trail.layer),
        Effect.fork
      )
      yield* Deferred.await(began)
      assert.isTrue(Exit.isInterrupted(yield* Fiber.interrupt(fiber)))
      assert.strictEqual(trail.queries.length, 1)
    })
  )
})
