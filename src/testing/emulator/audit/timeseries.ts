/** Counts per bucket of time. Buckets are those of UTC: weeks begin on Sunday, months on the first. */
import * as Moment from "../Moment.js"
import type { Totals } from "./analytics.js"
import { totals } from "./analytics.js"
import type { AppRows } from "./AppRows.js"
import type { Window } from "./page.js"
import { bounds } from "./page.js"

const intervals = ["minute", "hour", "day", "week", "month"] as const
export type Interval = (typeof intervals)[number]

export const isInterval = (text: string): text is Interval => intervals.some((interval) => interval === text)

interface Bucket {
  readonly from: Moment.Moment
  /** Not included. */
  readonly end: Moment.Moment
}

/** The epoch was a Thursday: the Sunday before it lies four days back. */
const firstSunday = -4n * Moment.day

const aligned = (moment: Moment.Moment, length: bigint, origin = 0n): Bucket => {
  const from = Moment.floorDiv(moment - origin, length) * length + origin
  return { from, end: from + length }
}

const month = (moment: Moment.Moment): Bucket => {
  const date = new Date(Moment.toMillis(moment))
  const start = (months: number) => Moment.fromMillis(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + months, 1))
  return { from: start(0), end: start(1) }
}

/** The bucket that a moment falls into. */
export const bucket = (moment: Moment.Moment, interval: Interval): Bucket => {
  switch (interval) {
    case "minute":
      return aligned(moment, Moment.minute)
    case "hour":
      return aligned(moment, Moment.hour)
    case "day":
      return aligned(moment, Moment.day)
    case "week":
      return aligned(moment, 7n * Moment.day, firstSunday)
    case "month":
      return month(moment)
  }
}

export interface Point extends Totals {
  /** Start of the bucket. */
  readonly timestamp: Moment.Moment
}

/** Oldest first, without the empty buckets. Goes from bucket to bucket, never over the rows. */
export const timeseries = (
  rows: AppRows,
  window: Window,
  interval: Interval,
  keyId?: string | undefined
): ReadonlyArray<Point> => {
  const all = rows.list({ keyId })
  const points: Array<Point> = []
  const [from, to] = bounds(all, window)
  let index = from
  while (index < to) {
    const first = all.at(index)
    if (first === undefined) break
    const { end, from: timestamp } = bucket(first.timestamp, interval)
    index = Math.min(to, all.indexOf(end))
    const last = all.at(index - 1) ?? first
    points.push({ timestamp, ...totals(rows, { from: first.timestamp, to: last.timestamp }, keyId) })
  }
  return points
}
