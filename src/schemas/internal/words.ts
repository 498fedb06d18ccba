/**
 * What a schema allows, in words that hold no value of an input.
 */
import * as Option from "effect/Option"
import * as AST from "effect/SchemaAST"

/** Neither null nor undefined. */
export const isSomething = (ast: AST.AST): boolean =>
  !AST.isUndefinedKeyword(ast) && !(AST.isLiteral(ast) && ast.literal === null)

const plain = (ast: AST.AST): string => {
  switch (ast._tag) {
    case "Literal":
      return String(ast)
    case "TypeLiteral":
      return "an object"
    case "TupleType":
      return "an array"
    case "Union":
      // Null and undefined go without saying, unless nothing else is allowed.
      return [...new Set(ast.types.filter(isSomething).map(expectation))].join(" or ") || expectation(ast.types[0])
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

/** What would be right, for a person: `an integer from 1 to 1800`, `an array`, `"a" or "b"`. */
export const expectation = (ast: AST.AST): string =>
  AST.getDescriptionAnnotation(ast)
    .pipe(
      Option.orElse(() => AST.getTitleAnnotation(ast)),
      Option.orElse(() => AST.getIdentifierAnnotation(ast)),
      Option.getOrElse(() => plain(ast))
    )
    .slice(0, 200)
