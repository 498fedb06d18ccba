/**
 * The one place where camelCase meets snake_case, and where absent and null meet `Option`.
 */
import { identity } from "effect/Function"
import * as Option from "effect/Option"
import * as Predicate from "effect/Predicate"
import * as Schema from "effect/Schema"
import { camelToSnake } from "effect/String"
import { OptionField } from "./compile/decode.js"
import { memoize } from "./memoize.js"

/**
 * The wire's spelling of a name, as a type: `appSlug` to `app_slug`; digits stay where they are.
 *
 * @since 0.1.0
 * @category models
 */
export type Snake<S extends string> = S extends `${infer Head}${infer Tail}`
  ? Head extends Lowercase<Head>
    ? `${Head}${Snake<Tail>}`
    : `_${Lowercase<Head>}${Snake<Tail>}`
  : S

type Renamed<F, K> = K extends string
  ? Snake<K> extends K
    ? F
    : F extends Schema.PropertySignature<
          infer TypeToken,
          infer Type,
          infer Key,
          infer EncodedToken,
          infer Encoded,
          infer D,
          infer R
        >
      ? [Key] extends [never]
        ? Schema.PropertySignature<TypeToken, Type, Snake<K>, EncodedToken, Encoded, D, R>
        : F
      : F extends Schema.Schema<infer A, infer I, infer R>
        ? Schema.PropertySignature<":", A, Snake<K>, ":", I, false, R>
        : F
  : F

/**
 * The same fields, each read from and written to its snake_case key; a field with a `fromKey` of its own keeps it.
 *
 * @since 0.1.0
 * @category models
 */
export type Fields<F extends Schema.Struct.Fields> = { readonly [K in keyof F]: Renamed<F[K], K> }

const rename = (field: Schema.Struct.Field, key: string): Schema.Struct.Field => {
  if (!Schema.isPropertySignature(field)) return Schema.fromKey(Schema.propertySignature(field), key)
  if ("from" in field.ast && field.ast.from.fromKey !== undefined) return field
  // What it is besides a signature with no key of its own yet, `fromKey` does not ask.
  return Schema.fromKey(field as Schema.PropertySignature<":", unknown, never, ":", unknown, boolean, unknown>, key)
}

/** A struct with our names outside and the wire's names on its encoded side. */
export const Struct = <const F extends Schema.Struct.Fields>(fields: F): Schema.Struct<Fields<F>> => {
  const renamed: Record<string, Schema.Struct.Field> = {}
  for (const [name, field] of Object.entries(fields)) {
    const key = camelToSnake(name)
    renamed[name] = key === name ? field : rename(field, key)
  }
  // `Fields` is the type of exactly this loop, which TypeScript cannot follow.
  return Schema.Struct(renamed as Fields<F>)
}

// Building the same field twice is most of what a struct costs, so each schema has one.

type Optional<A, I> = Schema.PropertySignature<":", Option.Option<A>, never, "?:", I | null | undefined, false>

/** What `Schema.optionalWith` makes of these, which would bring all that it can make into an app. */
const option = <A, I>(
  schema: Schema.Schema<A, I>,
  encode: (value: Option.Option<A>) => Option.Option<A | null>
): Optional<A, I> =>
  Schema.optionalToRequired(
    Schema.NullishOr(schema),
    // Named, or a JSON Schema would describe the key on the wire as an `Option`.
    Schema.OptionFromSelf(Schema.typeSchema(schema)).annotations({ identifier: "Option" }),
    { decode: Option.filter(Predicate.isNotNullable), encode }
  ).annotations({ [OptionField]: true })

/** A key that is left out where there is no value: `None`, written back as left out. */
export const absent = memoize(<A, I>(schema: Schema.Schema<A, I>): Optional<A, I> => option(schema, identity))

/** A key whose value is null where there is none: `None`, written back as null. A missing key is tolerated. */
export const nullable = memoize(<A, I>(schema: Schema.Schema<A, I>): Optional<A, I> =>
  option(
    schema,
    Option.orElse(() => Option.some(null))
  )
)

/** A key of an input that may be left out or `undefined`; never null, which the server reads as left out or refuses. */
export const optional = memoize(Schema.optional)

/**
 * An array whose items keep the name of their interface: inferred from a struct they would be spelled out in every hover.
 */
export const list = memoize(<A, I>(item: Schema.Schema<A, I>): Schema.Array$<Schema.Schema<A, I>> => Schema.Array(item))

/**
 * An open enum: the known members for completion, any other text kept.
 *
 * @since 0.1.0
 * @category models
 */
export type Open<Member extends string> = Member | (string & {})

/** Decodes any text; the members only serve completion and documentation. */
export const open = <const Members extends ReadonlyArray<string>>(
  ...members: Members
): Schema.Schema<Open<Members[number]>, string> =>
  Schema.make<Open<Members[number]>, string>(
    Schema.String.annotations({ description: `one of ${members.join(", ")}, or a later member` }).ast
  )

/**
 * A schema that is built on first use: an import pays for none of them, a program for those it needs.
 *
 * @__NO_SIDE_EFFECTS__
 */
export const lazy = <S extends Schema.Schema.All>(make: () => S): S => {
  let made: S | undefined
  const force = (): S => (made ??= make())
  const stub = new Proxy(function () {}, {
    get: (_, key) => Reflect.get(force(), key),
    has: (_, key) => Reflect.has(force(), key)
  })
  // Every question is answered by the schema itself.
  return stub as unknown as S
}
