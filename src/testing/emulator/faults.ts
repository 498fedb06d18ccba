/** Faults: what may go wrong between a client and the server, and which requests it befalls. */
import type * as Duration from "effect/Duration"
import * as Inspectable from "effect/Inspectable"
import type { Request } from "./Call.js"
import type { Host } from "./Kernel.js"
import type { OperationName } from "./operationNames.js"

const utf8 = new TextDecoder("utf-8")

/**
 * A request that reached the emulator. Printed, it shows neither headers nor body, which hold secrets.
 *
 * @since 0.1.0
 * @category models
 */
export class SeenRequest extends Inspectable.Class implements Request {
  // Not `private`: what compares values prints all properties that there are.
  readonly #request: Request
  readonly #body: Uint8Array
  constructor(
    readonly host: Host,
    /** The operation whose route was meant, by the vendor's name; `undefined` for unknown paths and methods. */
    readonly operation: OperationName | undefined,
    request: Request,
    body: Uint8Array
  ) {
    super()
    this.#request = request
    this.#body = body
  }
  /** The start of the body. */
  get body(): Uint8Array {
    return this.#body
  }
  get method(): string {
    return this.#request.method
  }
  get path(): string {
    return this.#request.path
  }
  get query(): string {
    return this.#request.query
  }
  get headers(): Request["headers"] {
    return this.#request.headers
  }
  get clientAddress(): string {
    return this.#request.clientAddress
  }
  /** The start of the body as text. */
  get text(): string {
    return utf8.decode(this.body)
  }
  toJSON(): unknown {
    const { host, method, operation, path, query } = this
    return { _id: "effect-wacht/testing/SeenRequest", host, operation, method, path, query }
  }
}

/**
 * Which requests a fault befalls; every member that is given must hold, none given means any request. `path` is compared with the path as sent.
 *
 * @since 0.1.0
 * @category models
 */
export interface Matcher {
  readonly operation?: OperationName | undefined
  readonly method?: string | undefined
  readonly path?: string | RegExp | undefined
  readonly host?: Host | undefined
  /** Any condition besides. */
  readonly when?: ((request: SeenRequest) => boolean) | undefined
}

/**
 * One thing that goes wrong.
 *
 * @since 0.1.0
 * @category models
 */
export type Fault =
  | {
      readonly _tag: "Answer"
      readonly status: number
      readonly headers: Readonly<Record<string, string>>
      readonly body: string
      /** The words in its place on the gateway's host, which answers errors as plain text. */
      readonly plain?: string | undefined
      /** Whether the request is carried out before it is answered so. */
      readonly acts: boolean
    }
  | { readonly _tag: "Refuse" }
  | { readonly _tag: "Lose"; readonly acts: boolean }
  | { readonly _tag: "Delay"; readonly duration: Duration.Duration }
  | { readonly _tag: "StallBody" }
  | { readonly _tag: "CutBody" }

export interface FaultRule {
  readonly matcher: Matcher
  readonly fault: Fault
  /** How many more requests it befalls, the whole ones of it; `Infinity` for every one. */
  readonly times: number
}

export const matches = ({ host, method, operation, path, when }: Matcher, request: SeenRequest): boolean =>
  (host === undefined || host === request.host) &&
  (method === undefined || method.toUpperCase() === request.method) &&
  (operation === undefined || operation === request.operation) &&
  (path === undefined || (typeof path === "string" ? path === request.path : request.path.search(path) !== -1)) &&
  (when === undefined || when(request))
