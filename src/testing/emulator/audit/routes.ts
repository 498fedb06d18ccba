/** The three audit routes. */
import * as Effect from "effect/Effect"
import { findApp } from "../apiauth/apps.js"
import type { PlatformCall } from "../Call.js"
import * as Failure from "../Failure.js"
import * as Moment from "../Moment.js"
import * as Query from "../Query.js"
import * as Route from "../Route.js"
import * as analytics from "./analytics.js"
import type { AppRows } from "./AppRows.js"
import * as Cursor from "./cursor.js"
import type { Window } from "./page.js"
import { count, page } from "./page.js"
import { showAnalytics, showPage, showTimeseries } from "./show.js"
import { isInterval, timeseries } from "./timeseries.js"
import { rowsOf } from "./trail.js"

type AppCall = PlatformCall<{ readonly app_slug: string }>

const dates = {
  start_date: Query.optional(Query.timestamp),
  end_date: Query.optional(Query.timestamp),
  key_id: Query.optional(Query.id)
}
const flag = Query.withDefault(Query.boolean, false)

/** The rows of the app; deleted apps have none. */
const appRows = (call: AppCall): Effect.Effect<AppRows, Failure.Failure> =>
  Effect.map(findApp(call), (app) => rowsOf(call.world, app.deploymentId, app.appSlug))

interface Dates {
  readonly start_date: Moment.Moment | undefined
  readonly end_date: Moment.Moment | undefined
}

/** Without a start the end is ignored, and the last days count. */
const windowOf = (call: AppCall, { end_date, start_date }: Dates, days: bigint): Window =>
  start_date === undefined
    ? { from: call.moment - days * Moment.day, to: undefined }
    : { from: start_date, to: end_date }

const clamp = (value: number, most: number): number => Math.min(Math.max(value, 1), most)

/** An unmodified ClickHouse fails where the meant queries would succeed. */
const failsInPlainClickHouse = (call: AppCall, condition: () => boolean): Effect.Effect<void, Failure.Failure> =>
  Failure.failIf(call.world.options.audit === "plainClickHouse" && condition(), Failure.unexpected)

const getApiAuditLogs = (call: AppCall) =>
  Effect.gen(function* () {
    const query = yield* Query.read(call, {
      ...dates,
      limit: Query.withDefault(Query.uint32, 100),
      offset: Query.withDefault(Query.uint32, 0),
      outcome: Query.optional(Query.text),
      cursor: Query.optional(Query.text),
      cursor_ts: Query.optional(Query.timestamp),
      cursor_id: Query.optional(Query.text)
    })
    const rows = yield* appRows(call)
    const limit = clamp(query.limit, 1000)
    const before = yield* cursorOf(query)
    yield* failsInPlainClickHouse(call, () => query.start_date !== undefined || before !== undefined)
    const verdict = query.outcome === "allowed" || query.outcome === "blocked" ? query.outcome : undefined
    const window = windowOf(call, query, 7n)
    return showPage(
      page(rows.list({ keyId: query.key_id, verdict }), { window, limit, offset: query.offset, before }),
      limit
    )
  })

interface Cursors {
  readonly cursor: string | undefined
  readonly cursor_ts: Moment.Moment | undefined
  readonly cursor_id: string | undefined
}

/** The cursor wins over the pair made by hand; an id alone is ignored. */
const cursorOf = (query: Cursors): Effect.Effect<Cursor.Cursor | undefined, Failure.Failure> => {
  if (query.cursor === undefined) {
    const { cursor_id = "", cursor_ts } = query
    return Effect.succeed(cursor_ts === undefined ? undefined : { timestamp: cursor_ts, requestId: cursor_id })
  }
  const decoded = Cursor.decode(query.cursor)
  return decoded === undefined ? Failure.badRequest("invalid cursor") : Effect.succeed(decoded)
}

const getApiAuditAnalytics = (call: AppCall) =>
  Effect.gen(function* () {
    const query = yield* Query.read(call, {
      ...dates,
      include_top_keys: flag,
      include_top_paths: flag,
      include_blocked_reasons: flag,
      include_rate_limits: flag,
      top_limit: Query.withDefault(Query.uint32, 10)
    })
    const rows = yield* appRows(call)
    const { key_id: keyId } = query
    const window = windowOf(call, query, 30n)
    const totals = analytics.totals(rows, window, keyId)
    const reasons =
      query.include_blocked_reasons || query.include_rate_limits ? analytics.blockedReasons(rows, window, keyId) : []
    const limits = analytics.limitReasons(reasons)
    yield* failsInPlainClickHouse(
      call,
      () =>
        query.start_date !== undefined ||
        (query.include_blocked_reasons && totals.blocked > 0) ||
        (query.include_rate_limits && limits.length > 0)
    )
    const top = clamp(query.top_limit, 50)
    return showAnalytics({
      totals,
      keysUsed: analytics.keysUsed(rows, { from: call.moment - Moment.day, to: undefined }),
      topKeys: query.include_top_keys ? analytics.topKeys(rows, window, keyId).slice(0, top) : undefined,
      topPaths: query.include_top_paths ? analytics.topPaths(rows, window, keyId).slice(0, top) : undefined,
      blockedReasons: query.include_blocked_reasons ? reasons.slice(0, top) : undefined,
      limits: query.include_rate_limits ? { all: limits, top: limits.slice(0, top) } : undefined
    })
  })

const getApiAuditTimeseries = (call: AppCall) =>
  Effect.gen(function* () {
    const query = yield* Query.read(call, { ...dates, interval: Query.withDefault(Query.text, "hour") })
    const rows = yield* appRows(call)
    const interval = isInterval(query.interval) ? query.interval : "hour"
    const window = windowOf(call, query, 30n)
    yield* failsInPlainClickHouse(call, () => count(rows.list({ keyId: query.key_id }), window) > 0)
    return showTimeseries(timeseries(rows, window, interval, query.key_id), interval)
  })

const path = "/api-auth/apps/{app_slug}/audit"

export const routes: ReadonlyArray<Route.PlatformRoute> = [
  Route.platform("getApiAuditLogs", "GET", `${path}/logs`, getApiAuditLogs),
  Route.platform("getApiAuditAnalytics", "GET", `${path}/analytics`, getApiAuditAnalytics),
  Route.platform("getApiAuditTimeseries", "GET", `${path}/timeseries`, getApiAuditTimeseries)
]
