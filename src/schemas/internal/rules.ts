/**
 * What inputs are checked against before anything is sent. The words of a rule say what is allowed, never what was found.
 */
import * as Schema from "effect/Schema"
import { parseUrl } from "./parseUrl.js"
import { anyJson } from "./sameJson.js"
import { findUnsendable } from "./sendable.js"
import * as Wire from "./wire.js"

/** Marks filters whose messages are our own words, without values: only theirs are quoted. */
export const OwnWords: unique symbol = Symbol.for("effect-wacht/OwnWords")

/** Annotations of a rule between fields. */
export const between = { [OwnWords]: true }

/** One broken rule between fields. */
export const broken = (field: string, message: string): Schema.FilterIssue => ({ path: [field], message })

/** White space as the server trims it, which differs from `String.prototype.trim` in two characters. */
export const isBlank = (text: string): boolean => /^\p{White_Space}*$/u.test(text)

/** Where a blank text counts as left out. */
export const isGiven = (value: unknown): boolean => (typeof value === "string" ? !isBlank(value) : value !== undefined)

/** Each of the fields that is given where it may not be. */
export const leftOut = <Field extends string>(
  input: { readonly [Name in Field]?: unknown },
  fields: ReadonlyArray<Field>,
  allowed: string
): ReadonlyArray<Schema.FilterIssue> =>
  fields.filter((field) => isGiven(input[field])).map((field) => broken(field, allowed))

/** Without that white space at its ends. By hand: an expression for both ends tries every blank inside as the end's beginning. */
export const trim = (text: string): string => {
  let start = 0
  let end = text.length
  while (start < end && isBlank(text.charAt(start))) start++
  while (end > start && isBlank(text.charAt(end - 1))) end--
  return text.slice(start, end)
}

/** Text of a kind. */
export const text = (isAllowed: (text: string) => boolean, annotations: Schema.Annotations.Filter<string>) =>
  Wire.lazy(() => Schema.String.pipe(Schema.filter(isAllowed, annotations)))

/** Text with something in it. */
export const NotBlank = text((text) => !isBlank(text), { description: "text that is not blank" })

const integer = (smallest: number, largest: number) =>
  Schema.Int.pipe(Schema.between(smallest, largest, { description: `an integer from ${smallest} to ${largest}` }))

const most = 2147483647

export const Int32 = Wire.lazy(() => integer(-2147483648, most))
export const PositiveInt32 = Wire.lazy(() => integer(1, most))
export const TokenLifetime = Wire.lazy(() => integer(60, 86400))

/** The server reads URLs by the same standard. */
const isWeb = (text: string): boolean => /^https?:$/.test(parseUrl(text)?.protocol ?? "")

export const RedirectUri = text((text) => !text.includes("#") && isWeb(text), {
  description: "an absolute http or https URL without a fragment",
  arbitrary: () => (fc) => fc.webUrl()
})

export const WebUriOrBlank = text((text) => isBlank(text) || isWeb(trim(text)), {
  description: "an http or https URL, or blank",
  arbitrary: () => (fc) => fc.webUrl()
})

export const isHttps = (text: string): boolean => parseUrl(text)?.protocol === "https:"

/** Only whole numbers reach a query, in decimal. */
const queryInteger = (smallest: number, largest: number): Schema.Schema<number, string> =>
  Schema.transform(Schema.String, integer(smallest, largest), {
    strict: true,
    decode: (text) => (text === "" ? Number.NaN : Number(text)),
    encode: String
  })

/** The server reads -1 and -2 oddly, and answers 500 below. */
export const QueryPageSize = Wire.lazy(() => queryInteger(-2, most))
export const QueryOffset = Wire.lazy(() => queryInteger(0, most))
export const QueryUnsigned = Wire.lazy(() => queryInteger(0, 4294967295))

export const QueryBoolean: Schema.Schema<boolean, "true" | "false"> = Schema.BooleanFromString

/** JSON that says on the wire what it says here: no NaN that turns into null, no class that turns into something else. */
export const JsonInput: Schema.Schema<unknown> = Wire.lazy(() =>
  Schema.Unknown.pipe(
    Schema.filter((value) => findUnsendable(value, false), {
      ...between,
      ...anyJson,
      description: "JSON: text, finite numbers, booleans, null, arrays and plain objects",
      arbitrary: () => (fc) => fc.jsonValue()
    })
  )
)

/** Text of at least one character. */
export const NotEmpty = text((text) => text !== "", {
  description: "text that is not empty",
  jsonSchema: { minLength: 1 }
})

/** The server looks into no PEM: it would store a private key, and show it to whoever may read the client. */
export const PublicPem = text((text) => !text.includes("PRIVATE KEY"), {
  description: "a public key, for a private one is a secret"
})
