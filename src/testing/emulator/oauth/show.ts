/** Entities as the API shows them, members in the order sent. */
import type { Writable } from "../json/write.js"
import * as Moment from "../Moment.js"
import type { Jwk, OAuthApp, OAuthClient, OAuthGrant, ScopeDefinition, SigningKey } from "../World.js"
import { jwkMembers } from "./clientInput.js"

const scopeDefinition = (definition: ScopeDefinition): Writable => ({
  scope: definition.scope,
  display_name: definition.displayName,
  description: definition.description,
  archived: definition.archived,
  category: definition.category,
  organization_permission: definition.organizationPermission,
  workspace_permission: definition.workspacePermission
})

export const app = (value: OAuthApp): Writable => ({
  id: value.id,
  slug: value.slug,
  name: value.name,
  description: value.description,
  logo_url: value.logoUrl,
  fqdn: value.fqdn,
  supported_scopes: value.supportedScopes,
  scope_definitions: value.scopeDefinitions.map(scopeDefinition),
  allow_dynamic_client_registration: value.allowDynamicClientRegistration,
  is_active: value.isActive,
  created_at: Moment.format(value.createdAt),
  updated_at: Moment.format(value.updatedAt)
})

/** All members are always there. */
const jwk = (key: Jwk): Writable => Object.fromEntries(jwkMembers.map((name) => [name, key[name] ?? null]))

export const client = (value: OAuthClient, secret?: string): Writable => ({
  id: value.id,
  oauth_app_id: value.oauthAppId,
  client_id: value.clientId,
  client_auth_method: value.clientAuthMethod,
  grant_types: value.grantTypes,
  redirect_uris: value.redirectUris,
  client_name: value.clientName,
  client_uri: value.clientUri,
  logo_uri: value.logoUri,
  tos_uri: value.tosUri,
  policy_uri: value.policyUri,
  contacts: value.contacts,
  software_id: value.softwareId,
  software_version: value.softwareVersion,
  token_endpoint_auth_signing_alg: value.tokenEndpointAuthSigningAlg,
  jwks_uri: value.jwksUri,
  jwks: value.jwks === null ? null : { keys: value.jwks.keys.map(jwk) },
  public_key_pem: value.publicKeyPem,
  is_active: value.isActive,
  post_logout_redirect_uris: value.postLogoutRedirectUris,
  id_token_signing_alg: value.idTokenSigningAlg,
  access_token_format: value.accessTokenFormat,
  access_token_ttl_seconds: value.accessTokenTtlSeconds,
  skip_consent: value.skipConsent,
  created_at: Moment.format(value.createdAt),
  updated_at: Moment.format(value.updatedAt),
  client_secret: secret
})

export const grant = (value: OAuthGrant): Writable => ({
  id: value.id,
  api_auth_app_slug: value.apiAuthAppSlug,
  oauth_client_id: value.oauthClientId,
  resource: value.resource,
  scopes: value.scopes,
  status: value.status,
  granted_at: Moment.format(value.grantedAt),
  expires_at: Moment.formatNullable(value.expiresAt),
  revoked_at: Moment.formatNullable(value.revokedAt),
  granted_by_user_id: value.grantedByUserId ?? undefined,
  created_at: Moment.format(value.createdAt),
  updated_at: Moment.format(value.updatedAt)
})

export const signingKey = (value: SigningKey): Writable => ({
  kid: value.kid,
  algorithm: "RS256",
  status: value.status,
  public_key_pem: value.publicKeyPem
})
