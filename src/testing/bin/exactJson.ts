/** JSON of a file as plain values, an integer that a double would round as a `bigint`: metadata may hold any. */

const rounded = /[[:,\s]-?\d{16}/
const token = /"[^"\\]*(?:\\.[^"\\]*)*"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g
/** No text of an API holds this character. */
const mark = "\u0000"

const marked = (found: string): string =>
  /^-?[1-9]\d{15,}$/.test(found) && !Number.isSafeInteger(Number(found)) ? JSON.stringify(mark + found) : found

const unmarked = (_: string, value: unknown): unknown =>
  typeof value === "string" && value.startsWith(mark) && /^-?\d+$/.test(value.slice(1)) ? BigInt(value.slice(1)) : value

/** Throws where the text is no JSON. */
export const parseExact = (text: string): unknown =>
  rounded.test(text) ? JSON.parse(text.replace(token, marked), unmarked) : JSON.parse(text)
