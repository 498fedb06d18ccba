/**
 * What a recorded answer means, computed from contract.json alone, in a plain form that values of the SDK can be brought into as well:
 * `{ none }`, `{ some }`, `{ moment }`, `{ secret }`, `{ millis }`.
 */
import { Timestamp } from "effect-wacht/schemas"
import * as Duration from "effect/Duration"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import { camel, fieldsOf } from "./contract.js"
import { type Exact, ExactNumber, toFree } from "./exactJson.js"

const secretFields = new Set(["secret", "client_secret"])

const isObject = (exact: Exact | undefined): exact is { readonly [key: string]: Exact } =>
  typeof exact === "object" && exact !== null && !Array.isArray(exact) && !(exact instanceof ExactNumber)

const none = { none: true }

/** The models whose members keep their own names. */
const keepsNames = new Set(["#Jwk", "#JwksDocument"])

const meaning = (exact: Exact, type: string, field: string): unknown => {
  const item = /^array<(.+)>$/.exec(type)?.[1]
  if (item !== undefined && Array.isArray(exact)) return exact.map((one) => meaning(one, item, field))
  if (type.startsWith("#") && isObject(exact)) return model(exact, type)
  if (type === "timestamp") return { moment: exact }
  if (secretFields.has(field)) return { secret: exact }
  if (field === "retry_after" && exact instanceof ExactNumber) return { millis: Number(exact.text) }
  if (type === "i64-number" && exact instanceof ExactNumber) {
    // Ids are text whatever their size; counts are numbers.
    return field === "id" || field.endsWith("_id") ? exact.text : Number(exact.text)
  }
  return toFree(exact)
}

const model = (exact: { readonly [key: string]: Exact }, type: string): unknown => {
  const value: Record<string, unknown> = {}
  for (const { name, nullable, optional, type: fieldType } of fieldsOf(type)) {
    const found = exact[name]
    const key = keepsNames.has(type) ? name : camel(name)
    if (nullable || optional) {
      value[key] = found === undefined || found === null ? none : { some: meaning(found, fieldType, name) }
    } else {
      if (found === undefined) throw new Error(`${type} lacks ${name}`)
      value[key] = meaning(found, fieldType, name)
    }
  }
  return value
}

/** Lists without paging facts are the array itself. */
const listMembers: Readonly<Record<string, string>> = {
  "#ApiKeyList": "keys",
  "#RateLimitSchemeList": "schemes",
  "#OAuthAppList": "apps",
  "#OAuthClientList": "clients",
  "#OAuthGrantList": "grants",
  "#SigningKeyList": "keys"
}

/** The value that a recorded success stands for. */
export const expectedValue = (exact: Exact, type: string): unknown => {
  const member = listMembers[type]
  const value = meaning(exact, type, "")
  return member === undefined ? value : Object.entries(Object(value)).find(([key]) => key === member)?.[1]
}

/** A value of the SDK in the same plain form. */
export const plain = (value: unknown): unknown => {
  if (Option.isOption(value)) return Option.isNone(value) ? none : { some: plain(value.value) }
  if (Timestamp.is(value)) return { moment: value.text }
  if (Redacted.isRedacted(value)) return { secret: Redacted.value(value) }
  if (Duration.isDuration(value)) return { millis: Duration.toMillis(value) }
  if (Array.isArray(value)) return value.map(plain)
  if (typeof value === "object" && value !== null) {
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, plain(item)]))
  }
  return value
}

/** The recorded JSON as it is to be written again: members unknown to the contract left out, 64-bit ids as text. */
export const rewritten = (exact: Exact, type: string, field = ""): unknown => {
  const item = /^array<(.+)>$/.exec(type)?.[1]
  if (item !== undefined && Array.isArray(exact)) return exact.map((one) => rewritten(one, item, field))
  if (type.startsWith("#") && isObject(exact)) {
    return Object.fromEntries(
      fieldsOf(type).flatMap(({ name, type: fieldType }) => {
        const found = exact[name]
        return found === undefined ? [] : [[name, rewritten(found, fieldType, name)]]
      })
    )
  }
  if (type === "i64-number" && exact instanceof ExactNumber && (field === "id" || field.endsWith("_id"))) {
    return exact.text
  }
  return toFree(exact)
}
