/**
 * Rows in ascending order of timestamp and request id, for binary search.
 *
 * New rows nearly always belong at the end and the oldest are dropped first: both cost nothing.
 */
import type * as Moment from "../Moment.js"
import type { AuditRow } from "../World.js"

const isBefore = (row: AuditRow, moment: Moment.Moment, requestId: string): boolean =>
  row.timestamp < moment || (row.timestamp === moment && row.requestId < requestId)

export const order = (a: AuditRow, b: AuditRow): number =>
  isBefore(a, b.timestamp, b.requestId) ? -1 : isBefore(b, a.timestamp, a.requestId) ? 1 : 0

/** The first place from `low` on whose row does not come before a timestamp and request id. */
export const lowerBound = (
  rows: ReadonlyArray<AuditRow>,
  moment: Moment.Moment,
  requestId: string,
  low = 0
): number => {
  let high = rows.length
  while (low < high) {
    const middle = (low + high) >>> 1
    const row = rows[middle]
    if (row !== undefined && isBefore(row, moment, requestId)) low = middle + 1
    else high = middle
  }
  return low
}

export class SortedRows {
  private rows: Array<AuditRow> = []
  /** Index of the first row that is still there; the places before it are given back now and then. */
  private head = 0

  get length(): number {
    return this.rows.length - this.head
  }

  at(index: number): AuditRow | undefined {
    return this.rows[this.head + index]
  }

  /** How many rows come strictly before a timestamp and request id; without an id, before the timestamp. */
  indexOf(moment: Moment.Moment, requestId = ""): number {
    return lowerBound(this.rows, moment, requestId, this.head) - this.head
  }

  /** Rows `from` (included) to `to` (excluded), oldest first. */
  slice(from: number, to: number): Array<AuditRow> {
    return this.rows.slice(this.head + Math.max(0, from), this.head + Math.max(0, to))
  }

  insert(row: AuditRow): void {
    const last = this.rows.at(-1)
    if (last === undefined || isBefore(last, row.timestamp, row.requestId)) this.rows.push(row)
    else this.rows.splice(lowerBound(this.rows, row.timestamp, row.requestId, this.head), 0, row)
  }

  dropFirst(): void {
    if (this.length > 0) this.head++
    // at most as many dead rows as live ones: there are lists of very few rows, one for each key
    if (this.head * 2 > this.rows.length) {
      this.rows = this.rows.slice(this.head)
      this.head = 0
    }
  }
}
