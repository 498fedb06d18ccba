/**
 * Objects with any text keys, apart from the other kinds: one answer has them.
 */
import { Bail, type Decode, isObject } from "./decode.js"

/** Text under every key. */
export const textRecord: Decode = (json) => {
  if (!isObject(json)) return Bail
  const made: Record<string, string> = {}
  for (const key of Object.keys(json)) {
    const value = json[key]
    if (typeof value !== "string") return Bail
    made[key] = value
  }
  return made
}
