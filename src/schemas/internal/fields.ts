/**
 * Field schemas that many models share, built once.
 */
import * as Duration from "effect/Duration"
import * as Predicate from "effect/Predicate"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import { compile } from "./compile/compile.js"
import { Direct, Trusted } from "./compile/decode.js"
import { redactedText } from "./redactedText.js"
import { anyJson } from "./sameJson.js"
import * as Wire from "./wire.js"

/** Texts in the order of the wire. */
export const Strings = Wire.lazy(() => Schema.Array(Schema.String))

/** Effect's own `RedactedFromSelf` throws at a value that was wiped. */
const RedactedText = Wire.lazy(() =>
  Schema.declare((u): u is Redacted.Redacted => redactedText(u) !== undefined, {
    description: "a Redacted text",
    pretty: () => String,
    arbitrary: () => (fc) => fc.string().map((text) => Redacted.make(text))
  })
)

/** A secret: hidden in logs, errors and `inspect` until `Redacted.value`. */
export const Secret: Schema.Schema<Redacted.Redacted, string> = Wire.lazy(() =>
  Schema.transform(Schema.String, RedactedText, {
    strict: true,
    decode: (text) => Redacted.make(text),
    encode: (secret) => Redacted.value(secret)
  }).annotations({ [Trusted]: true })
)

/** Of an integer beyond 2^53 an answer has the digits, as text. */
const asAnswered = (_key: string, value: unknown): unknown =>
  Number.isInteger(value) && !Number.isSafeInteger(value) ? String(value) : value

const json = (isGiven: (value: unknown) => boolean): Schema.Schema<unknown> =>
  Wire.lazy(() =>
    Schema.Unknown.pipe(
      Schema.filter(isGiven, {
        ...anyJson,
        description: "JSON",
        arbitrary: () => (fc) =>
          fc
            .jsonValue()
            .filter(isGiven)
            .map((json): unknown => JSON.parse(JSON.stringify(json), asAnswered))
      })
    )
  )

/** Any JSON, its keys kept as they are; a missing key is refused. */
export const Json = json(Predicate.isNotUndefined)

/** Any JSON but null, for keys where null stands for nothing. */
export const JsonValue = json(Predicate.isNotNullable)

/** 0 to 100. A sample is no number beyond 2^53, which no answer can hold: its digits would be read as text. */
export const Percentage = Wire.lazy(() =>
  Schema.Finite.annotations({ arbitrary: () => (fc) => fc.double({ min: 0, max: 100 }) })
)

/** The gateway's milliseconds. */
export const Milliseconds: Schema.Schema<Duration.Duration, number> = Wire.lazy(() =>
  Schema.transform(
    Schema.NonNegativeInt,
    Schema.DurationFromSelf.annotations({
      arbitrary: () => (fc) => fc.nat().map((millis) => Duration.millis(millis))
    }),
    { strict: true, decode: (millis) => Duration.millis(millis), encode: (duration) => Duration.toMillis(duration) }
  ).annotations({ [Trusted]: true })
)

/**
 * An id that is a raw 64-bit number on the wire. The lossless parser hands over what a double cannot hold as its decimal text.
 * Written as text.
 */
export const fromRawNumber = <A extends string>(id: Schema.Schema<A, string>): Schema.Schema<A, string | number> => {
  const decode = compile(id.ast)
  return Schema.transform(Schema.Union(Schema.String, Schema.Int), id, {
    strict: true,
    decode: String,
    encode: (text) => text
  }).annotations({
    [Direct]: (json: unknown) => decode(Number.isSafeInteger(json) ? String(json) : json)
  })
}
