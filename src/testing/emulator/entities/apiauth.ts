/** Rate-limit schemes, API-auth apps and their keys. */
import type * as Moment from "../Moment.js"

export type RateLimitUnit =
  "millisecond" | "second" | "minute" | "hour" | "day" | "calendar_day" | "month" | "calendar_month"
export type RateLimitMode = "per_app" | "per_key" | "per_key_and_ip" | "per_app_and_ip"

export interface RateLimitRule {
  readonly unit: RateLimitUnit
  readonly duration: number
  readonly maxRequests: number
  /** Unset acts as `per_app`, and stays absent in answers. */
  readonly mode: RateLimitMode | undefined
  readonly endpoints: ReadonlyArray<string> | undefined
  readonly priority: number
}
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
