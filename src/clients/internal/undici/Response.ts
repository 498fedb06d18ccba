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
import * as Cause from "effect/Cause"
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
const copy = (bytes: Uint8Array): Uint8Array<ArrayBuffer> => new Uint8Array(bytes)

/** Everything but the stream can be read again, and in any form. */
export class Response extends Inspectable.Class implements HttpClientResponse.HttpClientResponse {
  readonly [HttpIncomingMessage.TypeId]: HttpIncomingMessage.TypeId = HttpIncomingMessage.TypeId
  readonly [HttpClientResponse.TypeId]: HttpClientResponse.TypeId = HttpClientResponse.TypeId
  /** Where the platform's own responses have what they are made of. */
  readonly source: { readonly body: AnswerBody }
  readonly #raw: RawHeaders
  #headers: Headers.Headers | undefined

  constructor(
    readonly request: HttpClientRequest.HttpClientRequest,
    readonly status: number,
    raw: RawHeaders,
    body: AnswerBody
  ) {
    super()
    this.source = { body }
    this.#raw = raw
  }

  get headers(): Headers.Headers {
    return (this.#headers ??= Headers.fromInput(this.#raw))
  }

  get cookies(): Cookies.Cookies {
    return Cookies.fromSetCookie(this.#raw["set-cookie"] ?? [])
  }

  /** undici does not tell. */
  get remoteAddress(): Option.Option<string> {
    return Option.none()
  }

  get stream(): Stream.Stream<Uint8Array, HttpClientError.ResponseError> {
    const body = this.source.body
    return Stream.ensuring(
      Stream.fromPull(
        Effect.succeed(
          Effect.mapError(
            Effect.suspend(() => body.pull()),
            Option.map((cause) => this.#failure(cause))
          )
        )
      ),
      Effect.sync(() => body.destroy())
    )
  }

  /** Most answers are complete when they are read: then this is one step. */
  #read<A>(convert: (bytes: Uint8Array) => A): Effect.Effect<A, HttpClientError.ResponseError> {
    return Effect.suspend(() =>
      Effect.matchCauseEffect(this.source.body.bytes(), {
        onFailure: (cause) => Effect.failCause(Cause.map(cause, (cause) => this.#failure(cause))),
        onSuccess: (bytes) => Effect.succeed(convert(bytes))
      })
    )
  }

  get arrayBuffer(): Effect.Effect<ArrayBuffer, HttpClientError.ResponseError> {
    return this.#read((bytes) => copy(bytes).buffer)
  }

  get text(): Effect.Effect<string, HttpClientError.ResponseError> {
    return this.#read((bytes) => decoder.decode(bytes))
  }

  get json(): Effect.Effect<unknown, HttpClientError.ResponseError> {
    return Effect.tryMap(this.text, {
      try: (text): unknown => (text === "" ? null : JSON.parse(text)),
      catch: (cause) => this.#failure(cause)
    })
  }

  get urlParamsBody(): Effect.Effect<UrlParams.UrlParams, HttpClientError.ResponseError> {
    return Effect.map(this.text, (text) => UrlParams.fromInput(new URLSearchParams(text)))
  }

  get formData(): Effect.Effect<FormData, HttpClientError.ResponseError> {
    const type = this.headers["content-type"]
    return Effect.flatMap(this.#read(copy), (bytes) =>
      Effect.tryPromise({
        // The web's own reader of forms; it knows the boundary from the header.
        try: () =>
          new globalThis.Response(bytes, type === undefined ? {} : { headers: { "content-type": type } }).formData(),
        catch: (cause) => this.#failure(cause)
      })
    )
  }

  #failure(cause: unknown): HttpClientError.ResponseError {
    return new HttpClientError.ResponseError({ request: this.request, response: this, reason: "Decode", cause })
  }

  /** Without secrets, also where nobody asked for that: the platform redacts for its loggers only. */
  toJSON(): unknown {
    const fiber = Option.getOrUndefined(Fiber.getCurrentFiber())
    return Inspectable.withRedactableContext(fiber?.getFiberRefs() ?? FiberRefs.empty(), () => {
      const shown = { _id: "@effect/platform/HttpClientResponse", request: this.request.toJSON(), status: this.status }
      // The platform begins to read what it prints: of a body that still comes, that would be a reader who never leaves.
      return this.source.body.isComplete
        ? HttpIncomingMessage.inspect(this, shown)
        : { ...shown, headers: Inspectable.redact(this.headers), remoteAddress: this.remoteAddress.toJSON() }
    })
  }
}
