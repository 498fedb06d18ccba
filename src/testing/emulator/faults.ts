/** Faults: what may go wrong between a client and the server, and which requests it befalls. */
import type * as Duration from "effect/Duration"
import type { Request } from "./Call.js"
import type { Host } from "./Kernel.js"

/** A request as a fault rule and a test see it. */
export interface SeenRequest extends Request {
  readonly host: Host
  /** The body as text. */
  readonly text: string
  /** The operation whose route was meant, by the vendor's name; `undefined` for unknown paths and methods. */
  readonly operation: string | undefined
}

/** Which requests: all members given must hold. `path` is compared with the path as sent. */
export interface Matcher {
  readonly operation?: string | undefined
  readonly method?: string | undefined
  readonly path?: string | RegExp | undefined
  readonly host?: Host | undefined
  readonly when?: ((request: SeenRequest) => boolean) | undefined
}

export type Fault =
  | {
      readonly _tag: "Answer"
      readonly status: number
      readonly headers: Readonly<Record<string, string>>
      readonly body: string
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
  /** How many more requests it befalls; `Infinity` for every one. */
  readonly times: number
}

export const matches = ({ host, method, operation, path, when }: Matcher, request: SeenRequest): boolean =>
  (host === undefined || host === request.host) &&
  (method === undefined || method.toUpperCase() === request.method) &&
  (operation === undefined || operation === request.operation) &&
  (path === undefined || (typeof path === "string" ? path === request.path : path.test(request.path))) &&
  (when === undefined || when(request))
