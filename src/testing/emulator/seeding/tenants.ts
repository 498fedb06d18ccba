/** Deployments, credentials and people of a world file. */
import type { World } from "../World.js"
import type { Decoded } from "../WorldFile.js"
import { group, rule } from "./parts.js"

export const seedTenants = (world: World, file: Decoded): void => {
  for (const each of file.deployments) {
    world.deployments.set(each.id, {
      id: each.id,
      mode: each.mode,
      plan: each.plan,
      subscriptionStatus: each.subscription_status,
      deleted: each.deleted,
      organizationPermissions: each.organization_permissions,
      workspacePermissions: each.workspace_permissions
    })
  }
  for (const [actor, each] of Object.entries(file.actors)) {
    if (each === null) continue
    world.backendKeys.set(each.credential, {
      actor,
      credential: each.credential,
      keyId: each.key_id,
      keyName: each.key_name,
      deploymentId: each.deployment_id,
      backendAppSlug: each.backend_app_slug ?? `aa_${each.deployment_id}`,
      state: each.state,
      expiresAt: each.expires_at,
      rateLimits: each.rate_limits?.map(rule) ?? world.environment.defaultRateLimits
    })
  }
  for (const { deleted, deployment_id, first_name, id } of file.users)
    world.users.set(id, { id, deploymentId: deployment_id, firstName: first_name, deleted })
  for (const { deployment_id, id, name } of file.organizations)
    world.organizations.set(id, { id, deploymentId: deployment_id, name })
  for (const { deployment_id, id, name, organization_id } of file.workspaces)
    world.workspaces.set(id, { id, deploymentId: deployment_id, name, organizationId: organization_id })
  world.organizationMemberships = group(
    file.organization_memberships.map((each) => ({
      id: each.id,
      organizationId: each.organization_id,
      userId: each.user_id,
      active: each.active,
      roles: each.roles
    })),
    (each) => each.userId
  )
  world.workspaceMemberships = group(
    file.workspace_memberships.map((each) => ({
      id: each.id,
      organizationId: each.organization_id,
      workspaceId: each.workspace_id,
      organizationMembershipId: each.organization_membership_id,
      userId: each.user_id,
      active: each.active,
      roles: each.roles
    })),
    (each) => each.userId
  )
}
