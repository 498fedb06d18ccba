/** A world as a JSON value, and back. */
import * as Data from "effect/Data"
import * as Effect from "effect/Effect"
import type { World } from "./World.js"

/**
 * Any JSON value, read-only.
 *
 * @since 0.1.0
 * @category models
 */
export type JsonValue =
  null | boolean | number | string | ReadonlyArray<JsonValue> | { readonly [name: string]: JsonValue }

/**
 * All that a world holds, secrets in clear text included, as a JSON value.
 *
 * @since 0.1.0
 * @category models
 */
export interface Snapshot {
  readonly effectWachtEmulator: 1
  readonly world: JsonValue
}

/**
 * A value that is no snapshot of this version.
 *
 * @since 0.1.0
 * @category errors
 */
export class SnapshotError extends Data.TaggedError("SnapshotError")<{ readonly message: string }> {}

const encode = (value: unknown): JsonValue => {
  if (value === null || typeof value === "string" || typeof value === "boolean" || typeof value === "number")
    return value
  if (typeof value === "bigint") return { $bigint: String(value) }
  if (Array.isArray(value)) return value.map(encode)
  if (value instanceof Map) return { $map: [...value].map(([key, item]) => [encode(key), encode(item)]) }
  const members = Object.entries(value ?? {}).filter(([, member]) => member !== undefined)
  return Object.fromEntries(members.map(([name, member]) => [name, encode(member)]))
}

const isPair = (value: unknown): value is readonly [unknown, unknown] => Array.isArray(value) && value.length === 2

const decode = (value: unknown): unknown => {
  if (typeof value !== "object" || value === null) return value
  if (Array.isArray(value)) return value.map(decode)
  const members = Object.entries(value)
  // A key of a client may have members of these names too, but never one alone.
  if (members.length === 1 && "$bigint" in value && typeof value.$bigint === "string" && /^-?\d+$/.test(value.$bigint))
    return BigInt(value.$bigint)
  if (members.length === 1 && "$map" in value && Array.isArray(value.$map))
    return new Map(value.$map.filter(isPair).map(([key, item]) => [decode(key), decode(item)]))
  return Object.fromEntries(members.map(([name, member]) => [name, decode(member)]))
}

/** What belongs to the emulator and not to its world. */
const own: ReadonlySet<string> = new Set(["options"])

export const take = (world: World): Snapshot => ({
  effectWachtEmulator: 1,
  world: encode(Object.fromEntries(Object.entries(world).filter(([name]) => !own.has(name))))
})

/** Puts the world back as it was; the options stay. */
export const restore = (world: World, snapshot: Snapshot): Effect.Effect<void, SnapshotError> =>
  Effect.suspend(() => {
    const refuse = (message: string) => Effect.fail(new SnapshotError({ message }))
    if (typeof snapshot !== "object" || snapshot?.effectWachtEmulator !== 1)
      return refuse("this is no snapshot of an emulator of this version")
    const state = decode(snapshot.world)
    if (typeof state !== "object" || state === null) return refuse("the snapshot holds no world")
    const kinds = new Map(Object.entries(world).filter(([name]) => !own.has(name)))
    for (const [name, value] of kinds) {
      const found: unknown = Reflect.get(state, name)
      if (kindOf(found) !== kindOf(value)) return refuse(`the snapshot's ${name} is not what it should be`)
    }
    for (const name of kinds.keys()) Reflect.set(world, name, Reflect.get(state, name))
    return Effect.void
  })

const kindOf = (value: unknown): string =>
  value instanceof Map ? "map" : Array.isArray(value) ? "array" : typeof value
