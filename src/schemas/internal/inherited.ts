/**
 * Fields that an object has of its class. Encoding looks past those that are optional: a getter named `expiresAt` would be left out unseen.
 */
import * as Predicate from "effect/Predicate"
import * as AST from "effect/SchemaAST"
import type { Issue } from "./issues.js"
import { asWritten } from "./issues.js"

/** All inherited fields in an input that a schema has encoded, at any depth. */
export const inheritedFields = (schema: AST.AST, input: unknown): ReadonlyArray<Issue> => {
  const found: Array<Issue> = []
  const visit = (ast: AST.AST, value: unknown, path: ReadonlyArray<PropertyKey>): void => {
    if (!Predicate.isObject(value)) return
    switch (ast._tag) {
      case "Transformation":
        return visit(ast.to, value, path)
      case "Refinement":
        return visit(ast.from, value, path)
      case "Suspend":
        return visit(ast.f(), value, path)
      case "Union":
        return ast.types.forEach((member) => visit(member, value, path))
      case "TupleType":
        if (!Array.isArray(value)) return
        return value.forEach((item, index) => ast.rest.forEach(({ type }) => visit(type, item, [...path, index])))
      case "TypeLiteral":
        for (const { name, type } of ast.propertySignatures) {
          const field: unknown = Reflect.get(value, name)
          const place = [...path, name]
          if (field === undefined || Object.hasOwn(value, name)) visit(type, field, place)
          else
            found.push({
              field: asWritten(place),
              rule: "rule",
              allowed: "a field of the object itself, not of its class"
            })
        }
    }
  }
  visit(schema, input, [])
  return found
}
