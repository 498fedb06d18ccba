/**
 * Objects with known fields.
 */
import { identity } from "effect/Function"
import * as Option from "effect/Option"
import * as AST from "effect/SchemaAST"
import { Bail, type Compile, type Decode, isObject, OptionField } from "./decode.js"

interface Field {
  readonly key: string
  readonly name: string
  readonly decode: Decode
}

/** Of "the value, null or undefined" the value. */
const withoutNothing = (ast: AST.AST): AST.AST | undefined => {
  if (!AST.isUnion(ast)) return undefined
  const [value, ...more] = ast.types.filter(
    (member) => !AST.isUndefinedKeyword(member) && !(AST.isLiteral(member) && member.literal === null)
  )
  return more.length === 0 ? value : undefined
}

const none = Option.none()

/** None where it is left out or null. */
const orNone =
  (decode: Decode): Decode =>
  (json) => {
    if (json === null || json === undefined) return none
    const value = decode(json)
    return value === Bail ? Bail : Option.some(value)
  }

const fieldOf = (
  property: AST.PropertySignature,
  to: AST.TypeLiteral,
  how: AST.TypeLiteralTransformation | undefined,
  compile: Compile<AST.AST>
): Field | undefined => {
  const key = property.name
  const change = how?.propertySignatureTransformations.find((change) => change.from === key)
  const name = change === undefined ? key : change.to
  // What every object inherits would be found where the key is missing.
  if (typeof key !== "string" || typeof name !== "string") return undefined
  if (key in Object.prototype || name in Object.prototype) return undefined
  const target = to.propertySignatures.find((property) => property.name === name)
  if (change !== undefined && target?.annotations[OptionField] === true) {
    const type = withoutNothing(property.type)
    return type === undefined ? undefined : { key, name, decode: orNone(compile(type)) }
  }
  const isPlain = !property.isOptional && (change === undefined || change.decode === identity)
  return isPlain ? { key, name, decode: compile(property.type) } : undefined
}

/** An object with known fields, each read from its key; `undefined` where a field is of another kind. */
export const compileStruct = (
  from: AST.AST,
  to: AST.AST,
  how: AST.TypeLiteralTransformation | undefined,
  compile: Compile<AST.AST>
): Decode | undefined => {
  if (!AST.isTypeLiteral(from) || !AST.isTypeLiteral(to)) return undefined
  if (from.indexSignatures.length > 0 || from.propertySignatures.length === 0) return undefined
  // A change that makes a field out of none, or takes one away.
  if (from.propertySignatures.length !== to.propertySignatures.length) return undefined
  const fields: Array<Field> = []
  for (const property of from.propertySignatures) {
    const field = fieldOf(property, to, how, compile)
    if (field === undefined) return undefined
    fields.push(field)
  }
  // All objects get their fields in one order at once: they share one hidden class, and none is built up step by step.
  const template = Object.fromEntries(fields.map(({ name }) => [name, undefined as unknown]))
  return (json) => {
    if (!isObject(json)) return Bail
    const made = { ...template }
    for (let index = 0; index < fields.length; index++) {
      const field = fields[index] as Field
      const value = field.decode(json[field.key])
      if (value === Bail) return Bail
      made[field.name] = value
    }
    return made
  }
}
