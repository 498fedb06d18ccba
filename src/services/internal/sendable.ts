/**
 * What no route accepts, wherever in an input it stands.
 */
import type { InputIssue } from "../../errors/ClientError.js"
import { mostIssues } from "../../errors/internal/failure.js"
import { mostValues } from "../../schemas/internal/rules.js"

/** The database refuses NUL with a 500, and half a surrogate pair is no Unicode. */
export const isWellFormed = (text: string): boolean => !/[\0\p{Surrogate}]/u.test(text)

/** What any text must be. */
export const wellFormed = "must be well-formed Unicode without NUL"

/** Deeper free JSON than this is refused by the server's parser as well. */
const deepest = 120

const camel = (key: string): string => key.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase())

/** An object of a class is none: `JSON.stringify` would write it as something else. */
const isPlain = (value: unknown): value is object =>
  typeof value === "object" && [null, Object.prototype].includes(Object.getPrototypeOf(value))

/** Where the keys below are the caller's own. */
const free = ["metadata", "jwks"]

/**
 * All in an input that cannot be sent: what is no JSON, and what no route accepts. What a schema encoded may hold a form's bytes, and its
 * names are given as the caller wrote them.
 */
export const unsendable = (input: unknown, isEncoded = false): ReadonlyArray<InputIssue> => {
  const issues: Array<InputIssue> = []
  let values = 0
  const refuse = (path: string, allowed: string): void => {
    if (issues.length < mostIssues) issues.push({ field: path || "input", rule: "rule", allowed })
  }
  const visit = (value: unknown, path: string, depth: number, isRenamed: boolean): void => {
    if (++values > mostValues || issues.length >= mostIssues) return
    if (typeof value === "string") {
      if (!isWellFormed(value)) refuse(path, wellFormed)
    } else if (value === null || typeof value === "boolean" || Number.isFinite(value)) {
      return
    } else if (Array.isArray(value) && value.length > mostValues) {
      values += value.length
    } else if (Array.isArray(value) || isPlain(value)) {
      if (depth > deepest) return refuse(path, `must not be nested deeper than ${deepest} levels, or refer to itself`)
      for (const [key, item] of Object.entries(value)) {
        if (Array.isArray(value)) visit(item, `${path}[${key}]`, depth + 1, isRenamed)
        else {
          if (!isWellFormed(key)) refuse(path, `a key ${wellFormed}`)
          const place = `${path}${path && "."}${isRenamed ? camel(key) : key}`
          if (item !== undefined) visit(item, place, depth + 1, isRenamed && !free.includes(key))
        }
      }
    } else if (!isEncoded || !ArrayBuffer.isView(value)) {
      refuse(path, "must be JSON: text, finite numbers, booleans, null, arrays and plain objects")
    }
  }
  visit(input, "", 0, isEncoded)
  if (values > mostValues) refuse("", `must hold at most ${mostValues} values`)
  return issues
}
