/**
 * What reading an audit trail page by page needs, whichever way it goes.
 */
import * as Clock from "effect/Clock"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import type { NotFoundError, ServerError, ValidationError } from "../../../errors/ApiError.js"
import { PaginationError } from "../../../errors/ClientError.js"
import type { CallError } from "../../../errors/WachtError.js"
import type { ApiAuditLog, GetApiAuditLogsQuery } from "../../../schemas/AuditLog.js"
import { comparePlaces, type Place } from "../../../schemas/internal/place.js"
import type { ApiAuditLogPage } from "../../../schemas/Page.js"
import { Timestamp } from "../../../schemas/Timestamp.js"

/** The operation that answers the pages. */
export const operation = "getApiAuditLogs"

/** What a page can fail with. */
export type PageError = NotFoundError | ValidationError | CallError

/** What a trail can fail with. */
export type TrailError = PageError | PaginationError

/** Reads a page of one app's trail. */
export interface ReadPage {
  (query: GetApiAuditLogsQuery): Effect.Effect<ApiAuditLogPage, PageError>
}

/** The largest page of the server, which clamps what is above it; what is no size is left for the operation to refuse. */
const largest = 1000

/** How many rows to ask for at once. */
export const pageSize = (limit: number | undefined): number =>
  limit === undefined ? largest : Math.min(limit, largest)

/** Pages that are read by offset overlap by a row. */
export const overlappingSize = (size: number): number => Math.max(2, size)

/** How far back the server reads where it is given no dates. */
export const daysWithoutDates = 7

/** Where the server's own window begins by this client's clock. */
export const ownWindowStart: Effect.Effect<Timestamp> = Effect.map(Clock.currentTimeMillis, (millis) =>
  Timestamp.fromDateTime(DateTime.subtract(DateTime.unsafeMake(millis), { days: daysWithoutDates }))
)

/** Without dates the server reads its own last days only: what begins before them stays refused. */
export const checkReach = (start: Timestamp, refusal: ServerError): Effect.Effect<void, ServerError> =>
  Effect.flatMap(ownWindowStart, (reach) => (isBefore(start, reach) ? Effect.fail(refusal) : Effect.void))

/** A database that refuses dates and cursors is known by this answer alone. */
export const isRefusalOfDates = (error: TrailError): error is ServerError =>
  error._tag === "ServerError" && error.status === 500

/** Said once, when reading by offset begins. */
export const logOffsets = Effect.logWarning(
  "The audit trail cannot be read by date (the server answers 500): reading on by offset, which is slower"
)

/** Whether a comes before b in time. */
export const isBefore = (a: Timestamp, b: Timestamp): boolean => Timestamp.Order(a, b) < 0

/**
 * The rows of a page that come after `above`, the last one given. Rows must go down from row to row: that alone is why none is given
 * twice. The very same row again is left out, as when the server has written it twice.
 */
export const descending = (
  rows: ReadonlyArray<ApiAuditLog>,
  above: Place | undefined
): Effect.Effect<ReadonlyArray<ApiAuditLog>, PaginationError> => {
  let previous: Place | undefined = above
  let repeats: Set<ApiAuditLog> | undefined
  for (const row of rows) {
    const order = previous === undefined ? -1 : comparePlaces(row, previous)
    if (order > 0) {
      const message = "a page does not go on from the last row given: it holds a row that comes before it"
      return Effect.fail(new PaginationError({ operation, message }))
    }
    if (order === 0) (repeats ??= new Set()).add(row)
    previous = row
  }
  return Effect.succeed(repeats === undefined ? rows : rows.filter((row) => repeats.has(row) === false))
}

/** More is promised, but there is nothing from which to go on. */
export const noAdvance = (): PaginationError =>
  new PaginationError({ operation, message: "a page without a new row says that there are more" })
