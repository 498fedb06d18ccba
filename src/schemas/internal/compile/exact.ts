/**
 * What `JSON.parse` may have changed.
 */

const largest = Number.MAX_SAFE_INTEGER

/**
 * Whether no number in a value of `JSON.parse` is beyond 2^53, where its text may have said something else. Cheaper than looking at all of
 * the text, and sound: a number that lost digits is beyond 2^53 still.
 */
export const isExact = (json: unknown): boolean => {
  if (typeof json === "number") return json <= largest && json >= -largest
  if (typeof json !== "object" || json === null) return true
  if (Array.isArray(json)) {
    for (let index = 0; index < json.length; index++) if (!isExact(json[index])) return false
    return true
  }
  for (const key in json) if (!isExact(Reflect.get(json, key))) return false
  return true
}
