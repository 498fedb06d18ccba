/**
 * The rows that arrive, oldest first.
 *
 * A row can be read only some time after its own moment. So nothing younger than the lag is given: what is older is complete, and
 * the last row given is all that must be remembered.
 */
import * as Chunk from "effect/Chunk"
import * as DateTime from "effect/DateTime"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Stream from "effect/Stream"
import type { ApiAuditLog } from "../../../schemas/AuditLog.js"
import { placeOf } from "../../../schemas/internal/place.js"
import { Timestamp } from "../../../schemas/Timestamp.js"
import { refuse } from "../refuse.js"
import type { ApiAuditEntry, TailApiAuditLogsOptions } from "./options.js"
import {
  checkReach,
  isBefore,
  isRefusalOfDates,
  logOffsets,
  pageSize,
  type ReadPage,
  type TrailError
} from "./reading.js"
import { type Found, sliceByDate, sliceByOffset, type Slicing } from "./slices.js"
import { now, toTimestamp } from "./window.js"

const name = "tailApiAuditLogs"
const defaultLag = Duration.seconds(10)
const defaultInterval = Duration.seconds(5)

interface State {
  readonly slicing: Slicing
  /** Everything that could be read has been given: wait before the next look. */
  readonly isIdle: boolean
}

type Step = Effect.Effect<readonly [Chunk.Chunk<ApiAuditEntry>, Option.Option<State>], TrailError>

/** The endless stream of a trail's new rows. */
export const auditTail = (read: ReadPage, options: TailApiAuditLogsOptions): Stream.Stream<ApiAuditEntry, TrailError> =>
  Stream.unwrap(
    Effect.gen(function* () {
      const { from, keyId, outcome } = options
      const lag = yield* duration("lag", options.lag ?? defaultLag)
      const interval = yield* duration("interval", options.interval ?? defaultInterval)
      const start =
        from !== undefined
          ? from.timestamp
          : options.startDate === undefined
            ? yield* now
            : yield* toTimestamp(name, "startDate", options.startDate)
      const tail: Tail = {
        read: (page) => read({ keyId, outcome, ...page }),
        size: pageSize(options.limit),
        lag,
        interval
      }
      const state: State = {
        slicing: { _tag: "ByDate", start, last: from, width: Number.POSITIVE_INFINITY },
        isIdle: false
      }
      return Stream.paginateChunkEffect(state, (state) => look(tail, state))
    })
  )

const duration = (field: string, input: Duration.DurationInput) => {
  const decoded = Duration.decodeUnknown(input)
  return Option.isSome(decoded) && Duration.isFinite(decoded.value)
    ? Effect.succeed(decoded.value)
    : Effect.fail(refuse(name, field, "a finite duration"))
}

interface Tail {
  readonly read: ReadPage
  readonly size: number
  readonly lag: Duration.Duration
  readonly interval: Duration.Duration
}

/** One slice of what has become old enough; looks again until there is something to give. */
const look = (tail: Tail, { isIdle, slicing }: State): Step =>
  Effect.gen(function* () {
    if (isIdle) yield* Effect.sleep(tail.interval)
    const horizon = yield* Effect.map(now, (moment) =>
      Timestamp.fromDateTime(DateTime.subtractDuration(moment.utc, tail.lag))
    )
    if (isBefore(horizon, slicing.start)) return yield* look(tail, { isIdle: true, slicing })
    const found = yield* slice(tail, slicing, horizon)
    const next: State = { slicing: found.next, isIdle: found.isComplete }
    return found.rows.length === 0
      ? yield* look(tail, next)
      : ([Chunk.unsafeFromArray(found.rows.map(toEntry)), Option.some(next)] as const)
  })

const toEntry = (row: ApiAuditLog): ApiAuditEntry => ({ row, position: placeOf(row) })

const slice = (tail: Tail, slicing: Slicing, horizon: Timestamp): Effect.Effect<Found, TrailError> =>
  slicing._tag === "ByOffset"
    ? sliceByOffset(tail, slicing, horizon)
    : Effect.catchIf(sliceByDate(tail, slicing, horizon), isRefusalOfDates, (refusal) =>
        Effect.gen(function* () {
          yield* checkReach(slicing.start, refusal)
          yield* logOffsets
          const { last, start } = slicing
          return yield* sliceByOffset(tail, { _tag: "ByOffset", start, last, offset: 0, refusal }, horizon)
        })
      )
