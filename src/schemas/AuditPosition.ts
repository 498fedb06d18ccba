/**
 * A place in an app's audit trail, small enough to be kept after every row.
 *
 * @since 0.1.0
 */
import type * as Order from "effect/Order"
import * as Schema from "effect/Schema"
import { comparePlaces, type Place } from "./internal/place.js"
import * as Wire from "./internal/wire.js"
import { Timestamp } from "./Timestamp.js"

const position = () =>
  Schema.Struct({
    /** The row's own moment, to the microsecond. */
    timestamp: Timestamp,
    /** Tells apart rows that share a microsecond. */
    requestId: Schema.String,
    /** Where the window of the run that gave it begins, so that a later run ends where that one would have. */
    startDate: Wire.optional(Timestamp)
  })

export type { Place } from "./internal/place.js"

/**
 * The place of one row. Encodes to `{ timestamp, requestId, startDate? }`, all texts: `Schema.encode(Schema.parseJson(AuditPosition))`.
 *
 * @since 0.1.0
 * @category models
 */
export interface AuditPosition extends Schema.Schema.Type<ReturnType<typeof position>> {}

/**
 * An `AuditPosition` as JSON.
 *
 * @since 0.1.0
 * @category encoded
 */
export interface AuditPositionEncoded extends Schema.Schema.Encoded<ReturnType<typeof position>> {}

/**
 * The schema of an `AuditPosition`, with what makes and compares them.
 *
 * @since 0.1.0
 * @category models
 */
export interface AuditPositionSchema extends Schema.Schema<AuditPosition, AuditPositionEncoded> {
  /** The place of a row, without a window. */
  readonly of: (row: Place) => AuditPosition
  /** The order of the trail, oldest first: by moment, then by request id. */
  readonly Order: Order.Order<Place>
}

/**
 * A place in an audit trail: decode what an earlier run has kept and go on from there.
 *
 * @since 0.1.0
 * @category models
 */
export const AuditPosition = Wire.lazy((): AuditPositionSchema =>
  Object.assign(position().annotations({ identifier: "AuditPosition" }), {
    of: ({ requestId, timestamp }: Place) => ({ timestamp, requestId }),
    Order: comparePlaces
  })
)
