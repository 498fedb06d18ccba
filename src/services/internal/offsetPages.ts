/**
 * Reading a list by offset while it changes: rows that arrive at the top push the others down, rows that vanish pull them up.
 *
 * What was given is told by the rows themselves. A page counts only when it begins with a row that was given, or at the very top:
 * then nothing can lie between it and the page before.
 */
import * as Effect from "effect/Effect"
import { PaginationError } from "../../errors/ClientError.js"

/** Where to read next: a row at `low` was given (or is the top), one at `high` was not. */
export interface Place {
  readonly offset: number
  readonly low: number
  readonly high: number | undefined
  /** How far to leap when a page holds nothing new. */
  readonly leap: number
}

/** At an offset whose row was probably given; 0 is always right. */
export const placeAt = (offset: number): Place => ({ offset, low: offset, high: undefined, leap: 0 })

/** A list that is read by offset. */
export interface OffsetList<Row, E, R> {
  readonly operation: string
  /** At least 2: pages overlap by a row. */
  readonly size: number
  readonly read: (
    offset: number,
    limit: number
  ) => Effect.Effect<{ readonly data: ReadonlyArray<Row>; readonly hasMore: boolean }, E, R>
  /** Whether a row is none to give any more; it holds for all rows above such a row. */
  readonly isGiven: (row: Row) => boolean
}

/** The rows that come next, and where to go on; `undefined` at the end of the list. */
export interface Found<Row> {
  readonly rows: ReadonlyArray<Row>
  readonly next: Place | undefined
}

const between = (low: number, high: number | undefined, leap: number, size: number): Place => {
  if (high === undefined) return { offset: low + leap, low, high, leap: Math.max(size, leap * 2) }
  return high - low > size ? { offset: (low + high) >>> 1, low, high, leap: 0 } : placeAt(low)
}

/** Reads on from a place. */
export const nextRows = <Row, E, R>(
  list: OffsetList<Row, E, R>,
  place: Place
): Effect.Effect<Found<Row>, E | PaginationError, R> =>
  Effect.flatMap(
    list.read(place.offset, list.size),
    ({ data, hasMore }): Effect.Effect<Found<Row>, E | PaginationError, R> => {
      const { high, leap, low, offset } = place
      const [first] = data
      if (offset > 0 && (first === undefined || !list.isGiven(first))) {
        return nextRows(
          list,
          offset > low ? between(low, offset, 0, list.size) : placeAt(Math.max(0, offset - list.size))
        )
      }
      const rows = data.filter((row) => !list.isGiven(row))
      if (!hasMore) return Effect.succeed({ rows, next: undefined })
      if (data.length < 2) {
        const message = `a page of ${data.length} rows says that there are more; ${list.size} were asked for`
        return Effect.fail(new PaginationError({ operation: list.operation, message }))
      }
      const last = offset + data.length - 1
      return rows.length === 0
        ? nextRows(list, between(last, high, leap, list.size))
        : Effect.succeed({ rows, next: placeAt(last) })
    }
  )
