/**
 * Compiles the decoding side of a schema into closures, once.
 *
 * `Schema` interprets its tree for every value, and wraps every part of a value; most answers are right, so that is paid for nothing.
 * A closure knows the right answers only. It is no second opinion: where it gives up, and for every kind of node that is not known
 * here, the schema itself decides, so values and messages are always the schema's. No code is generated: some runtimes forbid it.
 */
import * as Either from "effect/Either"
import { identity } from "effect/Function"
import * as Option from "effect/Option"
import * as ParseResult from "effect/ParseResult"
import * as Schema from "effect/Schema"
import * as AST from "effect/SchemaAST"
import { memoize } from "../memoize.js"
import { Bail, type Compile, type Decode, Direct, Trusted } from "./decode.js"
import { isExact } from "./exact.js"
import { compileStruct } from "./struct.js"

const bySchema = (ast: AST.AST): Decode => {
  const decode = ParseResult.decodeUnknownEither(Schema.make<unknown, unknown>(ast))
  return (value) => Either.getOrElse(decode(value), () => Bail)
}

/** A node that nothing here knows: the schema decodes it. */
const judge = (ast: AST.AST): Decode => {
  const decode = bySchema(ast)
  return (json) => (isExact(json) ? decode(json) : Bail)
}

const refinement = (ast: AST.Refinement): Decode => {
  const from = compile(ast.from)
  // Rows repeat their ids: the one that passed last needs no second look.
  const mayRepeat = ast.annotations[Trusted] === true
  let passed: unknown = Bail
  return (json) => {
    const value = from(json)
    if (value === passed || value === Bail) return value
    if (Option.isSome(ast.filter(value, AST.defaultParseOption, ast))) return Bail
    if (mayRepeat) passed = value
    return value
  }
}

const array = (ast: AST.TupleType): Decode | undefined => {
  const [rest, ...more] = ast.rest
  if (rest === undefined || more.length + ast.elements.length > 0) return undefined
  const item = compile(rest.type)
  return (json) => {
    if (!Array.isArray(json)) return Bail
    // A copy, of the right size at once: what `[]` makes here the engine moves to the old space, and with it every row.
    const values: Array<unknown> = json.slice()
    for (let index = 0; index < values.length; index++) {
      const value = item(values[index])
      if (value === Bail) return Bail
      values[index] = value
    }
    return values
  }
}

const transformation = (ast: AST.Transformation): Decode | undefined => {
  const how = ast.transformation
  if (AST.isTypeLiteralTransformation(how)) {
    return compileStruct(ast.from, ast.to, how.propertySignatureTransformations, compile)
  }
  if (!AST.isFinalTransformation(how)) return undefined
  const from = compile(ast.from)
  // What a transformation made is no JSON any more.
  const to = ast.annotations[Trusted] === true ? identity : bySchema(ast.to)
  return (json) => {
    const value = from(json)
    if (value === Bail) return Bail
    const result = how.decode(value, AST.defaultParseOption, ast, json)
    return Either.isEither(result) && Either.isRight(result) ? to(result.right) : Bail
  }
}

const known = (ast: AST.AST): Decode | undefined => {
  switch (ast._tag) {
    case "StringKeyword":
      return (json) => (typeof json === "string" ? json : Bail)
    case "NumberKeyword":
      return (json) => (typeof json === "number" && isExact(json) ? json : Bail)
    case "BooleanKeyword":
      return (json) => (typeof json === "boolean" ? json : Bail)
    case "UnknownKeyword":
      return (json) => (isExact(json) ? json : Bail)
    case "Literal":
      return (json) => (json === ast.literal ? json : Bail)
    case "Refinement":
      return refinement(ast)
    case "TupleType":
      return array(ast)
    case "TypeLiteral":
      return compileStruct(ast, ast, [], compile)
    case "Transformation":
      return transformation(ast)
    default:
      return undefined
  }
}

/** The closure of a node; equal nodes share one. */
export const compile: Compile<AST.AST> = memoize((ast) => {
  const direct = ast.annotations[Direct]
  // Parse options change what the nodes below mean.
  if (AST.ParseOptionsAnnotationId in ast.annotations) return judge(ast)
  // Only this package's own schemas have it.
  return typeof direct === "function" ? (direct as Decode) : (known(ast) ?? judge(ast))
})
