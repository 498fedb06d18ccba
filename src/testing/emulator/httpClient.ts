/** An `HttpClient` that reaches an emulator in the same process. */
import type * as HttpBody from "@effect/platform/HttpBody"
import * as HttpClient from "@effect/platform/HttpClient"
import * as HttpClientError from "@effect/platform/HttpClientError"
import type * as HttpClientRequest from "@effect/platform/HttpClientRequest"
import * as HttpClientResponse from "@effect/platform/HttpClientResponse"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import { join } from "./bytes.js"
import type { Engine, Outcome, Outlive } from "./Engine.js"
import { firstHalf } from "./Engine.js"
import type { Host } from "./Kernel.js"
import { WholeResponse } from "./WholeResponse.js"

/** The connection's end as Node words it, so that clients which look at the code can tell what happened. */
class ConnectionError extends Error {
  constructor(
    message: string,
    readonly code: string
  ) {
    super(message)
    this.name = "ConnectionError"
  }
}

const nothing = new Uint8Array()

interface Body {
  readonly bytes: Uint8Array
  /** What only the serialised form knows: a form's boundary. */
  readonly contentType: string | null
}

const readBody = (
  request: HttpClientRequest.HttpClientRequest,
  body: HttpBody.HttpBody
): Effect.Effect<Body, HttpClientError.RequestError> => {
  const unreadable = (cause: unknown) => new HttpClientError.RequestError({ request, reason: "Encode", cause })
  switch (body._tag) {
    case "Empty":
      return Effect.succeed({ bytes: nothing, contentType: null })
    case "Uint8Array":
      return Effect.succeed({ bytes: body.body, contentType: null })
    case "Stream":
      return Effect.map(Effect.mapError(Stream.runCollect(body.stream), unreadable), (pieces) => ({
        bytes: join(pieces),
        contentType: null
      }))
    default: {
      const source: unknown = body._tag === "FormData" ? body.formData : body.body
      return Effect.tryPromise({
        try: async () => {
          const serialised = new Response(isBodyInit(source) ? source : String(source))
          return {
            bytes: new Uint8Array(await serialised.arrayBuffer()),
            contentType: serialised.headers.get("content-type")
          }
        },
        catch: unreadable
      })
    }
  }
}

const isBodyInit = (value: unknown): value is BodyInit =>
  typeof value === "string" ||
  value instanceof FormData ||
  value instanceof Blob ||
  value instanceof URLSearchParams ||
  value instanceof ReadableStream ||
  value instanceof ArrayBuffer ||
  ArrayBuffer.isView(value)

const halfBody = (body: string, isCut: boolean): ReadableStream<Uint8Array> =>
  new ReadableStream({
    start(controller) {
      controller.enqueue(new TextEncoder().encode(firstHalf(body)))
    },
    pull(controller) {
      if (isCut) controller.error(new ConnectionError("socket hang up", "ECONNRESET"))
    }
  })

const withoutBody = new Set([101, 204, 205, 304])

const toResponse = (request: HttpClientRequest.HttpClientRequest, outcome: Outcome & { readonly _tag: "Answered" }) => {
  const {
    answer: { body, headers, status },
    part
  } = outcome
  const hasBody = body !== "" && !withoutBody.has(status)
  if (part === "whole" || !hasBody) return new WholeResponse(request, status, headers, hasBody ? body : "")
  const length = String(new TextEncoder().encode(body).byteLength)
  return HttpClientResponse.fromWeb(
    request,
    new Response(halfBody(body, part === "cut"), { status, headers: { ...headers, "content-length": length } })
  )
}

/** `hosts`: which of the two APIs an origin stands for. Nothing else can be reached. */
export const make = (engine: Engine, hosts: ReadonlyMap<string, Host>, outlive?: Outlive): HttpClient.HttpClient =>
  HttpClient.make((request, url) => {
    const failed = (message: string, code: string) =>
      Effect.fail(
        new HttpClientError.RequestError({ request, reason: "Transport", cause: new ConnectionError(message, code) })
      )
    const host = hosts.get(url.origin)
    if (host === undefined) {
      const message = `${url.host} is no host of the emulator (${[...hosts.keys()].join(", ")})`
      // The SDK hands on the code alone.
      return Effect.zipRight(Effect.logWarning(message), failed(message, "ENOTFOUND"))
    }
    return Effect.gen(function* () {
      const { bytes, contentType } = yield* readBody(request, request.body)
      const sent = {
        method: request.method,
        path: url.pathname,
        query: url.search.slice(1),
        headers: contentType === null ? request.headers : { "content-type": contentType, ...request.headers },
        body: bytes,
        clientAddress: "127.0.0.1"
      }
      const outcome = yield* engine.exchange(host, sent, outlive)
      if (outcome._tag === "Refused") return yield* failed(`connect ECONNREFUSED ${url.host}`, "ECONNREFUSED")
      if (outcome._tag === "Lost") return yield* failed("socket hang up", "ECONNRESET")
      return toResponse(request, outcome)
    })
  })
