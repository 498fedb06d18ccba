/**
 * The audit trail counted by intervals.
 *
 * @since 0.1.0
 */
import * as Schema from "effect/Schema"
import { KeyId } from "./Ids.js"
import { Percentage } from "./internal/fields.js"
import * as Wire from "./internal/wire.js"
import { Timestamp, TimestampInput } from "./Timestamp.js"

const intervals = ["minute", "hour", "day", "week", "month"] as const

/**
 * The decisions of one interval.
 *
 * @since 0.1.0
 * @category models
 */
export const ApiAuditTimeseriesPoint = Wire.lazy(() =>
  Wire.Struct({
    /** Where the interval begins, in UTC; weeks begin on Sunday. */
    timestamp: Timestamp,
    totalRequests: Schema.Int,
    allowedRequests: Schema.Int,
    blockedRequests: Schema.Int,
    /** 0 to 100. */
    successRate: Percentage
  })
)
/**
 * The decisions of one interval.
 *
 * @since 0.1.0
 * @category models
 */
export interface ApiAuditTimeseriesPoint extends Schema.Schema.Type<typeof ApiAuditTimeseriesPoint> {}
/**
 * An `ApiAuditTimeseriesPoint` as JSON.
 *
 * @since 0.1.0
 * @category encoded
 */
export interface ApiAuditTimeseriesPointEncoded extends Schema.Schema.Encoded<typeof ApiAuditTimeseriesPoint> {}

/**
 * Decisions over time.
 *
 * @since 0.1.0
 * @category models
 */
export const ApiAuditTimeseries = Wire.lazy(() =>
  Wire.Struct({
    /** Oldest first; intervals without requests are missing. */
    data: Wire.list<ApiAuditTimeseriesPoint, ApiAuditTimeseriesPointEncoded>(ApiAuditTimeseriesPoint),
    interval: Wire.open(...intervals)
  })
)
/**
 * Decisions over time.
 *
 * @since 0.1.0
 * @category models
 */
export interface ApiAuditTimeseries extends Schema.Schema.Type<typeof ApiAuditTimeseries> {}

/**
 * What `getApiAuditTimeseries` counts over.
 *
 * @since 0.1.0
 * @category inputs
 */
export const GetApiAuditTimeseriesQuery = Wire.lazy(() =>
  Wire.Struct({
    /** The last 30 days when left out. */
    startDate: Wire.optional(TimestampInput),
    /** The server ignores it unless `startDate` is given. */
    endDate: Wire.optional(TimestampInput),
    /** Of one key only. */
    keyId: Wire.optional(KeyId),
    /** `hour` when left out; the server would take anything unknown for it silently. */
    interval: Wire.optional(Schema.Literal(...intervals))
  })
)
/**
 * What `getApiAuditTimeseries` counts over.
 *
 * @since 0.1.0
 * @category inputs
 */
export interface GetApiAuditTimeseriesQuery extends Schema.Schema.Type<typeof GetApiAuditTimeseriesQuery> {}
