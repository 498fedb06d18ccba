/**
 * The text of an answer.
 *
 * The platform's own responses keep it in a field, as an effect of `Effect.cached` and `Effect.runSync`, which together are a quarter of a
 * small call. Many can wait for one promise too, so the field is filled with one, and then `text` is asked as always: whoever else reads
 * it, before or after, or gives a `text` of his own, sees no difference.
 */
import * as HttpClientError from "@effect/platform/HttpClientError"
import type * as HttpClientResponse from "@effect/platform/HttpClientResponse"
import * as Effect from "effect/Effect"
import * as Predicate from "effect/Predicate"

type Text = HttpClientResponse.HttpClientResponse["text"]

/** As the platform's own responses fail. */
export const notRead = (response: HttpClientResponse.HttpClientResponse) => (cause: unknown) =>
  new HttpClientError.ResponseError({ request: response.request, response, reason: "Decode", cause })

/** Where a client has replaced a response's request, the platform wraps the response, as `original`. */
const has = (response: unknown, field: string): boolean =>
  (Predicate.hasProperty(response, field) && response[field] !== undefined) ||
  (Predicate.hasProperty(response, "original") && has(response.original, field))

/** The bytes of a response that offers its text alone, or was read as text before. */
export const textBytes = (
  response: HttpClientResponse.HttpClientResponse
): Effect.Effect<Uint8Array, HttpClientError.ResponseError> =>
  Effect.map(response.text, (text) => new TextEncoder().encode(text))

/**
 * The bytes of a response that somebody has begun to read: nothing is left in its stream, but it keeps what it was read as. Nobody need
 * mean it: printing a response of the platform reads it.
 */
export const readBytes = (
  response: HttpClientResponse.HttpClientResponse
): Effect.Effect<Uint8Array, HttpClientError.ResponseError> | undefined =>
  has(response, "textBody") || has(response, "textEffect")
    ? textBytes(response)
    : has(response, "arrayBufferBody")
      ? Effect.map(response.arrayBuffer, (buffer) => new Uint8Array(buffer))
      : undefined

/** What the type of the platform's responses does not show. */
interface Unread {
  textBody: Text | undefined
  readonly source: unknown
}

const isUnread = (response: object): response is Unread =>
  Object.hasOwn(response, "textBody") &&
  Predicate.hasProperty(response, "textBody") &&
  response.textBody === undefined &&
  Predicate.hasProperty(response, "source")

interface Body {
  readonly text: () => Promise<string>
}

const isBody = (source: unknown): source is Body =>
  Predicate.hasProperty(source, "text") && Predicate.isFunction(source.text)

/** Fetch's answer is a body, undici's has one. */
const bodyOf = (source: unknown): Body | undefined =>
  isBody(source) ? source : Predicate.hasProperty(source, "body") && isBody(source.body) ? source.body : undefined

/** Reads all of a response as text. */
export const bodyText = (response: HttpClientResponse.HttpClientResponse): Text => {
  if (isUnread(response)) {
    const body = bodyOf(response.source)
    let text: Promise<string> | undefined
    if (body !== undefined) {
      response.textBody = Effect.tryPromise({
        try: () => (text ??= body.text()),
        catch: notRead(response)
      })
    }
  }
  return response.text
}
