/**
 * What became of a key: rotation after rotation, told by times alone.
 */
import * as Arr from "effect/Array"
import * as Option from "effect/Option"
import type { ApiKey } from "../../../schemas/ApiKey.js"
import { wholeText } from "../../../schemas/internal/rfc3339.js"
import { Timestamp } from "../../../schemas/Timestamp.js"
import { isMarked } from "./marker.js"

/** Where a key's rotations led. */
export type Lineage =
  /** To one live key, after that many rotations. */
  | { readonly _tag: "Live"; readonly head: ApiKey; readonly steps: number }
  /** To one that was revoked. */
  | { readonly _tag: "Revoked" }
  /** To one that was rotated, and whose successor is not there. */
  | { readonly _tag: "None" }
  /** To a moment at which several keys were made. */
  | { readonly _tag: "Several"; readonly live: ReadonlyArray<ApiKey> }

/** The server's word for a key that a rotation replaced; a key that somebody revoked must not come back to life. */
const rotated = "Rotated"

const isRotated = (key: ApiKey): boolean =>
  !key.isActive && Option.isSome(key.revokedAt) && Option.contains(key.revokedReason, rotated)

type SuccessorsOf = (old: ApiKey) => ReadonlyArray<ApiKey>

/**
 * A rotation makes the new key and revokes the old one at the same microsecond; names are not unique. An app that rotates for years has
 * thousands of dead keys: they are ordered by their moment once.
 */
const successorsIn = (keys: ReadonlyArray<ApiKey>): SuccessorsOf => {
  const byMoment = Arr.groupBy(keys, ({ createdAt }) => wholeText(createdAt.text))
  return (old) =>
    Option.match(isRotated(old) ? old.revokedAt : Option.none(), {
      onNone: () => [],
      onSome: ({ text }) => (byMoment[wholeText(text)] ?? []).filter(({ id }) => id !== old.id)
    })
}

/** Follows a key's rotations to their end. */
export const follow = (start: ApiKey, keys: ReadonlyArray<ApiKey>): Lineage =>
  trace(start, successorsIn(keys), new Set())

/** No key is come to twice: what a list claims can have no end. */
const trace = (start: ApiKey, successorsOf: SuccessorsOf, seen: Set<string>): Lineage => {
  let key = start
  for (let steps = 0; !seen.has(key.id); steps++) {
    seen.add(key.id)
    if (key.isActive) return { _tag: "Live", head: key, steps }
    if (!isRotated(key)) return { _tag: "Revoked" }
    const successors = successorsOf(key).filter(({ id }) => !seen.has(id))
    const [next] = successors
    if (next === undefined) return { _tag: "None" }
    if (successors.length > 1)
      return { _tag: "Several", live: successors.flatMap((each) => liveOf(trace(each, successorsOf, seen))) }
    key = next
  }
  return { _tag: "None" }
}

/** The keys that are alive at a lineage's end. */
export const liveOf = (lineage: Lineage): ReadonlyArray<ApiKey> =>
  lineage._tag === "Live" ? [lineage.head] : lineage._tag === "Several" ? lineage.live : []

/** One key that a job created, and what became of it. */
export interface Descent {
  readonly root: ApiKey
  readonly lineage: Lineage
  /** The keys that are alive at its end. */
  readonly live: ReadonlyArray<ApiKey>
}

/** Those that carry a marker. */
export const markedBy = (marker: string, keys: ReadonlyArray<ApiKey>): ReadonlyArray<ApiKey> =>
  keys.filter(({ metadata }) => isMarked(metadata, marker))

/** All that carry a marker; a rotation copies it, so that each lineage is counted once, and holds nobody else's key. */
export const descents = (marker: string, keys: ReadonlyArray<ApiKey>): ReadonlyArray<Descent> => {
  const marked = markedBy(marker, keys)
  const successorsOf = successorsIn(marked)
  const successors = new Set(marked.flatMap((old) => idsOf(successorsOf(old))))
  const roots = marked.filter(({ id }) => !successors.has(id))
  return roots.map((root) => {
    const lineage = trace(root, successorsOf, new Set())
    return { root, lineage, live: liveOf(lineage) }
  })
}

/** Who came first; ids grow, and decide where the moment is the same. */
export const isOlder = (a: ApiKey, b: ApiKey): boolean => {
  const order = Timestamp.Order(a.createdAt, b.createdAt)
  return order === 0 ? BigInt(a.id) < BigInt(b.id) : order < 0
}

/** Somebody has used it, so somebody has its secret. */
export const isInUse = (key: ApiKey): boolean => Option.isSome(key.lastUsedAt)

/** Ids alone. */
export const idsOf = (items: ReadonlyArray<{ readonly id: string }>): ReadonlyArray<string> => items.map(({ id }) => id)
