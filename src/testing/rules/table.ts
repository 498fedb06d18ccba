/** Every operation by its name, and path templates as tests of paths. */
import type * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import type * as ApiKeys from "../../services/ApiKeys.js"
import type * as Gateway from "../../services/Gateway.js"
import type * as OAuth from "../../services/OAuth.js"
import { apiKeysOperations } from "../../services/internal/operations/apiKeys.js"
import { gatewayOperations } from "../../services/internal/operations/gateway.js"
import { oauthOperations } from "../../services/internal/operations/oauth.js"

export const table = { ...apiKeysOperations, ...oauthOperations, ...gatewayOperations }

type Table = typeof table
type Services = ApiKeys.Service & OAuth.Service & Gateway.Service

/**
 * The operations, by the vendor's names.
 *
 * @since 0.1.0
 * @category models
 */
export type OperationName = keyof Table

/**
 * What a success of an operation gives.
 *
 * @since 0.1.0
 * @category models
 */
export type Success<Name extends OperationName> = Effect.Effect.Success<ReturnType<Services[Name]>>

const names = Object.keys(table)
const isName = (name: string): name is OperationName => Object.hasOwn(table, name)

const decode = Option.liftThrowable(decodeURIComponent)

/** A segment as the caller gave it; broken escapes stay. */
export const decoded = (segment: string): string => Option.getOrElse(decode(segment), () => segment)

/** The parameters of a path, where it is one of the template's. */
export const parametersOf = (
  template: string,
  segments: ReadonlyArray<string>
): Readonly<Record<string, string>> | undefined => {
  const expected = template.split("/")
  if (expected.length !== segments.length) return undefined
  const found: Array<readonly [name: string, value: string]> = []
  for (const [index, part] of expected.entries()) {
    const segment = segments[index] ?? ""
    const name = /^\{(\w+)\}$/.exec(part)?.[1]
    if (name === undefined ? part !== segment : segment === "") return undefined
    if (name !== undefined) found.push([name, decoded(segment)])
  }
  return Object.fromEntries(found)
}

/** The operation that a method and the segments of a path stand for, whatever path of a `baseUrl` comes before. */
export const operationOf = (
  method: string,
  segments: ReadonlyArray<string>
): { readonly name: OperationName; readonly params: Readonly<Record<string, string>> } | undefined => {
  for (const name of names) {
    if (!isName(name) || table[name].method !== method) continue
    const { path } = table[name]
    const params = parametersOf(path, ["", ...segments.slice(1 - path.split("/").length)])
    if (params !== undefined) return { name, params }
  }
  return undefined
}
