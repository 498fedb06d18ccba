/**
 * What no route accepts, wherever in an input it stands.
 */
import * as Predicate from "effect/Predicate"

/** One place in an input that cannot be sent. */
export interface Unsendable {
  readonly path: ReadonlyArray<string | number>
  /** What is allowed there. */
  readonly message: string
}

/** The database refuses NUL with a 500, and half a surrogate pair is no Unicode. */
export const isWellFormed = (text: string): boolean => !/[\0\p{Surrogate}]/u.test(text)

/** What any text must be. */
export const wellFormed = "well-formed Unicode without NUL"

/** A little less than the server's parser takes. */
const deepest = 120

/** More values than fit into the largest body; what holds one object many times over would never end. */
const mostValues = 1_000_000

/** As many as a person reads. */
const most = 50

/** An object of a class is none: `JSON.stringify` would write it as something else. One of another realm has that one's `Object.prototype`. */
export const isPlain = (value: unknown): value is Readonly<Record<string, unknown>> => {
  if (!Predicate.isRecord(value)) return false
  const prototype: object | null = Object.getPrototypeOf(value)
  return prototype === null || Object.hasOwn(prototype, "isPrototypeOf")
}

/** By a `toJSON` that may be hidden: what would be sent is not what is looked at here. */
const writesItself = (value: object): boolean => "toJSON" in value && typeof value.toJSON === "function"

/** All in a value that cannot be sent: what is no JSON, and what no route accepts. A form's bytes can, where it may hold some. */
export const findUnsendable = (input: unknown, mayHoldBytes: boolean): ReadonlyArray<Unsendable> => {
  const found: Array<Unsendable> = []
  const path: Array<string | number> = []
  let values = 0
  const refuse = (message: string): void => {
    if (found.length < most) found.push({ path: [...path], message })
  }
  const visit = (value: unknown): void => {
    if (++values > mostValues || found.length >= most) return
    if (typeof value === "string") {
      if (!isWellFormed(value)) refuse(wellFormed)
    } else if (value === null || typeof value === "boolean" || Number.isFinite(value)) {
      return
    } else if (Array.isArray(value) && value.length > mostValues) {
      values += value.length
    } else if ((Array.isArray(value) || isPlain(value)) && !writesItself(value)) {
      if (path.length > deepest) return refuse(`at most ${deepest} levels, and no cycles`)
      // A hole of an array comes as undefined, for which JSON would have null.
      const entries = Array.isArray(value)
        ? Array.from({ length: value.length }, (_, index): [number, unknown] => [index, value[index]])
        : Object.entries(value)
      for (const [key, item] of entries) {
        if (typeof key === "string") {
          if (!isWellFormed(key)) refuse(`keys of ${wellFormed}`)
          if (item === undefined) continue
        }
        path.push(key)
        visit(item)
        path.pop()
      }
    } else if (!mayHoldBytes || !ArrayBuffer.isView(value)) {
      refuse("JSON: text, finite numbers, booleans, null, arrays and plain objects")
    }
  }
  visit(input)
  if (values > mostValues) refuse(`at most ${mostValues} values`)
  return found
}
