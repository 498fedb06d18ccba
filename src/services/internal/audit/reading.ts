/**
 * What reading an audit trail page by page needs, whichever way it goes.
 */
import * as DateTime from "effect/DateTime"
import type * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import type { NotFoundError, ServerError, ValidationError } from "../../../errors/ApiError.js"
import type { EncodeError, PaginationError } from "../../../errors/ClientError.js"
import type { CallError } from "../../../errors/WachtError.js"
import type { ApiAuditLog, GetApiAuditLogsQuery } from "../../../schemas/AuditLog.js"
import { AuditPosition } from "../../../schemas/AuditPosition.js"
import { comparePlaces, type Place } from "../../../schemas/internal/place.js"
import type { ApiAuditLogPage } from "../../../schemas/Page.js"
import { Timestamp, TimestampInput } from "../../../schemas/Timestamp.js"
import { isBefore } from "../isBefore.js"
import { refuse } from "../refuse.js"
import { stuck } from "../stuck.js"
import type { ApiAuditEntry, Filter } from "./options.js"

/** The operation that answers the pages. */
export const operation = "getApiAuditLogs"

/** What a trail can fail with. */
export type TrailError = NotFoundError | ValidationError | CallError | PaginationError

/** What answers the pages: the service, or an app's own in its place. */
export interface Pages {
  readonly getApiAuditLogs: (
    appSlug: string,
    query: GetApiAuditLogsQuery
  ) => Effect.Effect<ApiAuditLogPage, NotFoundError | ValidationError | CallError>
}

/** The rows of one app's trail that pass a filter, and how many to ask for at once. */
export interface Trail {
  readonly appSlug: string
  readonly read: (page: GetApiAuditLogsQuery) => ReturnType<Pages["getApiAuditLogs"]>
  readonly size: number
}

/** The server clamps pages to 1000 rows; what is no size is left for the operation to refuse. */
export const trailOf = (
  pages: Pages,
  appSlug: string,
  { keyId, limit = 1000, outcome }: Filter & Pick<GetApiAuditLogsQuery, "limit">
): Trail => {
  const most = limit > 1000 ? 1000 : limit
  // The server reads 0 as 1.
  return {
    appSlug,
    read: (page) => pages.getApiAuditLogs(appSlug, { keyId, outcome, limit: most, ...page }),
    size: Math.max(1, most)
  }
}

/** How long ago, by this client's clock. */
export const ago = (duration: Duration.DurationInput): Effect.Effect<Timestamp> =>
  Effect.map(DateTime.now, (now) => Timestamp.fromDateTime(DateTime.subtractDuration(now, duration)))

/** Where the server begins to read where it is given no dates, by this client's clock. */
export const ownWindowStart = ago("7 days")

/** A date of a query as the server gets it, where one is given. */
export const moment = (
  name: string,
  field: "startDate" | "endDate",
  query: Pick<GetApiAuditLogsQuery, "startDate" | "endDate">
): Effect.Effect<Timestamp | undefined, EncodeError> => {
  const input = query[field]
  return input === undefined
    ? Effect.succeed(undefined)
    : Effect.mapError(Option.flatMap(Schema.encodeOption(TimestampInput)(input), Timestamp.parse), () =>
        refuse(name, field, "a valid date in the years 0 to 9999")
      )
}

/** A position that went through `JSON` alone has a text where its moment belongs, and would compare as none. */
export const checkFrom = (name: string, from: AuditPosition | undefined): Either.Either<void, EncodeError> =>
  from === undefined || Schema.is(AuditPosition)(from)
    ? Either.void
    : Either.left(refuse(name, "from", "an AuditPosition; one that was kept as JSON is decoded by its schema"))

/** Without dates the server reads its own last days only: what begins before them stays refused. */
export const checkReach = (start: Timestamp | undefined, refusal: ServerError): Effect.Effect<unknown, ServerError> =>
  Effect.filterOrFail(
    ownWindowStart,
    (reach) => !isBefore(start, reach),
    () => refusal
  )

/** A database that refuses dates and cursors answers 500, and is known by that alone: goes on by offset, saying so once. */
export const orByOffset = <A>(
  { appSlug }: Trail,
  byDate: Effect.Effect<A, TrailError>,
  start: Timestamp | undefined,
  byOffset: (refusal: ServerError) => Effect.Effect<A, TrailError>
): Effect.Effect<A, TrailError> =>
  Effect.catchTag(byDate, "ServerError", (refusal) =>
    refusal.status === 500
      ? checkReach(start, refusal).pipe(
          Effect.zipRight(
            Effect.logWarning(
              `The server answered 500 to dates: the audit trail of ${JSON.stringify(appSlug)} is read by offset, which is slower`
            )
          ),
          Effect.zipRight(byOffset(refusal))
        )
      : Effect.fail(refusal)
  )

/**
 * The rows of a page that come after `above`, the last one given. Rows must go down from row to row: that alone is why none is given
 * twice. The very same row again is left out, as when the server has written it twice.
 */
export const descending = (
  rows: ReadonlyArray<ApiAuditLog>,
  above: Place | undefined
): Effect.Effect<ReadonlyArray<ApiAuditLog>, PaginationError> => {
  const fresh: Array<ApiAuditLog> = []
  let previous = above
  for (const row of rows) {
    const order = previous === undefined ? -1 : comparePlaces(row, previous)
    if (order > 0) return stuck(operation, "a page holds a row that comes before the last one given")
    if (order < 0) fresh.push(row)
    previous = row
  }
  return Effect.succeed(fresh)
}

/**
 * The rows of a window that come after `last`, by its own microsecond and id: the server's cursor keeps milliseconds and would skip rows.
 */
export const readByDate = (
  { read }: Trail,
  startDate: Timestamp,
  endDate: Timestamp | undefined,
  last: Place | undefined
): Effect.Effect<readonly [rows: ReadonlyArray<ApiAuditLog>, hasMore: boolean], TrailError> =>
  Effect.flatMap(
    read({ startDate, endDate, cursorTs: last?.timestamp, cursorId: last?.requestId }),
    ({ data, hasMore }) =>
      Effect.flatMap(descending(data, last), (rows) =>
        hasMore && rows.length === 0 ? stuck(operation) : Effect.succeed([rows, hasMore])
      )
  )

/** What is given of rows; a position holds where the window of its run begins. */
export const entries = (rows: ReadonlyArray<ApiAuditLog>, startDate?: Timestamp): ReadonlyArray<ApiAuditEntry> =>
  rows.map((row) => {
    const { requestId, timestamp } = row
    // Equal to what was kept as JSON and decoded: a member that is undefined would not be.
    return { row, position: startDate === undefined ? { timestamp, requestId } : { timestamp, requestId, startDate } }
  })
