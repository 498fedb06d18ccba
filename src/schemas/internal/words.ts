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

const plain = (ast: AST.AST): string => {
  switch (ast._tag) {
    case "Literal":
      return typeof ast.literal === "string" ? JSON.stringify(ast.literal) : String(ast.literal)
    case "TypeLiteral":
      return "an object"
    case "TupleType":
      return "an array"
    case "Union": {
      const members = ast.types.filter((member) => !isNothing(member))
      const words = [...new Set(members.map(expectation))]
      return words.length === 0 ? "nothing" : words.join(" or ")
    }
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
