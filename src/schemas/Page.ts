/**
 * Pages of the two lists that are paged; all other lists come whole.
 *
 * @since 0.1.0
 */
import * as Schema from "effect/Schema"
import type { ApiAuditLogEncoded } from "./AuditLog.js"
import { ApiAuditLog } from "./AuditLog.js"
import type { ApiAuthAppEncoded } from "./ApiAuthApp.js"
import { ApiAuthApp } from "./ApiAuthApp.js"
import * as Wire from "./internal/wire.js"

/**
 * A page of apps, newest first; there is no total.
 *
 * @since 0.1.0
 * @category models
 */
export const ApiAuthAppPage = Wire.lazy(() =>
  Wire.Struct({
    data: Wire.list<ApiAuthApp, ApiAuthAppEncoded>(ApiAuthApp),
    /** With `limit` 0 it can be true forever. */
    hasMore: Schema.Boolean,
    /** As asked for, not clamped. */
    limit: Schema.Int,
    offset: Schema.Int
  })
)
/**
 * A page of apps, newest first; there is no total.
 *
 * @since 0.1.0
 * @category models
 */
export interface ApiAuthAppPage extends Schema.Schema.Type<typeof ApiAuthAppPage> {}

/**
 * A page of audit rows, newest first.
 *
 * @since 0.1.0
 * @category models
 */
export const ApiAuditLogPage = Wire.lazy(() =>
  Wire.Struct({
    data: Wire.list<ApiAuditLog, ApiAuditLogEncoded>(ApiAuditLog),
    /** As clamped by the server. */
    limit: Schema.Int,
    /** The only sign of the end: `nextCursor` is there on the last page too. */
    hasMore: Schema.Boolean,
    /** None on an empty page only. */
    nextCursor: Wire.nullable(Schema.String)
  })
)
/**
 * A page of audit rows, newest first.
 *
 * @since 0.1.0
 * @category models
 */
export interface ApiAuditLogPage extends Schema.Schema.Type<typeof ApiAuditLogPage> {}
