/**
 * When two JSON values say the same: Effect compares what has no shape by its identity, and each answer is made anew.
 */
import { isObject } from "effect/Predicate"

/** Whatever the order of their keys. Pair by pair, since an answer may be nested deeper than the stack. */
export const sameJson = (left: unknown, right: unknown): boolean => {
  const pairs: Array<readonly [unknown, unknown]> = [[left, right]]
  // What is added on the way is compared in its turn.
  for (const [one, other] of pairs) {
    if (one === other) continue
    if (!isObject(one) || !isObject(other) || Array.isArray(one) !== Array.isArray(other)) return false
    const members = Object.entries(one)
    const others = new Map<string, unknown>(Object.entries(other))
    if (members.length !== others.size) return false
    for (const [key, member] of members) {
      if (!others.has(key)) return false
      pairs.push([member, others.get(key)])
    }
  }
  return true
}

/** What Effect makes of any JSON. By itself it gives each such place in a JSON Schema the same `$id`, which a validator takes only once. */
export const anyJson = {
  equivalence: () => sameJson,
  jsonSchema: { type: ["string", "number", "boolean", "object", "array", "null"] }
}
