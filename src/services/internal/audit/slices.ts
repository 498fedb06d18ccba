/**
 * Reading upwards through pages that run downwards: one slice of a trail after the other, each small enough for a page.
 */
import * as Arr from "effect/Array"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import type { ServerError } from "../../../errors/ApiError.js"
import type { ApiAuditLog } from "../../../schemas/AuditLog.js"
import type { AuditPosition } from "../../../schemas/AuditPosition.js"
import { comparePlaces, placeOf } from "../../../schemas/internal/place.js"
import { Timestamp } from "../../../schemas/Timestamp.js"
import {
  checkReach,
  descending,
  isBefore,
  noAdvance,
  overlappingSize,
  type ReadPage,
  type TrailError
} from "./reading.js"

interface Reached {
  /** Everything before it has been given. */
  readonly start: Timestamp
  /** The last row given. */
  readonly last: AuditPosition | undefined
}

/** By date; `width` in milliseconds is what the last slices had room for. */
export interface ByDate extends Reached {
  readonly _tag: "ByDate"
  readonly width: number
}

/** By offset, where the server refuses dates. */
export interface ByOffset extends Reached {
  readonly _tag: "ByOffset"
  readonly offset: number
  readonly refusal: ServerError
}

/** How far a tail is, and which way it reads. */
export type Slicing = ByDate | ByOffset

/** The next rows, oldest first. */
export interface Found {
  readonly rows: ReadonlyArray<ApiAuditLog>
  readonly next: Slicing
  /** Whether the horizon was reached. */
  readonly isComplete: boolean
}

interface Trail {
  readonly read: ReadPage
  readonly size: number
}

const isNew = ({ last, start }: Reached, row: ApiAuditLog): boolean =>
  !isBefore(row.timestamp, start) && (last === undefined || comparePlaces(row, last) > 0)

const upwards = (reached: Reached, rows: ReadonlyArray<ApiAuditLog>): ReadonlyArray<ApiAuditLog> =>
  Arr.reverse(rows.filter((row) => isNew(reached, row)))

const lastOf = (rows: ReadonlyArray<ApiAuditLog>, last: AuditPosition | undefined): AuditPosition | undefined => {
  const row = rows.at(-1)
  return row === undefined ? last : placeOf(row)
}

/** What is not read when a page starts being too full is read in the next slice; a millisecond is never divided. */
export const sliceByDate = (trail: Trail, slicing: ByDate, horizon: Timestamp): Effect.Effect<Found, TrailError> =>
  Effect.gen(function* () {
    const { last, start, width } = slicing
    const from = start.utc.epochMillis
    const length = Math.min(horizon.utc.epochMillis - from, width)
    const isComplete = from + length >= horizon.utc.epochMillis
    const end = isComplete ? horizon : Timestamp.fromDateTime(DateTime.unsafeMake(from + length))
    const page = yield* trail.read({ startDate: start, endDate: end, limit: trail.size })
    const first = yield* descending(page.data, undefined)
    if (page.hasMore && length > 1) {
      return yield* sliceByDate(trail, { ...slicing, width: Math.max(1, Math.floor(length / 2)) }, horizon)
    }
    const rows = upwards(slicing, page.hasMore ? yield* withRest(trail, start, end, first) : first)
    const isRoomy = first.length * 2 < trail.size
    const next: ByDate = { _tag: "ByDate", start: end, last: lastOf(rows, last), width: isRoomy ? width * 2 : width }
    return { rows, next, isComplete }
  })

/** All rows of a slice that cannot be divided. */
const withRest = (
  trail: Trail,
  start: Timestamp,
  end: Timestamp,
  rows: ReadonlyArray<ApiAuditLog>
): Effect.Effect<ReadonlyArray<ApiAuditLog>, TrailError> =>
  Effect.gen(function* () {
    const above = lastOf(rows, undefined)
    if (above === undefined) return yield* noAdvance()
    const page = yield* trail.read({
      startDate: start,
      endDate: end,
      limit: trail.size,
      cursorTs: above.timestamp,
      cursorId: above.requestId
    })
    const more = yield* descending(page.data, above)
    if (page.hasMore && more.length === 0) return yield* noAdvance()
    const all = [...rows, ...more]
    return page.hasMore ? yield* withRest(trail, start, end, all) : all
  })

/** Goes down until a page reaches a row that was given, then up again page by page; the pages overlap. */
export const sliceByOffset = (trail: Trail, slicing: ByOffset, horizon: Timestamp): Effect.Effect<Found, TrailError> =>
  Effect.gen(function* () {
    const { last, offset, refusal, start } = slicing
    const size = overlappingSize(trail.size)
    const page = yield* trail.read({ limit: size, offset })
    const rows = yield* descending(page.data, undefined)
    const lowest = rows.at(-1)
    const reachesBack = lowest === undefined || !isNew(slicing, lowest)
    if (page.hasMore && page.data.length < 2) return yield* noAdvance()
    if (page.hasMore && !reachesBack) {
      return yield* sliceByOffset(trail, { ...slicing, offset: offset + page.data.length - 1 }, horizon)
    }
    if (!reachesBack) yield* checkReach(start, refusal)
    const fresh = upwards(slicing, rows).filter((row) => !isBefore(horizon, row.timestamp))
    const highest = rows[0]
    const isComplete = offset === 0 || (highest !== undefined && isBefore(horizon, highest.timestamp))
    const next: ByOffset = {
      _tag: "ByOffset",
      start: isComplete ? horizon : start,
      last: lastOf(fresh, last),
      offset: isComplete ? 0 : Math.max(0, offset - size + 1),
      refusal
    }
    return { rows: fresh, next, isComplete }
  })
