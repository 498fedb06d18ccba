/**
 * Query strings. A known key that is repeated or does not parse is 400 `Bad request`; unknown keys are ignored.
 *
 * ```ts
 * const { include_inactive } = yield* Query.read(call, {
 *   include_inactive: Query.withDefault(Query.boolean, false)
 * })
 * ```
 */
import * as Effect from "effect/Effect"
import type { Request } from "./Call.js"
import * as Failure from "./Failure.js"
import { parseId, parseInt32 } from "./ids.js"
import * as Moment from "./Moment.js"
import { percentDecode } from "./text.js"

/** Reads one value; `undefined` refuses it. */
export type Parser<out A> = (text: string) => A | undefined

export const text: Parser<string> = (value) => value
export const boolean: Parser<boolean> = (value) => (value === "true" ? true : value === "false" ? false : undefined)
export const int32: Parser<number> = parseInt32
export const uint32: Parser<number> = (value) =>
  /^\+?\d+$/.test(value) && Number(value) < 2 ** 32 ? Number(value) : undefined
/** The canonical digits of a signed 64-bit id. */
export const id: Parser<string> = parseId
export const timestamp: Parser<Moment.Moment> = Moment.parse

export interface Parameter<out A> {
  readonly parse: Parser<A>
  readonly absent: A
}

export const optional = <A>(parse: Parser<A>): Parameter<A | undefined> => ({ parse, absent: undefined })
export const withDefault = <A>(parse: Parser<A>, absent: A): Parameter<A> => ({ parse, absent })

export type Parameters = Readonly<Record<string, Parameter<unknown>>>
export type Values<P extends Parameters> = { readonly [K in keyof P]: P[K] extends Parameter<infer A> ? A : never }

const lossy = new TextDecoder("utf-8", { ignoreBOM: true })

/** A form-encoded piece: `+` is a blank, a stray `%` stands for itself, bytes that are no UTF-8 become U+FFFD. */
const decodePiece = (piece: string): string => percentDecode(piece.replaceAll("+", " "), lossy)

/** The pairs of a raw query string, in their order. */
const pairs = (query: string): ReadonlyArray<readonly [name: string, value: string]> =>
  query.split("&").map((pair) => {
    const at = pair.indexOf("=")
    return at < 0 ? [decodePiece(pair), ""] : [decodePiece(pair.slice(0, at)), decodePiece(pair.slice(at + 1))]
  })

export const read = <P extends Parameters>(call: Request, parameters: P): Effect.Effect<Values<P>, Failure.Failure> => {
  const known = new Map(Object.entries(parameters))
  const values = new Map<string, unknown>()
  for (const [name, value] of pairs(call.query)) {
    const parameter = known.get(name)
    if (parameter === undefined) continue
    const parsed = values.has(name) ? undefined : parameter.parse(value)
    if (parsed === undefined) return Effect.fail(Failure.malformed)
    values.set(name, parsed)
  }
  for (const [name, { absent }] of known) if (!values.has(name)) values.set(name, absent)
  // every value came out of the parser of its own parameter
  return Effect.succeed(Object.fromEntries(values) as Values<P>)
}
