/**
 * JSON whose integers beyond 2^53 survive, as their decimal text.
 *
 * The platform sends the ids of rate-limit schemes as raw 64-bit numbers, and free JSON may hold any. Node 20 gives a reviver no source text.
 */

/** In valid JSON a number follows one of these or begins the text, so no bare integer of 16 digits can be missed; a hit inside a string only costs time. */
const suspect = /(?:^|[:,[\s-])\d{16}/

/** Strings are matched too, so that digits inside them are passed over; one that never ends goes on to the end of the text. */
const token = /"[^"\\]*(?:\\[^][^"\\]*)*(?:"|\\?$)|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/g

const isUnsafeInteger = (text: string): boolean => /^-?\d{16,}$/.test(text) && !Number.isSafeInteger(Number(text))

const colon = /\s*:/y

/** A bare number where a key belongs is no JSON, and must not become JSON by being quoted. */
const isKey = (text: string, end: number): boolean => {
  colon.lastIndex = end
  return colon.test(text)
}

const quoteUnsafeIntegers = (text: string): string =>
  text.replace(token, (found, offset: number) =>
    isUnsafeInteger(found) && !isKey(text, offset + found.length) ? `"${found}"` : found
  )

/** Throws what `JSON.parse` throws; for use under `Either.try`. */
export const parseLossless = (text: string): unknown =>
  JSON.parse(suspect.test(text) ? quoteUnsafeIntegers(text) : text)
