/** Recorded exchanges as calls of the SDK, where it can make them. */
import * as Either from "effect/Either"
import * as Schema from "effect/Schema"
import { type Exchange, routeOf } from "../support/contract.js"
import { toFree, parseExact } from "../support/exactJson.js"
import {
  inputFrom,
  inputSchema,
  isOperationName,
  type OperationName,
  operations,
  parameterNames
} from "../support/sdk.js"
import { KeyId } from "effect-wacht/schemas"

export interface RecordedCall {
  readonly name: OperationName
  readonly args: ReadonlyArray<unknown>
}

const decoded = (text: string): string | undefined => {
  try {
    return decodeURIComponent(text)
  } catch {
    return undefined
  }
}

/** The values of a template's parameters in a path as sent, where it is such a path. */
const parametersIn = (template: string, path: string): ReadonlyMap<string, string> | undefined => {
  const names = template.split("/")
  const segments = path.split("/")
  if (names.length !== segments.length) return undefined
  const values = new Map<string, string>()
  for (const [index, name] of names.entries()) {
    const segment = decoded(segments[index] ?? "")
    if (segment === undefined) return undefined
    const parameter = /^\{(\w+)\}$/.exec(name)?.[1]
    if (parameter === undefined ? segment !== name : segment === "") return undefined
    if (parameter !== undefined) values.set(parameter, segment)
  }
  return values
}

/** A query as the server reads it; undefined where a name comes twice or the escapes are broken. */
export const queryPairs = (query: string): Readonly<Record<string, string>> | undefined => {
  const pairs: Record<string, string> = {}
  for (const pair of query === "" ? [] : query.split("&")) {
    const [name, ...value] = pair.split("=").map((part) => decoded(part.replaceAll("+", " ")))
    const text = value.length === 0 ? "" : value.includes(undefined) ? undefined : value.join("=")
    if (name === undefined || text === undefined || Object.hasOwn(pairs, name)) return undefined
    pairs[name] = text
  }
  return pairs
}

export const bodyText = ({ request }: Exchange): string | undefined => {
  const { body, body_fill: fill } = request
  return fill === undefined || body === undefined ? body : body.replaceAll(fill.marker, fill.text.repeat(fill.count))
}

const freeJson = (text: string): unknown => {
  try {
    return toFree(parseExact(text))
  } catch {
    return undefined
  }
}

const formInput = ({ request }: Exchange): unknown => {
  const parts = request.parts ?? []
  const names = parts.map(({ name }) => name)
  if (parts.length === 0 || new Set(names).size !== names.length) return undefined
  return Object.fromEntries(
    parts.map(({ content_type: contentType, name, value }) => [
      name,
      contentType === undefined
        ? name === "scope_definitions"
          ? (freeJson(value) ?? value)
          : value
        : { contentType, data: new TextEncoder().encode(value) }
    ])
  )
}

const jsonInput = (exchange: Exchange): unknown => {
  const text = bodyText(exchange)
  if (text === undefined || !/^application\/(?:.*\+)?json/.test(exchange.request.headers["content-type"] ?? "")) {
    return undefined
  }
  return freeJson(text)
}

/** An empty number is no number, which `Number` does not know. */
const queryInput = (exchange: Exchange, name: OperationName): unknown => {
  const pairs = queryPairs(exchange.request.query)
  const isEmpty = routeOf(name).query.some((field) => field.type !== "string" && pairs?.[field.name] === "")
  return isEmpty ? undefined : pairs
}

const wireInput = (exchange: Exchange, name: OperationName): unknown => {
  if (operations[name].body === undefined) return queryInput(exchange, name)
  return name === "createOAuthApp" ? formInput(exchange) : jsonInput(exchange)
}

const isId = Schema.is(KeyId)

/** The call that makes the recorded request; undefined where this SDK refuses to make it, or has no way to. */
export const recordedCall = (exchange: Exchange): RecordedCall | undefined => {
  const { operation: name, request } = exchange
  if (name === null || !isOperationName(name)) return undefined
  const operation = operations[name]
  const parameters = parametersIn(operation.path, request.path)
  if (request.method !== operation.method || parameters === undefined) return undefined
  const ids: ReadonlyArray<string> = operation.ids
  const values = parameterNames(operation.path).map((parameter) => parameters.get(parameter) ?? "")
  const isRefused = ([parameter, value]: readonly [string, string]) =>
    /^\.{0,2}$/.test(value) ||
    /\p{Surrogate}|\0/u.test(value) ||
    (ids.includes(parameter) && !isId(value)) ||
    (parameter === "scope" && value.trim() === "")
  if ([...parameters].some(isRefused)) return undefined
  const schema = inputSchema(name)
  if (schema === undefined) {
    return request.query === "" && (request.body ?? "") === "" ? { name, args: values } : undefined
  }
  if (operation.body !== undefined && request.query !== "") return undefined
  if (operation.body === undefined && (request.body ?? "") !== "") return undefined
  const input = inputFrom(schema, wireInput(exchange, name))
  if (Either.isLeft(input)) return undefined
  // The server's limit holds before anything is sent.
  if ((bodyText(exchange)?.length ?? 0) > 2_097_152) return undefined
  return { name, args: [...values, input.right] }
}
