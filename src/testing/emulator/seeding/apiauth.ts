/** Schemes, apps and keys of a world file. */
import { addKey } from "../apiauth/keys.js"
import type * as Moment from "../Moment.js"
import type { World } from "../World.js"
import { scoped } from "../World.js"
import type { Decoded } from "../WorldFile.js"
import { freeJson, oldestFirst, rule } from "./parts.js"

export const seedApiAuth = (world: World, file: Decoded, present: Moment.Moment): void => {
  for (const each of file.rate_limit_schemes) {
    world.rateLimitSchemes.set(scoped(each.deployment_id, each.slug), {
      id: each.id,
      deploymentId: each.deployment_id,
      slug: each.slug,
      name: each.name,
      description: each.description,
      rules: each.rules.map(rule),
      createdAt: each.created_at ?? present,
      updatedAt: each.updated_at ?? each.created_at ?? present
    })
  }
  const apps = file.api_auth_apps.map((each) => ({
    deploymentId: each.deployment_id,
    userId: each.user_id,
    organizationId: each.organization_id,
    workspaceId: each.workspace_id,
    appSlug: each.app_slug,
    name: each.name,
    keyPrefix: each.key_prefix,
    description: each.description,
    isActive: each.is_active,
    permissions: each.permissions,
    resources: each.resources,
    rateLimitSchemeSlug: each.rate_limit_scheme_slug,
    createdAt: each.created_at ?? present,
    updatedAt: each.updated_at ?? each.created_at ?? present,
    deletedAt: each.deleted_at
  }))
  for (const app of oldestFirst(apps)) world.apiAuthApps.set(scoped(app.deploymentId, app.appSlug), app)
  const schemeOfApp = (deploymentId: string, appSlug: string) =>
    world.apiAuthApps.get(scoped(deploymentId, appSlug))?.rateLimitSchemeSlug ?? null
  const keys = file.api_keys.map((each) => ({
    id: each.id,
    deploymentId: each.deployment_id,
    appSlug: each.app_slug,
    name: each.name,
    keyPrefix: each.key_prefix,
    secret: each.secret,
    permissions: each.permissions,
    metadata: freeJson(each.metadata),
    // as for a key that is made through the API
    rateLimitSchemeSlug:
      each.rate_limit_scheme_slug === undefined
        ? schemeOfApp(each.deployment_id, each.app_slug)
        : each.rate_limit_scheme_slug,
    ownerUserId: each.owner_user_id,
    organizationId: each.organization_id,
    workspaceId: each.workspace_id,
    organizationMembershipId: each.organization_membership_id,
    workspaceMembershipId: each.workspace_membership_id,
    orgRolePermissions: each.org_role_permissions,
    workspaceRolePermissions: each.workspace_role_permissions,
    expiresAt: each.expires_at,
    lastUsedAt: each.last_used_at,
    isActive: each.is_active ?? each.revoked_at === null,
    revokedAt: each.revoked_at,
    revokedReason: each.revoked_reason,
    createdAt: each.created_at ?? present,
    updatedAt: each.updated_at ?? each.created_at ?? present
  }))
  for (const key of oldestFirst(keys)) addKey(world, key)
}
