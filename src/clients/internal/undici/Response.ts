/**
 * The platform's view of an answer.
 */
import * as Cookies from "@effect/platform/Cookies"
import * as Headers from "@effect/platform/Headers"
import * as HttpClientError from "@effect/platform/HttpClientError"
import type * as HttpClientRequest from "@effect/platform/HttpClientRequest"
import * as HttpClientResponse from "@effect/platform/HttpClientResponse"
import * as HttpIncomingMessage from "@effect/platform/HttpIncomingMessage"
import * as UrlParams from "@effect/platform/UrlParams"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as FiberRefs from "effect/FiberRefs"
import * as Inspectable from "effect/Inspectable"
import * as Option from "effect/Option"
import * as Stream from "effect/Stream"
import type { AnswerBody } from "./AnswerBody.js"

const decoder = new TextDecoder()

type RawHeaders = Readonly<Record<string, string | ReadonlyArray<string> | undefined>>

/** A copy: a chunk is a view of the connection's buffer. */
const copy = (bytes: Uint8Array): Uint8Array<ArrayBuffer> => {
  const copied = new Uint8Array(bytes.length)
  copied.set(bytes)
  return copied
}

/** Everything but the stream can be read again, and in any form. */
export class Response extends Inspectable.Class implements HttpClientResponse.HttpClientResponse {
  readonly [HttpIncomingMessage.TypeId]: HttpIncomingMessage.TypeId = HttpIncomingMessage.TypeId
  readonly [HttpClientResponse.TypeId]: HttpClientResponse.TypeId = HttpClientResponse.TypeId
  readonly #raw: RawHeaders
  readonly #body: AnswerBody
  #headers: Headers.Headers | undefined

  constructor(
    readonly request: HttpClientRequest.HttpClientRequest,
    readonly status: number,
    raw: RawHeaders,
    body: AnswerBody
  ) {
    super()
    this.#raw = raw
    this.#body = body
  }

  get headers(): Headers.Headers {
    return (this.#headers ??= Headers.fromInput(this.#raw))
  }

  get cookies(): Cookies.Cookies {
    const header = this.#raw["set-cookie"]
    return header === undefined ? Cookies.empty : Cookies.fromSetCookie(typeof header === "string" ? [header] : header)
  }

  /** undici does not tell. */
  get remoteAddress(): Option.Option<string> {
    return Option.none()
  }

  get stream(): Stream.Stream<Uint8Array, HttpClientError.ResponseError> {
    const body = this.#body
    return Stream.ensuring(
      Stream.fromPull(Effect.succeed(Effect.mapError(body.pull, Option.map(this.#fail)))),
      Effect.sync(() => body.abort())
    )
  }

  get #bytes(): Effect.Effect<Uint8Array, HttpClientError.ResponseError> {
    return Effect.mapError(this.#body.bytes, this.#fail)
  }

  get arrayBuffer(): Effect.Effect<ArrayBuffer, HttpClientError.ResponseError> {
    return Effect.map(this.#bytes, (bytes) => copy(bytes).buffer)
  }

  get text(): Effect.Effect<string, HttpClientError.ResponseError> {
    return Effect.map(this.#bytes, (bytes) => decoder.decode(bytes))
  }

  get json(): Effect.Effect<unknown, HttpClientError.ResponseError> {
    return Effect.tryMap(this.text, {
      try: (text): unknown => (text === "" ? null : JSON.parse(text)),
      catch: this.#fail
    })
  }

  get urlParamsBody(): Effect.Effect<UrlParams.UrlParams, HttpClientError.ResponseError> {
    return Effect.map(this.text, (text) => UrlParams.fromInput(new URLSearchParams(text)))
  }

  get formData(): Effect.Effect<FormData, HttpClientError.ResponseError> {
    const type = this.headers["content-type"]
    return Effect.flatMap(this.#bytes, (bytes) =>
      Effect.tryPromise({
        // The web's own reader of forms; it knows the boundary from the header.
        try: () =>
          new globalThis.Response(
            copy(bytes),
            type === undefined ? {} : { headers: { "content-type": type } }
          ).formData(),
        catch: this.#fail
      })
    )
  }

  readonly #fail = (cause: unknown): HttpClientError.ResponseError =>
    new HttpClientError.ResponseError({ request: this.request, response: this, reason: "Decode", cause })

  /** Without secrets, also where nobody asked for that: the platform redacts for its loggers only. */
  toJSON(): unknown {
    const fiber = Option.getOrUndefined(Fiber.getCurrentFiber())
    return Inspectable.withRedactableContext(fiber?.getFiberRefs() ?? FiberRefs.empty(), () =>
      HttpIncomingMessage.inspect(this, {
        _id: "@effect/platform/HttpClientResponse",
        request: this.request.toJSON(),
        status: this.status
      })
    )
  }
}
