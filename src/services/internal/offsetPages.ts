/**
 * Reading a list by offset while it changes: rows that arrive at the top push the others down, rows that vanish pull them up.
 *
 * What was given is told by the rows themselves. A page counts only when it begins with a row that was given, or at the very top:
 * then nothing can lie between it and the page before.
 */
import * as Effect from "effect/Effect"
import type { PaginationError } from "../../errors/ClientError.js"
import { stuck } from "./stuck.js"

/** How often the way may turn without a row: each time the list has changed meanwhile, or its order is none. */
const mostTurns = 10

/** A list that is read by offset. */
export interface OffsetList<Row, E> {
  readonly operation: string
  readonly size: number
  readonly read: (page: {
    readonly limit: number
    readonly offset: number
  }) => Effect.Effect<{ readonly data: ReadonlyArray<Row>; readonly hasMore: boolean }, E>
  /** Whether a row is none to give any more; it holds for all rows above such a row. */
  readonly isGiven: (row: Row) => boolean
}

/**
 * The rows that come next, and the offset at which to go on; `undefined` at the end of the list. The row at `start` was probably given; 0 is
 * always right.
 */
export const nextRows = <Row, E>(
  { isGiven, operation, read, size }: OffsetList<Row, E>,
  start: number
): Effect.Effect<readonly [rows: ReadonlyArray<Row>, next: number | undefined], E | PaginationError> => {
  // Pages overlap by a row. Negative sizes are the operation's own to refuse or to read oddly.
  const limit = size < 0 ? size : Math.max(2, size)
  /** A row at `low` was given (or is the top), one at `high` was not. `leap` is how far to go when a page holds nothing new. */
  const look = (
    offset: number,
    turns = 0,
    low = offset,
    high?: number,
    leap = 0
  ): ReturnType<typeof nextRows<Row, E>> =>
    Effect.flatMap(read({ limit, offset }), ({ data, hasMore }): ReturnType<typeof nextRows<Row, E>> => {
      if (offset > 0 && data.findIndex(isGiven) !== 0) {
        return offset > low ? lookBetween(turns, low, offset) : look(Math.max(0, offset - limit), turns)
      }
      const rows = data.filter((row) => !isGiven(row))
      if (!hasMore) return Effect.succeed([rows, undefined])
      if (data.length < 2 || turns > mostTurns) return stuck(operation)
      const last = offset + data.length - 1
      if (rows.length > 0) return Effect.succeed([rows, last])
      if (high !== undefined) return lookBetween(turns, last, high)
      return look(last + leap, leap === 0 ? turns + 1 : turns, last, high, Math.max(limit, leap * 2))
    })
  const lookBetween = (turns: number, low: number, high: number) =>
    high - low > limit ? look((low + high) >>> 1, turns, low, high) : look(low, turns)
  return look(start)
}
