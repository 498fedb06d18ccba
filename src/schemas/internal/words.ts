/**
 * What a schema allows, in words that hold no value of an input.
 */
import * as Option from "effect/Option"
import * as AST from "effect/SchemaAST"

const described = (ast: AST.AST): string | undefined =>
  Option.getOrUndefined(AST.getDescriptionAnnotation(ast)) ??
  Option.getOrUndefined(AST.getTitleAnnotation(ast)) ??
  Option.getOrUndefined(AST.getIdentifierAnnotation(ast))

const isNothing = (ast: AST.AST): boolean => AST.isUndefinedKeyword(ast) || (AST.isLiteral(ast) && ast.literal === null)

const isText = (ast: AST.AST): boolean => AST.isLiteral(ast) && typeof ast.literal === "string"

/** Null and undefined go without saying, unless nothing else is allowed. */
const oneOf = (types: ReadonlyArray<AST.AST>): string => {
  const some = types.filter((member) => !isNothing(member))
  const members = some.length === 0 ? types : some
  if (members.length > 1 && members.every(isText)) return `one of ${members.map(unquoted).join(", ")}`
  return [...new Set(members.map(expectation))].slice(0, some.length === 0 ? 1 : members.length).join(" or ")
}

const unquoted = (ast: AST.AST): string => (AST.isLiteral(ast) && ast.literal !== "" ? String(ast.literal) : '""')

const plain = (ast: AST.AST): string => {
  switch (ast._tag) {
    case "Literal":
      return typeof ast.literal === "string" ? JSON.stringify(ast.literal) : String(ast.literal)
    case "TypeLiteral":
      return "an object"
    case "TupleType":
      return "an array"
    case "Union":
      return oneOf(ast.types)
    case "Transformation":
      return expectation(ast.to)
    case "Refinement":
      return expectation(ast.from)
    case "Suspend":
      return expectation(ast.f())
    default:
      return "another kind of value"
  }
}

/** What would be right, for a person: `1 to 1800`, `an array`, `"a" or "b"`. */
export const expectation = (ast: AST.AST): string => (described(ast) ?? plain(ast)).slice(0, 200)
