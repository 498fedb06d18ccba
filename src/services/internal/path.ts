/**
 * Path parameters: each stays one segment of the intended route, whatever it holds.
 */
import * as Either from "effect/Either"
import * as Schema from "effect/Schema"
import type { InputIssue } from "../../errors/ClientError.js"
import { KeyId } from "../../schemas/Ids.js"

/** The names between the braces of a path template. */
export type PathNames<Path extends string> = Path extends `${string}{${infer Name}}${infer Rest}`
  ? Name | PathNames<Rest>
  : never

const isId = Schema.is(KeyId)

const refusal = (field: string, value: unknown, mustBeId: boolean): InputIssue | undefined => {
  if (typeof value !== "string") return { field, rule: "type", allowed: "must be text" }
  if (value === "")
    return { field, rule: "rule", allowed: "must not be empty: the path would name the whole collection" }
  if (value === "." || value === "..") {
    return { field, rule: "rule", allowed: "must not be a dot segment: the path would name another resource" }
  }
  if (value.includes("\0")) return { field, rule: "rule", allowed: "must not hold a NUL character" }
  if (/\p{Surrogate}/u.test(value)) return { field, rule: "rule", allowed: "must be well-formed Unicode" }
  if (mustBeId && !isId(value)) {
    return { field, rule: "rule", allowed: "must be a record id: a signed 64-bit integer as decimal text" }
  }
  return undefined
}

const placeholder = /\{(\w+)\}/g

/** A template in parts: text, name, text, name, … text. */
const templates = new Map<string, ReadonlyArray<string>>()

/** Templates of one's own may be without number. */
const mostTemplates = 256

const partsOf = (template: string): ReadonlyArray<string> => {
  const known = templates.get(template)
  if (known !== undefined) return known
  const parts = template.split(placeholder)
  if (templates.size < mostTemplates) templates.set(template, parts)
  return parts
}

/** Fills a template; every value is percent-encoded as one segment. */
export const fillPath = (
  template: string,
  values: Readonly<Record<string, string>>,
  ids: ReadonlyArray<string>
): Either.Either<string, ReadonlyArray<InputIssue>> => {
  const issues: Array<InputIssue> = []
  let path = ""
  partsOf(template).forEach((part, index) => {
    if (index % 2 === 0) {
      path += part
      return
    }
    const value = Object.hasOwn(values, part) ? values[part] : undefined
    const issue = refusal(part, value, ids.includes(part))
    if (issue !== undefined || value === undefined) {
      issues.push(issue ?? { field: part, rule: "missing", allowed: "is required" })
    } else path += encodeURIComponent(value)
  })
  return issues.length === 0 ? Either.right(path) : Either.left(issues)
}

const isDotSegment = (segment: string): boolean =>
  !/^\{\w+\}$/.test(segment) && /^\.{1,2}$/.test(segment.replace(placeholder, ".").replace(/%2e/gi, "."))

/** Whether a template that a caller wrote stays a path of its host, whatever is filled in. */
export const isPathTemplate = (template: string): boolean =>
  // What is not visible ASCII, and `\\`, a URL parser drops or turns into something else.
  /^\/(?!\/)[\x21-\x7e]*$/.test(template) && !/[?#\\]/.test(template) && !template.split("/").some(isDotSegment)
