/**
 * Path parameters: each stays one segment of the intended route, whatever it holds.
 */
import type { InputIssue } from "../../errors/ClientError.js"
import { isBlank } from "../../schemas/internal/rules.js"
import { isWellFormed, wellFormed } from "../../schemas/internal/sendable.js"
import { isSigned64 } from "../../schemas/internal/signed64.js"
import { checked, type Checked } from "./checked.js"

/** The names between the braces of a path template. */
export type PathNames<Path extends string> = Path extends `${string}{${infer Name}}${infer Rest}`
  ? Name | PathNames<Rest>
  : never

/** Fills a template; every value is percent-encoded as one segment. */
export const fillPath = (
  template: string,
  values: Readonly<Record<string, unknown>>,
  ids: ReadonlyArray<string>
): Checked<string> => {
  const issues: Array<InputIssue> = []
  const path = template.replace(/\{([^{}]*)\}/g, (_, field: string) => {
    const refuse = (rule: InputIssue["rule"], allowed: string): string => {
      issues.push({ field, rule, allowed })
      return ""
    }
    const value = values[field]
    if (typeof value !== "string") return refuse("type", "text")
    if (/^\.{0,2}$/.test(value)) {
      return refuse("rule", "neither empty nor a dot segment")
    }
    // Every other blank is the name of nothing, which the server says better than we can.
    if (field === "scope" && isBlank(value)) return refuse("rule", "text that is not blank")
    if (!isWellFormed(value)) return refuse("rule", wellFormed)
    if (ids.includes(field) && !isSigned64(value)) {
      return refuse("rule", "a record id: a signed 64-bit integer as decimal text")
    }
    return encodeURIComponent(value)
  })
  return checked(path, issues)
}

/** Whether a template that a caller wrote stays a path of its host. No value that may fill it makes a dot segment, alone or with what stands beside it. */
export const isPathTemplate = (template: string): boolean =>
  // What is not visible ASCII, and `\\`, a URL parser drops or turns into something else.
  /^\/(?!\/)[!-~]*$/.test(template) && !/[?#\\]|\{\}|%(?![0-9a-f]{2})|\/(?:\.|%2e){1,2}(?:\/|$)/i.test(template)
