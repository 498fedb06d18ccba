/**
 * Rows in ascending order of timestamp and request id, for binary search.
 *
 * New rows nearly always belong at the end and the oldest are dropped first: both cost nothing.
 */
import type { AuditRow } from "./AuditRow.js"

const isBefore = (row: AuditRow, at: number, requestId: string): boolean =>
  row.at < at || (row.at === at && row.requestId < requestId)

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

  insert(row: AuditRow): void {
    const last = this.rows.at(-1)
    if (last === undefined || this.length === 0 || !isBefore(row, last.at, last.requestId)) this.rows.push(row)
    else this.rows.splice(this.head + this.indexOf(row.at, row.requestId), 0, row)
  }

  dropFirst(): AuditRow | undefined {
    const first = this.rows[this.head]
    if (first === undefined) return undefined
    this.head++
    if (this.head > 1024 && this.head * 4 > this.rows.length) {
      this.rows = this.rows.slice(this.head)
      this.head = 0
    }
    return first
  }

  /** How many rows come strictly before a timestamp and request id; without an id, before the timestamp. */
  indexOf(at: number, requestId = ""): number {
    let low = this.head
    let high = this.rows.length
    while (low < high) {
      const middle = (low + high) >>> 1
      const row = this.rows[middle]
      if (row !== undefined && isBefore(row, at, requestId)) low = middle + 1
      else high = middle
    }
    return low - this.head
  }

  /** Rows `from` (included) to `to` (excluded), oldest first. */
  slice(from: number, to: number): Array<AuditRow> {
    return this.rows.slice(this.head + Math.max(0, from), this.head + Math.max(0, to))
  }
}
