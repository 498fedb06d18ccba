/**
 * All audit rows of a world, up to a cap; beyond it the oldest are dropped and counted.
 *
 * Each app has one sorted list per filter that the routes offer (key, verdict, both, none), so that a page or a
 * count under any filter is a binary search and never a scan.
 */
import type { AuditRow, Verdict } from "./AuditRow.js"
import { verdictOf } from "./AuditRow.js"
import { SortedRows } from "./SortedRows.js"

export const defaultCap = 100_000

export interface RowFilter {
  readonly keyId?: string | undefined
  readonly verdict?: Verdict | undefined
}

const none = new SortedRows()

/** The rows of one app. */
export class AppRows {
  private readonly lists = new Map<string, SortedRows>()

  /** Rows under a filter; an empty list where there are none. */
  list(filter: RowFilter = {}): SortedRows {
    return this.lists.get(listName(filter.keyId, filter.verdict)) ?? none
  }

  insert(row: AuditRow): void {
    for (const name of listNames(row)) {
      let list = this.lists.get(name)
      if (list === undefined) this.lists.set(name, (list = new SortedRows()))
      list.insert(row)
    }
  }

  /** Takes out the oldest row of the store, which is the oldest of each of its lists. */
  dropOldest(row: AuditRow): void {
    for (const name of listNames(row)) {
      const list = this.lists.get(name)
      list?.dropFirst()
      if (list?.length === 0) this.lists.delete(name)
    }
  }
}

const listName = (keyId: string | undefined, verdict: Verdict | undefined): string => `${verdict ?? ""} ${keyId ?? ""}`

const listNames = (row: AuditRow): ReadonlyArray<string> => {
  const verdict = verdictOf(row.outcome)
  return [
    listName(undefined, undefined),
    listName(undefined, verdict),
    listName(row.keyId, undefined),
    listName(row.keyId, verdict)
  ]
}

const appName = (deploymentId: string, appSlug: string): string => `${deploymentId} ${appSlug}`
const noRows = new AppRows()
const poolSize = 8192

export class AuditStore {
  private readonly all = new SortedRows()
  private readonly apps = new Map<string, AppRows>()
  private readonly pool = new Map<string, string>()
  /** Rows given up because of the cap. */
  dropped: number

  constructor(
    readonly cap: number = defaultCap,
    dropped = 0
  ) {
    this.dropped = dropped
  }

  get size(): number {
    return this.all.length
  }

  insert(row: AuditRow): void {
    const kept = this.intern(row)
    const name = appName(row.deploymentId, row.appSlug)
    let app = this.apps.get(name)
    if (app === undefined) this.apps.set(name, (app = new AppRows()))
    this.all.insert(kept)
    app.insert(kept)
    while (this.all.length > this.cap) this.dropOldest()
  }

  /** Takes in rows in any order; sorting them first makes each insertion cheap. */
  insertAll(rows: ReadonlyArray<AuditRow>): void {
    const sorted = rows.slice().sort(byTime)
    const surplus = Math.max(0, sorted.length - this.cap)
    this.dropped += surplus
    for (const row of surplus === 0 ? sorted : sorted.slice(surplus)) this.insert(row)
  }

  app(deploymentId: string, appSlug: string): AppRows {
    return this.apps.get(appName(deploymentId, appSlug)) ?? noRows
  }

  /** Every row, oldest first. */
  rows(): ReadonlyArray<AuditRow> {
    return this.all.slice(0, this.all.length)
  }

  private dropOldest(): void {
    const oldest = this.all.dropFirst()
    if (oldest === undefined) return
    this.dropped++
    const name = appName(oldest.deploymentId, oldest.appSlug)
    const app = this.apps.get(name)
    app?.dropOldest(oldest)
    if (app?.list().length === 0) this.apps.delete(name)
  }

  /** Most texts of a trail repeat; one copy of each is enough. */
  private intern(row: AuditRow): AuditRow {
    return {
      requestId: row.requestId,
      deploymentId: this.one(row.deploymentId),
      appSlug: this.one(row.appSlug),
      keyId: this.one(row.keyId),
      keyName: this.one(row.keyName),
      outcome: this.one(row.outcome),
      blockedByRule: row.blockedByRule === null ? null : this.one(row.blockedByRule),
      clientIp: this.one(row.clientIp),
      path: this.one(row.path),
      userAgent: row.userAgent === null ? null : this.one(row.userAgent),
      rateLimits: row.rateLimits === null ? null : this.one(row.rateLimits),
      at: row.at
    }
  }

  private one(text: string): string {
    const known = this.pool.get(text)
    if (known !== undefined) return known
    if (this.pool.size >= poolSize) this.pool.clear()
    this.pool.set(text, text)
    return text
  }
}

const byTime = (a: AuditRow, b: AuditRow): number =>
  a.at - b.at || (a.requestId < b.requestId ? -1 : a.requestId > b.requestId ? 1 : 0)
