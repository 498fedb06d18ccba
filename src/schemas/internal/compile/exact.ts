/**
 * What `JSON.parse` may have changed.
 */

/**
 * Whether no number in a value of `JSON.parse` is beyond 2^53, where its text may have said something else. Cheaper than looking at all of
 * the text, and sound: a number that lost digits is beyond 2^53 still.
 */
export const isExact = (json: unknown): boolean => {
  if (typeof json === "number") return Math.abs(json) <= Number.MAX_SAFE_INTEGER
  if (typeof json !== "object" || json === null) return true
  if (Array.isArray(json)) return json.every(isExact)
  for (const key in json) if (!isExact(Reflect.get(json, key))) return false
  return true
}
