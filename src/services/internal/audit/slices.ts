/**
 * Reading upwards through pages that run downwards: one slice of a trail after the other, each small enough for a page.
 */
import * as Arr from "effect/Array"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import type { ServerError } from "../../../errors/ApiError.js"
import type { ApiAuditLog } from "../../../schemas/AuditLog.js"
import { comparePlaces, type Place } from "../../../schemas/internal/place.js"
import { Timestamp } from "../../../schemas/Timestamp.js"
import { isBefore } from "../isBefore.js"
import { stuck } from "../stuck.js"
import { checkReach, descending, operation, orByOffset, readByDate, type Trail, type TrailError } from "./reading.js"

/** The next rows, oldest first; up to where all is given, which is the horizon itself where it was reached; and the next slice. */
export type Found = readonly [rows: ReadonlyArray<ApiAuditLog>, reached: Timestamp, next: Slice]

/** Reads on to the horizon: everything before `start` was given, and `last` was the last row. */
export interface Slice {
  (start: Timestamp, last: Place | undefined, horizon: Timestamp): Effect.Effect<Found, TrailError>
}

/** A filter for what was not given yet. */
const isNew =
  (start: Timestamp, last: Place | undefined) =>
  (row: ApiAuditLog): boolean =>
    !isBefore(row.timestamp, start) && (last === undefined || comparePlaces(row, last) > 0)

/**
 * By date; `width` in milliseconds is what the last slices had room for. What is not read when a page starts being too full is read in the
 * next slice; a millisecond is never divided.
 */
export const byDate =
  (trail: Trail, width: number): Slice =>
  (start, last, horizon) => {
    const slice = Effect.gen(function* (): Effect.fn.Return<Found, TrailError> {
      const left = DateTime.distance(start.utc, horizon.utc)
      const length = Math.min(left, width)
      const end = length < left ? Timestamp.fromDateTime(DateTime.addDuration(start.utc, length)) : horizon
      const [first, isMore] = yield* readByDate(trail, start, end, undefined)
      const rows = [...first]
      let hasMore = isMore
      if (hasMore && length > 1) return [[], start, byDate(trail, Math.max(1, Math.floor(length / 2)))]
      // What comes after a row before the window is before it too: a server that ignores the window is not read to the end of its trail.
      while (hasMore && !isBefore(rows.at(-1)?.timestamp, start)) {
        const [more, isMore] = yield* readByDate(trail, start, end, rows.at(-1))
        rows.push(...more)
        hasMore = isMore
      }
      const next = byDate(trail, rows.length * 2 < trail.size ? width * 2 : width)
      return [Arr.reverse(rows.filter(isNew(start, last))), end, next]
    })
    return orByOffset(slice, start, (refusal) => byOffset(trail, refusal, 0)(start, last, horizon))
  }

/** By offset, where the server refuses dates: goes down until a page reaches a row that was given, then up again; the pages overlap. */
const byOffset =
  (trail: Trail, refusal: ServerError, offset: number): Slice =>
  (start, last, horizon) =>
    Effect.gen(function* () {
      const limit = Math.max(2, trail.size)
      const { data, hasMore } = yield* trail.read({ limit, offset })
      const rows = yield* descending(data, undefined)
      const fresh = rows.filter(isNew(start, last))
      const at = (offset: number) => byOffset(trail, refusal, offset)
      if (hasMore && data.length < 2) return yield* stuck(operation)
      if (fresh.length === rows.length) {
        if (hasMore) return [[], start, at(offset + data.length - 1)]
        yield* checkReach(start, refusal)
      }
      const given = Arr.reverse(fresh.filter((row) => !isBefore(horizon, row.timestamp)))
      return offset === 0 || isBefore(horizon, rows[0]?.timestamp)
        ? [given, horizon, at(0)]
        : [given, start, at(Math.max(0, offset - limit + 1))]
    })
