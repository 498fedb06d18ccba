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
import { Bail, type Decode, Direct, Trusted } from "./decode.js"
import { isExact } from "./exact.js"
import { compileStruct } from "./struct.js"

const bySchema = (ast: AST.AST): Decode => {
  const decode = ParseResult.decodeUnknownEither(Schema.make<unknown, unknown>(ast))
  return (value) => {
    const decoded = decode(value)
    return Either.isRight(decoded) ? decoded.right : Bail
  }
}

/** A node that nothing here knows: the schema decodes it. */
const judge = (ast: AST.AST): Decode => {
  const decode = bySchema(ast)
  return (json) => (isExact(json) ? decode(json) : Bail)
}

const refinement = (ast: AST.Refinement): Decode => {
  const from = compile(ast.from)
  return (json) => {
    const value = from(json)
    return value !== Bail && Option.isNone(ast.filter(value, AST.defaultParseOption, ast)) ? value : Bail
  }
}

const array = (ast: AST.TupleType): Decode => {
  const [rest, ...more] = ast.rest
  if (rest === undefined || more.length > 0 || ast.elements.length > 0) return judge(ast)
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

const direct = (ast: AST.Annotated): Decode | undefined => {
  const annotation = ast.annotations[Direct]
  // Only this package's own schemas have it.
  return typeof annotation === "function" ? (annotation as Decode) : undefined
}

/** What a transformation made is no JSON any more, unless it is text. */
const made = (ast: AST.AST): Decode => (AST.isStringKeyword(AST.encodedAST(ast)) ? compile(ast) : bySchema(ast))

const transformation = (ast: AST.Transformation): Decode => {
  const how = ast.transformation
  if (AST.isTypeLiteralTransformation(how)) return compileStruct(ast.from, ast.to, how, compile) ?? judge(ast)
  if (!AST.isFinalTransformation(how)) return judge(ast)
  const from = compile(ast.from)
  const to = ast.annotations[Trusted] === true ? identity : made(ast.to)
  return (json) => {
    const value = from(json)
    if (value === Bail) return Bail
    const result = how.decode(value, AST.defaultParseOption, ast, json)
    return Either.isEither(result) && Either.isRight(result) ? to(result.right) : Bail
  }
}

const build = (ast: AST.AST): Decode => {
  // Parse options change what the nodes below mean.
  if (Option.isSome(AST.getParseOptionsAnnotation(ast))) return judge(ast)
  const known = direct(ast)
  if (known !== undefined) return known
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
      return compileStruct(ast, ast, undefined, compile) ?? judge(ast)
    case "Transformation":
      return transformation(ast)
    default:
      return judge(ast)
  }
}

const compiled = new WeakMap<AST.AST, Decode>()

/** The closure of a node; equal nodes share one. */
export const compile = (ast: AST.AST): Decode => {
  const known = compiled.get(ast)
  if (known !== undefined) return known
  const decode = build(ast)
  compiled.set(ast, decode)
  return decode
}
