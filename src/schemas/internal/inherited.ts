/**
 * Fields that an object has of its class. Encoding looks past those that are optional: a getter named `expiresAt` would be left out unseen.
 */
import * as Predicate from "effect/Predicate"
import type * as AST from "effect/SchemaAST"
import { asWritten, type Issue } from "./issues.js"

/** All inherited fields in an input that a schema has encoded, at any depth. By loops, for this runs in every call that has an input. */
export const inheritedFields = (ast: AST.AST, input: unknown): ReadonlyArray<Issue> => {
  const found: Array<Issue> = []
  const visit = (ast: AST.AST, value: unknown, path: ReadonlyArray<PropertyKey>): void => {
    if (!Predicate.isObject(value)) return
    switch (ast._tag) {
      case "Transformation":
        return visit(ast.to, value, path)
      case "Refinement":
        return visit(ast.from, value, path)
      case "Union":
        return ast.types.forEach((member) => visit(member, value, path))
      case "TupleType":
        return ast.rest.forEach(({ type }) =>
          Object.values(value).forEach((field, index) => visit(type, field, [...path, index]))
        )
      case "TypeLiteral":
        return ast.propertySignatures.forEach(({ name, type }) => {
          const field: unknown = Reflect.get(value, name)
          const at = [...path, name]
          if (field === undefined || Object.hasOwn(value, name)) return visit(type, field, at)
          found.push({ field: asWritten(at), rule: "rule", allowed: "a field of its own, not of its class" })
        })
    }
  }
  visit(ast, input, [])
  return found
}
