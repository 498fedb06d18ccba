/**
 * Objects: with known fields, or with any.
 */
import { identity } from "effect/Function"
import * as Option from "effect/Option"
import * as AST from "effect/SchemaAST"
import { Bail, type Compile, type Decode, OptionField } from "./decode.js"

interface Field {
  readonly key: string
  readonly name: string
  readonly decode: Decode
  /** None where it is left out or null. */
  readonly isOption: boolean
}

type Properties = Readonly<Record<string, unknown>>

const isObject = (json: unknown): json is Properties =>
  typeof json === "object" && json !== null && !Array.isArray(json)

/** Of "the value, null or undefined" the value. */
const withoutNothing = (ast: AST.AST): AST.AST | undefined => {
  if (!AST.isUnion(ast)) return undefined
  const [value, ...more] = ast.types.filter(
    (member) => !AST.isUndefinedKeyword(member) && !(AST.isLiteral(member) && member.literal === null)
  )
  return more.length === 0 ? value : undefined
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
    return type === undefined ? undefined : { key, name, decode: compile(type), isOption: true }
  }
  const isPlain = !property.isOptional && (change === undefined || change.decode === identity)
  return isPlain ? { key, name, decode: compile(property.type), isOption: false } : undefined
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
  const none = Option.none()
  // All objects get their fields in one order at once: they share one hidden class, and none is built up step by step.
  const template = Object.fromEntries(fields.map(({ name }) => [name, undefined as unknown]))
  return (json) => {
    if (!isObject(json)) return Bail
    const made = { ...template }
    for (let index = 0; index < fields.length; index++) {
      const field = fields[index] as Field
      const found = json[field.key]
      if (field.isOption) {
        if (found === null || found === undefined) {
          made[field.name] = none
          continue
        }
        const value = field.decode(found)
        if (value === Bail) return Bail
        made[field.name] = Option.some(value)
      } else {
        const value = field.decode(found)
        if (value === Bail) return Bail
        made[field.name] = value
      }
    }
    return made
  }
}

/** An object with any text keys and values of one kind. */
export const compileRecord = (ast: AST.TypeLiteral, compile: Compile<AST.AST>): Decode | undefined => {
  const [signature, ...more] = ast.indexSignatures
  if (signature === undefined || more.length > 0 || ast.propertySignatures.length > 0) return undefined
  if (!AST.isStringKeyword(signature.parameter)) return undefined
  const item = compile(signature.type)
  return (json) => {
    if (!isObject(json)) return Bail
    const made: Record<string, unknown> = {}
    for (const key of Object.keys(json)) {
      const value = item(json[key])
      if (value === Bail) return Bail
      made[key] = value
    }
    return made
  }
}
