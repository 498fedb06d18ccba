/**
 * Alternatives, where at most one of them can be right: the order in which a schema tries the others is its own affair.
 */
import * as AST from "effect/SchemaAST"
import { Bail, type Compile, type Decode } from "./decode.js"

const encodedTag = (ast: AST.AST): string => AST.encodedAST(ast)._tag

/** Texts, numbers, flags: no value is of two kinds. */
const ofKinds = (ast: AST.Union, compile: Compile<AST.AST>): Decode | undefined => {
  const kinds = { StringKeyword: "string", NumberKeyword: "number", BooleanKeyword: "boolean" } as const
  const decoders = new Map<string, Decode>()
  for (const member of ast.types) {
    const tag = encodedTag(member)
    if (tag !== "StringKeyword" && tag !== "NumberKeyword" && tag !== "BooleanKeyword") return undefined
    if (decoders.has(kinds[tag])) return undefined
    decoders.set(kinds[tag], compile(member))
  }
  return (json) => {
    const decode = decoders.get(typeof json)
    return decode === undefined ? Bail : decode(json)
  }
}

const structOf = (ast: AST.AST): AST.TypeLiteral | undefined => {
  if (AST.isTypeLiteral(ast)) return ast
  return AST.isTransformation(ast) ? structOf(ast.from) : undefined
}

const literalOf = (struct: AST.TypeLiteral, key: PropertyKey): AST.LiteralValue | undefined => {
  const type = struct.propertySignatures.find((property) => property.name === key && !property.isOptional)?.type
  return type !== undefined && AST.isLiteral(type) ? type.literal : undefined
}

/** Objects that one literal tells apart. */
const tagged = (ast: AST.Union, compile: Compile<AST.AST>): Decode | undefined => {
  const structs = ast.types.map(structOf)
  for (const { name } of structs[0]?.propertySignatures ?? []) {
    if (typeof name !== "string" || name in Object.prototype) continue
    const decoders = new Map<unknown, Decode>()
    ast.types.forEach((member, index) => {
      const struct = structs[index]
      const literal = struct === undefined ? undefined : literalOf(struct, name)
      if (literal !== undefined) decoders.set(literal, compile(member))
    })
    if (decoders.size !== ast.types.length) continue
    return (json) => {
      if (typeof json !== "object" || json === null) return Bail
      const decode = decoders.get(Reflect.get(json, name))
      return decode === undefined ? Bail : decode(json)
    }
  }
  return undefined
}

const literals = (ast: AST.Union): Decode | undefined => {
  const members = new Set<unknown>()
  for (const member of ast.types) {
    if (!AST.isLiteral(member)) return undefined
    members.add(member.literal)
  }
  return (json) => (members.has(json) ? json : Bail)
}

/** `undefined` where more than one member could be right. */
export const compileUnion = (ast: AST.Union, compile: Compile<AST.AST>): Decode | undefined =>
  literals(ast) ?? ofKinds(ast, compile) ?? tagged(ast, compile)
