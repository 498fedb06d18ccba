/**
 * The rows of a window, newest first, page by page.
 */
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import type * as Stream from "effect/Stream"
import type { ServerError } from "../../../errors/ApiError.js"
import type { ApiAuditLog } from "../../../schemas/AuditLog.js"
import { comparePlaces, type Place } from "../../../schemas/internal/place.js"
import { Timestamp } from "../../../schemas/Timestamp.js"
import { isBefore } from "../isBefore.js"
import { checkMembers } from "../members.js"
import { nextRows } from "../offsetPages.js"
import { paged, type ReadRows } from "../paged.js"
import { refuse } from "../refuse.js"
import type { ApiAuditEntry, StreamApiAuditLogsOptions, StreamApiAuditLogsQuery } from "./options.js"
import {
  checkFrom,
  checkReach,
  descending,
  entries,
  moment,
  operation,
  orByOffset,
  ownWindowStart,
  type Pages,
  readByDate,
  type TrailError,
  trailOf
} from "./reading.js"

const name = "streamApiAuditLogs"

/** To its end. */
const thisMillisecond = Effect.map(DateTime.now, (now) =>
  Option.getOrElse(Timestamp.parse(DateTime.formatIso(now).replace("Z", "999Z")), () => Timestamp.fromDateTime(now))
)

type ReadEntries = ReadRows<ApiAuditEntry, TrailError>

/** The stream of a trail's window. */
export const auditStream = (
  pages: Pages,
  appSlug: string,
  query: StreamApiAuditLogsQuery,
  options: StreamApiAuditLogsOptions
): Stream.Stream<ApiAuditEntry, TrailError> => {
  const { from, prefetch } = options
  const trail = trailOf(pages, appSlug, query)
  /**
   * Both ends are always said: the server ignores an end without a start, and rows that arrive later must not belong to the window.
   * A position's own start counts unless the query gives one; where one is gone on from, it is the end unless the query gives one.
   */
  const first: ReadEntries = Effect.gen(function* () {
    yield* checkMembers(name, query, ["startDate", "endDate", "keyId", "outcome", "limit"])
    yield* checkMembers(name, options, ["from", "prefetch"])
    yield* checkFrom(name, from)
    const given = (yield* moment(name, "startDate", query)) ?? from?.startDate
    const until = yield* moment(name, "endDate", query)
    if (isBefore(until, given)) return yield* refuse(name, "endDate", "not before startDate")
    // Rows have microseconds, which the clock has not.
    const end = until ?? (from === undefined ? yield* thisMillisecond : undefined)
    // The server's own, which moves on: asked for by nobody.
    const start = given ?? (yield* ownWindowStart)
    if (given === undefined && (isBefore(end, start) || isBefore(from?.timestamp, start))) {
      return yield* refuse(name, "startDate", "needed where endDate, or the row gone on from, is more than 7 days ago")
    }

    /** On from the last row given. */
    const byCursor = (last: Place | undefined, next: (rows: ReadonlyArray<ApiAuditLog>) => ReadEntries): ReadEntries =>
      Effect.map(readByDate(trail, start, end, last), ([rows, hasMore]) => [
        entries(rows, start),
        hasMore ? next(rows) : undefined
      ])

    /** The same as long as dates are not refused; `count` is how many rows were given. */
    const byDate = (last: Place | undefined, count: number, hasRead = false): ReadEntries =>
      orByOffset(
        trail,
        byCursor(last, (rows) => byDate(rows.at(-1), count + rows.length, true)),
        given,
        (refusal) => byOffset(refusal, last, Math.max(0, count - 1), hasRead)
      )

    const restByDate = (last: Place | undefined): ReadEntries => byCursor(last, (rows) => restByDate(rows.at(-1)))

    /** Without dates, keeping the window here. Where dates have been read before (`hasRead`), the refusal may have been an outage. */
    const byOffset = (refusal: ServerError, last: Place | undefined, offset: number, hasRead: boolean): ReadEntries =>
      Effect.gen(function* () {
        const kept = hasRead ? start : given
        const isAbove = (row: ApiAuditLog): boolean =>
          isBefore(end, row.timestamp) || (last !== undefined && comparePlaces(row, last) >= 0)
        const [found, next] = yield* nextRows({ ...trail, operation, isAbove }, offset)
        const below = yield* descending(found, last)
        const rows = below.filter((row) => !isBefore(row.timestamp, start))
        if (rows.length < below.length) return [entries(rows, kept), undefined]
        const lastGiven = rows.at(-1) ?? last
        if (next !== undefined) return [entries(rows, kept), byOffset(refusal, lastGiven, next, hasRead)]
        // The list ended before the window did: the days that the server reads may have moved past its start meanwhile.
        const over = Effect.as(checkReach(kept, refusal), [[], undefined] as const)
        return [entries(rows, kept), hasRead ? Effect.orElse(over, () => restByDate(lastGiven)) : over]
      })

    return yield* byDate(from, 0)
  })
  return paged(name, first, prefetch)
}
