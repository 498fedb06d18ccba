/**
 * Free JSON (key metadata) as the server gives it back: members sorted by name, the last of repeated ones, integers of
 * 64 bits digit by digit, every other number as a double.
 */
import type { Json, JsonNumber } from "./Json.js"
import { isArray, isNumber, isObject } from "./Json.js"
import { float } from "./write.js"

const least = -(2n ** 63n)
const most = 2n ** 64n - 1n

const canonicalNumber = ({ raw }: JsonNumber): string => {
  if (/^-?\d+$/.test(raw) && raw !== "-0") {
    const exact = BigInt(raw)
    if (exact >= least && exact <= most) return raw
  }
  const value = Number(raw)
  return Object.is(value, -0) ? "-0.0" : Math.abs(value) < 1e16 ? float(value).text : String(value)
}

/** The canonical text of a whole (not broken) value. */
export const canonical = (json: Json): string => {
  if (isNumber(json)) return canonicalNumber(json)
  if (isArray(json)) return `[${json.items.map(canonical).join(",")}]`
  if (isObject(json)) {
    const members = new Map(json.members)
    const names = [...members.keys()].sort()
    return `{${names.map((name) => `${JSON.stringify(name)}:${canonical(members.get(name) ?? null)}`).join(",")}}`
  }
  return JSON.stringify(json)
}
