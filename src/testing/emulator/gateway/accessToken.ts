/** Judges OAuth access tokens. They are read afresh every time, and every refusal looks the same. */
import { organizationMembership, workspaceMembership } from "../apiauth/tenants.js"
import { write } from "../json/write.js"
import * as Moment from "../Moment.js"
import type { ApiAuthApp, OAuthAccessToken, OAuthApp, OAuthClient, OAuthGrant, World } from "../World.js"
import { scoped } from "../World.js"
import { readRules } from "./copies.js"
import type { Identity, Refusal } from "./Identity.js"
import { effective } from "./Identity.js"

export const identify = (world: World, value: string, moment: Moment.Moment): Identity | Refusal => {
  const token = world.oauthAccessTokens.get(value)
  if (token === undefined || token.revokedAt !== null || token.expiresAt <= moment) return "unauthorized"
  // whether the client is active does not matter
  const client = world.oauthClients.get(token.oauthClientId)
  const app = client && world.apiAuthApps.get(scoped(client.deploymentId, token.apiAuthAppSlug))
  if (client === undefined || app === undefined || !app.isActive || app.deletedAt !== null) return "unauthorized"
  const grant = liveGrant(world, token, moment)
  if (grant === undefined) return "unauthorized"
  const issuer = oauthAppOf(world, client.oauthAppId)
  const granted = grantedPermissions(world, token, app, issuer)
  if (granted === undefined) return "unauthorized"
  return identity(world, token, { client, grant, app, issuer, granted }, moment)
}

const liveGrant = (world: World, token: OAuthAccessToken, moment: Moment.Moment): OAuthGrant | undefined => {
  const grant = token.oauthGrantId === null ? undefined : world.oauthGrants.get(token.oauthGrantId)
  if (grant === undefined || grant.status !== "active" || grant.revokedAt !== null) return undefined
  return grant.expiresAt === null || grant.expiresAt > moment ? grant : undefined
}

const oauthAppOf = (world: World, id: string): OAuthApp | undefined => {
  for (const app of world.oauthApps.values()) if (app.id === id) return app
  return undefined
}

/**
 * What the scopes map to where the token was granted. `undefined`: it was granted for another user, for a tenant
 * that the user does not belong to or does not have these permissions in, or for something else altogether.
 */
const grantedPermissions = (
  world: World,
  token: OAuthAccessToken,
  app: ApiAuthApp,
  issuer: OAuthApp | undefined
): ReadonlyArray<string> | undefined => {
  if (token.grantedResource === null) return []
  const [, kind, id] = /^urn:wacht:(user|organization|workspace):(\d+)$/.exec(token.grantedResource) ?? []
  if (app.userId === null || id === undefined) return undefined
  if (kind === "user") return id === app.userId ? [] : undefined
  const isOrganization = kind === "organization"
  const membership = (isOrganization ? organizationMembership : workspaceMembership)(world, app.userId, id)
  if (membership === undefined) return undefined
  const held = new Set(membership.roles.flatMap((role) => role.permissions))
  const definitions = (issuer?.scopeDefinitions ?? []).filter(
    (definition) => definition.category === kind && token.scopes.includes(definition.scope)
  )
  const mapped = definitions.flatMap(
    (definition) => (isOrganization ? definition.organizationPermission : definition.workspacePermission) ?? []
  )
  return mapped.every((permission) => held.has(permission)) ? mapped : undefined
}

interface Found {
  readonly client: OAuthClient
  readonly grant: OAuthGrant
  readonly app: ApiAuthApp
  readonly issuer: OAuthApp | undefined
  readonly granted: ReadonlyArray<string>
}

const identity = (world: World, token: OAuthAccessToken, found: Found, moment: Moment.Moment): Identity => {
  const { app, client, grant, granted, issuer } = found
  return {
    deploymentId: app.deploymentId,
    appSlug: app.appSlug,
    keyId: client.id,
    keyName: client.clientId,
    auditKeyId: "0",
    limitedId: grant.id,
    ownerUserId: app.userId,
    organizationId: null,
    workspaceId: null,
    organizationMembershipId: null,
    workspaceMembershipId: null,
    permissions: effective(token.scopes, granted),
    metadata: write({
      expires_at: Moment.format(token.expiresAt),
      granted_resource: token.grantedResource,
      oauth_resource: token.resource,
      principal_type: "oauth_access_token",
      scopes: token.scopes
    }),
    rules: readRules(world, app.deploymentId, app.rateLimitSchemeSlug, moment),
    headers: {
      "x-wacht-principal-type": "oauth_access_token",
      "x-wacht-deployment-id": app.deploymentId,
      "x-wacht-app-slug": app.appSlug,
      "x-wacht-oauth-client-id": client.clientId,
      "x-wacht-oauth-issuer": issuer && `https://${issuer.fqdn}`,
      "x-wacht-granted-resource": token.grantedResource ?? undefined,
      "x-wacht-oauth-audience": token.grantedResource ?? undefined,
      "x-wacht-oauth-resource": token.resource ?? undefined,
      "x-wacht-scopes": token.scopes.join(",") || undefined
    }
  }
}
