/**
 * How long the server asks to wait.
 */
import * as Duration from "effect/Duration"
import * as Option from "effect/Option"

/** The three forms of an HTTP date; all are in GMT, of which the last one does not say so. */
const httpDate =
  /^[A-Za-z]{3,9}(?:, \d\d[ -][A-Za-z]{3}[ -](?:\d\d){1,2} \d\d:\d\d:\d\d GMT| [A-Za-z]{3} [ \d]\d \d\d:\d\d:\d\d \d{4})$/

/** Of seconds or of a date. */
const fromHeader = (header: string, now: number): number =>
  /^\d+(?:\.\d+)?$/.test(header)
    ? Number(header) * 1000
    : httpDate.test(header)
      ? Date.parse(header.replace(/(?: GMT)?$/, " GMT")) - now
      : Number.NaN

/** The platform prints the gateway's milliseconds as seconds; exactly 60 is its fallback, and means seconds. */
const fromMessage = (message: string): number => {
  const value = Number(/\bretry after (\d+(?:\.\d+)?) seconds?\b/i.exec(message)?.[1])
  return value === 60 ? 60_000 : value
}

/** 31 days, in milliseconds. */
const longest = 2_678_400_000

/** From the header where there is one, else from the server's words; at most 31 days. Unreadable: none. */
export const retryAfter = (
  header: string | undefined,
  message: string,
  now: number
): Option.Option<Duration.Duration> => {
  const millis = header === undefined ? fromMessage(message) : fromHeader(header.trim(), now)
  return Number.isNaN(millis) ? Option.none() : Option.some(Duration.millis(Math.min(millis, longest)))
}
