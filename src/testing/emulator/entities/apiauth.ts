/** Rate-limit schemes, API-auth apps and their keys. */
import type * as Moment from "../Moment.js"

/**
 * The unit of a rule's window.
 *
 * @since 0.1.0
 * @category entities
 */
export type RateLimitUnit =
  "millisecond" | "second" | "minute" | "hour" | "day" | "calendar_day" | "month" | "calendar_month"
/**
 * Whose calls a rule counts together.
 *
 * @since 0.1.0
 * @category entities
 */
export type RateLimitMode = "per_app" | "per_key" | "per_key_and_ip" | "per_app_and_ip"

/**
 * One rule of a scheme, as stored.
 *
 * @since 0.1.0
 * @category entities
 */
export interface RateLimitRule {
  readonly unit: RateLimitUnit
  readonly duration: number
  readonly maxRequests: number
  /** Unset acts as `per_app`, and stays absent in answers. */
  readonly mode: RateLimitMode | undefined
  readonly endpoints: ReadonlyArray<string> | undefined
  readonly priority: number
}

/**
 * A rate-limit scheme, as stored.
 *
 * @since 0.1.0
 * @category entities
 */
export interface RateLimitScheme {
  readonly id: string
  readonly deploymentId: string
  readonly slug: string
  readonly name: string
  readonly description: string | null
  readonly rules: ReadonlyArray<RateLimitRule>
  readonly createdAt: Moment.Moment
  readonly updatedAt: Moment.Moment
}

/**
 * An API-auth app, as stored: what the API leaves out is null here, and a deleted one stays.
 *
 * @since 0.1.0
 * @category entities
 */
export interface ApiAuthApp {
  readonly deploymentId: string
  readonly userId: string | null
  readonly organizationId: string | null
  readonly workspaceId: string | null
  readonly appSlug: string
  readonly name: string
  readonly keyPrefix: string
  readonly description: string | null
  readonly isActive: boolean
  readonly permissions: ReadonlyArray<string>
  readonly resources: ReadonlyArray<string>
  readonly rateLimitSchemeSlug: string | null
  readonly createdAt: Moment.Moment
  readonly updatedAt: Moment.Moment
  readonly deletedAt: Moment.Moment | null
}

/**
 * A key of an app, as stored, its secret in clear text included.
 *
 * @since 0.1.0
 * @category entities
 */
export interface ApiKey {
  readonly id: string
  readonly deploymentId: string
  readonly appSlug: string
  readonly name: string
  readonly keyPrefix: string
  /** The clear text; the API shows it once. */
  readonly secret: string
  readonly permissions: ReadonlyArray<string>
  /** Canonical JSON text. */
  readonly metadata: string
  readonly rateLimitSchemeSlug: string | null
  readonly ownerUserId: string | null
  readonly organizationId: string | null
  readonly workspaceId: string | null
  readonly organizationMembershipId: string | null
  readonly workspaceMembershipId: string | null
  readonly orgRolePermissions: ReadonlyArray<string>
  readonly workspaceRolePermissions: ReadonlyArray<string>
  readonly expiresAt: Moment.Moment | null
  readonly lastUsedAt: Moment.Moment | null
  readonly isActive: boolean
  readonly revokedAt: Moment.Moment | null
  readonly revokedReason: string | null
  readonly createdAt: Moment.Moment
  readonly updatedAt: Moment.Moment
}
