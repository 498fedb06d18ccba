/**
 * Objects with known fields.
 */
import { identity } from "effect/Function"
import * as Option from "effect/Option"
import * as Predicate from "effect/Predicate"
import * as AST from "effect/SchemaAST"
import { isSomething } from "../words.js"
import { Bail, type Compile, type Decode, OptionField } from "./decode.js"

interface Field {
  readonly key: PropertyKey
  readonly name: PropertyKey
  readonly decode: Decode
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

/** An object with known fields, each read from its key; `undefined` where a field is of another kind. */
export const compileStruct = (
  from: AST.AST,
  to: AST.AST,
  changes: ReadonlyArray<AST.PropertySignatureTransformation>,
  compile: Compile<AST.AST>
): Decode | undefined => {
  if (!AST.isTypeLiteral(from) || !AST.isTypeLiteral(to)) return undefined
  if (from.indexSignatures.length > 0 || from.propertySignatures.length === 0) return undefined
  // A change that makes a field out of none, or takes one away.
  if (from.propertySignatures.length !== to.propertySignatures.length) return undefined
  const fields: Array<Field> = []
  for (const { isOptional, name: key, type } of from.propertySignatures) {
    const change = changes.find((change) => change.from === key)
    const name = change === undefined ? key : change.to
    const target = to.propertySignatures.find((property) => property.name === name)
    const isOption = target?.annotations[OptionField] === true && AST.isUnion(type)
    const isPlain = !isOptional && (change === undefined || change.decode === identity)
    // What every object inherits would be found where the key is missing.
    if (key in Object.prototype || name in Object.prototype || !(isOption || isPlain)) return undefined
    const decode = isOption ? orNone(compile(AST.Union.make(type.types.filter(isSomething)))) : compile(type)
    fields.push({ key, name, decode })
  }
  // All objects get their fields in one order at once: they share one hidden class, and none is built up step by step.
  const template = Object.fromEntries(fields.map(({ name }): [PropertyKey, unknown] => [name, undefined]))
  return (json) => {
    if (!Predicate.isRecord(json)) return Bail
    const made: Record<PropertyKey, unknown> = { ...template }
    for (const field of fields) {
      const value = field.decode(json[field.key])
      if (value === Bail) return Bail
      made[field.name] = value
    }
    return made
  }
}
