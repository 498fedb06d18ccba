/** Deployments, their credentials, and who belongs to them. */
import type * as Moment from "../Moment.js"
import type { RateLimitRule } from "./apiauth.js"

export type DeploymentMode = "staging" | "production"

export interface Environment {
  readonly generatedDomain: string
  readonly cnameTarget: string
  readonly cdnBase: string
  /** How long a key that was used is judged from the gateway's copy. */
  readonly authzCacheSeconds: number
  readonly rateLimitSchemeCacheSeconds: number
  readonly defaultRateLimits: ReadonlyArray<RateLimitRule>
}

export interface Deployment {
  readonly id: string
  readonly mode: DeploymentMode
  readonly plan: string | null
  readonly subscriptionStatus: string
  readonly deleted: boolean
  readonly organizationPermissions: ReadonlyArray<string>
  readonly workspacePermissions: ReadonlyArray<string>
}

/** A credential of the platform API itself. */
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

export interface User {
  readonly id: string
  readonly deploymentId: string
  readonly firstName: string
  readonly deleted: boolean
}
export interface Organization {
  readonly id: string
  readonly deploymentId: string
  readonly name: string
}
export interface Workspace extends Organization {
  readonly organizationId: string
}
export interface Role {
  readonly name: string
  readonly permissions: ReadonlyArray<string>
}
export interface OrganizationMembership {
  readonly id: string
  readonly organizationId: string
  readonly userId: string
  readonly active: boolean
  readonly roles: ReadonlyArray<Role>
}
export interface WorkspaceMembership extends OrganizationMembership {
  readonly workspaceId: string
  readonly organizationMembershipId: string
}
