/**
 * What a `ParseError` says, without the values that it holds: those can be secrets.
 */
import * as Option from "effect/Option"
import type * as ParseResult from "effect/ParseResult"
import * as AST from "effect/SchemaAST"
import { OwnWords } from "./rules.js"
import { expectation } from "./words.js"

/** One thing that is wrong with an input. */
export interface Issue {
  readonly field: string
  readonly rule: "missing" | "type" | "rule" | "unknown"
  readonly allowed: string
}

/** The first thing that is wrong with an answer. */
export interface Mismatch {
  readonly field: string
  readonly expected: string
}

interface Found {
  readonly path: ReadonlyArray<PropertyKey>
  readonly rule: Issue["rule"]
  readonly allowed: string
}

/** What is wrong at a place and below it; `holder` is the schema of what holds the place, where that is an object or an array. */
const collect = (
  issue: ParseResult.ParseIssue,
  path: ReadonlyArray<PropertyKey>,
  holder?: AST.AST
): ReadonlyArray<Found> => {
  const found = (rule: Issue["rule"], allowed: string): ReadonlyArray<Found> => [{ path, rule, allowed }]
  const fields = holder !== undefined && AST.isTypeLiteral(holder) ? holder : undefined
  switch (issue._tag) {
    case "Pointer":
      // The keys of an open record are text of the answer, and no error quotes that.
      return collect(issue.issue, path.concat(fields?.indexSignatures.length ? "*" : issue.path), holder)
    case "Missing":
      return found("missing", expectation(issue.ast.type))
    case "Unexpected": {
      // Effect keeps the hash of a value that it has hashed under a symbol of its own.
      if (typeof path.at(-1) === "symbol") return []
      const known = fields?.propertySignatures.map((property) => String(property.name)).join(", ")
      return found("unknown", `no such field${known === undefined ? "" : `; there are ${known}`}`)
    }
    case "Transformation":
      return collect(issue.issue, path)
    case "Refinement":
      // Our own rules between fields say themselves what is allowed; of any other filter only the description is quoted.
      if (issue.kind === "Predicate") {
        return isOwn(issue.ast) ? collect(issue.issue, path) : found("rule", expectation(issue.ast))
      }
      // What is no integer at all is told the bounds too.
      return collect(issue.issue, path).map((one) =>
        one.path.length > path.length
          ? one
          : { ...one, allowed: Option.getOrElse(AST.getDescriptionAnnotation(issue.ast), () => one.allowed) }
      )
    case "Composite": {
      const inside = [issue.issues].flat().map((inner) => collect(inner, path, issue.ast))
      if (!AST.isUnion(issue.ast)) return inside.flat()
      // The first member that got further than "this is none of them" is what was meant.
      const meant = inside.find((all) => all.some((one) => one.path.length > path.length || one.rule === "rule"))
      return meant ?? found("type", expectation(issue.ast))
    }
    case "Forbidden":
      // A caller's own schema that would have to wait: nothing may be wrong with the value.
      return found("type", `${expectation(issue.ast)}, by a schema that decodes without waiting`)
    default:
      return isOwn(issue.ast) && issue.message !== undefined
        ? found("rule", issue.message)
        : found("type", expectation(issue.ast))
  }
}

const isOwn = (ast: AST.AST): boolean => ast.annotations[OwnWords] === true

/** A place in an input as the caller would write it. */
export const asWritten = (path: ReadonlyArray<PropertyKey>): string =>
  path
    .map((key) => (typeof key === "number" ? `[${key}]` : `.${String(key)}`))
    .join("")
    .replace(/^\./, "") || "input"

/** Everything that is wrong with an input, each once, in the caller's own spelling. Never a value. */
export const inputIssues = (error: ParseResult.ParseError): ReadonlyArray<Issue> => {
  const issues = collect(error.issue, []).map(({ allowed, path, rule }) => ({ field: asWritten(path), rule, allowed }))
  return [...new Map(issues.map((issue) => [`${issue.field}\n${issue.allowed}`, issue])).values()]
}

/** Of what nothing more can be told. */
export const unreadable: Mismatch = { field: "", expected: "another shape" }

/** The first thing that is wrong with an answer, in the wire's spelling. Never a value. */
export const firstMismatch = (error: ParseResult.ParseError): Mismatch => {
  const [first] = collect(error.issue, [])
  if (first === undefined) return unreadable
  // A key that a strict schema of the caller's does not know is text of the answer too.
  const path = first.rule === "unknown" ? [...first.path.slice(0, -1), "*"] : first.path
  return { field: path.map(String).join("."), expected: first.allowed }
}
