/**
 * What no route accepts in any text: the database refuses NUL with a 500, and half a surrogate pair is no Unicode.
 */
import * as Predicate from "effect/Predicate"
import type { InputIssue } from "../../errors/ClientError.js"

const refusal = (text: string): string | undefined =>
  text.includes("\0")
    ? "must not hold a NUL character"
    : /\p{Surrogate}/u.test(text)
      ? "must be well-formed Unicode"
      : undefined

/** Deeper free JSON than this is refused by the server's parser as well. */
const deepest = 120

const camel = (key: string): string => key.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase())

const place = (path: string, key: string | number): string =>
  typeof key === "number" ? `${path}[${key}]` : path === "" ? camel(key) : `${path}.${key}`

/** More values than fit into the largest body; an object that holds itself many times over would never end. */
const mostValues = 1_000_000

interface Found {
  readonly issues: Array<InputIssue>
  values: number
}

const collect = (value: unknown, path: string, depth: number, found: Found): void => {
  const issues = found.issues
  if (++found.values > mostValues) return
  const refuse = (allowed: string) => issues.push({ field: path === "" ? "input" : path, rule: "rule", allowed })
  if (typeof value === "string") {
    const allowed = refusal(value)
    if (allowed !== undefined) refuse(allowed)
  } else if (typeof value === "number") {
    if (!Number.isFinite(value)) refuse("must be a finite number: JSON has no other")
  } else if (typeof value === "bigint" || typeof value === "function" || typeof value === "symbol") {
    refuse("must be a JSON value")
  } else if (ArrayBuffer.isView(value)) {
    return
  } else if (depth > deepest) {
    refuse(`must not be nested deeper than ${deepest} levels, or refer to itself`)
  } else if (Array.isArray(value)) {
    for (const [index, item] of value.entries()) collect(item, place(path, index), depth + 1, found)
  } else if (Predicate.isRecord(value)) {
    for (const [key, item] of Object.entries(value)) {
      const allowed = refusal(key)
      if (allowed !== undefined) refuse(`a key ${allowed}`)
      collect(item, place(path, key), depth + 1, found)
    }
  }
}

/** All texts and numbers in an encoded input that cannot be sent. */
export const unsendable = (encoded: unknown): ReadonlyArray<InputIssue> => {
  const found: Found = { issues: [], values: 0 }
  collect(encoded, "", 0, found)
  if (found.values > mostValues) {
    found.issues.push({ field: "input", rule: "rule", allowed: `must hold at most ${mostValues} values` })
  }
  return found.issues
}
