/**
 * multipart/form-data as bytes with a boundary of our own: a `FormData` body fails on the undici client of Node 20.
 */
import * as HttpBody from "@effect/platform/HttpBody"
import * as Effect from "effect/Effect"
import type * as Schema from "effect/Schema"
import { concatBytes } from "./bytes.js"
import { randomDigits } from "./randomDigits.js"
import { type EncodeBody, encodeInput, limitBytes } from "./requestBody.js"

/** One part of a form. Its names are ours, and hold nothing that would have to be escaped. */
export interface Part {
  readonly name: string
  readonly value: string | Uint8Array
  /** With a type the part is a file. */
  readonly contentType?: string
  readonly filename?: string
}

const encoder = new TextEncoder()
const latin1 = new TextDecoder("latin1")

const header = (part: Part): string => {
  const filename = part.filename === undefined ? "" : `; filename="${part.filename}"`
  const type = part.contentType === undefined ? "" : `\r\nContent-Type: ${part.contentType}`
  return `Content-Disposition: form-data; name="${part.name}"${filename}${type}\r\n\r\n`
}

const makeBoundary = Effect.map(randomDigits(40), (digits) => `effect-wacht-${digits}`)

/** The form and its content type. `Random` can be foretold by who knows enough of it: a boundary that a part holds is drawn again. */
export const writeForm = (
  parts: ReadonlyArray<Part>
): Effect.Effect<{ readonly contentType: string; readonly bytes: Uint8Array }> =>
  Effect.suspend(() => {
    const texts = parts.map(({ value }) => (typeof value === "string" ? value : latin1.decode(value)))
    const free = Effect.repeat(makeBoundary, { until: (boundary) => !texts.some((text) => text.includes(boundary)) })
    return Effect.map(free, (boundary) => ({
      contentType: `multipart/form-data; boundary=${boundary}`,
      bytes: concatBytes([
        ...parts.flatMap((part) => [
          encoder.encode(`--${boundary}\r\n${header(part)}`),
          typeof part.value === "string" ? encoder.encode(part.value) : part.value,
          encoder.encode("\r\n")
        ]),
        encoder.encode(`--${boundary}--\r\n`)
      ])
    }))
  })

/** A form body, made of the parts of an encoded input. */
export const form =
  <A, I>(schema: Schema.Schema<A, I>, parts: (encoded: I) => ReadonlyArray<Part>): EncodeBody<A> =>
  (body) =>
    Effect.flatMap(encodeInput(schema)(body), (encoded) =>
      Effect.flatMap(writeForm(parts(encoded)), ({ bytes, contentType }) =>
        limitBytes(HttpBody.uint8Array(bytes, contentType))
      )
    )
