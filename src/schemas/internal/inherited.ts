/**
 * Fields that an object has of its class. Encoding looks past those that are optional: a getter named `expiresAt` would be left out unseen.
 */
import * as Predicate from "effect/Predicate"
import type * as AST from "effect/SchemaAST"
import { asWritten, type Issue } from "./issues.js"

/** All inherited fields in an input that a schema has encoded, at any depth. */
export const inheritedFields = (
  ast: AST.AST,
  value: unknown,
  path: ReadonlyArray<PropertyKey> = []
): ReadonlyArray<Issue> => {
  const inside = (ast: AST.AST, value: unknown, ...key: ReadonlyArray<PropertyKey>) =>
    inheritedFields(ast, value, [...path, ...key])
  if (!Predicate.isObject(value)) return []
  switch (ast._tag) {
    case "Transformation":
      return inside(ast.to, value)
    case "Refinement":
      return inside(ast.from, value)
    case "Union":
      return ast.types.flatMap((member) => inside(member, value))
    case "TupleType":
      return ast.rest.flatMap(({ type }) => Object.values(value).flatMap((item, index) => inside(type, item, index)))
    case "TypeLiteral":
      return ast.propertySignatures.flatMap(({ name, type }) => {
        const field: unknown = Reflect.get(value, name)
        if (field === undefined || Object.hasOwn(value, name)) return inside(type, field, name)
        const allowed = "a field of its own, not of its class"
        return [{ field: asWritten([...path, name]), rule: "rule", allowed }]
      })
    default:
      return []
  }
}
