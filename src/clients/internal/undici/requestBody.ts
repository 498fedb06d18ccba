/**
 * Bodies of requests as undici takes them.
 */
import * as Headers from "@effect/platform/Headers"
import * as HttpClientError from "@effect/platform/HttpClientError"
import type * as HttpClientRequest from "@effect/platform/HttpClientRequest"
import * as Cause from "effect/Cause"
import type * as Chunk from "effect/Chunk"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Option from "effect/Option"
import * as Runtime from "effect/Runtime"
import * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"

/** A body, and the headers where it changes them. */
export interface RequestBody {
  /** Anything that undici takes; its types leave out iterables. */
  readonly content: unknown
  readonly headers?: Headers.Headers
  /** To be called when the exchange is over: nobody pulls any more. */
  readonly close?: () => void
}

const nothing: RequestBody = { content: null }

/**
 * An async iterable rather than a `Readable`, which is Node's alone. undici leaves a pending pull alone when a request ends,
 * so `close` interrupts it and ends the stream: its finalizers run at once.
 */
const iterate = (
  pull: Effect.Effect<Chunk.Chunk<Uint8Array>, Option.Option<unknown>>,
  scope: Scope.CloseableScope,
  runtime: Runtime.Runtime<never>
): RequestBody => {
  const stopped = new AbortController()
  let pulling: Promise<unknown> = Promise.resolve()
  const close = () => {
    stopped.abort()
    // A pull that is under way, or cleans up, still uses what the scope holds.
    Runtime.runFork(runtime)(
      Effect.zipRight(
        Effect.promise(() => pulling),
        Scope.close(scope, Exit.void)
      )
    )
  }
  async function* chunks(): AsyncGenerator<Uint8Array> {
    try {
      for (;;) {
        // Of a fiber that fails Effect logs that, and this is how every stream ends.
        const next = Runtime.runPromiseExit(runtime)(Effect.exit(pull), { signal: stopped.signal }).then(Exit.flatten)
        pulling = next
        const exit = await next
        if (Exit.isSuccess(exit)) {
          yield* exit.value
          continue
        }
        const failure = Cause.failureOption(exit.cause)
        if (Option.isSome(failure) && Option.isNone(failure.value)) return
        // Its consumer is undici, which knows failure as rejection only.
        const error = Option.getOrElse(Option.flatten(failure), () => Cause.squash(exit.cause))
        // What is falsy it takes for no error, and waits for ever.
        await Promise.reject(error || new Error("the stream of the body failed", { cause: error }))
      }
    } finally {
      close()
    }
  }
  return { content: { [Symbol.asyncIterator]: chunks }, close }
}

const writeStream = (stream: Stream.Stream<Uint8Array, unknown>): Effect.Effect<RequestBody> =>
  Effect.gen(function* () {
    const scope = yield* Scope.make()
    const pull = yield* Scope.extend(Stream.toPull(stream), scope)
    return iterate(pull, scope, yield* Effect.runtime<never>())
  })

/** undici knows its own `FormData` only; the web's `Response` writes any, and says with which boundary. */
const writeForm = (
  request: HttpClientRequest.HttpClientRequest,
  form: FormData
): Effect.Effect<RequestBody, HttpClientError.RequestError> =>
  Effect.tryPromise({
    try: async () => {
      const written = new Response(form)
      const content = new Uint8Array(await written.arrayBuffer())
      return {
        content,
        headers: Headers.set(request.headers, "content-type", written.headers.get("content-type") ?? "")
      }
    },
    catch: (cause) => new HttpClientError.RequestError({ request, reason: "Encode", cause })
  })

/** Converts a body; as an effect only where that takes one. */
export const requestBody = (
  request: HttpClientRequest.HttpClientRequest
): RequestBody | Effect.Effect<RequestBody, HttpClientError.RequestError> => {
  const { body } = request
  switch (body._tag) {
    case "Empty":
      return nothing
    case "Uint8Array":
    case "Raw":
      return { content: body.body }
    case "FormData":
      return writeForm(request, body.formData)
    case "Stream":
      return writeStream(body.stream)
  }
}
