/** The audit answers as they go over the wire. */
import * as Answer from "../Answer.js"
import type { Writable } from "../json/write.js"
import { float, rawText } from "../json/write.js"
import * as Moment from "../Moment.js"
import type { AuditRow } from "../World.js"
import type { Rank, Totals } from "./analytics.js"
import { percentage } from "./analytics.js"
import * as Cursor from "./cursor.js"
import type { Page } from "./page.js"
import type { Interval, Point } from "./timeseries.js"

const quote = (text: string | null): string => JSON.stringify(text)

/** By hand: pages of a thousand rows are the bulk of what an emulator writes. */
const showRow = (row: AuditRow): Writable =>
  rawText(
    `{"request_id":${quote(row.requestId)},"deployment_id":${quote(row.deploymentId)}` +
      `,"app_slug":${quote(row.appSlug)},"key_id":${quote(row.keyId)},"key_name":${quote(row.keyName)}` +
      `,"outcome":${quote(row.outcome)},"blocked_by_rule":${quote(row.blockedByRule)}` +
      `,"client_ip":${quote(row.clientIp)},"path":${quote(row.path)},"user_agent":${quote(row.userAgent)}` +
      `,"rate_limits":${row.rateLimits ?? "null"},"timestamp":"${Moment.format(row.timestamp)}"}`
  )

/** The cursor is there whenever a row is, also on the last page. */
export const showPage = (page: Page, limit: number): Answer.Answer => {
  const last = page.rows.at(-1)
  return Answer.json({
    data: page.rows.map(showRow),
    limit,
    has_more: page.hasMore,
    next_cursor: last === undefined ? null : Cursor.encode(last)
  })
}

/** What was asked for; `undefined` sections are absent from the answer. */
export interface Analytics {
  readonly totals: Totals
  readonly keysUsed: number
  readonly topKeys: ReadonlyArray<Rank> | undefined
  readonly topPaths: ReadonlyArray<Rank> | undefined
  readonly blockedReasons: ReadonlyArray<Rank> | undefined
  readonly limits: { readonly all: ReadonlyArray<Rank>; readonly top: ReadonlyArray<Rank> } | undefined
}

export const showAnalytics = (analytics: Analytics): Answer.Answer => {
  const { keysUsed, limits, totals } = analytics
  const hits = limits?.all.reduce((sum, rank) => sum + rank.count, 0) ?? 0
  return Answer.json({
    ...showTotals(totals),
    keys_used_24h: keysUsed,
    top_keys: analytics.topKeys?.map(({ count, first, name }) => ({
      key_id: name,
      key_name: first.keyName,
      total_requests: count
    })),
    top_paths: analytics.topPaths?.map(({ count, name }) => ({ path: name, total_requests: count })),
    blocked_reasons: analytics.blockedReasons?.map(({ count, name }) => ({
      blocked_by_rule: name,
      count,
      percentage: float(percentage(count, totals.blocked))
    })),
    rate_limit_stats:
      limits === undefined
        ? undefined
        : {
            total_hits: hits,
            percentage_of_blocked: float(percentage(hits, totals.blocked)),
            top_rules:
              limits.top.length === 0
                ? undefined
                : limits.top.map(({ count, name }) => ({
                    rule: name,
                    hit_count: count,
                    percentage: float(percentage(count, hits))
                  }))
          }
  })
}

const showTotals = ({ allowed, blocked, successRate, total }: Totals) => ({
  total_requests: total,
  allowed_requests: allowed,
  blocked_requests: blocked,
  success_rate: float(successRate)
})

export const showTimeseries = (points: ReadonlyArray<Point>, interval: Interval): Answer.Answer =>
  Answer.json({
    data: points.map((point) => ({ timestamp: Moment.format(point.timestamp), ...showTotals(point) })),
    interval
  })
