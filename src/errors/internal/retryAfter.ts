/**
 * How long the server asks to wait.
 */
import * as Duration from "effect/Duration"
import * as Option from "effect/Option"

const longest = Duration.toMillis("31 days")

const fromMillis = (millis: number): Option.Option<Duration.Duration> =>
  Number.isNaN(millis) ? Option.none() : Option.some(Duration.millis(Math.min(Math.max(millis, 0), longest)))

/** The three forms of an HTTP date; all are in GMT, of which the last one does not say so. */
const httpDate =
  /^(?:[A-Za-z]{3}, \d{2} [A-Za-z]{3} \d{4}|[A-Za-z]{6,9}, \d{2}-[A-Za-z]{3}-\d{2}) \d{2}:\d{2}:\d{2} GMT$/
const asctimeDate = /^[A-Za-z]{3} [A-Za-z]{3} [ \d]\d \d{2}:\d{2}:\d{2} \d{4}$/

const fromHeader = (header: string, now: number): Option.Option<Duration.Duration> => {
  const value = header.trim()
  if (/^\d+(?:\.\d+)?$/.test(value)) return fromMillis(Number(value) * 1000)
  if (httpDate.test(value)) return fromMillis(Date.parse(value) - now)
  if (asctimeDate.test(value)) return fromMillis(Date.parse(`${value} GMT`) - now)
  return Option.none()
}

/** The platform prints the gateway's milliseconds as seconds; exactly 60 is its fallback, and means seconds. */
const fromMessage = (message: string): Option.Option<Duration.Duration> => {
  const found = /\bretry after (\d+(?:\.\d+)?) seconds?\b/i.exec(message)?.[1]
  if (found === undefined) return Option.none()
  const value = Number(found)
  return fromMillis(value === 60 ? 60_000 : value)
}

/** From the header where there is one (seconds or a date), else from the server's words. Unreadable: none. */
export const retryAfter = (
  header: string | undefined,
  message: string,
  now: number
): Option.Option<Duration.Duration> => (header === undefined ? fromMessage(message) : fromHeader(header, now))
