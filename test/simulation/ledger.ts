/**
 * The truth about the keys of one app, from what acted and what their owner did, not from what the SDK infers.
 */
import type { Act } from "./network.js"
import type { Experiment } from "./world.js"

/** A key, where it came from, and who holds its secret. */
export interface Entry {
  readonly id: string
  readonly secret: string
  readonly parent: string | undefined
  /** The run that made it, or the owner. */
  readonly by: string
  readonly at: number
}

interface Made {
  readonly id: string
  readonly secret: string
}

const pattern = /\/keys(?:\/(\d+)\/(rotate|revoke))?$/

/** What a request did to a key. */
export const deedOf = (
  act: Act
): { readonly deed: "create" | "rotate" | "revoke"; readonly target: string | undefined } | undefined => {
  if (act.method !== "POST" || act.status !== 200) return undefined
  const found = pattern.exec(act.path)
  if (found === null) return undefined
  const [, target, deed] = found
  return { deed: deed === "rotate" || deed === "revoke" ? deed : "create", target }
}

/** Every key that jobs made, by id, in order. */
export const madeByJobs = (experiment: Experiment): ReadonlyMap<string, Entry> => {
  const entries = new Map<string, Entry>()
  for (const act of experiment.acts) {
    const deed = deedOf(act)
    if (deed === undefined || deed.deed === "revoke") continue
    const { id, secret } = JSON.parse(act.text) as Made
    entries.set(id, { id, secret, parent: deed.target, by: act.actor.name, at: act.at })
  }
  return entries
}

/** The keys that came from any of the roots, roots included. */
export const descendants = (entries: ReadonlyMap<string, Entry>, roots: ReadonlyArray<string>): ReadonlySet<string> => {
  const found = new Set(roots)
  let size = -1
  while (size !== found.size) {
    size = found.size
    for (const { id, parent } of entries.values()) if (parent !== undefined && found.has(parent)) found.add(id)
  }
  return found
}
