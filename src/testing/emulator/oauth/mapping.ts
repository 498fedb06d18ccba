/** What the mapping route lets a scope stand for, and what of it can never change there. */
import type { Deployment, ScopeCategory, ScopeDefinition } from "../World.js"

/** A mapping that was asked for, trimmed, blank permissions as null. */
export interface Mapping {
  readonly category: Exclude<ScopeCategory, "">
  readonly organizationPermission: string | null
  readonly workspacePermission: string | null
}

/** The permissions that a deployment lets scopes be mapped to. */
export type Offered = Pick<Deployment, "organizationPermissions" | "workspacePermissions">

/** Whether category and permissions go together and are on offer; checked before the app is looked for. */
export const violation = (mapping: Mapping, offered: Offered): string | undefined => {
  const { organizationPermission: organization, workspacePermission: workspace } = mapping
  if (mapping.category === "personal" && (organization !== null || workspace !== null)) {
    return "personal category cannot map organization/workspace permissions"
  }
  if (mapping.category === "organization" && workspace !== null) {
    return "organization category cannot map workspace permission"
  }
  if (mapping.category === "workspace" && organization !== null) {
    return "workspace category cannot map organization permission"
  }
  if (organization !== null && !offered.organizationPermissions.includes(organization)) {
    return `organization permission '${organization}' is not configured in deployment B2B settings`
  }
  if (workspace !== null && !offered.workspacePermissions.includes(workspace)) {
    return `workspace permission '${workspace}' is not configured in deployment B2B settings`
  }
  return undefined
}

const changes = (was: string | null, asked: string | null): boolean => was !== null && was !== asked

/** Whether the mapping takes back what was set before; leaving a permission out is taking it back. */
export const immutabilityViolation = (was: ScopeDefinition, asked: Mapping): string | undefined => {
  if (was.category !== "" && was.category !== asked.category) return "scope category is immutable once set"
  if (changes(was.organizationPermission, asked.organizationPermission)) {
    return "organization permission is immutable once set"
  }
  if (changes(was.workspacePermission, asked.workspacePermission)) return "workspace permission is immutable once set"
  return undefined
}
