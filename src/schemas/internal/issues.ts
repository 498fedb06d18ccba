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

type Path = ReadonlyArray<PropertyKey>

const isOwnRule = (ast: AST.AST): boolean => Option.isSome(AST.getAnnotation(ast, OwnWords))

const listed = (issues: ParseResult.SingleOrNonEmpty<ParseResult.ParseIssue>): ReadonlyArray<ParseResult.ParseIssue> =>
  Array.isArray(issues) ? issues : [issues as ParseResult.ParseIssue]

const collect = (issue: ParseResult.ParseIssue, path: Path): ReadonlyArray<Found> => {
  switch (issue._tag) {
    case "Pointer":
      return collect(issue.issue, path.concat(issue.path))
    case "Missing":
      return [{ path, rule: "missing", allowed: expectation(issue.ast.type) }]
    case "Unexpected":
      return [{ path, rule: "unknown", allowed: "no such field" }]
    case "Transformation":
      return collect(issue.issue, path)
    case "Refinement":
      return issue.kind === "From" ? collectBelow(issue, path) : collectRule(issue, path)
    case "Composite":
      return AST.isUnion(issue.ast)
        ? collectUnion(issue.ast, listed(issue.issues), path)
        : listed(issue.issues).flatMap((inner) => collectMember(issue.ast, inner, path))
    case "Type":
    case "Forbidden":
      return [{ path, rule: "type", allowed: expectation(issue.ast) }]
  }
}

/** Of an unknown field the known ones are told. The keys of an open record are text of the answer, and no error quotes that. */
const collectMember = (ast: AST.AST, issue: ParseResult.ParseIssue, path: Path): ReadonlyArray<Found> => {
  if (issue._tag !== "Pointer" || !AST.isTypeLiteral(ast)) return collect(issue, path)
  if (ast.indexSignatures.length > 0) return collect(issue.issue, path.concat("*"))
  if (issue.issue._tag !== "Unexpected") return collect(issue, path)
  const names = ast.propertySignatures.map((property) => String(property.name)).join(", ")
  return [{ path: path.concat(issue.path), rule: "unknown", allowed: `no such field; there are ${names}` }]
}

/** What is no integer at all is told the bounds too. */
const collectBelow = (issue: ParseResult.Refinement, path: Path): ReadonlyArray<Found> => {
  const found = collect(issue.issue, path)
  const words = Option.getOrUndefined(AST.getDescriptionAnnotation(issue.ast))
  if (words === undefined) return found
  return found.map((one) => (one.path.length === path.length ? { ...one, allowed: words } : one))
}

/** Our own rules between fields say themselves what is allowed; of any other filter only the description is quoted. */
const collectRule = (issue: ParseResult.Refinement, path: Path): ReadonlyArray<Found> => {
  if (isOwnRule(issue.ast)) return quote(issue.issue, path)
  return [{ path, rule: "rule", allowed: expectation(issue.ast) }]
}

const quote = (issue: ParseResult.ParseIssue, path: Path): ReadonlyArray<Found> => {
  switch (issue._tag) {
    case "Pointer":
      return quote(issue.issue, path.concat(issue.path))
    case "Composite":
      return listed(issue.issues).flatMap((inner) => quote(inner, path))
    case "Type":
      return [{ path, rule: "rule", allowed: issue.message ?? expectation(issue.ast) }]
    default:
      return collect(issue, path)
  }
}

const tellsMore = (path: Path) => (found: Found) => found.path.length > path.length || found.rule === "rule"

/** The first member that got further than "this is none of them" is what was meant. */
const collectUnion = (
  ast: AST.Union,
  issues: ReadonlyArray<ParseResult.ParseIssue>,
  path: Path
): ReadonlyArray<Found> =>
  issues.map((inner) => collect(inner, path)).find((found) => found.some(tellsMore(path))) ?? [
    { path, rule: "type", allowed: expectation(ast) }
  ]

const asWritten = (path: Path): string => {
  let text = ""
  for (const key of path) {
    if (typeof key === "number") text += `[${key}]`
    else text += text === "" ? String(key) : `.${String(key)}`
  }
  return text === "" ? "input" : text
}

/** Everything that is wrong with an input, each once, in the caller's own spelling. Never a value. */
export const inputIssues = (error: ParseResult.ParseError): ReadonlyArray<Issue> => {
  const seen = new Map<string, Issue>()
  for (const { allowed, path, rule } of collect(error.issue, [])) {
    const field = asWritten(path)
    const key = `${field}\n${allowed}`
    if (!seen.has(key)) seen.set(key, { field, rule, allowed })
  }
  return [...seen.values()]
}

/** The first thing that is wrong with an answer, in the wire's spelling. Never a value. */
export const firstMismatch = (error: ParseResult.ParseError): Mismatch => {
  const first = collect(error.issue, [])[0]
  return first === undefined
    ? { field: "", expected: "another shape" }
    : { field: first.path.map(String).join("."), expected: first.allowed }
}
