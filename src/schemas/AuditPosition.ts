/**
 * A place in an app's audit trail, small enough to be kept after every row.
 *
 * @since 0.1.0
 */
import * as Order from "effect/Order"
import * as Schema from "effect/Schema"
import type { ApiAuditLog } from "./AuditLog.js"
import * as Wire from "./internal/wire.js"
import { Timestamp } from "./Timestamp.js"

const fields = {
  /** The row's own moment, to the microsecond. */
  timestamp: Timestamp,
  /** Tells apart rows that share a microsecond. */
  requestId: Schema.String,
  /** Where the window of the run that gave it begins, so that a later run ends where that one would have. */
  startDate: Wire.optional(Timestamp)
}

const Position = Schema.Struct(fields)

/**
 * The place of one row. Encodes to `{ timestamp, requestId, startDate? }`, all texts: `Schema.encode(Schema.parseJson(AuditPosition))`.
 *
 * @since 0.1.0
 * @category models
 */
export interface AuditPosition extends Schema.Schema.Type<typeof Position> {}

/**
 * An `AuditPosition` as JSON.
 *
 * @since 0.1.0
 * @category encoded
 */
export interface AuditPositionEncoded extends Schema.Schema.Encoded<typeof Position> {}

/**
 * The schema of an `AuditPosition`, with what makes and compares them.
 *
 * @since 0.1.0
 * @category models
 */
export interface AuditPositionSchema extends Schema.Schema<AuditPosition, AuditPositionEncoded> {
  /** The place of a row, without a window. */
  readonly of: (row: Pick<ApiAuditLog, "timestamp" | "requestId">) => AuditPosition
  /** The order of the trail, oldest first: by moment, then by request id. */
  readonly Order: Order.Order<Pick<AuditPosition, "timestamp" | "requestId">>
}

/**
 * A place in an audit trail: decode what an earlier run has kept and go on from there.
 *
 * @since 0.1.0
 * @category models
 */
export const AuditPosition: AuditPositionSchema = Object.assign(
  Schema.Struct(fields).annotations({ identifier: "AuditPosition" }),
  {
    of: ({ requestId, timestamp }: Pick<ApiAuditLog, "timestamp" | "requestId">): AuditPosition => ({
      timestamp,
      requestId
    }),
    Order: Order.make<Pick<AuditPosition, "timestamp" | "requestId">>(
      (a, b) =>
        Timestamp.Order(a.timestamp, b.timestamp) ||
        (a.requestId < b.requestId ? -1 : a.requestId > b.requestId ? 1 : 0)
    )
  }
)
