/**
 * The server's spelling of moments, on the text alone.
 */
import * as Order from "effect/Order"

const form = /^\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])T(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:\.\d{1,9})?Z$/

const daysIn = (year: number, month: number): number => {
  if (month === 2) return year % (year % 100 === 0 ? 400 : 4) === 0 ? 29 : 28
  // They alternate, and from August on the other way round.
  return 30 + ((month ^ (month >> 3)) & 1)
}

/** Whether text is RFC 3339 with `Z` and at most nine decimals, of a day and a second that exist. */
export const isTimestampText = (text: string): boolean => {
  if (!form.test(text)) return false
  const day = Number(text.slice(8, 10))
  return day <= 28 || day <= daysIn(Number(text.slice(0, 4)), Number(text.slice(5, 7)))
}

/** One spelling per instant: without trailing zeros in the decimals. */
export const wholeText = (text: string): string => {
  const moment = text.slice(0, -1)
  return text.length > 20 && text.endsWith("0Z") ? moment.replace(/\.?0+$/, "") : moment
}

/** Orders two such texts by instant, to the last decimal: all are in UTC and every digit has its place, so it is digit by digit. */
export const compareText = (a: string, b: string): -1 | 0 | 1 =>
  a.length === b.length ? Order.string(a, b) : Order.string(wholeText(a), wholeText(b))

const first = -62167219200000
const last = 253402300799999

/** The shortest spelling of a moment, as the server would write it; outside the years 0 to 9999 the nearest inside. */
export const textOfMillis = (millis: number): string =>
  new Date(Math.min(Math.max(millis, first), last)).toISOString().replace(".000Z", "Z")

/** Whether RFC 3339 can write the moment; false for what is no number. */
export const isWritableMillis = (millis: number): boolean => millis >= first && millis <= last
