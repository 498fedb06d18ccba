/**
 * The rows that arrive, oldest first.
 *
 * A row can be read only some time after its own moment. So nothing younger than the lag is given: what is older is complete, and
 * the last row given is all that must be remembered.
 */
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import type * as Stream from "effect/Stream"
import type { Place } from "../../../schemas/internal/place.js"
import type { Timestamp } from "../../../schemas/Timestamp.js"
import { checkDuration } from "../duration.js"
import { isBefore } from "../isBefore.js"
import { timeLeft } from "../limits.js"
import { checkMembers } from "../members.js"
import { paged, type ReadRows } from "../paged.js"
import { sleep } from "../sleep.js"
import type { ApiAuditEntry, TailApiAuditLogsOptions } from "./options.js"
import { ago, checkFrom, entries, moment, type Pages, type TrailError, trailOf } from "./reading.js"
import { byDate, type Slice } from "./slices.js"

const name = "tailApiAuditLogs"

type ReadEntries = ReadRows<ApiAuditEntry, TrailError>

/** The endless stream of a trail's new rows. */
export const auditTail = (
  pages: Pages,
  appSlug: string,
  options: TailApiAuditLogsOptions
): Stream.Stream<ApiAuditEntry, TrailError> => {
  const { from, onProgress } = options
  const first: ReadEntries = Effect.gen(function* () {
    yield* checkMembers(name, options, [
      "startDate",
      "from",
      "keyId",
      "outcome",
      "limit",
      "lag",
      "interval",
      "onProgress"
    ])
    yield* checkFrom(name, from)
    const lag = yield* checkDuration(name, "lag", options.lag ?? 10_000, 0)
    const interval = Duration.toMillis(yield* checkDuration(name, "interval", options.interval ?? 5000, 1))
    const start = from?.timestamp ?? (yield* moment(name, "startDate", options)) ?? (yield* ago(0))

    /**
     * One slice of what has become old enough. Waits first where the look before has given everything that could be read; `before` is
     * how long that one had until the deadline in scope.
     */
    const look = (slice: Slice, start: Timestamp, last: Place | undefined, before?: number): ReadEntries =>
      Effect.gen(function* () {
        if (before !== undefined) {
          // Not past the deadline, of which the next page's call tells; a mock's may not.
          yield* Effect.flatMap(timeLeft, (left) => sleep(before > 0 ? Math.min(interval, left) : interval))
        }
        const complete = yield* ago(lag)
        const left = yield* timeLeft
        const isEarly = isBefore(complete, start)
        // A deadline that has passed is told by the call alone, which then asks for nothing that is too young.
        if (isEarly && left > 0) return [[], look(slice, start, last, left)]
        const horizon = isEarly ? start : complete
        const [rows, reached, next] = yield* slice(start, last, horizon)
        if (onProgress !== undefined && rows.length === 0 && isBefore(start, reached)) {
          // After all that was given, and before every row of that moment, of which none is there.
          yield* onProgress({ timestamp: reached, requestId: "" })
        }
        return [entries(rows), look(next, reached, rows.at(-1) ?? last, reached === horizon ? left : undefined)]
      })

    return yield* look(byDate(trailOf(pages, appSlug, options), Infinity), start, from)
  })
  return paged(name, first, 0)
}
