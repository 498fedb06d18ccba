/**
 * The audit trail of an app: one row per decision of the gateway, and what is counted over them.
 *
 * @since 0.1.0
 */
import * as Schema from "effect/Schema"
import { DeploymentId, KeyId } from "./Ids.js"
import { JsonValue } from "./internal/fields.js"
import { NotEmpty, QueryBoolean, QueryUnsigned } from "./internal/rules.js"
import * as Wire from "./internal/wire.js"
import { Timestamp, TimestampInput } from "./Timestamp.js"

/**
 * What was left of one rule when a request was judged: the shape of the items of an audit row's `rateLimits`.
 *
 * @since 0.1.0
 * @category models
 */
export const RateLimitState = Wire.Struct({
  /** `120/60s`: the most, and the window in seconds, or in `ms` below one second. Not unique. */
  rule: Schema.String,
  remaining: Schema.Int,
  limit: Schema.Int
})
/**
 * @since 0.1.0
 * @category models
 */
export interface RateLimitState extends Schema.Schema.Type<typeof RateLimitState> {}
/**
 * A `RateLimitState` as JSON.
 *
 * @since 0.1.0
 * @category encoded
 */
export interface RateLimitStateEncoded extends Schema.Schema.Encoded<typeof RateLimitState> {}

/**
 * One decision of the gateway.
 *
 * @since 0.1.0
 * @category models
 */
export const ApiAuditLog = Wire.Struct({
  /** The id that the gateway returned: `req_` and a number. */
  requestId: Schema.String,
  deploymentId: DeploymentId,
  appSlug: Schema.String,
  /** `"0"` where an OAuth access token was judged. */
  keyId: KeyId,
  /** The client id, `oc_…`, where an OAuth access token was judged. */
  keyName: Schema.String,
  /** `VALID` or `BLOCKED`: other words than those of the `outcome` filter. */
  outcome: Wire.open("VALID", "BLOCKED"),
  /** `permission_denied`, or the rule that refused: `100/60s`. */
  blockedByRule: Wire.nullable(Schema.String),
  clientIp: Schema.String,
  /** Method and path: `GET /v1/reports`. */
  path: Schema.String,
  userAgent: Wire.nullable(Schema.String),
  /** JSON with its own keys, in practice an array of `RateLimitState`. */
  rateLimits: Wire.nullable(JsonValue),
  /** With microseconds; rows may share one. */
  timestamp: Timestamp
})
/**
 * @since 0.1.0
 * @category models
 */
export interface ApiAuditLog extends Schema.Schema.Type<typeof ApiAuditLog> {}
/**
 * An `ApiAuditLog` as JSON.
 *
 * @since 0.1.0
 * @category encoded
 */
export interface ApiAuditLogEncoded extends Schema.Schema.Encoded<typeof ApiAuditLog> {}

/**
 * The requests of one key.
 *
 * @since 0.1.0
 * @category models
 */
export const ApiAuditTopKey = Wire.Struct({
  /** `"0"` gathers all OAuth access tokens of a client. */
  keyId: KeyId,
  keyName: Schema.String,
  totalRequests: Schema.Int
})
/**
 * @since 0.1.0
 * @category models
 */
export interface ApiAuditTopKey extends Schema.Schema.Type<typeof ApiAuditTopKey> {}
/**
 * An `ApiAuditTopKey` as JSON.
 *
 * @since 0.1.0
 * @category encoded
 */
export interface ApiAuditTopKeyEncoded extends Schema.Schema.Encoded<typeof ApiAuditTopKey> {}

/**
 * The requests of one path.
 *
 * @since 0.1.0
 * @category models
 */
export const ApiAuditTopPath = Wire.Struct({
  /** Method and path: `GET /v1/reports`. */
  path: Schema.String,
  totalRequests: Schema.Int
})
/**
 * @since 0.1.0
 * @category models
 */
export interface ApiAuditTopPath extends Schema.Schema.Type<typeof ApiAuditTopPath> {}
/**
 * An `ApiAuditTopPath` as JSON.
 *
 * @since 0.1.0
 * @category encoded
 */
export interface ApiAuditTopPathEncoded extends Schema.Schema.Encoded<typeof ApiAuditTopPath> {}

/**
 * The refusals of one rule.
 *
 * @since 0.1.0
 * @category models
 */
export const ApiAuditBlockedReason = Wire.Struct({
  blockedByRule: Schema.String,
  count: Schema.Int,
  /** 0 to 100, of the refusals that name a rule. */
  percentage: Schema.Number
})
/**
 * @since 0.1.0
 * @category models
 */
export interface ApiAuditBlockedReason extends Schema.Schema.Type<typeof ApiAuditBlockedReason> {}
/**
 * An `ApiAuditBlockedReason` as JSON.
 *
 * @since 0.1.0
 * @category encoded
 */
export interface ApiAuditBlockedReasonEncoded extends Schema.Schema.Encoded<typeof ApiAuditBlockedReason> {}

/**
 * The hits of one rate-limit rule.
 *
 * @since 0.1.0
 * @category models
 */
export const ApiAuditRateLimitRule = Wire.Struct({
  rule: Schema.String,
  hitCount: Schema.Int,
  /** 0 to 100, of all hits. */
  percentage: Schema.Number
})
/**
 * @since 0.1.0
 * @category models
 */
export interface ApiAuditRateLimitRule extends Schema.Schema.Type<typeof ApiAuditRateLimitRule> {}
/**
 * An `ApiAuditRateLimitRule` as JSON.
 *
 * @since 0.1.0
 * @category encoded
 */
export interface ApiAuditRateLimitRuleEncoded extends Schema.Schema.Encoded<typeof ApiAuditRateLimitRule> {}

/**
 * Refusals by rules named `rate_limit:…`, a form that the gateway does not write: expect zeros.
 *
 * @since 0.1.0
 * @category models
 */
export const ApiAuditRateLimitStats = Wire.Struct({
  totalHits: Schema.Int,
  /** 0 to 100. */
  percentageOfBlocked: Schema.Number,
  /** None where there would be no item. */
  topRules: Wire.absent(Wire.list<ApiAuditRateLimitRule, ApiAuditRateLimitRuleEncoded>(ApiAuditRateLimitRule))
})
/**
 * @since 0.1.0
 * @category models
 */
export interface ApiAuditRateLimitStats extends Schema.Schema.Type<typeof ApiAuditRateLimitStats> {}
/**
 * An `ApiAuditRateLimitStats` as JSON.
 *
 * @since 0.1.0
 * @category encoded
 */
export interface ApiAuditRateLimitStatsEncoded extends Schema.Schema.Encoded<typeof ApiAuditRateLimitStats> {}

/**
 * Counts over the audit trail; each section is there where the query asked for it.
 *
 * @since 0.1.0
 * @category models
 */
export const ApiAuditAnalytics = Wire.Struct({
  /** All decisions; also those that are neither allowed nor blocked. */
  totalRequests: Schema.Int,
  allowedRequests: Schema.Int,
  blockedRequests: Schema.Int,
  /** 0 to 100; 0 where there were no requests. */
  successRate: Schema.Number,
  /** Of the last 24 hours, whatever dates and key were asked for. */
  keysUsed24h: Schema.propertySignature(Schema.Int).pipe(Schema.fromKey("keys_used_24h")),
  /** By count, largest first. */
  topKeys: Wire.absent(Wire.list<ApiAuditTopKey, ApiAuditTopKeyEncoded>(ApiAuditTopKey)),
  /** By count, largest first. */
  topPaths: Wire.absent(Wire.list<ApiAuditTopPath, ApiAuditTopPathEncoded>(ApiAuditTopPath)),
  /** By count, largest first. */
  blockedReasons: Wire.absent(Wire.list<ApiAuditBlockedReason, ApiAuditBlockedReasonEncoded>(ApiAuditBlockedReason)),
  rateLimitStats: Wire.absent<ApiAuditRateLimitStats, ApiAuditRateLimitStatsEncoded>(ApiAuditRateLimitStats)
})
/**
 * @since 0.1.0
 * @category models
 */
export interface ApiAuditAnalytics extends Schema.Schema.Type<typeof ApiAuditAnalytics> {}

const intervals = ["minute", "hour", "day", "week", "month"] as const

/**
 * The decisions of one interval.
 *
 * @since 0.1.0
 * @category models
 */
export const ApiAuditTimeseriesPoint = Wire.Struct({
  /** Where the interval begins, in UTC; weeks begin on Sunday. */
  timestamp: Timestamp,
  totalRequests: Schema.Int,
  allowedRequests: Schema.Int,
  blockedRequests: Schema.Int,
  /** 0 to 100. */
  successRate: Schema.Number
})
/**
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
export const ApiAuditTimeseries = Wire.Struct({
  /** Oldest first; intervals without requests are missing. */
  data: Wire.list<ApiAuditTimeseriesPoint, ApiAuditTimeseriesPointEncoded>(ApiAuditTimeseriesPoint),
  interval: Wire.open(...intervals)
})
/**
 * @since 0.1.0
 * @category models
 */
export interface ApiAuditTimeseries extends Schema.Schema.Type<typeof ApiAuditTimeseries> {}

const window = {
  /** The last 7 days of rows, or 30 of counts, when left out. */
  startDate: Wire.optional(TimestampInput),
  /** The server ignores it unless `startDate` is given. */
  endDate: Wire.optional(TimestampInput),
  /** Of one key only. */
  keyId: Wire.optional(KeyId)
}

/**
 * What `getApiAuditLogs` can be narrowed by.
 *
 * @since 0.1.0
 * @category inputs
 */
export const GetApiAuditLogsQuery = Wire.Struct({
  ...window,
  /** 100 when left out; the server clamps it to 1 to 1000. */
  limit: Wire.optional(QueryUnsigned),
  /** How many rows to skip; ignored where there is a cursor. */
  offset: Wire.optional(QueryUnsigned),
  /** `allowed` or `blocked`; anything else the server would ignore silently. */
  outcome: Wire.optional(Schema.Literal("allowed", "blocked")),
  /** A page's `nextCursor`. It keeps milliseconds: rows that share the page's last millisecond are skipped. Wins over `cursorTs`. */
  cursor: Wire.optional(NotEmpty),
  /** Rows before this moment; with `cursorId` exactly those after that row. Give the last row's own `timestamp` to lose none. */
  cursorTs: Wire.optional(TimestampInput),
  /** The last row's `requestId`. The server ignores it without `cursorTs`. */
  cursorId: Wire.optional(Schema.String)
})
/**
 * @since 0.1.0
 * @category inputs
 */
export interface GetApiAuditLogsQuery extends Schema.Schema.Type<typeof GetApiAuditLogsQuery> {}

/**
 * What `getApiAuditAnalytics` counts over, and which sections it gives.
 *
 * @since 0.1.0
 * @category inputs
 */
export const GetApiAuditAnalyticsQuery = Wire.Struct({
  ...window,
  /** Whether `topKeys` is given. */
  includeTopKeys: Wire.optional(QueryBoolean),
  /** Whether `topPaths` is given. */
  includeTopPaths: Wire.optional(QueryBoolean),
  /** Whether `blockedReasons` is given. */
  includeBlockedReasons: Wire.optional(QueryBoolean),
  /** Whether `rateLimitStats` is given. */
  includeRateLimits: Wire.optional(QueryBoolean),
  /** The length of each section, 10 when left out; the server clamps it to 1 to 50. */
  topLimit: Wire.optional(QueryUnsigned)
})
/**
 * @since 0.1.0
 * @category inputs
 */
export interface GetApiAuditAnalyticsQuery extends Schema.Schema.Type<typeof GetApiAuditAnalyticsQuery> {}

/**
 * What `getApiAuditTimeseries` counts over.
 *
 * @since 0.1.0
 * @category inputs
 */
export const GetApiAuditTimeseriesQuery = Wire.Struct({
  ...window,
  /** `hour` when left out; the server would take anything unknown for it silently. */
  interval: Wire.optional(Schema.Literal(...intervals))
})
/**
 * @since 0.1.0
 * @category inputs
 */
export interface GetApiAuditTimeseriesQuery extends Schema.Schema.Type<typeof GetApiAuditTimeseriesQuery> {}
