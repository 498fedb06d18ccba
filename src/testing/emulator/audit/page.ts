/** Pages of the audit log, newest first. */
import * as Arr from "effect/Array"
import type * as Moment from "../Moment.js"
import type { AuditRow } from "../World.js"
import type { Cursor } from "./cursor.js"
import type { SortedRows } from "./SortedRows.js"

export interface Window {
  /** Included. */
  readonly from: Moment.Moment
  /** Included; `undefined`: open. */
  readonly to: Moment.Moment | undefined
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
  window.to === undefined ? rows.length : rows.indexOf(window.to + 1n)
]

export const count = (rows: SortedRows, window: Window): number => {
  const [from, to] = bounds(rows, window)
  return Math.max(0, to - from)
}

export const page = (rows: SortedRows, request: PageRequest): Page => {
  const [from, to] = bounds(rows, request.window)
  const { before } = request
  const end =
    before === undefined ? to - request.offset : Math.min(to, rows.indexOf(before.timestamp, before.requestId))
  const start = Math.max(from, end - request.limit)
  return { rows: Arr.reverse(rows.slice(start, end)), hasMore: start > from }
}
