/**
 * Time in whole microseconds since the epoch, the resolution of every stored timestamp.
 *
 * A `bigint`, because a `number` is not exact to the microsecond after the year 2255 and
 * expiry dates such as `9999-12-31T23:59:59.999999Z` must come back as they were given.
 */
import * as Effect from "effect/Effect"

export type Moment = bigint

export const second = 1_000_000n
export const minute = 60n * second
export const hour = 60n * minute
export const day = 24n * hour

/** How far a clock's fine time may be from the time that it shows: it starts less exactly, and is not corrected. */
const tolerance = 10_000n

/**
 * The clock's present, not yet made later than what was written before: see `World.stamp`. The fine time of the live clock only counts what
 * went by since the process began: it takes no part in a fake `Date`, nor in what passes while the machine sleeps. To the nearest microsecond,
 * because the nanoseconds of a `TestClock` were a `number` and stand up to 128 off in our days, to either side.
 */
export const now: Effect.Effect<Moment> = Effect.map(Effect.clock, (clock) => {
  const shown = fromMillis(clock.unsafeCurrentTimeMillis())
  const fine = (clock.unsafeCurrentTimeNanos() + 500n) / 1000n
  return fine - shown < tolerance && shown - fine < tolerance ? fine : shown
})

export const fromMillis = (millis: number): Moment => BigInt(Math.floor(millis)) * 1000n

/** Whole milliseconds, rounded towards the past. */
export const toMillis = (moment: Moment): number => Number(floorDiv(moment, 1000n))

export const floorDiv = (a: bigint, b: bigint): bigint => {
  const quotient = a / b
  return a % b < 0n ? quotient - 1n : quotient
}

/** RFC 3339 in UTC with `Z` and 0, 3 or 6 digits of fraction: the shortest exact one. */
export const format = (moment: Moment): string => {
  const seconds = floorDiv(moment, second)
  const micros = Number(moment - seconds * second)
  const whole = new Date(Number(seconds) * 1000).toISOString().slice(0, -5)
  if (micros === 0) return whole + "Z"
  return micros % 1000 === 0
    ? `${whole}.${String(micros / 1000).padStart(3, "0")}Z`
    : `${whole}.${String(micros).padStart(6, "0")}Z`
}

export const formatNullable = (moment: Moment | null): string | null => (moment === null ? null : format(moment))

// The server's date parser is laxer than RFC 3339: one digit does for two, blanks may stand around the time,
// `UTC` may stand for `Z`, the colon of the offset may be missing. The offset itself may not.
const pattern =
  /^(\d{4})-(\d{1,2})-(\d{1,2})[Tt ](\d{1,2}):(\d{1,2}):(\d{1,2})(?:\.(\d+))?\s*(?:([Zz]|[Uu][Tt][Cc])|([+\u2212-])(\d\d)[:\s]*(\d\d))$/

/** Reads a timestamp of a request or of a world file. `undefined`: it is none. Digits beyond the sixth are dropped. */
export const parse = (text: string): Moment | undefined => {
  const match = pattern.exec(text)
  if (match === null) return undefined
  const part = (index: number) => Number(match[index] ?? "0")
  const [year, month, dayOfMonth, hours, minutes, seconds] = [part(1), part(2), part(3), part(4), part(5), part(6)]
  if (month < 1 || month > 12 || minutes > 59 || seconds > 60) return undefined
  const [offsetHours, offsetMinutes] = [part(10), part(11)]
  if (offsetHours > 23 || offsetMinutes > 59) return undefined
  const date = new Date(0)
  date.setUTCFullYear(year, month - 1, dayOfMonth)
  date.setUTCHours(hours, minutes, seconds)
  // a day or an hour that does not exist falls on another day
  if (seconds < 60 && date.getUTCDate() !== dayOfMonth) return undefined
  if (seconds === 60 && new Date(date.getTime() - 1000).getUTCDate() !== dayOfMonth) return undefined
  const offset = (offsetHours * 60 + offsetMinutes) * (match[9] === "+" ? 1 : match[9] === undefined ? 0 : -1)
  const fraction = (match[7] ?? "").slice(0, 6).padEnd(6, "0")
  return BigInt(date.getTime() - offset * 60_000) * 1000n + BigInt(fraction)
}

export const max = (a: Moment, b: Moment): Moment => (a > b ? a : b)
