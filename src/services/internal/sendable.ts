/**
 * What no route accepts, wherever in an input it stands.
 */
import type { InputIssue } from "../../errors/ClientError.js"

/** The database refuses NUL with a 500, and half a surrogate pair is no Unicode. */
export const isWellFormed = (text: string): boolean => !/[\0\p{Surrogate}]/u.test(text)

/** What any text must be. */
export const wellFormed = "must be well-formed Unicode without NUL"

/** Deeper free JSON than this is refused by the server's parser as well. */
const deepest = 120

/** More values than fit into the largest body; an object that holds itself many times over would never end. */
const mostValues = 1_000_000

const camel = (key: string): string => key.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase())

/** An object of a class is none: `JSON.stringify` would write it as something else. */
const isPlain = (value: unknown): value is object =>
  typeof value === "object" && [null, Object.prototype].includes(Object.getPrototypeOf(value))

/** All in an encoded input that cannot be sent: what is no JSON, but for the bytes that a form may hold, and what no route accepts. */
export const unsendable = (encoded: unknown, mayHoldBytes = false): ReadonlyArray<InputIssue> => {
  const issues: Array<InputIssue> = []
  let values = 0
  const refuse = (path: string, allowed: string): void => {
    issues.push({ field: path || "input", rule: "rule", allowed })
  }
  const visit = (value: unknown, path: string, depth: number): void => {
    if (++values > mostValues) return
    if (typeof value === "string") {
      if (!isWellFormed(value)) refuse(path, wellFormed)
    } else if (value === null || typeof value === "boolean" || Number.isFinite(value)) {
      return
    } else if (Array.isArray(value) || isPlain(value)) {
      if (depth > deepest) return refuse(path, `must not be nested deeper than ${deepest} levels, or refer to itself`)
      for (const [key, item] of Object.entries(value)) {
        if (Array.isArray(value)) visit(item, `${path}[${key}]`, depth + 1)
        else {
          if (!isWellFormed(key)) refuse(path, `a key ${wellFormed}`)
          if (item !== undefined) visit(item, path === "" ? camel(key) : `${path}.${key}`, depth + 1)
        }
      }
    } else if (!mayHoldBytes || !ArrayBuffer.isView(value)) {
      refuse(path, "must be JSON: text, finite numbers, booleans, null, arrays and plain objects")
    }
  }
  visit(encoded, "", 0)
  if (values > mostValues) refuse("", `must hold at most ${mostValues} values`)
  return issues
}
