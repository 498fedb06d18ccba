/**
 * Reading a list by offset while it changes: rows that arrive at the top push the others down, rows that vanish pull them up.
 *
 * What was given is told by the rows themselves, and the rows that come next are at the edge of what was. A page counts only when it
 * holds that edge: then nothing can lie between it and the page before.
 */
import * as Effect from "effect/Effect"
import type { PaginationError } from "../../errors/ClientError.js"
import { stuck } from "./stuck.js"

/** How often the search may turn round without a new row: each time the list has changed meanwhile, or has no stable order. */
const mostTurns = 10

/** A list that is read by offset. */
export interface OffsetList<Row, E> {
  readonly operation: string
  readonly size: number
  readonly read: (page: {
    readonly limit: number
    readonly offset: number
  }) => Effect.Effect<{ readonly data: ReadonlyArray<Row>; readonly hasMore: boolean }, E>
  /** Which side of the edge a row is on; whatever lies above a row that is above, is above. */
  readonly isAbove: (row: Row) => boolean
}

/** A page that holds the edge, unless the list ends above it; and the offset at which it was read. */
export interface EdgePage<Row> {
  readonly data: ReadonlyArray<Row>
  readonly hasMore: boolean
  readonly offset: number
}

/** Looks for the page that holds the edge. The row at `start` is probably above it; 0 is always right. */
export const edgePage = <Row, E>(
  { isAbove, operation, read, size }: OffsetList<Row, E>,
  start: number
): Effect.Effect<EdgePage<Row>, E | PaginationError> => {
  // Pages overlap by a row.
  const limit = size === 1 ? 2 : size
  /** A row at `low` was above (or is the top), one at `high` was not. `leap` is how far to go when a page lies above the edge. */
  const look = (
    offset: number,
    turns = 0,
    low = offset,
    high?: number,
    leap = 0
  ): Effect.Effect<EdgePage<Row>, E | PaginationError> =>
    Effect.flatMap(read({ limit, offset }), ({ data, hasMore }): ReturnType<typeof look> => {
      if (offset > 0 && data.findIndex(isAbove) !== 0) {
        return offset > low ? lookBetween(turns, low, offset) : look(Math.max(0, offset - limit), turns)
      }
      if (hasMore && data.length < 2) return stuck(operation)
      if (!hasMore || !data.every(isAbove)) return Effect.succeed({ data, hasMore, offset })
      if (turns > mostTurns)
        return stuck(operation, `between two pages the list changes by more than their ${limit} rows`)
      const last = offset + data.length - 1
      if (high !== undefined) return lookBetween(turns, last, high)
      // A page that is the same at any offset; one list reads no larger offset.
      if (last + leap >= 2 ** 31) return stuck(operation)
      return look(last + leap, leap === 0 ? turns + 1 : turns, last, high, Math.max(limit, leap * 2))
    })
  const lookBetween = (turns: number, low: number, high: number) =>
    high - low > limit ? look((low + high) >>> 1, turns, low, high) : look(low, turns)
  return look(start)
}

/** The rows below the edge that come next, and where to go on; `undefined` at the end of the list. */
export const nextRows = <Row, E>(
  list: OffsetList<Row, E>,
  start: number
): Effect.Effect<readonly [rows: ReadonlyArray<Row>, next: number | undefined], E | PaginationError> =>
  Effect.map(edgePage(list, start), ({ data, hasMore, offset }) => [
    data.filter((row) => !list.isAbove(row)),
    hasMore ? offset + data.length - 1 : undefined
  ])
