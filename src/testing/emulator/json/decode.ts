/**
 * Decoders of request bodies, in the manner of the server's own derive macros.
 *
 * A refusal is of one of two kinds: the text is no JSON ("syntax", 400), or it is JSON of another shape ("shape",
 * 422). Whichever comes first in the text wins, also inside a text that breaks off further on.
 *
 * ```ts
 * const CreateKey = object({
 *   name: required(text),
 *   permissions: optional(array(text)),
 *   metadata: optional(json),
 *   expires_at: optional(timestamp)
 * })
 * ```
 */
import * as Either from "effect/Either"
import { parseId, parseInt32 } from "../ids.js"
import * as Moment from "../Moment.js"
import type { Json } from "./Json.js"
import { isArray, isBroken, isNumber, isObject, isReadable, isUnreadable } from "./Json.js"
import { canonical } from "./canonical.js"
import { isBrokenInside } from "./parse.js"

export interface Refusal {
  readonly kind: "syntax" | "shape"
  /** In the parser's words, roughly; only the gateway shows it. */
  readonly detail: string
}

export type Decoder<out A> = (json: Json) => Either.Either<A, Refusal>

const syntax: Either.Either<never, Refusal> = Either.left({ kind: "syntax", detail: "the text is not JSON" })
const shape = (detail: string): Either.Either<never, Refusal> => Either.left({ kind: "shape", detail })

const describe = (json: Json): string => {
  if (json === null) return "null"
  if (typeof json === "boolean") return `boolean \`${json}\``
  if (typeof json === "string") return `string ${JSON.stringify(json)}`
  if (isNumber(json)) return /^-?\d+$/.test(json.raw) ? `integer \`${json.raw}\`` : `floating point \`${json.raw}\``
  return isArray(json) ? "sequence" : "map"
}
const mismatch = (json: Json, expected: string): Either.Either<never, Refusal> =>
  isBroken(json) || isUnreadable(json) ? syntax : shape(`invalid type: ${describe(json)}, expected ${expected}`)

export const text: Decoder<string> = (json) =>
  typeof json === "string" ? Either.right(json) : mismatch(json, "a string")

export const boolean: Decoder<boolean> = (json) =>
  typeof json === "boolean" ? Either.right(json) : mismatch(json, "a boolean")

/** As a number of JSON it is no integer. */
const isMinusZero = (json: Json): boolean => isNumber(json) && json.raw === "-0"

/** A signed 32-bit integer; `1.0` and `1e2` are none. */
export const int32: Decoder<number> = (json) => {
  const value = isNumber(json) && !isMinusZero(json) ? parseInt32(json.raw) : undefined
  return value === undefined ? mismatch(json, "i32") : Either.right(value)
}

/** A signed 64-bit id, as text or as an integer; given back as its canonical digits. */
export const id: Decoder<string> = (json) => {
  if (typeof json !== "string" && !isNumber(json)) return mismatch(json, "a string or integer")
  const value = isMinusZero(json) ? undefined : parseId(typeof json === "string" ? json : json.raw)
  return value === undefined ? shape("invalid id") : Either.right(value)
}

export const timestamp: Decoder<Moment.Moment> = (json) => {
  if (typeof json !== "string") return mismatch(json, "an RFC 3339 formatted date and time string")
  const value = Moment.parse(json)
  return value === undefined ? shape("input contains invalid characters") : Either.right(value)
}

/** Text out of a closed list. */
export const oneOf =
  <const A extends string>(...values: ReadonlyArray<A>): Decoder<A> =>
  (json) => {
    if (typeof json !== "string") return mismatch(json, "a string")
    const value = values.find((one) => one === json)
    return value === undefined ? shape(`unknown variant \`${json}\``) : Either.right(value)
  }

/** Any JSON, as the canonical text that the server would give back; a NUL, which no database takes, stands in it as one. */
export const json: Decoder<string> = (value) =>
  isBrokenInside(value) || !isReadable(value)
    ? syntax
    : Either.right(canonical(value).replace(/(?<!\\)((?:\\\\)*)\\u0000/g, "$1\u0000"))

export const array =
  <A>(item: Decoder<A>): Decoder<ReadonlyArray<A>> =>
  (json) => {
    if (!isArray(json)) return mismatch(json, "a sequence")
    const items: Array<A> = []
    for (const each of json.items) {
      const decoded = item(each)
      if (Either.isLeft(decoded)) return Either.left(decoded.left)
      items.push(decoded.right)
    }
    return json.broken ? syntax : Either.right(items)
  }

/** How a member is read, and what it is when absent (`undefined`: it may not be). */
export interface Field<out A> {
  readonly decode: Decoder<A>
  readonly absent: { readonly value: A } | undefined
}

/** The key must be there, and the value is never null. */
export const required = <A>(decode: Decoder<A>): Field<A> => ({ decode, absent: undefined })

/** Absent and null are the same: `undefined`. */
export const optional = <A>(decode: Decoder<A>): Field<A | undefined> => ({
  decode: (json) => (json === null ? Either.right(undefined) : decode(json)),
  absent: { value: undefined }
})

/** The key may be absent, but the value may not be null. */
export const defaulted = <A>(decode: Decoder<A>, value: A): Field<A> => ({ decode, absent: { value } })

export type Fields = Readonly<Record<string, Field<unknown>>>
export type Struct<F extends Fields> = { readonly [K in keyof F]: F[K] extends Field<infer A> ? A : never }

/**
 * An object. A repeated known member is refused; an unknown one is ignored, or refused if `strict` (the gateway).
 * As with the server, a sequence of the values in the order of the fields does as well.
 */
export const object = <F extends Fields>(fields: F, options?: { readonly strict?: boolean }): Decoder<Struct<F>> => {
  const names = Object.keys(fields)
  const known = new Map(Object.entries(fields))
  const members = options?.strict === true ? `unknown field, expected one of ${names.join(", ")}` : undefined
  const finish = (values: Map<string, unknown>): Either.Either<Struct<F>, Refusal> => {
    for (const [name, field] of known) {
      if (values.has(name)) continue
      if (field.absent === undefined) return shape(`missing field \`${name}\``)
      values.set(name, field.absent.value)
    }
    // every value came out of the decoder of its own field
    return Either.right(Object.fromEntries(values) as Struct<F>)
  }
  return (json) => {
    const values = new Map<string, unknown>()
    if (isArray(json)) {
      for (const [index, name] of names.entries()) {
        const item = json.items[index]
        if (item === undefined) return json.broken ? syntax : shape(`invalid length ${json.items.length}`)
        const decoded = known.get(name)?.decode(item)
        if (decoded !== undefined && Either.isLeft(decoded)) return Either.left(decoded.left)
        values.set(name, decoded?.right)
      }
      return json.broken || json.items.length > names.length ? syntax : finish(values)
    }
    if (!isObject(json)) return mismatch(json, "a map")
    for (const [name, value] of json.members) {
      const field = known.get(name)
      if (field === undefined) {
        if (members !== undefined) return shape(`${name}: ${members}`)
        continue
      }
      if (values.has(name)) return shape(`duplicate field \`${name}\``)
      const decoded = field.decode(value)
      if (Either.isLeft(decoded)) return Either.left({ ...decoded.left, detail: `${name}: ${decoded.left.detail}` })
      values.set(name, decoded.right)
    }
    return json.broken ? syntax : finish(values)
  }
}
