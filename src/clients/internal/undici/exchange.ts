/**
 * One request and its answer.
 */
import * as HttpClientError from "@effect/platform/HttpClientError"
import type * as HttpClientRequest from "@effect/platform/HttpClientRequest"
import type * as HttpClientResponse from "@effect/platform/HttpClientResponse"
import * as UrlParams from "@effect/platform/UrlParams"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import { constVoid } from "effect/Function"
import * as Predicate from "effect/Predicate"
import type { Dispatcher } from "undici"
import type { DirectExchange } from "../../../services/internal/direct.js"
import { aborted, AnswerBody } from "./AnswerBody.js"
import { type RequestBody, requestBody } from "./requestBody.js"
import { Response } from "./Response.js"

type AnswerHeaders = Parameters<NonNullable<Dispatcher.DispatchHandler["onResponseStart"]>>[2]

const unanswered = new Error("the exchange ended without an answer")

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
  /** A server that changes the protocol is not spoken to, asked to or not. */
  onRequestUpgrade(_controller: Dispatcher.DispatchController, status: number): void {
    this.abort(new Error(`status ${status} changed the protocol`))
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
  onResponseData(controller: Dispatcher.DispatchController, chunk: Uint8Array): void {
    // A dispatcher that goes on with the rest of an answer in another request says so only here.
    this.body.start(controller)
    this.body.push(chunk)
  }
  onResponseEnd(): void {
    this.body.end()
    // Only an interceptor can end what has no answer; nobody could abort it any more, so that whoever waits would wait for ever.
    this.onFailure(unanswered)
    this.onOver()
  }
  onResponseError(_controller: Dispatcher.DispatchController, cause: unknown): void {
    this.fail(cause)
  }
  fail(cause: unknown): void {
    this.body.fail(cause)
    this.onFailure(cause)
    this.onOver()
  }
  /** Whoever waits fails at once: undici tells later, and nothing of a request that still waits for its connection. */
  abort(cause: unknown = aborted): void {
    this.onFailure(cause)
    this.body.destroy()
    this.onOver()
  }
}

type Sent = Effect.Effect<HttpClientResponse.HttpClientResponse, HttpClientError.RequestError>

/** What ends an exchange from outside. It can live longer, as a signal does, and then must not hold anything of it any more. */
class Running {
  isAborted = false
  #handler: Handler | undefined
  #close: (() => void) | undefined
  begin(handler: Handler, close: (() => void) | undefined): void {
    this.#handler = handler
    this.#close = close
  }
  readonly abort = (): void => {
    this.isAborted = true
    this.#handler?.abort()
  }
  readonly over = (): void => {
    this.#close?.()
    this.#handler = undefined
    this.#close = undefined
  }
}

/** A method or header that undici does not write: `expect` and a wrong `content-length` have codes of their own. */
const isInvalid = (cause: unknown): boolean =>
  Predicate.hasProperty(cause, "code") &&
  /^UND_ERR_(?:INVALID_ARG|NOT_SUPPORTED|REQ_CONTENT_LENGTH_MISMATCH)$/.test(String(cause.code))

/** How long undici itself waits, in milliseconds; 0 is for ever. */
export interface Limits extends Pick<Dispatcher.DispatchOptions, "headersTimeout" | "bodyTimeout"> {}

/** What the platform's own undici client lets set for the requests of a scope. */
export interface RequestOptions extends Dispatcher.RequestOptions {}

const send = (
  dispatcher: Dispatcher,
  request: HttpClientRequest.HttpClientRequest,
  url: URL,
  running: Running,
  { close, content, headers }: RequestBody,
  { bodyTimeout, headersTimeout }: Limits,
  options: RequestOptions | undefined,
  isKept: boolean
): Sent =>
  Effect.async((resume) => {
    const body = new AnswerBody(isKept)
    const handler = new Handler(
      body,
      (status, answerHeaders) => resume(Effect.succeed(new Response(request, status, answerHeaders, body))),
      (cause) => {
        const reason = !handler.isStarted && isInvalid(cause) ? "Encode" : "Transport"
        resume(Effect.fail(new HttpClientError.RequestError({ request, reason, cause })))
      },
      running.over
    )
    running.begin(handler, close)
    if (running.isAborted) return handler.abort()
    try {
      dispatcher.dispatch(
        {
          ...options,
          origin: url.origin,
          path: url.pathname + url.search,
          method: request.method,
          // A copy: undici's `ProxyAgent` writes into it, and the request's own may belong to many.
          headers: { ...(headers ?? request.headers) },
          // undici takes iterables too; its types leave them out.
          body: content as NonNullable<Dispatcher.DispatchOptions["body"]>,
          // No limit but the caller's own: there are `Effect.timeout` and the policies of the SDK.
          headersTimeout: headersTimeout ?? 0,
          bodyTimeout: bodyTimeout ?? 0
        },
        handler
      )
    } catch (cause) {
      handler.fail(cause)
    }
    // Whoever is interrupted here aborts: the platform does by the signal, the kernel itself.
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
  const running = new Running()
  if (signal.aborted) running.abort()
  else signal.addEventListener("abort", running.abort, { once: true })
  const body = requestBody(request)
  return Effect.isEffect(body)
    ? Effect.flatMap(body, (made) => send(dispatcher, request, url, running, made, limits, options, true))
    : send(dispatcher, request, url, running, body, limits, options, true)
}

/** The same for the kernel, which reads an answer once. What takes time before it is sent, a form or a stream, could not be aborted yet. */
export const directExchange = (
  dispatcher: Dispatcher,
  request: HttpClientRequest.HttpClientRequest,
  limits: Limits,
  options?: RequestOptions
): DirectExchange | undefined => {
  const body = requestBody(request)
  const url = UrlParams.makeUrl(request.url, request.urlParams, request.hash)
  if (Effect.isEffect(body) || Either.isLeft(url)) return undefined
  const running = new Running()
  return { response: send(dispatcher, request, url.right, running, body, limits, options, false), abort: running.abort }
}
