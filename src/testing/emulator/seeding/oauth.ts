/** OAuth apps and what hangs on them in a world file. */
import type * as Moment from "../Moment.js"
import * as KeyMaterial from "../oauth/keyMaterial.js"
import * as Scopes from "../oauth/scopes.js"
import { trimToNull } from "../text.js"
import type { OAuthApp, World } from "../World.js"
import { append, scoped } from "../World.js"
import type { Decoded } from "../WorldFile.js"
import { group } from "./parts.js"

/** A PEM that is given alone is kept as the API keeps one. */
const keysOf = ({ jwks, public_key_pem }: Decoded["oauth_clients"][number]) => {
  const pem = trimToNull(public_key_pem)
  const kept = jwks ?? (pem === null ? null : KeyMaterial.fromPem(pem))
  return { jwks: kept, publicKeyPem: KeyMaterial.pemOf(kept) }
}

export const seedOAuth = (world: World, file: Decoded, present: Moment.Moment): void => {
  const apps = file.oauth_apps.map((each): OAuthApp => ({
    id: each.id,
    deploymentId: each.deployment_id,
    slug: each.slug,
    name: each.name,
    description: each.description,
    logoUrl: each.logo_url,
    fqdn: each.fqdn,
    supportedScopes: Scopes.normalize(each.supported_scopes),
    scopeDefinitions: Scopes.normalize(each.supported_scopes).map((scope) => {
      const standard = Scopes.defaultDefinition(scope)
      const given = each.scope_definitions.find((one) => one.scope === scope)
      if (given === undefined) return standard
      return {
        scope,
        displayName: given.display_name ?? standard.displayName,
        description: given.description ?? standard.description,
        archived: given.archived,
        category: given.category,
        organizationPermission: given.organization_permission,
        workspacePermission: given.workspace_permission
      }
    }),
    allowDynamicClientRegistration: each.allow_dynamic_client_registration,
    isActive: each.is_active,
    createdAt: each.created_at ?? present,
    updatedAt: each.updated_at ?? each.created_at ?? present
  }))
  for (const app of apps) world.oauthApps.set(scoped(app.deploymentId, app.slug), app)
  world.signingKeysOfApp = group(
    file.oauth_signing_keys.map((each) => ({
      id: each.id,
      oauthAppId: each.oauth_app_id,
      kid: each.kid,
      status: each.status,
      publicKeyPem: each.public_key_pem,
      activatedAt: each.activated_at ?? present,
      retiredAt: each.retired_at,
      createdAt: each.created_at ?? present
    })),
    (each) => each.oauthAppId
  )
  const clients = file.oauth_clients.map((each) => ({
    id: each.id,
    deploymentId: each.deployment_id,
    oauthAppId: each.oauth_app_id,
    clientId: each.client_id,
    clientAuthMethod: each.client_auth_method,
    grantTypes: each.grant_types,
    redirectUris: each.redirect_uris,
    postLogoutRedirectUris: each.post_logout_redirect_uris,
    clientName: each.client_name,
    clientUri: each.client_uri,
    logoUri: each.logo_uri,
    tosUri: each.tos_uri,
    policyUri: each.policy_uri,
    contacts: each.contacts,
    softwareId: each.software_id,
    softwareVersion: each.software_version,
    tokenEndpointAuthSigningAlg: each.token_endpoint_auth_signing_alg,
    jwksUri: each.jwks_uri,
    ...keysOf(each),
    idTokenSigningAlg: each.id_token_signing_alg,
    accessTokenFormat: each.access_token_format,
    accessTokenTtlSeconds: each.access_token_ttl_seconds,
    skipConsent: each.skip_consent,
    isActive: each.is_active,
    clientSecret: null,
    createdAt: each.created_at ?? present,
    updatedAt: each.updated_at ?? each.created_at ?? present
  }))
  for (const client of clients) {
    world.oauthClients.set(client.id, client)
    append(world.oauthClientsOfApp, client.oauthAppId, client.id)
  }
  const grants = file.oauth_grants.map((each) => ({
    id: each.id,
    deploymentId: each.deployment_id,
    apiAuthAppSlug: each.api_auth_app_slug,
    oauthClientId: each.oauth_client_id,
    resource: each.resource,
    grantedResource: each.granted_resource,
    scopes: each.scopes,
    status: each.status ?? (each.revoked_at === null ? ("active" as const) : ("revoked" as const)),
    grantedAt: each.granted_at ?? present,
    expiresAt: each.expires_at,
    revokedAt: each.revoked_at,
    grantedByUserId: each.granted_by_user_id,
    createdAt: each.created_at ?? present,
    updatedAt: each.updated_at ?? each.created_at ?? present
  }))
  for (const grant of grants) {
    world.oauthGrants.set(grant.id, grant)
    append(world.oauthGrantsOfClient, grant.oauthClientId, grant.id)
  }
  for (const each of file.oauth_access_tokens) {
    world.oauthAccessTokens.set(each.value, {
      value: each.value,
      oauthClientId: each.oauth_client_id,
      oauthGrantId: each.oauth_grant_id,
      apiAuthAppSlug: each.api_auth_app_slug,
      scopes: each.scopes,
      resource: each.resource,
      grantedResource: each.granted_resource,
      expiresAt: each.expires_at,
      revokedAt: each.revoked_at
    })
  }
  for (const { hostname, provider_error, state } of file.domains)
    world.domains.set(hostname, { hostname, state, providerError: provider_error })
}
