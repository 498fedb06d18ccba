/**
 * The window of a stream, fixed when it starts.
 */
import * as Clock from "effect/Clock"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import type { EncodeError } from "../../../errors/ClientError.js"
import type { GetApiAuditLogsQuery } from "../../../schemas/AuditLog.js"
import type { AuditPosition } from "../../../schemas/AuditPosition.js"
import { Timestamp, type TimestampInput } from "../../../schemas/Timestamp.js"
import { refuse } from "../refuse.js"
import { daysWithoutDates, isBefore, ownWindowStart } from "./reading.js"

/** From `start` to `end`, both included. */
export interface Window {
  readonly start: Timestamp
  /** Left out where the position gone on from is the end. */
  readonly end: Timestamp | undefined
  /** Whether it is the server's own, which moves on: asked for by nobody. */
  readonly isOwn: boolean
}

/** A moment as the server gets it. */
export const toTimestamp = (
  name: string,
  field: string,
  input: TimestampInput
): Effect.Effect<Timestamp, EncodeError> => {
  const timestamp = Timestamp.is(input)
    ? Option.some(input)
    : Timestamp.fromDate(input instanceof Date ? input : DateTime.toDate(input))
  return Option.match(timestamp, {
    onNone: () => Effect.fail(refuse(name, field, "a valid date in the years 0 to 9999")),
    onSome: (value) => Effect.succeed(value)
  })
}

/** This client's present. */
export const now: Effect.Effect<Timestamp> = Effect.map(Clock.currentTimeMillis, (millis) =>
  Timestamp.fromDateTime(DateTime.unsafeMake(millis))
)

/**
 * Both ends are always said: the server ignores an end without a start, and rows that arrive later must not belong to the window.
 * A position's own start counts unless the query gives one.
 */
export const windowOf = (
  name: string,
  query: Pick<GetApiAuditLogsQuery, "startDate" | "endDate">,
  from: AuditPosition | undefined
): Effect.Effect<Window, EncodeError> =>
  Effect.gen(function* () {
    const given =
      query.startDate === undefined ? from?.startDate : yield* toTimestamp(name, "startDate", query.startDate)
    const end =
      query.endDate === undefined
        ? from === undefined
          ? yield* now
          : undefined
        : yield* toTimestamp(name, "endDate", query.endDate)
    const start = given ?? (yield* ownWindowStart)
    if (given === undefined && end !== undefined && isBefore(end, start)) {
      return yield* refuse(name, "startDate", `needed where endDate is more than ${daysWithoutDates} days ago`)
    }
    return { start, end, isOwn: given === undefined }
  })
