/** One request on its way through the emulator, and how its path, query and body are read. */
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Failure from "./Failure.js"
import type { Decoder, Refusal } from "./json/decode.js"
import { parse } from "./json/parse.js"
import type * as Moment from "./Moment.js"
import { decodeUtf8 } from "./text.js"
import type { Deployment, World } from "./World.js"

/** What came in. Header names are in lower case. */
export interface Request {
  readonly method: string
  /** As sent, percent-encoded. */
  readonly path: string
  /** As sent, without `?`. */
  readonly query: string
  readonly headers: Readonly<Record<string, string | undefined>>
  readonly body: Uint8Array
  readonly clientAddress: string
}

export interface GatewayCall extends Request {
  readonly world: World
  /** The one moment for everything that this request writes, later than that of every request before. */
  readonly moment: Moment.Moment
  /** What the clock says: what windows, expiries and copies are measured by, so that they end when it is set on. */
  readonly now: Moment.Moment
}

/** A request that was authenticated and has found its route. */
export interface PlatformCall<out P = Readonly<Record<string, string>>> extends GatewayCall {
  readonly deployment: Deployment
  /** Decoded path values by the names in the route's path; those named `…_id` are canonical 64-bit decimals. */
  readonly params: P
}

export const maxBodyBytes = 2_097_152

const jsonMediaType = /^\s*application\/(?:json|[^;,\s/]+\+json)\s*(?:;.*)?$/i

export type BodyRefusal = { readonly kind: "media-type" } | { readonly kind: "too-large" } | Refusal

/** Reads a JSON body; the checks come in the server's order: media type, size, then the text from its start. */
export const decodeBody = <A>(request: Request, decode: Decoder<A>): Either.Either<A, BodyRefusal> => {
  if (!jsonMediaType.test(request.headers["content-type"] ?? "")) return Either.left({ kind: "media-type" })
  if (request.body.byteLength > maxBodyBytes) return Either.left({ kind: "too-large" })
  const text = decodeUtf8(request.body)
  return text === undefined
    ? Either.left({ kind: "syntax", detail: "invalid unicode code point" })
    : decode(parse(text))
}

const bodyFailures: Readonly<Record<BodyRefusal["kind"], Failure.Failure>> = {
  "media-type": Failure.wrongMediaType,
  "too-large": Failure.tooLarge,
  syntax: Failure.malformed,
  shape: Failure.wrongShape
}

/** The JSON body of a platform route: 415, 413, 400 or 422 with the fixed messages. */
export const body = <A>(call: Request, decode: Decoder<A>): Effect.Effect<A, Failure.Failure> => {
  const decoded = decodeBody(call, decode)
  return Either.isLeft(decoded) ? Effect.fail(bodyFailures[decoded.left.kind]) : Effect.succeed(decoded.right)
}
