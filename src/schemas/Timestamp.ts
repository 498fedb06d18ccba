/**
 * Moments as the server writes them: RFC 3339 in UTC with up to nine decimals, of which `DateTime` could keep three.
 *
 * @since 0.1.0
 */
import type { LazyArbitrary } from "effect/Arbitrary"
import * as DateTime from "effect/DateTime"
import * as Either from "effect/Either"
import * as Equal from "effect/Equal"
import type * as Equivalence from "effect/Equivalence"
import * as Hash from "effect/Hash"
import { NodeInspectSymbol } from "effect/Inspectable"
import * as Option from "effect/Option"
import type * as Order from "effect/Order"
import * as ParseResult from "effect/ParseResult"
import * as Predicate from "effect/Predicate"
import * as Schema from "effect/Schema"
import { Bail, Direct } from "./internal/compile/decode.js"
import { compareText, isTimestampText, isWritableMillis, textOfMillis, wholeText } from "./internal/rfc3339.js"

const TypeId: unique symbol = Symbol.for("effect-wacht/Timestamp")
type TypeId = typeof TypeId

/**
 * A moment: its exact text, and a `DateTime` of it made on first use.
 *
 * Two are equal (`Equal.equals`) when they are the same instant to the last decimal, however they are spelled.
 *
 * @since 0.1.0
 * @category models
 */
export interface Timestamp extends Equal.Equal {
  readonly [TypeId]: TypeId
  /** As the server wrote it: `2026-06-15T09:00:00.018204Z`. */
  readonly text: string
  /** The same moment, cut to milliseconds. */
  readonly utc: DateTime.Utc
  /** The text. */
  readonly toString: () => string
  /** The text. */
  readonly toJSON: () => string
}

/** One own field, so that a page of thousands is cheap and shows as little in a debugger. */
class Value implements Timestamp {
  #utc: DateTime.Utc | undefined
  readonly text: string
  constructor(text: string) {
    this.text = text
  }
  get [TypeId](): TypeId {
    return TypeId
  }
  get utc(): DateTime.Utc {
    // Three decimals: engines differ in how they read more.
    return (this.#utc ??= DateTime.unsafeFromDate(
      new Date(`${this.text.slice(0, -1).padEnd(20, ".").padEnd(23, "0").slice(0, 23)}Z`)
    ))
  }
  [Equal.symbol](that: Equal.Equal): boolean {
    return isTimestamp(that) && equivalence(this, that)
  }
  [Hash.symbol](): number {
    return Hash.string(wholeText(this.text))
  }
  toString(): string {
    return this.text
  }
  toJSON(): string {
    return this.text
  }
  [NodeInspectSymbol](): string {
    return this.text
  }
}

const compare: Order.Order<Timestamp> = (a, b) => compareText(a.text, b.text)

const equivalence: Equivalence.Equivalence<Timestamp> = (a, b) => compare(a, b) === 0

const isTimestamp = (u: unknown): u is Timestamp => Predicate.hasProperty(u, TypeId)

/** For samples: of the years 1970 to 2096. */
const dates: LazyArbitrary<Date> = (fc) => fc.date({ min: new Date(0), max: new Date(4e12), noInvalidDate: true })

const TimestampFromSelf = Schema.declare(isTimestamp, {
  identifier: "Timestamp",
  description: "a Timestamp",
  pretty: () => (timestamp) => timestamp.text,
  equivalence: () => equivalence,
  arbitrary: () => (fc) =>
    fc
      .tuple(dates(fc), fc.stringMatching(/^\d{0,9}$/))
      .map(([date, digits]) => new Value(`${date.toISOString().slice(0, 19)}${digits === "" ? "" : `.${digits}`}Z`))
})

/**
 * The schema of a `Timestamp`, with what makes and compares them.
 *
 * @since 0.1.0
 * @category models
 */
export interface TimestampSchema extends Schema.Schema<Timestamp, string> {
  /** By instant, to the last decimal. */
  readonly Order: Order.Order<Timestamp>
  /** The same instant, to the last decimal. */
  readonly Equivalence: Equivalence.Equivalence<Timestamp>
  /** Whether a value is a `Timestamp`. */
  readonly is: (u: unknown) => u is Timestamp
  /** Reads RFC 3339 text that ends in `Z` and has at most nine decimals; `None` for anything else, such as a day that does not exist. */
  readonly parse: (text: string) => Option.Option<Timestamp>
  /** The moment of a `DateTime`; the nearest that RFC 3339 can write where its year is not within 0 to 9999. */
  readonly fromDateTime: (dateTime: DateTime.DateTime) => Timestamp
  /** The moment of a `Date`; `None` where it is invalid or its year is not within 0 to 9999. */
  readonly fromDate: (date: Date) => Option.Option<Timestamp>
}

const parse = (text: string): Option.Option<Timestamp> =>
  isTimestampText(text) ? Option.some(new Value(text)) : Option.none()

// In a function: esbuild takes a computed key for a side effect, and would keep all of Schema where only errors are used.
const make = (): TimestampSchema =>
  Object.assign(
    Schema.transformOrFail(Schema.String, TimestampFromSelf, {
      strict: true,
      decode: (text, _, ast) =>
        isTimestampText(text)
          ? Either.right(new Value(text))
          : Either.left(new ParseResult.Type(ast, text, "Expected RFC 3339 text ending in Z")),
      encode: (timestamp) => Either.right(timestamp.text)
    }).annotations({
      description: "RFC 3339 text ending in Z, with at most nine decimals",
      [Direct]: (json: unknown) => (typeof json === "string" && isTimestampText(json) ? new Value(json) : Bail)
    }),
    {
      Order: compare,
      Equivalence: equivalence,
      is: isTimestamp,
      parse,
      fromDateTime: (dateTime: DateTime.DateTime): Timestamp => new Value(textOfMillis(dateTime.epochMillis)),
      fromDate: (date: Date): Option.Option<Timestamp> =>
        isWritableMillis(date.getTime()) ? Option.some(new Value(textOfMillis(date.getTime()))) : Option.none()
    }
  )

/**
 * Decodes a moment from the server's text, checking all of it: a 31st of April or 24:00 is no moment.
 *
 * @since 0.1.0
 * @category models
 */
export const Timestamp: TimestampSchema = make()

/**
 * What an input takes for a moment; `DateTime` and `Date` have milliseconds, a `Timestamp` keeps what it has.
 *
 * @since 0.1.0
 * @category models
 */
export type TimestampInput = Timestamp | DateTime.Utc | Date

const isTimestampInput = (u: unknown): u is TimestampInput =>
  isTimestamp(u) || u instanceof Date || (DateTime.isDateTime(u) && DateTime.isUtc(u))

const millisOf = (input: DateTime.Utc | Date): number => (input instanceof Date ? input.getTime() : input.epochMillis)

const textOf = (input: TimestampInput): string => (isTimestamp(input) ? input.text : textOfMillis(millisOf(input)))

/**
 * Encodes a moment to RFC 3339 text with `Z`; an invalid `Date` is refused.
 *
 * @since 0.1.0
 * @category models
 */
export const TimestampInput: Schema.Schema<TimestampInput, string> = Schema.transform(
  Timestamp,
  Schema.declare(isTimestampInput, {
    pretty: () => textOf,
    equivalence: () => (a, b) => compareText(textOf(a), textOf(b)) === 0,
    arbitrary: () => dates
  }).pipe(
    Schema.filter((input) => isTimestamp(input) || isWritableMillis(millisOf(input)), {
      description: "a Timestamp, a DateTime.Utc or a valid Date, of the years 0 to 9999"
    })
  ),
  { strict: true, decode: (timestamp) => timestamp, encode: (input) => new Value(textOf(input)) }
)
