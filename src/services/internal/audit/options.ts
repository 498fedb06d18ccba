/**
 * What the audit streams take and give.
 */
import type * as Duration from "effect/Duration"
import type * as Effect from "effect/Effect"
import type { ApiAuditLog, GetApiAuditLogsQuery } from "../../../schemas/AuditLog.js"
import type { AuditPosition } from "../../../schemas/AuditPosition.js"

/** Which rows, besides the window. */
export interface Filter extends Pick<GetApiAuditLogsQuery, "keyId" | "outcome"> {}

/**
 * A row of an audit trail, and the position from which a later run goes on after it.
 *
 * @since 0.1.0
 * @category models
 */
export interface ApiAuditEntry {
  readonly row: ApiAuditLog
  readonly position: AuditPosition
}

/**
 * Which audit rows `streamApiAuditLogs` gives. `limit` is the size of a page: 1000, the most that the server gives, when left out.
 * Without `startDate` the last 7 days; without `endDate` up to the millisecond in which the stream starts, to its end.
 *
 * @since 0.1.0
 * @category inputs
 */
export interface StreamApiAuditLogsQuery
  extends Filter, Pick<GetApiAuditLogsQuery, "startDate" | "endDate" | "limit"> {}

/**
 * How `streamApiAuditLogs` reads.
 *
 * @since 0.1.0
 * @category inputs
 */
export interface StreamApiAuditLogsOptions {
  /** Goes on after this row; give the same query as the run that gave it. */
  readonly from?: AuditPosition | undefined
  /** How many pages may be fetched before they are asked for, at most 100: 1 when left out, 0 for none. */
  readonly prefetch?: number | undefined
}

/**
 * What `tailApiAuditLogs` follows, and how closely. It begins with the rows of `startDate`; when left out, with those from now on.
 *
 * @since 0.1.0
 * @category inputs
 */
export interface TailApiAuditLogsOptions extends Filter, Pick<GetApiAuditLogsQuery, "startDate" | "limit"> {
  /** Begins after this row; wins over `startDate`. */
  readonly from?: AuditPosition | undefined
  /** How late a row may become readable, the difference of the two clocks included: 10 s when left out. Rows are given this much later. */
  readonly lag?: Duration.DurationInput | undefined
  /** How long to wait before looking again, 1 ms or more: 5 s when left out. */
  readonly interval?: Duration.DurationInput | undefined
  /**
   * Run where a look has found nothing, before the next rows are asked for: everything up to this position has been taken. Kept as `from` for a
   * restart, it spares reading a quiet time again, which a database that refuses dates allows for 7 days only. It may come every `interval`.
   * Taken is not stored: keep it only where each row is stored before the next is asked for, as by `Stream.runForEach`; behind `buffer`,
   * `groupedWithin` or a concurrent `mapEffect` rows are still on their way, and a restart would miss them.
   */
  readonly onProgress?: ((position: AuditPosition) => Effect.Effect<void>) | undefined
}
