/**
 * The client that all services share: hosts, key, and the kernel that runs operations.
 *
 * @since 0.1.0
 */
import * as HttpClient from "@effect/platform/HttpClient"
import * as Config from "effect/Config"
import type * as ConfigError from "effect/ConfigError"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import { identity } from "effect/Function"
import * as Layer from "effect/Layer"
import type * as Redacted from "effect/Redacted"
import type * as Schema from "effect/Schema"
import * as AST from "effect/SchemaAST"
import { everyOwnError } from "../errors/internal/ownErrors.js"
import type { CallError, OperationError, UnsafeCallError } from "../errors/WachtError.js"
import { type Execute, makeExecute } from "./internal/execute.js"
import { jsonOutput, type Method, nameOperation, noOutput, operation, unsafeOperation } from "./internal/operation.js"
import { checkKey, checkUrl, refuseOption } from "./internal/options.js"
import { isPathTemplate } from "./internal/path.js"
import { exchangeOver } from "./internal/preparedClient.js"
import { refuse } from "./internal/refuse.js"
import { freeJson, freeQuery, type PathParameters, type QueryParameters } from "./internal/free.js"
import { RequestPolicy } from "./RequestPolicy.js"

export type { Execute } from "./internal/execute.js"
// A program that passes options on without naming their types needs these names for its own declarations.
export type { PathParameters, QueryParameters } from "./internal/free.js"
export type { Method } from "./internal/operation.js"

/**
 * How a client is made.
 *
 * @since 0.1.0
 * @category models
 */
export interface Options {
  /** The backend key of a deployment; any legal header value. The gateway is not sent it: where nothing else is called, any text will do. */
  readonly apiKey: Redacted.Redacted
  /** The platform; `https://api.wacht.dev` unless given. https, or http on loopback. */
  readonly baseUrl?: string | URL | undefined
  /** The gateway, which judges credentials; `https://gateway.wacht.dev` unless given. */
  readonly gatewayUrl?: string | URL | undefined
  /** The most bytes that an answer may have, unpacked; 16 MiB unless given. */
  readonly maxAnswerBytes?: number | undefined
  /**
   * Changes the HTTP client: headers, proxies, logging. One that follows redirects or repeats requests by itself cannot be stopped from
   * here, and repeats unsafe ones too: repeats belong into a `Policy`. It runs in a fiber of its own:
   * a `FiberRef` that it sets is not set for the caller, a `Ref` is.
   */
  readonly transformClient?: ((client: HttpClient.HttpClient) => HttpClient.HttpClient) | undefined
}

/**
 * A call of a route that the services do not cover. `params` is needed where the template names one.
 *
 * @since 0.1.0
 * @category models
 */
export type RequestOptions<Path extends string, A, I, Safety extends "safe" | "idempotent" | "unsafe"> = {
  readonly method: Method
  /** A template on the platform's host, such as `/deployments/{id}`. */
  readonly path: Path
  /** The template's parameters; each is percent-encoded as one segment, and empty ones and dot segments are refused. */
  readonly params?: PathParameters<Path>
  /** A flat query; undefined members are left out. */
  readonly query?: QueryParameters | undefined
  /** Any JSON value; none with `GET`. */
  readonly body?: unknown
  /** Whether the call may be repeated: nothing repeats an `"unsafe"` one that may have acted. */
  readonly safety: Safety
  /**
   * The shape of a 2xx answer, decoded at once: a schema that waits (an asynchronous `transformOrFail`) takes no answer. Integers beyond 2^53
   * come as their decimal text. With `Schema.Void` the body is ignored.
   */
  readonly response: Schema.Schema<A, I>
} & ({} extends PathParameters<Path> ? unknown : { readonly params: PathParameters<Path> })

/**
 * What a client can do.
 *
 * @since 0.1.0
 * @category models
 */
export interface Service {
  /** Runs one of the operations that the services are made of. */
  readonly execute: Execute
  /** Calls a route of the platform that the services do not cover, by the same rules as every operation. */
  readonly request: <const Path extends `/${string}`, A, I, const Safety extends "safe" | "idempotent" | "unsafe">(
    options: RequestOptions<Path, A, I, Safety>
  ) => Effect.Effect<A, OperationError | (Safety extends "unsafe" ? UnsafeCallError : CallError)>
}

/**
 * The client of the context; the services are built over it.
 *
 * @since 0.1.0
 * @category tags
 */
export class WachtClient extends Context.Tag("effect-wacht/WachtClient")<WachtClient, Service>() {}

/** The names under which options are refused. */
interface OptionNames {
  readonly apiKey: string
  readonly baseUrl: string
  readonly gatewayUrl: string
}

const makeNamed = (
  options: Options,
  names: OptionNames = { apiKey: "apiKey", baseUrl: "baseUrl", gatewayUrl: "gatewayUrl" }
): Effect.Effect<Service, ConfigError.ConfigError, HttpClient.HttpClient> =>
  Effect.gen(function* () {
    const apiKey = yield* checkKey(names.apiKey, options.apiKey)
    const platform = yield* checkUrl(names.baseUrl, options.baseUrl ?? "https://api.wacht.dev")
    const gateway = yield* checkUrl(names.gatewayUrl, options.gatewayUrl ?? "https://gateway.wacht.dev")
    const maxAnswerBytes = options.maxAnswerBytes ?? 16 * 1024 * 1024
    if (!(maxAnswerBytes > 0)) return yield* refuseOption("maxAnswerBytes", "be a positive number")
    const client = yield* HttpClient.HttpClient
    const policy = yield* RequestPolicy
    const execute = makeExecute({
      exchange: exchangeOver((options.transformClient ?? identity)(client)),
      apiKey,
      baseUrls: { platform, gateway },
      maxAnswerBytes,
      policy
    })
    return WachtClient.of({ execute, request: makeRequest(execute) })
  })

const name = "request"

const goodTemplate =
  "one slash first, visible ASCII, no query, hash, backslash, dot segment or half escape, names in braces"

/** Some clients cannot build such a request, others drop its body. */
const noBody = "none where the method is GET"

/** In JavaScript anything can be given; a misspelt safety must not be taken for one that allows repeats. */
const choices: Readonly<Record<"method" | "safety", ReadonlyArray<string>>> = {
  method: ["GET", "POST", "PUT", "PATCH", "DELETE"],
  safety: ["safe", "idempotent", "unsafe"]
}

const makeRequest = (execute: Execute): Service["request"] => {
  const request = (options: RequestOptions<string, unknown, unknown, "safe" | "idempotent" | "unsafe">) => {
    const definition = {
      method: options.method,
      path: options.path,
      query: freeQuery,
      body: options.body === undefined ? undefined : freeJson,
      output: AST.isVoidKeyword(options.response.ast) ? noOutput : jsonOutput(options.response),
      errors: everyOwnError
    } as const
    for (const field of ["method", "safety"] as const) {
      if (!choices[field].includes(options[field])) return refuse(name, field, `one of ${choices[field].join(", ")}`)
    }
    if (!isPathTemplate(options.path)) return refuse(name, "path", goodTemplate)
    if (options.method === "GET" && options.body !== undefined) return refuse(name, "body", noBody)
    const input = { path: options.params ?? {}, query: options.query, body: options.body }
    return options.safety === "unsafe"
      ? execute(nameOperation("WachtClient", name, unsafeOperation(definition)), input)
      : execute(nameOperation("WachtClient", name, operation({ ...definition, repeat: options.safety })), input)
  }
  // The result's type follows the schema and the safety given, which the common implementation cannot say.
  return request as Service["request"]
}

/**
 * Makes a client. A bad option is a `ConfigError` that names the option, never its value.
 *
 * @since 0.1.0
 * @category constructors
 */
export const make = (options: Options): Effect.Effect<Service, ConfigError.ConfigError, HttpClient.HttpClient> =>
  makeNamed(options)

/**
 * Provides a client over any `HttpClient`.
 *
 * @since 0.1.0
 * @category layers
 */
export const layer = (options: Options): Layer.Layer<WachtClient, ConfigError.ConfigError, HttpClient.HttpClient> =>
  Layer.effect(WachtClient, make(options))

/** With its name, so that a bad one is refused under the name that it was given by. */
const keyNamed = (name: string) => Config.map(Config.redacted(name), (value) => ({ name, value }))

const environment = () =>
  Config.all({
    key: Config.orElse(keyNamed("WACHT_API_KEY"), () => keyNamed("WACHT_BACKEND_API_KEY")),
    baseUrl: Config.withDefault(Config.string("WACHT_API_URL"), undefined),
    gatewayUrl: Config.withDefault(Config.string("WACHT_GATEWAY_URL"), undefined)
  })

/**
 * Provides a client from `WACHT_API_KEY` (or `WACHT_BACKEND_API_KEY`), `WACHT_API_URL` and `WACHT_GATEWAY_URL`; what is missing or bad is named.
 *
 * @since 0.1.0
 * @category layers
 */
export const layerConfig = (
  options?: Pick<Options, "transformClient" | "maxAnswerBytes">
): Layer.Layer<WachtClient, ConfigError.ConfigError, HttpClient.HttpClient> =>
  Layer.effect(
    WachtClient,
    Effect.flatMap(environment(), ({ key, ...urls }) =>
      makeNamed(
        { ...options, ...urls, apiKey: key.value },
        { apiKey: key.name, baseUrl: "WACHT_API_URL", gatewayUrl: "WACHT_GATEWAY_URL" }
      )
    )
  )
