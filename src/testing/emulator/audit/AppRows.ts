/**
 * The audit rows of one app, with a sorted list for each filter that the routes offer (key, verdict, both, none):
 * a page or a count under any filter is a binary search and never a scan.
 */
import type { AuditRow } from "../World.js"
import { SortedRows } from "./SortedRows.js"
import type { Verdict } from "./verdict.js"
import { verdictOf } from "./verdict.js"

export interface RowFilter {
  readonly keyId?: string | undefined
  readonly verdict?: Verdict | undefined
}

const nameOf = ({ keyId, verdict }: RowFilter): string => `${verdict ?? ""} ${keyId ?? ""}`

const namesOf = ({ keyId, outcome }: AuditRow): ReadonlyArray<string> => {
  const verdict = verdictOf(outcome)
  return [nameOf({}), nameOf({ verdict }), nameOf({ keyId }), nameOf({ keyId, verdict })]
}

const none = new SortedRows()

export class AppRows {
  private readonly lists = new Map<string, SortedRows>()
  private readonly keys = new Set<string>()

  /** The keys that have rows. */
  get keyIds(): ReadonlySet<string> {
    return this.keys
  }

  /** The rows under a filter; an empty list where there are none. */
  list(filter: RowFilter = {}): SortedRows {
    return this.lists.get(nameOf(filter)) ?? none
  }

  insert(row: AuditRow): void {
    this.keys.add(row.keyId)
    for (const name of namesOf(row)) {
      let list = this.lists.get(name)
      if (list === undefined) this.lists.set(name, (list = new SortedRows()))
      list.insert(row)
    }
  }

  /** Takes out the oldest row of all, which is the first of each list that holds it. */
  drop(oldest: AuditRow): void {
    for (const name of namesOf(oldest)) {
      const list = this.lists.get(name)
      list?.dropFirst()
      if (list?.length === 0) this.lists.delete(name)
    }
    if (this.list({ keyId: oldest.keyId }).length === 0) this.keys.delete(oldest.keyId)
  }
}
