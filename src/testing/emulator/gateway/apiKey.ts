/** Judges API keys. */
import { isObject } from "../json/Json.js"
import { parse } from "../json/parse.js"
import type * as Moment from "../Moment.js"
import type { ApiKey, World } from "../World.js"
import { readKey, readRules } from "./copies.js"
import type { Identity, Refusal } from "./Identity.js"
import { effective } from "./Identity.js"

/** At least 46 characters, the last 43 of them of the base64url alphabet; anything else is not even looked up. */
const isWellFormed = (value: string): boolean => /[A-Za-z0-9_-]{43}$/.test(value) && Array.from(value).length >= 46

export const identify = (world: World, value: string, moment: Moment.Moment): Identity | Refusal => {
  if (!isWellFormed(value)) return "unauthorized"
  const key = readKey(world, value, moment)
  if (key === undefined) return "invalid-api-key"
  if (key.expiresAt !== null && key.expiresAt <= moment) return "unauthorized"
  return identity(world, key, moment)
}

const identity = (world: World, key: ApiKey, moment: Moment.Moment): Identity => ({
  deploymentId: key.deploymentId,
  appSlug: key.appSlug,
  keyId: key.id,
  keyName: key.name,
  auditKeyId: key.id,
  limitedId: key.id,
  ownerUserId: key.ownerUserId,
  organizationId: key.organizationId,
  workspaceId: key.workspaceId,
  organizationMembershipId: key.organizationMembershipId,
  workspaceMembershipId: key.workspaceMembershipId,
  permissions: effective(key.permissions, key.orgRolePermissions, key.workspaceRolePermissions),
  metadata: key.metadata,
  rules: readRules(world, key.deploymentId, key.rateLimitSchemeSlug, moment),
  headers: {
    "x-wacht-key-id": key.id,
    "x-wacht-deployment-id": key.deploymentId,
    "x-wacht-app-slug": key.appSlug,
    "x-wacht-key-name": key.name,
    "x-wacht-organization-id": key.organizationId ?? undefined,
    "x-wacht-workspace-id": key.workspaceId ?? undefined,
    "x-wacht-organization-membership-id": key.organizationMembershipId ?? undefined,
    "x-wacht-workspace-membership-id": key.workspaceMembershipId ?? undefined,
    "x-wacht-metadata": metadataHeader(key.metadata) || undefined
  }
})

/** `k=v,…` of the members that are text; nothing is escaped. */
const metadataHeader = (metadata: string): string => {
  const json = parse(metadata)
  if (!isObject(json)) return ""
  return json.members.flatMap(([name, value]) => (typeof value === "string" ? [`${name}=${value}`] : [])).join(",")
}
