/**
 * One request and its answer.
 */
import * as HttpClientError from "@effect/platform/HttpClientError"
import type * as HttpClientRequest from "@effect/platform/HttpClientRequest"
import type * as HttpClientResponse from "@effect/platform/HttpClientResponse"
import * as Effect from "effect/Effect"
import { constVoid } from "effect/Function"
import * as Predicate from "effect/Predicate"
import type { Dispatcher } from "undici"
import { AnswerBody } from "./AnswerBody.js"
import { type RequestBody, requestBody } from "./requestBody.js"
import { Response } from "./Response.js"

type AnswerHeaders = Parameters<NonNullable<Dispatcher.DispatchHandler["onResponseStart"]>>[2]

/** What undici tells; the answer goes to the caller as soon as its headers are there. */
class Handler implements Dispatcher.DispatchHandler {
  isStarted = false
  constructor(
    readonly body: AnswerBody,
    public onAnswer: (status: number, headers: AnswerHeaders) => void,
    public onFailure: (cause: unknown) => void,
    readonly onOver: () => void
  ) {}
  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.isStarted = true
    this.body.start(controller)
  }
  /** A server that changes the protocol unasked is not spoken to. */
  onRequestUpgrade(_controller: Dispatcher.DispatchController, status: number): void {
    this.body.abort()
    this.onFailure(new Error(`the server answered ${status} and changed the protocol`))
    this.onOver()
  }
  onResponseStart(_controller: Dispatcher.DispatchController, status: number, headers: AnswerHeaders): void {
    // Before the answer there can be interim ones.
    if (status < 200) return
    const { onAnswer } = this
    // Each is called once. They hold the fiber, and with it the answer: an answer that nobody keeps must be collected while its connection is still open.
    this.onAnswer = constVoid
    this.onFailure = constVoid
    onAnswer(status, headers)
    // These have no body, though the 304 may name the length of the one that it stands for.
    if (status === 204 || status === 304) this.body.end()
  }
  onResponseData(_controller: Dispatcher.DispatchController, chunk: Uint8Array): void {
    this.body.push(chunk)
  }
  onResponseEnd(): void {
    this.body.end()
    this.onOver()
  }
  onResponseError(_controller: Dispatcher.DispatchController, cause: unknown): void {
    this.body.fail(cause)
    this.onFailure(cause)
    this.onOver()
  }
}

type Sent = Effect.Effect<HttpClientResponse.HttpClientResponse, HttpClientError.RequestError>

/** What the signal of a request ends. A signal lives longer than its exchange, of which it then must not hold anything any more. */
class Running {
  #body: AnswerBody | undefined
  #close: (() => void) | undefined
  constructor(body: AnswerBody, close: (() => void) | undefined) {
    this.#body = body
    this.#close = close
  }
  readonly abort = (): void => {
    this.#body?.abort()
    this.over()
  }
  readonly over = (): void => {
    this.#close?.()
    this.#body = undefined
    this.#close = undefined
  }
}

/** A method or header that undici does not write. */
const isInvalid = (cause: unknown): boolean =>
  Predicate.hasProperty(cause, "code") && cause.code === "UND_ERR_INVALID_ARG"

/** How long undici itself waits, in milliseconds; 0 is for ever. */
export interface Limits extends Pick<Dispatcher.DispatchOptions, "headersTimeout" | "bodyTimeout"> {}

/** What the platform's own undici client lets set for the requests of a scope. */
export interface RequestOptions extends Dispatcher.RequestOptions {}

const send = (
  dispatcher: Dispatcher,
  request: HttpClientRequest.HttpClientRequest,
  url: URL,
  signal: AbortSignal,
  { close, content, headers }: RequestBody,
  { bodyTimeout, headersTimeout }: Limits,
  options: RequestOptions | undefined
): Sent =>
  Effect.async((resume) => {
    const fail = (cause: unknown) => {
      const reason = !handler.isStarted && isInvalid(cause) ? "Encode" : "Transport"
      resume(Effect.fail(new HttpClientError.RequestError({ request, reason, cause })))
    }
    const body = new AnswerBody()
    const running = new Running(body, close)
    const handler = new Handler(
      body,
      (status, answerHeaders) => resume(Effect.succeed(new Response(request, status, answerHeaders, body))),
      fail,
      running.over
    )
    if (signal.aborted) body.abort()
    else signal.addEventListener("abort", running.abort, { once: true })
    try {
      dispatcher.dispatch(
        {
          ...options,
          origin: url.origin,
          path: url.pathname + url.search,
          method: request.method,
          headers: headers ?? request.headers,
          // undici takes iterables too; its types leave them out.
          body: content as NonNullable<Dispatcher.DispatchOptions["body"]>,
          // No limit but the caller's own: there are `Effect.timeout` and the policies of the SDK.
          headersTimeout: headersTimeout ?? 0,
          bodyTimeout: bodyTimeout ?? 0
        },
        handler
      )
    } catch (cause) {
      running.over()
      fail(cause)
    }
    // Whoever is interrupted here aborts: the platform does, by the signal.
  })

/** Sends a request; succeeds with the headers of its answer, whose body is read on demand. Aborting ends the connection. */
export const exchange = (
  dispatcher: Dispatcher,
  request: HttpClientRequest.HttpClientRequest,
  url: URL,
  signal: AbortSignal,
  limits: Limits,
  options?: RequestOptions
): Sent => {
  const body = requestBody(request)
  return Effect.isEffect(body)
    ? Effect.flatMap(body, (made) => send(dispatcher, request, url, signal, made, limits, options))
    : send(dispatcher, request, url, signal, body, limits, options)
}
