/** Who an app may belong to, and which memberships its keys are stamped with. */
import * as Effect from "effect/Effect"
import * as Failure from "../Failure.js"
import type { ApiAuthApp, OrganizationMembership, World, WorkspaceMembership } from "../World.js"

export interface Tenant {
  readonly organizationId: string | null
  readonly workspaceId: string | null
}

/** A user who is deleted counts as absent. */
const isThere = (world: World, userId: string): boolean => world.users.get(userId)?.deleted === false

/** The running membership of a user in an organization. */
export const organizationMembership = (
  world: World,
  userId: string,
  organizationId: string
): OrganizationMembership | undefined =>
  (isThere(world, userId) ? world.organizationMemberships.get(userId) : undefined)?.find(
    (membership) => membership.active && membership.organizationId === organizationId
  )

/** The running membership of a user in a workspace. */
export const workspaceMembership = (
  world: World,
  userId: string,
  workspaceId: string
): WorkspaceMembership | undefined =>
  (isThere(world, userId) ? world.workspaceMemberships.get(userId) : undefined)?.find(
    (membership) => membership.active && membership.workspaceId === workspaceId
  )

/** Whether the tenant exists in the deployment; a workspace implies its organization. */
export const resolveTenant = (
  world: World,
  deploymentId: string,
  { organizationId, workspaceId }: Tenant
): Effect.Effect<Tenant, Failure.Failure> =>
  Effect.gen(function* () {
    const workspace = workspaceId === null ? undefined : world.workspaces.get(workspaceId)
    if (workspaceId !== null && workspace?.deploymentId !== deploymentId)
      return yield* Failure.badRequest("workspace_id does not exist for this deployment")
    if (workspace !== undefined && organizationId !== null && workspace.organizationId !== organizationId)
      return yield* Failure.badRequest("workspace_id does not belong to organization_id")
    const implied = organizationId ?? workspace?.organizationId ?? null
    if (implied !== null && world.organizations.get(implied)?.deploymentId !== deploymentId)
      return yield* Failure.badRequest("organization_id does not exist for this deployment")
    return { organizationId: implied, workspaceId }
  })

export const checkUserIsMember = (
  world: World,
  userId: string,
  { organizationId, workspaceId }: Tenant
): Effect.Effect<void, Failure.Failure> => {
  if (organizationId !== null && organizationMembership(world, userId, organizationId) === undefined)
    return Failure.badRequest("user_id is not a member of organization_id")
  if (workspaceId !== null && workspaceMembership(world, userId, workspaceId) === undefined)
    return Failure.badRequest("user_id is not a member of workspace_id")
  return Effect.void
}

/** What a key copies from its app's owner when it is made. */
export interface Ownership {
  readonly ownerUserId: string | null
  readonly organizationId: string | null
  readonly workspaceId: string | null
  readonly organizationMembershipId: string | null
  readonly workspaceMembershipId: string | null
  readonly orgRolePermissions: ReadonlyArray<string>
  readonly workspaceRolePermissions: ReadonlyArray<string>
}

const rolePermissions = (membership: OrganizationMembership | undefined): ReadonlyArray<string> =>
  [...new Set(membership?.roles.flatMap((role) => role.permissions) ?? [])].sort()

const notMember = Failure.badRequest("user is not a member of the org")

/** The owner's memberships as they are now. A rotation also refuses a tenant without an owner. */
export const ownership = (
  world: World,
  app: ApiAuthApp,
  options: { readonly needsOwner: boolean }
): Effect.Effect<Ownership, Failure.Failure> =>
  Effect.gen(function* () {
    const { organizationId, userId, workspaceId } = app
    const isTenanted = organizationId !== null || workspaceId !== null
    if (userId === null && isTenanted && options.needsOwner) return yield* notMember
    const organization =
      userId === null || organizationId === null ? undefined : organizationMembership(world, userId, organizationId)
    const workspace =
      userId === null || workspaceId === null ? undefined : workspaceMembership(world, userId, workspaceId)
    if (userId !== null && organizationId !== null && organization === undefined) return yield* notMember
    if (userId !== null && workspaceId !== null && workspace === undefined) return yield* notMember
    if (
      organization !== undefined &&
      workspace !== undefined &&
      organization.organizationId !== workspace.organizationId
    )
      return yield* Failure.badRequest(
        "organization_membership_id and workspace_membership_id belong to different organizations"
      )
    return {
      ownerUserId: userId,
      organizationId,
      workspaceId,
      organizationMembershipId: organization?.id ?? null,
      workspaceMembershipId: workspace?.id ?? null,
      orgRolePermissions: rolePermissions(organization),
      workspaceRolePermissions: rolePermissions(workspace)
    }
  })
