/**
 * Counts a body while it comes.
 *
 * An Effect stream costs several times what a whole small call does, so the bodies under the platform's own responses are read directly.
 */
import type * as HttpClientError from "@effect/platform/HttpClientError"
import type * as HttpClientResponse from "@effect/platform/HttpClientResponse"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Predicate from "effect/Predicate"
import * as Stream from "effect/Stream"
import { notRead, readBytes, textBytes } from "./bodyText.js"
import type { Gathered } from "./gathered.js"

/** The chunks of a body, and how to leave it before its end. */
interface Source {
  readonly next: () => Promise<IteratorResult<Uint8Array, unknown>>
  readonly leave: () => unknown
}

interface WebBody {
  readonly getReader: () => ReadableStreamDefaultReader<Uint8Array>
}

const isWebBody = (body: unknown): body is WebBody => Predicate.hasProperty(body, "getReader")

interface NodeBody extends AsyncIterable<Uint8Array> {
  readonly destroy: () => unknown
}

const isNodeBody = (body: unknown): body is NodeBody =>
  Predicate.hasProperty(body, Symbol.asyncIterator) && Predicate.hasProperty(body, "destroy")

/** Fetch's answer and undici's have a body, that of `node:http` is one. */
const bodyOf = (response: unknown): unknown => {
  if (!Predicate.hasProperty(response, "source")) return undefined
  const { source } = response
  return Predicate.hasProperty(source, "body") ? source.body : source
}

const fromWeb = (body: WebBody) => (): Source => {
  const reader = body.getReader()
  return { next: () => reader.read(), leave: () => reader.cancel() }
}

const fromNode = (body: NodeBody) => (): Source => {
  const chunks = body[Symbol.asyncIterator]()
  // Its iterator would leave only when the chunk that it waits for has come.
  return { next: () => chunks.next(), leave: () => body.destroy() }
}

const pull = (
  response: HttpClientResponse.HttpClientResponse,
  open: () => Source,
  limit: number,
  gathered: Gathered
): Effect.Effect<Gathered, HttpClientError.ResponseError> => {
  let opened: Source | undefined
  const all = async () => {
    const source = open()
    opened = source
    while (gathered.size <= limit) {
      const { done, value } = await source.next()
      if (done === true) {
        opened = undefined
        break
      }
      gathered.add(value)
    }
    return gathered
  }
  return Effect.ensuring(
    Effect.tryPromise({ try: all, catch: notRead(response) }),
    Effect.suspend(() => {
      const left = opened
      return left === undefined ? Effect.void : Effect.ignore(Effect.tryPromise(async () => left.leave()))
    })
  )
}

/** Reads until the end, or past the limit: then it ends the connection. */
export const gather = (
  response: HttpClientResponse.HttpClientResponse,
  limit: number,
  gathered: Gathered
): Effect.Effect<Gathered, HttpClientError.ResponseError> => {
  const add = (chunk: Uint8Array) => {
    gathered.add(chunk)
    return Effect.succeed(gathered.size <= limit)
  }
  const read = readBytes(response)
  if (read !== undefined) return Effect.as(Effect.flatMap(read, add), gathered)
  const body = bodyOf(response)
  if (body === null) return Effect.succeed(gathered)
  if (isWebBody(body)) return pull(response, fromWeb(body), limit, gathered)
  if (isNodeBody(body)) return pull(response, fromNode(body), limit, gathered)
  return response.stream.pipe(
    Stream.runForEachWhile(add),
    // An empty body has no stream, nor has the answer of a `fetch` that offers text alone.
    Effect.catchAll((error) =>
      error.reason === "EmptyBody" ? Effect.flatMap(textBytes(response), add) : Effect.fail(error)
    ),
    Effect.as(gathered),
    // A stream runs in a fiber of its own, and Effect logs how one fails that nobody joins: the error holds the request, with its key and its body.
    Effect.withUnhandledErrorLogLevel(Option.none())
  )
}
