/** Counts per bucket of time. Buckets are those of UTC: weeks begin on Sunday, months on the first. */
import type { AppRows } from "./AuditStore.js"
import type { Window } from "./page.js"
import { bounds, count } from "./page.js"
import { percentage } from "./percentage.js"

export const intervals = ["minute", "hour", "day", "week", "month"] as const
export type Interval = (typeof intervals)[number]

const minute = 60_000_000
const hour = 60 * minute
const day = 24 * hour

/** The epoch was a Thursday: the Sunday before it lies four days back. */
const firstSunday = -4 * day

const aligned = (at: number, length: number, origin = 0): Window => {
  const from = Math.floor((at - origin) / length) * length + origin
  return { from, to: from + length - 1 }
}

const month = (at: number): Window => {
  const date = new Date(Math.floor(at / 1000))
  const start = (months: number) => Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + months, 1) * 1000
  return { from: start(0), to: start(1) - 1 }
}

/** The bucket that a moment falls into. */
export const bucket = (at: number, interval: Interval): Window => {
  switch (interval) {
    case "minute":
      return aligned(at, minute)
    case "hour":
      return aligned(at, hour)
    case "day":
      return aligned(at, day)
    case "week":
      return aligned(at, 7 * day, firstSunday)
    case "month":
      return month(at)
  }
}

export interface Point {
  /** Start of the bucket, microseconds. */
  readonly at: number
  readonly total: number
  readonly allowed: number
  readonly blocked: number
  readonly successRate: number
}

/** Oldest first, without the empty buckets. Goes from bucket to bucket, never over the rows. */
export const timeseries = (
  rows: AppRows,
  window: Window,
  interval: Interval,
  keyId?: string | undefined
): ReadonlyArray<Point> => {
  const all = rows.list({ keyId })
  const allowedRows = rows.list({ keyId, verdict: "allowed" })
  const blockedRows = rows.list({ keyId, verdict: "blocked" })
  const points: Array<Point> = []
  const [from, to] = bounds(all, window)
  let index = from
  while (index < to) {
    const first = all.at(index)
    if (first === undefined) break
    const whole = bucket(first.at, interval)
    const part = { from: first.at, to: Math.min(whole.to, window.to) }
    const next = Math.min(to, all.indexOf(whole.to + 1))
    const total = next - index
    const allowed = count(allowedRows, part)
    points.push({
      at: whole.from,
      total,
      allowed,
      blocked: count(blockedRows, part),
      successRate: percentage(allowed, total)
    })
    index = next
  }
  return points
}
