/** An audit trail behind a mock of the service, as the contract has it: its order, bounds, cursors and offsets, and its lateness. */
import { ApiKeys } from "effect-wacht"
import type { ServerError } from "effect-wacht/errors"
import { ServerError as ServerErrorClass } from "effect-wacht/errors"
import { ApiAuditLog, type ApiAuditLogPage, type GetApiAuditLogsQuery, Timestamp } from "effect-wacht/schemas"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"

export interface Moment {
  /** Microseconds since the epoch. */
  readonly micros: number
  readonly id: number
  /** When it can be read, in milliseconds since the epoch; its own moment unless given. */
  readonly visibleAt?: number
}

interface Stored extends Moment {
  readonly row: ApiAuditLog
}

export const day = 86_400_000

const textOf = (micros: number): string => {
  const millis = Math.floor(micros / 1000)
  return `${new Date(millis).toISOString().slice(0, -1)}${String(micros - millis * 1000).padStart(3, "0")}Z`
}

const template = Schema.decodeSync(ApiAuditLog)({
  request_id: "req_0",
  deployment_id: "1",
  app_slug: "app",
  key_id: "2",
  key_name: "key",
  outcome: "VALID",
  blocked_by_rule: null,
  client_ip: "10.0.0.1",
  path: "GET /v1/things",
  user_agent: null,
  rate_limits: null,
  timestamp: "1970-01-01T00:00:00Z"
})

export const rowOf = ({ id, micros }: Moment): ApiAuditLog => ({
  ...template,
  requestId: `req_${String(id).padStart(6, "0")}`,
  timestamp: Option.getOrThrow(Timestamp.parse(textOf(micros)))
})

const microsOf = (input: NonNullable<GetApiAuditLogsQuery["startDate"]>): number => {
  if (input instanceof Date) return input.getTime() * 1000
  if (!Timestamp.is(input)) return input.epochMillis * 1000
  return input.utc.epochMillis * 1000 + Number(input.text.slice(23, -1).padEnd(3, "0"))
}

const newestFirst = (a: Stored, b: Stored): number =>
  b.micros - a.micros || (a.row.requestId < b.row.requestId ? 1 : a.row.requestId > b.row.requestId ? -1 : 0)

export const serverError = (status = 500): ServerError =>
  new ServerErrorClass({ operation: "getApiAuditLogs", message: "Something went wrong", status, isRetryable: true })

export type PageError = Effect.Effect.Error<ReturnType<ApiKeys.Service["getApiAuditLogs"]>>

export class Trail {
  readonly queries: Array<GetApiAuditLogsQuery> = []
  /** Whether dates and cursors answer 500. */
  refusesDates = false
  /** Whether a page may hold any row, whatever the window. */
  ignoresDates = false
  /** Runs before a page is read; may fail in its place. */
  before: (query: GetApiAuditLogsQuery, index: number) => Effect.Effect<void, PageError> = () => Effect.void
  /** Changes a page after it was read. */
  after: (page: ApiAuditLogPage, query: GetApiAuditLogsQuery) => ApiAuditLogPage = (page) => page
  private stored: Array<Stored> = []

  constructor(moments: ReadonlyArray<Moment> = []) {
    this.add(...moments)
  }

  add(...moments: ReadonlyArray<Moment>): void {
    this.stored.push(...moments.map((moment) => ({ ...moment, row: rowOf(moment) })))
    this.stored.sort(newestFirst)
  }

  /** Takes away the newest rows. */
  dropNewest(count: number): void {
    this.stored.splice(0, count)
  }

  /** All request ids, newest first. */
  get ids(): ReadonlyArray<string> {
    return this.stored.map(({ row }) => row.requestId)
  }

  readonly read = (_slug: string, query: GetApiAuditLogsQuery = {}): Effect.Effect<ApiAuditLogPage, PageError> =>
    Effect.gen(this, function* () {
      this.queries.push(query)
      yield* this.before(query, this.queries.length - 1)
      if (this.refusesDates && (query.startDate !== undefined || query.cursorTs !== undefined)) {
        return yield* serverError()
      }
      const now = yield* Clock.currentTimeMillis
      return this.after(this.page(query, now), query)
    })

  readonly layer = Layer.mock(ApiKeys.ApiKeys)({ getApiAuditLogs: this.read })

  private page(query: GetApiAuditLogsQuery, now: number): ApiAuditLogPage {
    const start = query.startDate === undefined ? (now - 7 * day) * 1000 : microsOf(query.startDate)
    const end =
      query.startDate === undefined || query.endDate === undefined ? Number.POSITIVE_INFINITY : microsOf(query.endDate)
    const cursor = query.cursorTs === undefined ? undefined : microsOf(query.cursorTs)
    const isBelow = ({ micros, row }: Stored): boolean =>
      cursor === undefined || micros < cursor || (micros === cursor && row.requestId < (query.cursorId ?? ""))
    const rows = this.stored.filter(
      (row) =>
        (row.visibleAt ?? 0) <= now && (this.ignoresDates || (row.micros >= start && row.micros <= end)) && isBelow(row)
    )
    const limit = Math.min(Math.max(query.limit ?? 100, 1), 1000)
    const offset = cursor === undefined ? (query.offset ?? 0) : 0
    const data = rows.slice(offset, offset + limit).map(({ row }) => row)
    return { data, limit, hasMore: rows.length > offset + limit, nextCursor: Option.some("misleading") }
  }
}

/** Rows of this very moment, as many with each request. */
export const arriving = (trail: Trail, request: number, count: number): Effect.Effect<void> =>
  Effect.map(Clock.currentTimeMillis, (now) => {
    const first = 100_000 + request * count
    trail.add(...Array.from({ length: count }, (_, n) => ({ id: first + n, micros: now * 1000 + request })))
  })
