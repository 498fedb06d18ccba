/**
 * The audit trail of an app: one row per decision of the gateway.
 *
 * @since 0.1.0
 */
import * as Schema from "effect/Schema"
import { DeploymentId, KeyId } from "./Ids.js"
import { JsonValue } from "./internal/fields.js"
import { NotEmpty, QueryUnsigned } from "./internal/rules.js"
import * as Wire from "./internal/wire.js"
import { Timestamp, TimestampInput } from "./Timestamp.js"

/**
 * What was left of one rule when a request was judged: the shape of the items of an audit row's `rateLimits`.
 *
 * @since 0.1.0
 * @category models
 */
export const RateLimitState = Wire.lazy(() =>
  Wire.Struct({
    /** `120/60s`: the most, and the window in seconds, or in `ms` below one second. Not unique. */
    rule: Schema.String,
    remaining: Schema.Int,
    limit: Schema.Int
  })
)
/**
 * What was left of one rule when a request was judged: the shape of the items of an audit row's `rateLimits`.
 *
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
export const ApiAuditLog = Wire.lazy(() =>
  Wire.Struct({
    /** The id that the gateway returned: `req_` and a number. */
    requestId: Schema.String,
    deploymentId: DeploymentId,
    appSlug: Schema.String,
    /** `"0"` where an OAuth access token was judged. */
    keyId: KeyId,
    /** The client id, `oc_…`, where an OAuth access token was judged. */
    keyName: Schema.String,
    /** The gateway writes `VALID` or `BLOCKED`, other words than those of the `outcome` filter; there may be others. */
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
)
/**
 * One decision of the gateway.
 *
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
 * What `getApiAuditLogs` can be narrowed by.
 *
 * @since 0.1.0
 * @category inputs
 */
export const GetApiAuditLogsQuery = Wire.lazy(() =>
  Wire.Struct({
    /** The last 7 days when left out. */
    startDate: Wire.optional(TimestampInput),
    /** The server ignores it unless `startDate` is given. */
    endDate: Wire.optional(TimestampInput),
    /** Of one key only. */
    keyId: Wire.optional(KeyId),
    /** 100 when left out; the server clamps it to 1 to 1000. */
    limit: Wire.optional(QueryUnsigned),
    /** How many rows to skip; ignored where there is a cursor. */
    offset: Wire.optional(QueryUnsigned),
    /** `allowed` gives rows of `VALID` or `allowed`, `blocked` those of `BLOCKED`, `blocked` or `RATE_LIMITED`; anything else the server would ignore silently. */
    outcome: Wire.optional(Schema.Literal("allowed", "blocked")),
    /** A page's `nextCursor`. It keeps milliseconds: rows that share the page's last millisecond are skipped. Wins over `cursorTs`. */
    cursor: Wire.optional(NotEmpty),
    /** Rows before this moment; with `cursorId` exactly those after that row. Give the last row's own `timestamp` to lose none. */
    cursorTs: Wire.optional(TimestampInput),
    /** The last row's `requestId`. The server ignores it without `cursorTs`. */
    cursorId: Wire.optional(Schema.String)
  })
)
/**
 * What `getApiAuditLogs` can be narrowed by.
 *
 * @since 0.1.0
 * @category inputs
 */
export interface GetApiAuditLogsQuery extends Schema.Schema.Type<typeof GetApiAuditLogsQuery> {}
