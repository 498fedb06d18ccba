/** What the gateway writes and remembers. */
import type * as Moment from "../Moment.js"
import type { ApiKey, RateLimitRule } from "./apiauth.js"

/**
 * One decision of the gateway, as the audit log keeps it.
 *
 * @since 0.1.0
 * @category entities
 */
export interface AuditRow {
  readonly requestId: string
  readonly deploymentId: string
  readonly appSlug: string
  /** `"0"` for OAuth tokens. */
  readonly keyId: string
  readonly keyName: string
  readonly outcome: string
  readonly blockedByRule: string | null
  readonly clientIp: string
  /** `<METHOD> <path>` */
  readonly path: string
  readonly userAgent: string | null
  /** Canonical JSON text of `[{rule, remaining, limit}]`, or null. */
  readonly rateLimits: string | null
  readonly timestamp: Moment.Moment
}

/**
 * Calls counted for one limit, oldest first: `calls[i]` of them at `times[i]` (microseconds; see `gateway/counters.ts`).
 *
 * @since 0.1.0
 * @category entities
 */
export interface Counter {
  readonly times: Array<number>
  readonly calls: Array<number>
  /** The sum of `calls`. */
  total: number
  /** When it was asked last, microseconds. */
  usedAt: number
}

/**
 * The gateway's copy of a key, made when it was last read from the database.
 *
 * @since 0.1.0
 * @category entities
 */
export interface CachedKey {
  readonly key: ApiKey
  readonly readAt: Moment.Moment
}

/**
 * The gateway's copy of the rules of a scheme.
 *
 * @since 0.1.0
 * @category entities
 */
export interface CachedRules {
  readonly rules: ReadonlyArray<RateLimitRule>
  readonly readAt: Moment.Moment
}
