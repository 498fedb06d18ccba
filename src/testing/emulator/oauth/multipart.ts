/**
 * Reads a `multipart/form-data` body from bytes, with the server's refusals.
 *
 * A body over the limit is refused like one that was cut short there, since the server reads no further:
 * the part in which it happens is named.
 */
import * as Either from "effect/Either"
import { maxBodyBytes } from "../Call.js"
import { essence, parameters } from "./boundary.js"

/** One part: its raw bytes and, in lower case, its media type. */
export interface Part {
  readonly name: string
  readonly mediaType: string | undefined
  readonly value: Uint8Array
}

const maxHeaders = 32
const malformed = "Error parsing `multipart/form-data` request"
const nameMissing = "Multipart field name is missing"
const brokenField = (name: string) => `Invalid multipart field '${name}': ${malformed}`

const encoder = new TextEncoder()
const decoder = new TextDecoder()
const [carriageReturn, lineFeed, dash, space, tab] = [13, 10, 45, 32, 9]
const endOfHeaders = encoder.encode("\r\n\r\n")

const indexOf = (bytes: Uint8Array, sought: Uint8Array, from: number): number => {
  const first = sought[0] ?? 0
  for (let at = bytes.indexOf(first, from); at >= 0; at = bytes.indexOf(first, at + 1)) {
    if (sought.every((byte, offset) => bytes[at + offset] === byte)) return at
  }
  return -1
}

/** What follows a boundary: a part whose headers start at `headers`, the end, or neither. */
const afterBoundary = (bytes: Uint8Array, from: number): { readonly headers: number } | "end" | "malformed" => {
  if (bytes[from] === dash && bytes[from + 1] === dash) return "end"
  let at = from
  while (bytes[at] === space || bytes[at] === tab) at++
  return bytes[at] === carriageReturn && bytes[at + 1] === lineFeed ? { headers: at + 2 } : "malformed"
}

interface Headers {
  readonly name: string | undefined
  readonly mediaType: string | undefined
}

const headerLine = /^([!#$%&'*+\-.^_`|~0-9A-Za-z]+):(.*)$/s

const readHeaders = (text: string): Headers | undefined => {
  const lines = text.split("\r\n")
  if (lines.length > maxHeaders) return undefined
  const headers = new Map<string, string>()
  for (const line of lines) {
    const match = headerLine.exec(line)
    if (match === null) return undefined
    const name = (match[1] ?? "").toLowerCase()
    if (!headers.has(name)) headers.set(name, (match[2] ?? "").trim())
  }
  const disposition = headers.get("content-disposition")
  const type = headers.get("content-type")
  return {
    name: disposition === undefined ? undefined : parameters(disposition).find(([name]) => name === "name")?.[1],
    mediaType: type === undefined ? undefined : essence(type)
  }
}

/** The parts in the order sent, or the words of the refusal. */
export const parse = (boundary: string, body: Uint8Array): Either.Either<ReadonlyArray<Part>, string> => {
  const bytes = body.subarray(0, maxBodyBytes)
  const opening = encoder.encode(`--${boundary}`)
  const closing = encoder.encode(`\r\n--${boundary}`)
  const parts: Array<Part> = []
  const first = indexOf(bytes, opening, 0)
  if (first < 0) return Either.left(malformed)
  let at = first + opening.length
  for (;;) {
    const next = afterBoundary(bytes, at)
    if (next === "malformed") return Either.left(malformed)
    if (next === "end") return body.length > maxBodyBytes ? Either.left(malformed) : Either.right(parts)
    const end = indexOf(bytes, endOfHeaders, next.headers)
    const headers = end < 0 ? undefined : readHeaders(decoder.decode(bytes.subarray(next.headers, end)))
    if (headers === undefined) return Either.left(malformed)
    if (headers.name === undefined) return Either.left(nameMissing)
    const start = end + endOfHeaders.length
    const stop = indexOf(bytes, closing, start)
    if (stop < 0) return Either.left(brokenField(headers.name))
    parts.push({ name: headers.name, mediaType: headers.mediaType, value: bytes.subarray(start, stop) })
    at = stop + closing.length
  }
}
