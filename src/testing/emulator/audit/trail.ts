/**
 * The audit trail of a world: written by the gateway's checks and by the seed, read by the audit routes.
 *
 * `world.auditRows` is the truth and part of a snapshot. The index beside it is derived from it, belongs to that
 * very array, and is made anew when the array was replaced (`restore`) or filled by other hands (a seed).
 */
import * as Effect from "effect/Effect"
import type { AuditRow, World } from "../World.js"
import { scoped } from "../World.js"
import { AppRows } from "./AppRows.js"
import { lowerBound, order } from "./SortedRows.js"

interface Index {
  /** By `scoped(deploymentId, appSlug)`. */
  readonly apps: Map<string, AppRows>
  /** How many rows of the array are in it. */
  size: number
}

const indexes = new WeakMap<ReadonlyArray<AuditRow>, Index>()

const enter = (index: Index, row: AuditRow): void => {
  const name = scoped(row.deploymentId, row.appSlug)
  let app = index.apps.get(name)
  if (app === undefined) index.apps.set(name, (app = new AppRows()))
  app.insert(row)
  index.size++
}

const indexOf = (world: World): Index => {
  const known = indexes.get(world.auditRows)
  if (known !== undefined && known.size === world.auditRows.length) return known
  world.auditRows.sort(order)
  const index: Index = { apps: new Map(), size: 0 }
  for (const row of world.auditRows) enter(index, row)
  indexes.set(world.auditRows, index)
  cut(world, index)
  return index
}

/** Drops the oldest rows beyond the cap, some more at once than needed so that it is rarely done. */
const cut = (world: World, index: Index): void => {
  const { auditRows, options } = world
  const surplus = auditRows.length - options.auditCap
  if (surplus <= 0) return
  const dropped = auditRows.splice(0, Math.max(surplus, Math.min(auditRows.length, options.auditCap >> 4)))
  for (const row of dropped) {
    index.apps.get(scoped(row.deploymentId, row.appSlug))?.drop(row)
  }
  index.size -= dropped.length
  world.auditDropped += dropped.length
}

const noRows = new AppRows()

/** The rows of an app. */
export const rowsOf = (world: World, deploymentId: string, appSlug: string): AppRows =>
  indexOf(world).apps.get(scoped(deploymentId, appSlug)) ?? noRows

const warnOfCap = ({ options }: World): Effect.Effect<void> =>
  Effect.logWarning(`The audit trail holds ${options.auditCap} rows (option auditCap): the oldest are dropped`)

/** Gives a world the rows that a seed brings. */
export const fill = (world: World, rows: Array<AuditRow>): Effect.Effect<void> =>
  Effect.suspend(() => {
    world.auditRows = rows
    return rows.length > world.options.auditCap ? warnOfCap(world) : Effect.void
  })

/** Writes a row, to be read from the next request on. */
export const write = (world: World, row: AuditRow): Effect.Effect<void> =>
  Effect.suspend(() => {
    // Of what a seed brought too much it was told before.
    const index = indexOf(world)
    const { auditDropped, auditRows } = world
    auditRows.splice(lowerBound(auditRows, row.timestamp, row.requestId), 0, row)
    enter(index, row)
    cut(world, index)
    return auditDropped === 0 && world.auditDropped > 0 ? warnOfCap(world) : Effect.void
  })
