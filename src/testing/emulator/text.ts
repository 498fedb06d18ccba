/** Text as the server handles it: blanks are Unicode's `White_Space` (JavaScript's `trim` differs), order is by bytes. */
import * as Either from "effect/Either"

const blank = /\p{White_Space}/u

const isBlankAt = (text: string, index: number): boolean => blank.test(text.charAt(index))

/** Without blanks at both ends. Two loops, because a regular expression for the end is quadratic in inner blanks. */
export const trim = (text: string): string => {
  let start = 0
  let end = text.length
  while (start < end && isBlankAt(text, start)) start++
  while (end > start && isBlankAt(text, end - 1)) end--
  return text.slice(start, end)
}

/** Trimmed; what is blank is nothing. */
export const trimToNull = (text: string | null | undefined): string | null => {
  if (text === null || text === undefined) return null
  const trimmed = trim(text)
  return trimmed === "" ? null : trimmed
}

/** Orders by UTF-8 bytes, which is the order of code points and not that of UTF-16 units. */
export const compareBytes = (a: string, b: string): number => {
  const [left, right] = [Array.from(a), Array.from(b)]
  for (let index = 0; index < left.length && index < right.length; index++) {
    const difference = (left[index]?.codePointAt(0) ?? 0) - (right[index]?.codePointAt(0) ?? 0)
    if (difference !== 0) return difference
  }
  return left.length - right.length
}

const encoder = new TextEncoder()

export const byteLength = (text: string): number => encoder.encode(text).length

/** Takes no bytes but those of text. */
export const strictUtf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true })

/** Strict UTF-8; `undefined` where the bytes are none. */
export const decodeUtf8 = (bytes: Uint8Array): string | undefined =>
  Either.getOrUndefined(Either.try(() => strictUtf8.decode(bytes)))

/** Percent-decodes, bytes by a decoder; a stray `%` stands for itself. */
export const percentDecode = (text: string, decoder: TextDecoder): string =>
  text.replace(/(?:%[0-9a-fA-F]{2})+/g, (run) =>
    decoder.decode(Uint8Array.from(run.slice(1).split("%"), (hex) => Number.parseInt(hex, 16)))
  )

/** Nothing but blanks. */
export const isBlank = (text: string): boolean => trim(text) === ""
