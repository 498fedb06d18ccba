/** Totals and rankings over a window of audit rows. */
import type { AuditRow } from "../World.js"
import type { AppRows } from "./AppRows.js"
import type { Window } from "./page.js"
import { bounds, count } from "./page.js"
import type { SortedRows } from "./SortedRows.js"

/** A share in percent as the server computes it, in this order: `part / whole * 100`, to the last bit. */
export const percentage = (part: number, whole: number): number => (whole === 0 ? 0 : (part / whole) * 100)

export interface Totals {
  readonly total: number
  readonly allowed: number
  readonly blocked: number
  readonly successRate: number
}

export const totals = (rows: AppRows, window: Window, keyId?: string | undefined): Totals => {
  const total = count(rows.list({ keyId }), window)
  const allowed = count(rows.list({ keyId, verdict: "allowed" }), window)
  const blocked = count(rows.list({ keyId, verdict: "blocked" }), window)
  return { total, allowed, blocked, successRate: percentage(allowed, total) }
}

export interface Rank {
  readonly name: string
  readonly count: number
  /** The oldest row of the group. */
  readonly first: AuditRow
}

const largestFirst = (ranks: ReadonlyArray<Rank>): ReadonlyArray<Rank> => [...ranks].sort((a, b) => b.count - a.count)

/** Groups of rows by name, the largest first. */
const ranking = (rows: SortedRows, window: Window, nameOf: (row: AuditRow) => string | null): ReadonlyArray<Rank> => {
  const [from, to] = bounds(rows, window)
  const groups = new Map<string, { count: number; readonly first: AuditRow }>()
  for (let index = from; index < to; index++) {
    const row = rows.at(index)
    const name = row === undefined ? null : nameOf(row)
    if (row === undefined || name === null) continue
    const group = groups.get(name)
    if (group === undefined) groups.set(name, { count: 1, first: row })
    else group.count++
  }
  return largestFirst(Array.from(groups, ([name, { count, first }]) => ({ name, count, first })))
}

/** Every key has a list of its own: no row is looked at. */
export const topKeys = (rows: AppRows, window: Window, keyId?: string | undefined): ReadonlyArray<Rank> =>
  largestFirst(
    (keyId === undefined ? [...rows.keyIds] : [keyId]).flatMap((name) => {
      const list = rows.list({ keyId: name })
      const first = list.at(bounds(list, window)[0])
      const used = count(list, window)
      return first === undefined || used === 0 ? [] : [{ name, count: used, first }]
    })
  )

export const topPaths = (rows: AppRows, window: Window, keyId?: string | undefined): ReadonlyArray<Rank> =>
  ranking(rows.list({ keyId }), window, (row) => row.path)

export const blockedReasons = (rows: AppRows, window: Window, keyId?: string | undefined): ReadonlyArray<Rank> =>
  ranking(rows.list({ keyId, verdict: "blocked" }), window, (row) => row.blockedByRule)

const limitPrefix = "rate_limit:"

/** The reasons that name a rate limit by a prefix which the gateway itself never writes. */
export const limitReasons = (reasons: ReadonlyArray<Rank>): ReadonlyArray<Rank> =>
  reasons.filter((reason) => reason.name.startsWith(limitPrefix))

/** How many keys were used in a window. */
export const keysUsed = (rows: AppRows, window: Window): number => topKeys(rows, window).length
