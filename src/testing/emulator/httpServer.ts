/** An emulator as an `HttpApp`: one API, or both on one port. */
import * as HttpApp from "@effect/platform/HttpApp"
import * as HttpServerRequest from "@effect/platform/HttpServerRequest"
import * as HttpServerResponse from "@effect/platform/HttpServerResponse"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Option from "effect/Option"
import * as Stream from "effect/Stream"
import { join } from "./bytes.js"
import { maxBodyBytes } from "./Call.js"
import type { Engine, Outcome, Outlive } from "./Engine.js"
import { firstHalf } from "./Engine.js"
import type { Host } from "./Kernel.js"

/**
 * The two APIs have hosts of their own; on one port the path and the credential tell which is meant. The gateway
 * takes no credential, the platform refuses every request without one.
 */
const hostOf = (path: string, headers: Readonly<Record<string, string | undefined>>): Host => {
  if (path.startsWith("/v1/authz/")) return "gateway"
  if (path.startsWith("/api-auth") || path.startsWith("/oauth")) return "platform"
  return headers["authorization"] === undefined ? "gateway" : "platform"
}

const nothing = new Uint8Array()

/** The body up to one byte more than is ever read; what comes after it is taken in and dropped. */
const readBody = (request: HttpServerRequest.HttpServerRequest) => {
  const length = request.headers["content-length"]
  if (length === "0" || (length === undefined && request.headers["transfer-encoding"] === undefined))
    return Effect.succeed(nothing)
  // of a length that is announced and allowed the runtime's own way is the quicker one
  if (length !== undefined && Number(length) <= maxBodyBytes)
    return Effect.map(request.arrayBuffer, (buffer) => new Uint8Array(buffer))
  const chunks: Array<Uint8Array> = []
  let size = 0
  return Stream.runForEach(request.stream, (chunk) =>
    Effect.sync(() => {
      if (size <= maxBodyBytes) chunks.push(chunk)
      size += chunk.byteLength
    })
  ).pipe(Effect.map(() => (chunks.length === 1 && chunks[0] !== undefined ? chunks[0] : join(chunks))))
}

/** The macrotask after this one: by then what was written is on its way. No test clock holds it up. */
const nextTurn = Effect.async<void>((resume) => {
  setTimeout(() => resume(Effect.void))
})

/** Cuts the connection, where the runtime's own request has a socket to cut. What then comes of it ends the request. */
const hangUp = (request: HttpServerRequest.HttpServerRequest): Effect.Effect<never> =>
  Effect.sync(() => {
    const source: unknown = request.source
    if (typeof source !== "object" || source === null || !("socket" in source)) return
    const { socket } = source
    if (typeof socket !== "object" || socket === null) return
    if ("destroySoon" in socket && typeof socket.destroySoon === "function") socket.destroySoon()
  }).pipe(Effect.zipRight(Effect.interruptible(Effect.never)))

/** Nothing to a client that has left: it would never be said to be written, and the request wait for that. */
const unlessGone: HttpApp.PreResponseHandler = (_, response) => Effect.as(Effect.allowInterrupt, response)

const toResponse = (
  request: HttpServerRequest.HttpServerRequest,
  outcome: Outcome,
  closed: Effect.Effect<void>
): Effect.Effect<HttpServerResponse.HttpServerResponse> => {
  if (outcome._tag !== "Answered") return hangUp(request)
  const {
    answer: { body, headers, status },
    part
  } = outcome
  if (body === "") return Effect.succeed(HttpServerResponse.empty({ status, headers }))
  const utf8 = new TextEncoder()
  const whole = utf8.encode(body)
  const options = { status, headers, contentLength: whole.byteLength }
  // what is text would get a type of its own where the headers have none
  if (part === "whole") return Effect.succeed(HttpServerResponse.raw(whole, options))
  const rest = Stream.fromEffect(Effect.zipRight(part === "cut" ? nextTurn : closed, hangUp(request)))
  const half = Stream.succeed(utf8.encode(firstHalf(body)))
  return Effect.succeed(HttpServerResponse.stream(Stream.concat(half, rest), options))
}

/** A caller who leaves interrupts what his request forked too, hence the daemon. */
const outliving =
  (closed: Effect.Effect<void>): Outlive =>
  (delayed) =>
    Effect.raceFirst(delayed, Effect.as(closed, { _tag: "Lost" as const })).pipe(
      Effect.interruptible,
      Effect.forkDaemon,
      Effect.flatMap(Fiber.join)
    )

/** `closed`: when nobody waits any longer. */
export const httpApp = (engine: Engine, closed: Effect.Effect<void>, host?: Host): HttpApp.Default => {
  const outlive = outliving(closed)
  return Effect.gen(function* () {
    const request = yield* HttpServerRequest.HttpServerRequest
    yield* HttpApp.appendPreResponseHandler(unlessGone)
    const at = request.originalUrl.indexOf("?")
    const path = at < 0 ? request.originalUrl : request.originalUrl.slice(0, at)
    // a body that breaks off is a client that went away
    const body = yield* Effect.orElse(readBody(request), () => Effect.interrupt)
    const sent = {
      method: request.method,
      path,
      query: at < 0 ? "" : request.originalUrl.slice(at + 1),
      headers: request.headers,
      body,
      clientAddress: Option.getOrElse(request.remoteAddress, () => "127.0.0.1").replace(/^::ffff:/, "")
    }
    const outcome = yield* engine.exchange(host ?? hostOf(path, request.headers), sent, outlive)
    return yield* toResponse(request, outcome, closed)
  })
}
