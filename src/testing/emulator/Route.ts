/**
 * Routes and how a path finds its own.
 *
 * Each domain contributes a list, which `routes.ts` joins:
 *
 * ```ts
 * export const routes = [
 *   Route.platform("listApiAuthApps", "GET", "/api-auth/apps", listApps),
 *   Route.platform("createApiAuthApp", "POST", "/api-auth/apps", createApp),
 *   Route.platform("getApiAuthApp", "GET", "/api-auth/apps/{app_slug}", (call) =>
 *     Effect.map(findApp(call), (app) => Answer.json(show(call.world, app)))
 *   ),
 *   Route.platform("updateApiAuthApp", "PATCH", "/api-auth/apps/{app_slug}", updateApp),
 *   Route.platform("deleteApiAuthApp", "DELETE", "/api-auth/apps/{app_slug}", deleteApp)
 * ]
 * ```
 *
 * A handler runs alone in its world (no other request in between) and is not interrupted half way, so it may read,
 * decide and write without further care. Reading the body (`Call.body`) and the query (`Query.read`) is its own
 * business, because the order of the checks differs: mostly query and body come before any look-up.
 */
import type * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import type { Answer } from "./Answer.js"
import type { GatewayCall, PlatformCall } from "./Call.js"
import * as Failure from "./Failure.js"
import { parseId } from "./ids.js"
import type { OperationName } from "./operationNames.js"
import { percentDecode, strictUtf8 } from "./text.js"

export type Method = "GET" | "POST" | "PATCH" | "DELETE"

/** The names in a route's path: `"/apps/{app_slug}"` has `{ app_slug: string }`. */
export type Params<Path extends string> = Path extends `${string}{${infer Name}}${infer Rest}`
  ? { readonly [K in Name]: string } & Params<Rest>
  : unknown

interface RouteOf<Call, Refusal> {
  readonly operation: OperationName
  readonly method: Method
  readonly path: string
  readonly handle: (call: Call) => Effect.Effect<Answer, Refusal>
}

export type PlatformRoute = RouteOf<PlatformCall, Failure.Failure>

/** A route of the gateway; it words its own refusals. */
export type GatewayRoute = RouteOf<GatewayCall, never>

export type Route = PlatformRoute | GatewayRoute

export const platform = <const Path extends string>(
  operation: OperationName,
  method: Method,
  path: Path,
  handle: (call: PlatformCall<Params<Path>>) => Effect.Effect<Answer, Failure.Failure>
): PlatformRoute => ({
  operation,
  method,
  path,
  // the router fills in exactly the names of this very path
  handle: (call) => handle({ ...call, params: call.params as Params<Path> })
})

export const gateway = (
  operation: OperationName,
  method: Method,
  path: string,
  handle: (call: GatewayCall) => Effect.Effect<Answer>
): GatewayRoute => ({ operation, method, path, handle })

interface Node<R> {
  readonly fixed: Map<string, Node<R>>
  variable: { readonly name: string; readonly node: Node<R> } | undefined
  readonly methods: Map<string, R>
  allow: string
}
const node = <R>(): Node<R> => ({ fixed: new Map(), variable: undefined, methods: new Map(), allow: "" })

export interface Match<R> {
  readonly route: R
  /** By name, still percent-encoded. */
  readonly raw: ReadonlyArray<readonly [name: string, value: string]>
}

/** Segments are compared as sent; an empty segment matches nothing. `HEAD` is answered by `GET`. */
export const router = <R extends Route>(
  routes: ReadonlyArray<R>
): ((method: string, path: string) => Match<R> | Failure.Failure) => {
  const root = node<R>()
  for (const route of routes) {
    let at = root
    for (const segment of route.path.split("/").slice(1)) {
      if (segment.startsWith("{")) {
        at.variable ??= { name: segment.slice(1, -1), node: node() }
        at = at.variable.node
      } else {
        const next = at.fixed.get(segment) ?? node<R>()
        at.fixed.set(segment, next)
        at = next
      }
    }
    at.methods.set(route.method, route)
    if (route.method === "GET") at.methods.set("HEAD", route)
    at.allow = [...at.methods.keys()].join(",")
  }
  const find = (
    at: Node<R>,
    segments: ReadonlyArray<string>,
    index: number,
    raw: Match<R>["raw"]
  ): readonly [Node<R>, Match<R>["raw"]] | undefined => {
    const segment = segments[index]
    if (segment === undefined) return at.methods.size === 0 ? undefined : [at, raw]
    const fixed = at.fixed.get(segment)
    const found = fixed && find(fixed, segments, index + 1, raw)
    if (found !== undefined || at.variable === undefined || segment === "") return found
    return find(at.variable.node, segments, index + 1, [...raw, [at.variable.name, segment]])
  }
  return (method, path) => {
    const found = path.startsWith("/") ? find(root, path.split("/"), 1, []) : undefined
    if (found === undefined) return Failure.unknownRoute
    const route = found[0].methods.get(method)
    return route === undefined ? Failure.methodNotAllowed(found[0].allow) : { route, raw: found[1] }
  }
}

/** The decoded path values: 400 for invalid UTF-8 and for ids that are none. */
export const params = (raw: Match<Route>["raw"]): Readonly<Record<string, string>> | Failure.Failure => {
  const values: Array<readonly [string, string]> = []
  for (const [name, text] of raw) {
    const decoded = Either.getOrUndefined(Either.try(() => percentDecode(text, strictUtf8)))
    const value = decoded !== undefined && name.endsWith("_id") ? parseId(decoded) : decoded
    if (value === undefined) return Failure.malformed
    values.push([name, value])
  }
  return Object.fromEntries(values)
}
