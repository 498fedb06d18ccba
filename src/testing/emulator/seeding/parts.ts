/** How parts of a world file become parts of a world. */
import * as Arr from "effect/Array"
import * as Order from "effect/Order"
import { canonical } from "../json/canonical.js"
import { parse } from "../json/parse.js"
import type * as Moment from "../Moment.js"
import type { RateLimitRule } from "../World.js"
import { append } from "../World.js"
import type { DecodedRule } from "../WorldFile.js"

export const rule = ({ duration, endpoints, max_requests, mode, priority, unit }: DecodedRule): RateLimitRule => ({
  unit,
  duration,
  maxRequests: max_requests,
  mode: mode ?? undefined,
  endpoints: endpoints ?? undefined,
  priority
})

/** Digits that stand for themselves, in a text that no JSON value has. */
const marked = (_: string, value: unknown): unknown => (typeof value === "bigint" ? `\u0000${value}` : value)

/** Free JSON as it is kept; a `bigint` is an integer with all of its digits. */
export const freeJson = (value: unknown): string =>
  canonical(parse((JSON.stringify(value, marked) ?? "null").replace(/"\\u0000(-?\d+)"/g, "$1")))

export const group = <A>(items: ReadonlyArray<A>, key: (item: A) => string): Map<string, ReadonlyArray<A>> => {
  const groups = new Map<string, Array<A>>()
  for (const item of items) append(groups, key(item), item)
  return groups
}

export const oldestFirst = <A extends { readonly createdAt: Moment.Moment }>(
  items: ReadonlyArray<A>
): ReadonlyArray<A> => Arr.sortWith(items, ({ createdAt }) => createdAt, Order.bigint)
