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
import { edgePage } from "../offsetPages.js"
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
 * By date; `width` in milliseconds is what the last slices had room for. A slice of more than a page is given up and halved; a millisecond is
 * never divided. Where dates have been read before (`hasRead`), a refusal is an outage: the slice is read by
 * offset, and the next one by date again.
 */
export const byDate =
  (trail: Trail, width: number, hasRead = false): Slice =>
  (start, last, horizon) => {
    const slice = Effect.gen(function* (): Effect.fn.Return<Found, TrailError> {
      const left = DateTime.distance(start.utc, horizon.utc)
      const length = Math.min(left, width)
      const end = length < left ? Timestamp.fromDateTime(DateTime.addDuration(start.utc, length)) : horizon
      const rows: Array<ApiAuditLog> = []
      let hasMore = true
      // What comes after a row before the window is before it too: a server that ignores the window is not read to the end of its trail.
      while (hasMore && !isBefore(rows.at(-1)?.timestamp, start)) {
        const [more, isMore] = yield* readByDate(trail, start, end, rows.at(-1))
        if (isMore && length > 1) return [[], start, byDate(trail, Math.floor(length / 2), true)]
        rows.push(...more)
        hasMore = isMore
      }
      const next = byDate(trail, rows.length * 2 < trail.size ? width * 2 : width, true)
      return [Arr.reverse(rows.filter(isNew(start, last))), end, next]
    })
    return orByOffset(trail, slice, start, (refusal) =>
      Effect.map(byOffset(trail, refusal, 0, 0)(start, last, horizon), ([rows, reached, next]): Found => [
        rows,
        reached,
        hasRead ? byDate(trail, width, true) : next
      ])
    )
  }

/**
 * By offset, where the server refuses dates: each page is to hold the last row given and as many newer ones as may be. That row was last
 * seen at `edge`, which moves down by `drift` from page to page; the last quarter of a page is for what is wrong in that.
 */
const byOffset =
  (trail: Trail, refusal: ServerError, edge: number, drift: number): Slice =>
  (start, last, horizon) =>
    Effect.gen(function* () {
      const room = Math.max(1, trail.size - 1)
      const isAbove = isNew(start, last)
      const aim = Math.max(0, edge + drift - Math.ceil(room * 0.75))
      const { data, offset } = yield* edgePage({ ...trail, operation, isAbove }, aim)
      const rows = yield* descending(data, undefined)
      const below = data.findIndex((row) => !isAbove(row))
      if (below < 0) yield* checkReach(start, refusal)
      const [young, old] = Arr.span(rows, (row) => isBefore(horizon, row.timestamp))
      const moved = offset + (below < 0 ? data.length : below) - edge
      const next = byOffset(trail, refusal, offset + young.length, Math.max(0, Math.min(moved, Math.floor(room / 2))))
      const found = old.filter(isAbove)
      // Never behind what is given: a slice by date may come next.
      const reached = offset === 0 || young.length > 0 ? horizon : (found[0]?.timestamp ?? start)
      return [Arr.reverse(found), reached, next]
    })
