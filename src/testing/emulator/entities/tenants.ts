/** Deployments, their credentials, and who belongs to them. */
import type * as Moment from "../Moment.js"
import type { RateLimitRule } from "./apiauth.js"

/**
 * Production asks for host names of its own.
 *
 * @since 0.1.0
 * @category entities
 */
export type DeploymentMode = "staging" | "production"

/**
 * What is around all deployments: host names, how long the gateway keeps copies, limits of keys without a scheme.
 *
 * @since 0.1.0
 * @category entities
 */
export interface Environment {
  readonly generatedDomain: string
  readonly cnameTarget: string
  readonly cdnBase: string
  /** How long a key that was used is judged from the gateway's copy. */
  readonly authzCacheSeconds: number
  readonly rateLimitSchemeCacheSeconds: number
  readonly defaultRateLimits: ReadonlyArray<RateLimitRule>
}

/**
 * A deployment: its mode, its plan, and the permissions that its scopes may name.
 *
 * @since 0.1.0
 * @category entities
 */
export interface Deployment {
  readonly id: string
  readonly mode: DeploymentMode
  readonly plan: string | null
  readonly subscriptionStatus: string | null
  readonly deleted: boolean
  readonly organizationPermissions: ReadonlyArray<string>
  readonly workspacePermissions: ReadonlyArray<string>
}

/**
 * A credential of the platform API itself.
 *
 * @since 0.1.0
 * @category entities
 */
export interface BackendKey {
  readonly actor: string
  readonly credential: string
  readonly keyId: string
  readonly keyName: string
  readonly deploymentId: string
  readonly backendAppSlug: string
  readonly state: "active" | "expired" | "revoked"
  readonly expiresAt: Moment.Moment | null
  readonly rateLimits: ReadonlyArray<RateLimitRule>
}

/**
 * A user, whom apps and keys can belong to.
 *
 * @since 0.1.0
 * @category entities
 */
export interface User {
  readonly id: string
  readonly deploymentId: string
  readonly firstName: string
  readonly deleted: boolean
}

/**
 * An organization of a deployment.
 *
 * @since 0.1.0
 * @category entities
 */
export interface Organization {
  readonly id: string
  readonly deploymentId: string
  readonly name: string
}

/**
 * A workspace of an organization.
 *
 * @since 0.1.0
 * @category entities
 */
export interface Workspace extends Organization {
  readonly organizationId: string
}

/**
 * A role, with the permissions that its members have.
 *
 * @since 0.1.0
 * @category entities
 */
export interface Role {
  readonly name: string
  readonly permissions: ReadonlyArray<string>
}

/**
 * That a user belongs to an organization, with which roles.
 *
 * @since 0.1.0
 * @category entities
 */
export interface OrganizationMembership {
  readonly id: string
  readonly organizationId: string
  readonly userId: string
  readonly active: boolean
  readonly roles: ReadonlyArray<Role>
}

/**
 * That a user belongs to a workspace, by way of the organization.
 *
 * @since 0.1.0
 * @category entities
 */
export interface WorkspaceMembership extends OrganizationMembership {
  readonly workspaceId: string
  readonly organizationMembershipId: string
}
