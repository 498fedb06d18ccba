/** Pages of the audit log, newest first. */
import type { AuditRow } from "./AuditRow.js"
import type { Cursor } from "./cursor.js"
import type { SortedRows } from "./SortedRows.js"

export interface Window {
  /** Microseconds, included. */
  readonly from: number
  /** Microseconds, included. */
  readonly to: number
}

export interface PageRequest {
  readonly window: Window
  readonly limit: number
  readonly offset: number
  /** Rows strictly before it; the offset is dropped then. */
  readonly before?: Cursor | undefined
}

export interface Page {
  readonly rows: ReadonlyArray<AuditRow>
  readonly hasMore: boolean
}

/** The rows of a window: index of the first, and of the one after the last. */
export const bounds = (rows: SortedRows, window: Window): readonly [from: number, to: number] => [
  rows.indexOf(window.from),
  rows.indexOf(window.to + 1)
]

export const count = (rows: SortedRows, window: Window): number => {
  const [from, to] = bounds(rows, window)
  return Math.max(0, to - from)
}

export const page = (rows: SortedRows, request: PageRequest): Page => {
  const [from, to] = bounds(rows, request.window)
  const { before } = request
  const end = before === undefined ? to - request.offset : Math.min(to, rows.indexOf(before.at, before.requestId))
  const start = Math.max(from, end - request.limit)
  return end <= from ? { rows: [], hasMore: false } : { rows: rows.slice(start, end).reverse(), hasMore: start > from }
}
