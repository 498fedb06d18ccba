/**
 * Counts over the audit trail.
 *
 * @since 0.1.0
 */
import * as Schema from "effect/Schema"
import { KeyId } from "./Ids.js"
import { Percentage } from "./internal/fields.js"
import { QueryBoolean, QueryUnsigned } from "./internal/rules.js"
import * as Wire from "./internal/wire.js"
import { TimestampInput } from "./Timestamp.js"

/**
 * The requests of one key.
 *
 * @since 0.1.0
 * @category models
 */
export const ApiAuditTopKey = Wire.lazy(() =>
  Wire.Struct({
    /** `"0"` stands for OAuth access tokens. */
    keyId: KeyId,
    keyName: Schema.String,
    totalRequests: Schema.Int
  })
)
/**
 * The requests of one key.
 *
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
export const ApiAuditTopPath = Wire.lazy(() =>
  Wire.Struct({
    /** Method and path: `GET /v1/reports`. */
    path: Schema.String,
    totalRequests: Schema.Int
  })
)
/**
 * The requests of one path.
 *
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
export const ApiAuditBlockedReason = Wire.lazy(() =>
  Wire.Struct({
    blockedByRule: Schema.String,
    count: Schema.Int,
    /** 0 to 100, of all refusals. */
    percentage: Percentage
  })
)
/**
 * The refusals of one rule.
 *
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
export const ApiAuditRateLimitRule = Wire.lazy(() =>
  Wire.Struct({
    rule: Schema.String,
    hitCount: Schema.Int,
    /** 0 to 100, of all hits. */
    percentage: Percentage
  })
)
/**
 * The hits of one rate-limit rule.
 *
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
export const ApiAuditRateLimitStats = Wire.lazy(() =>
  Wire.Struct({
    totalHits: Schema.Int,
    /** 0 to 100. */
    percentageOfBlocked: Percentage,
    /** None where there would be no item. */
    topRules: Wire.absent(Wire.list<ApiAuditRateLimitRule, ApiAuditRateLimitRuleEncoded>(ApiAuditRateLimitRule))
  })
)
/**
 * Refusals by rules named `rate_limit:…`, a form that the gateway does not write: expect zeros.
 *
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
export const ApiAuditAnalytics = Wire.lazy(() =>
  Wire.Struct({
    /** All decisions; also those that are neither allowed nor blocked. */
    totalRequests: Schema.Int,
    allowedRequests: Schema.Int,
    blockedRequests: Schema.Int,
    /** 0 to 100; 0 where there were no requests. */
    successRate: Percentage,
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
)
/**
 * Counts over the audit trail; each section is there where the query asked for it.
 *
 * @since 0.1.0
 * @category models
 */
export interface ApiAuditAnalytics extends Schema.Schema.Type<typeof ApiAuditAnalytics> {}

/**
 * What `getApiAuditAnalytics` counts over, and which sections it gives.
 *
 * @since 0.1.0
 * @category inputs
 */
export const GetApiAuditAnalyticsQuery = Wire.lazy(() =>
  Wire.Struct({
    /** The last 30 days when left out. */
    startDate: Wire.optional(TimestampInput),
    /** The server ignores it unless `startDate` is given. */
    endDate: Wire.optional(TimestampInput),
    /** Of one key only. */
    keyId: Wire.optional(KeyId),
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
)
/**
 * What `getApiAuditAnalytics` counts over, and which sections it gives.
 *
 * @since 0.1.0
 * @category inputs
 */
export interface GetApiAuditAnalyticsQuery extends Schema.Schema.Type<typeof GetApiAuditAnalyticsQuery> {}
