/** A request as rules and tests see it. */
import * as Headers from "@effect/platform/Headers"
import type * as HttpClientRequest from "@effect/platform/HttpClientRequest"
import * as Inspectable from "effect/Inspectable"
import * as Option from "effect/Option"
import { decoded, operationOf, type OperationName } from "./table.js"

const parse = Option.liftThrowable((text: string): unknown => JSON.parse(text))

const bytesOf = ({ body }: HttpClientRequest.HttpClientRequest): Uint8Array =>
  body._tag === "Uint8Array" ? body.body : new Uint8Array()

/**
 * A request as rules and tests see it, without this client's own credential. Printed, it shows neither headers nor body: what was sent is in
 * `json` and `body`, the credential that `checkAuthz` asks about too.
 *
 * @since 0.1.0
 * @category models
 */
export class SeenRequest extends Inspectable.Class {
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
  // Not `private`: what compares values prints all properties that there are.
  readonly #headers: Headers.Headers
  readonly #body: Uint8Array
  readonly #json: Option.Option<unknown>

  constructor(request: HttpClientRequest.HttpClientRequest, url: URL) {
    super()
    const segments = url.pathname.split("/")
    const operation = operationOf(request.method, segments)
    this.operation = Option.fromNullable(operation?.name)
    this.method = request.method
    this.origin = url.origin
    this.path = url.pathname
    this.segments = segments.slice(1).map(decoded)
    this.params = operation?.params ?? {}
    this.query = [...url.searchParams]
    this.#headers = Headers.remove(request.headers, "authorization")
    this.#body = bytesOf(request)
    this.#json = parse(new TextDecoder().decode(this.#body))
  }
  /** Without the credential. */
  get headers(): Headers.Headers {
    return this.#headers
  }
  /** The body as it was sent; empty where there was none. */
  get body(): Uint8Array {
    return this.#body
  }
  /** The body as JSON, where it is some. */
  get json(): Option.Option<unknown> {
    return this.#json
  }
  toJSON(): unknown {
    const { method, operation, origin, path, query } = this
    return {
      _id: "effect-wacht/testing/Rules/SeenRequest",
      operation: Option.getOrUndefined(operation),
      method,
      origin,
      path,
      query
    }
  }
}
