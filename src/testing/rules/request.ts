/** A request as rules and tests see it. */
import * as Headers from "@effect/platform/Headers"
import type * as HttpClientRequest from "@effect/platform/HttpClientRequest"
import * as Option from "effect/Option"
import { decoded, operationOf, type OperationName } from "./table.js"

/**
 * A request as rules and tests see it, without this client's own credential. What was sent in it is in `json` and `body`, the credential that
 * `checkAuthz` asks about too.
 *
 * @since 0.1.0
 * @category models
 */
export interface SeenRequest {
  /** The operation whose route was asked for; none for any other route. */
  readonly operation: Option.Option<OperationName>
  /** In capitals. */
  readonly method: string
  /** Scheme and host: `https://api.wacht.dev`. */
  readonly origin: string
  /** As it was sent. */
  readonly path: string
  /** The path's segments, decoded. */
  readonly segments: ReadonlyArray<string>
  /** The operation's path parameters, decoded. */
  readonly params: Readonly<Record<string, string>>
  /** The query's pairs in their order, decoded. */
  readonly query: ReadonlyArray<readonly [name: string, value: string]>
  /** Without the credential. */
  readonly headers: Headers.Headers
  /** The body as JSON, where it is some. */
  readonly json: Option.Option<unknown>
  /** The body as it was sent; empty where there was none. */
  readonly body: Uint8Array
}

const parse = Option.liftThrowable((text: string): unknown => JSON.parse(text))

const bytesOf = ({ body }: HttpClientRequest.HttpClientRequest): Uint8Array =>
  body._tag === "Uint8Array" ? body.body : new Uint8Array()

export const seenRequest = (request: HttpClientRequest.HttpClientRequest, url: URL): SeenRequest => {
  const segments = url.pathname.split("/")
  const operation = operationOf(request.method, segments)
  const body = bytesOf(request)
  return {
    operation: Option.fromNullable(operation?.name),
    method: request.method,
    origin: url.origin,
    path: url.pathname,
    segments: segments.slice(1).map(decoded),
    params: operation?.params ?? {},
    query: [...url.searchParams],
    headers: Headers.remove(request.headers, "authorization"),
    json: parse(new TextDecoder().decode(body)),
    body
  }
}
