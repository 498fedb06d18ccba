/**
 * The rows of a window, newest first, page by page.
 */
import * as Chunk from "effect/Chunk"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Stream from "effect/Stream"
import type { ServerError } from "../../../errors/ApiError.js"
import type { ApiAuditLog, GetApiAuditLogsQuery } from "../../../schemas/AuditLog.js"
import type { AuditPosition } from "../../../schemas/AuditPosition.js"
import { comparePlaces, placeOf } from "../../../schemas/internal/place.js"
import type { ApiAuditLogPage } from "../../../schemas/Page.js"
import type { Timestamp } from "../../../schemas/Timestamp.js"
import { nextRows, type Place, placeAt } from "../offsetPages.js"
import { checkPrefetch, prefetch } from "../prefetch.js"
import type { ApiAuditEntry, StreamApiAuditLogsOptions, StreamApiAuditLogsQuery } from "./options.js"
import {
  checkReach,
  descending,
  isBefore,
  isRefusalOfDates,
  logOffsets,
  noAdvance,
  operation,
  overlappingSize,
  pageSize,
  type PageError,
  type ReadPage,
  type TrailError
} from "./reading.js"
import { type Window, windowOf } from "./window.js"

const name = "streamApiAuditLogs"

/** What does not change while a trail is read. */
interface Trail {
  readonly read: (query: GetApiAuditLogsQuery) => Effect.Effect<ApiAuditLogPage, PageError>
  readonly window: Window
  readonly size: number
}

/** The last row given, and how many before it. */
interface Given {
  readonly last: AuditPosition | undefined
  readonly count: number
}

type State =
  | { readonly _tag: "ByCursor"; readonly given: Given }
  | { readonly _tag: "ByOffset"; readonly given: Given; readonly place: Place; readonly refusal: ServerError }

type Step = Effect.Effect<readonly [Chunk.Chunk<ApiAuditEntry>, Option.Option<State>], TrailError>

/** The stream of a trail's window. */
export const auditStream = (
  read: ReadPage,
  query: StreamApiAuditLogsQuery,
  options: StreamApiAuditLogsOptions
): Stream.Stream<ApiAuditEntry, TrailError> => {
  const { keyId, limit, outcome } = query
  const { from } = options
  return Stream.unwrap(
    Effect.map(Effect.zipRight(checkPrefetch(name, options.prefetch), windowOf(name, query, from)), (window) => {
      const trail: Trail = { read: (page) => read({ keyId, outcome, ...page }), window, size: pageSize(limit) }
      const start: State = { _tag: "ByCursor", given: { last: from, count: 0 } }
      const step = (state: State): Step =>
        state._tag === "ByCursor" ? byCursor(trail, state.given) : byOffset(trail, state)
      return prefetch(Stream.paginateChunkEffect(start, step), options.prefetch)
    })
  )
}

const entries = (rows: ReadonlyArray<ApiAuditLog>, startDate: Timestamp | undefined): ReadonlyArray<ApiAuditEntry> =>
  rows.map((row) => ({ row, position: { timestamp: row.timestamp, requestId: row.requestId, startDate } }))

const after = (given: Given, rows: ReadonlyArray<ApiAuditLog>): Given => {
  const last = rows.at(-1)
  return last === undefined ? given : { last: placeOf(last), count: given.count + rows.length }
}

/** From the last row on, by its own microsecond and id: the server's cursor keeps milliseconds and would skip rows. */
const byCursor = (trail: Trail, given: Given): Step => {
  const { read, size, window } = trail
  return read({
    startDate: window.start,
    endDate: window.end,
    limit: size,
    cursorTs: given.last?.timestamp,
    cursorId: given.last?.requestId
  }).pipe(
    Effect.flatMap(({ data, hasMore }) =>
      Effect.flatMap(descending(data, given.last), (rows): Step => {
        if (hasMore && rows.length === 0) return Effect.fail(noAdvance())
        const next: State = { _tag: "ByCursor", given: after(given, rows) }
        return Effect.succeed([
          Chunk.unsafeFromArray(entries(rows, window.start)),
          hasMore ? Option.some(next) : Option.none()
        ])
      })
    ),
    Effect.catchIf(isRefusalOfDates, (refusal) =>
      Effect.zipRight(
        Effect.zipRight(checkWindow(window, refusal), logOffsets),
        byOffset(trail, { given, place: placeAt(Math.max(0, given.count - 1)), refusal })
      )
    )
  )
}

/** The server's own window moves on by itself: whatever is left of it is all that was asked for. */
const checkWindow = ({ isOwn, start }: Window, refusal: ServerError): Effect.Effect<void, ServerError> =>
  isOwn ? Effect.void : checkReach(start, refusal)

/** By offset and without dates, keeping the window here. */
const byOffset = (
  trail: Trail,
  state: { readonly given: Given; readonly place: Place; readonly refusal: ServerError }
): Step => {
  const { end, isOwn, start } = trail.window
  const { last } = state.given
  const isGiven = (row: ApiAuditLog): boolean =>
    (end !== undefined && isBefore(end, row.timestamp)) || (last !== undefined && comparePlaces(row, last) >= 0)
  const list = {
    operation,
    size: overlappingSize(trail.size),
    read: (offset: number, limit: number) => trail.read({ limit, offset }),
    isGiven
  }
  return Effect.gen(function* () {
    const found = yield* nextRows(list, state.place)
    const fresh = yield* descending(found.rows, last)
    const rows = fresh.filter((row) => !isBefore(row.timestamp, start))
    const isOver = found.next === undefined || rows.length < fresh.length
    // The list ended before the window did: the days that the server reads have moved past its start meanwhile.
    if (found.next === undefined && rows.length === fresh.length) yield* checkWindow(trail.window, state.refusal)
    return [
      Chunk.unsafeFromArray(entries(rows, isOwn ? undefined : start)),
      isOver || found.next === undefined
        ? Option.none()
        : Option.some<State>({
            _tag: "ByOffset",
            given: after(state.given, rows),
            place: found.next,
            refusal: state.refusal
          })
    ]
  })
}
