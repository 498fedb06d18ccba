/**
 * JSON whose integers beyond 2^53 survive, as their decimal text.
 *
 * The platform sends the ids of rate-limit schemes as raw 64-bit numbers, and free JSON may hold any. Node 20 gives a reviver no source text.
 */

/**
 * Whole integers of 16 digits and more, but for those where a key belongs: a bare one is no JSON, and must not become JSON by being quoted.
 * Strings are matched too, so that digits inside them are passed over; one that never ends goes on to the end of the text.
 */
const token = /"[^"\\]*(?:\\[^][^"\\]*)*(?:"|\\?$)|(?<![\w.+-])-?[1-9]\d{15,}(?![\w.]|\s*:)/g

/** Throws what `JSON.parse` throws; for use under `Either.try`. */
export const parseLossless = (text: string): unknown =>
  JSON.parse(
    text.replace(token, (found) =>
      found.startsWith('"') || Number.isSafeInteger(Number(found)) ? found : `"${found}"`
    )
  )
