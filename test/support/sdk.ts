/** The services over a client that a test answers for, and every operation by its name. */
import type * as Headers from "@effect/platform/Headers"
import * as HttpClient from "@effect/platform/HttpClient"
import type * as HttpClientError from "@effect/platform/HttpClientError"
import type * as HttpClientRequest from "@effect/platform/HttpClientRequest"
import * as HttpClientResponse from "@effect/platform/HttpClientResponse"
import { ApiKeys, Gateway, OAuth, Schemas, Wacht, type WachtClient, type WachtError } from "effect-wacht"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import { apiKeysOperations } from "../../src/services/internal/operations/apiKeys.js"
import { gatewayOperations } from "../../src/services/internal/operations/gateway.js"
import { oauthOperations } from "../../src/services/internal/operations/oauth.js"

export const operations = { ...apiKeysOperations, ...oauthOperations, ...gatewayOperations }
export type OperationName = keyof typeof operations

export const isOperationName = (name: string): name is OperationName => Object.hasOwn(operations, name)

export const operationNames: ReadonlyArray<OperationName> = Object.keys(operations).filter(isOperationName)

/** What a test sees of a request. */
export interface Sent {
  readonly method: string
  readonly url: URL
  readonly headers: Headers.Headers
  readonly body: Uint8Array | undefined
}

/** What a test answers. */
export interface Reply {
  readonly status: number
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
}

export const toResponse = (request: HttpClientRequest.HttpClientRequest, reply: Reply) => {
  const withoutBody = reply.status === 204 || reply.status === 205 || reply.status === 304
  const body = withoutBody || reply.body === "" ? null : (reply.body ?? null)
  return HttpClientResponse.fromWeb(
    request,
    new Response(body, { status: reply.status, headers: { ...reply.headers } })
  )
}

const sentOf = (request: HttpClientRequest.HttpClientRequest, url: URL): Sent => ({
  method: request.method,
  url,
  headers: request.headers,
  body: request.body._tag === "Uint8Array" ? request.body.body : undefined
})

/** A client that a function answers for. */
export const clientOf = (
  answer: (
    sent: Sent,
    request: HttpClientRequest.HttpClientRequest
  ) => Effect.Effect<HttpClientResponse.HttpClientResponse, HttpClientError.HttpClientError>
): HttpClient.HttpClient =>
  HttpClient.make((request, url) => Effect.suspend(() => answer(sentOf(request, url), request)))

/** Answers every request alike and keeps them. */
export const stub = (reply: () => Reply) => {
  const seen: Array<Sent> = []
  const client = clientOf((sent, request) => {
    seen.push(sent)
    return Effect.sync(() => toResponse(request, reply()))
  })
  return { client, seen }
}

export const apiKey = Redacted.make("example_backend_KEYKEYKEYKEYKEYKEYKEYKEYKEYKEYKEYKEYKEY")

export const layerOf = (client: HttpClient.HttpClient, options?: Partial<WachtClient.Options>) =>
  Layer.orDie(Wacht.layer({ apiKey, ...options })).pipe(Layer.provide(Layer.succeed(HttpClient.HttpClient, client)))

/** Calls an operation by its name, with positional arguments, through its service. */
export type Invoke = (
  name: OperationName,
  ...args: ReadonlyArray<unknown>
) => Effect.Effect<unknown, WachtError.WachtError>

export const invoke: Effect.Effect<Invoke, never, Wacht.Services> = Effect.map(
  Effect.context<Wacht.Services>(),
  (context): Invoke => {
    const services: { readonly [name: string]: object } = {
      ApiKeys: Context.get(context, ApiKeys.ApiKeys),
      OAuth: Context.get(context, OAuth.OAuth),
      Gateway: Context.get(context, Gateway.Gateway)
    }
    return (name, ...args) => {
      const service = services[operations[name].service] ?? {}
      // The one place where a method is taken by name; `Matches` and the descriptors hold what it is.
      const method = Reflect.get(service, name) as (
        ...args: ReadonlyArray<unknown>
      ) => Effect.Effect<unknown, WachtError.WachtError>
      return method(...args)
    }
  }
)

export const parameterNames = (template: string): ReadonlyArray<string> =>
  [...template.matchAll(/\{(\w+)\}/g)].flatMap((found) => found[1] ?? [])

/** What an operation takes as its last argument. */
export const inputSchema = (name: OperationName): Schema.Schema<unknown, unknown> | undefined => {
  const { body, query } = operations[name]
  if (body === undefined && query === undefined) return undefined
  const schema: unknown = Reflect.get(
    Schemas,
    `${name.charAt(0).toUpperCase()}${name.slice(1)}${body === undefined ? "Query" : "Input"}`
  )
  if (!Schema.isSchema(schema)) throw new Error(`no input schema for ${name}`)
  // Every input schema of the package needs nothing.
  return schema as Schema.Schema<unknown, unknown>
}

/** The input that the wire's form stands for, where this SDK can make it. */
export const inputFrom = (schema: Schema.Schema<unknown, unknown>, wire: unknown): Either.Either<unknown, unknown> =>
  Schema.decodeUnknownEither(schema, { onExcessProperty: "error" })(wire)

/** Path parameters of no meaning, each of the right form. */
export const someParameters = (name: OperationName): ReadonlyArray<string> =>
  parameterNames(operations[name].path).map((parameter) =>
    operations[name].ids.some((id) => id === parameter) ? "77636080333005047" : `some-${parameter.toLowerCase()}`
  )

const wireInputs: { readonly [name in OperationName]?: unknown } = {
  createApiAuthApp: { app_slug: "a", name: "A", key_prefix: "acme" },
  updateApiAuthApp: { name: "B" },
  createApiKey: { name: "k" },
  revokeApiKey: { reason: "r" },
  createRateLimitScheme: { slug: "s", name: "S", rules: [{ unit: "minute", duration: 1, max_requests: 2 }] },
  updateRateLimitScheme: { name: "T" },
  createOAuthApp: { slug: "o", name: "O" },
  updateOAuthApp: { name: "P" },
  updateOAuthScope: { display_name: "D" },
  setOAuthScopeMapping: { category: "personal" },
  createOAuthClient: {
    client_auth_method: "none",
    grant_types: ["authorization_code"],
    redirect_uris: ["https://a.example/cb"]
  },
  updateOAuthClient: { client_name: "C" },
  checkAuthz: { principal: { type: "api_key", value: "someone_elses_credential" }, resource: "/r", method: "GET" }
}

/** Arguments of no meaning that the operation accepts. */
export const someArguments = (name: OperationName): ReadonlyArray<unknown> => {
  const schema = inputSchema(name)
  if (schema === undefined) return someParameters(name)
  return [...someParameters(name), Either.getOrThrow(inputFrom(schema, wireInputs[name] ?? {}))]
}
