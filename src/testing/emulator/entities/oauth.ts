/** OAuth apps with their scopes, keys, clients, grants and tokens. */
import type * as Moment from "../Moment.js"

/**
 * Whom a scope concerns; `""` where nobody has set it.
 *
 * @since 0.1.0
 * @category entities
 */
export type ScopeCategory = "" | "personal" | "organization" | "workspace"

/**
 * What an OAuth app says of one of its scopes.
 *
 * @since 0.1.0
 * @category entities
 */
export interface ScopeDefinition {
  readonly scope: string
  readonly displayName: string
  readonly description: string
  readonly archived: boolean
  readonly category: ScopeCategory
  readonly organizationPermission: string | null
  readonly workspacePermission: string | null
}

/**
 * An OAuth app, as stored.
 *
 * @since 0.1.0
 * @category entities
 */
export interface OAuthApp {
  readonly id: string
  readonly deploymentId: string
  readonly slug: string
  readonly name: string
  readonly description: string | null
  readonly logoUrl: string | null
  readonly fqdn: string
  /** Sorted. */
  readonly supportedScopes: ReadonlyArray<string>
  /** One for each supported scope, in the same order. */
  readonly scopeDefinitions: ReadonlyArray<ScopeDefinition>
  readonly allowDynamicClientRegistration: boolean
  readonly isActive: boolean
  readonly createdAt: Moment.Moment
  readonly updatedAt: Moment.Moment
}

/**
 * A key with which an OAuth app signs; compromised ones stay, though the API hides them.
 *
 * @since 0.1.0
 * @category entities
 */
export interface SigningKey {
  readonly id: string
  readonly oauthAppId: string
  readonly kid: string
  readonly status: "active" | "retired" | "compromised"
  readonly publicKeyPem: string
  readonly activatedAt: Moment.Moment
  readonly retiredAt: Moment.Moment | null
  readonly createdAt: Moment.Moment
}

/**
 * A JWK as stored: the members that are set. Members outside the server's list are dropped on write.
 *
 * @since 0.1.0
 * @category entities
 */
export type Jwk = Readonly<Record<string, string | ReadonlyArray<string> | null>>

/**
 * A client of an OAuth app, as stored, its secret in clear text included.
 *
 * @since 0.1.0
 * @category entities
 */
export interface OAuthClient {
  /** The record id, which paths take. */
  readonly id: string
  readonly deploymentId: string
  readonly oauthAppId: string
  /** `oc_…` */
  readonly clientId: string
  readonly clientAuthMethod: string
  readonly grantTypes: ReadonlyArray<string>
  readonly redirectUris: ReadonlyArray<string>
  readonly postLogoutRedirectUris: ReadonlyArray<string>
  readonly clientName: string | null
  readonly clientUri: string | null
  readonly logoUri: string | null
  readonly tosUri: string | null
  readonly policyUri: string | null
  readonly contacts: ReadonlyArray<string>
  readonly softwareId: string | null
  readonly softwareVersion: string | null
  readonly tokenEndpointAuthSigningAlg: string | null
  readonly jwksUri: string | null
  readonly jwks: { readonly keys: ReadonlyArray<Jwk> } | null
  readonly publicKeyPem: string | null
  readonly idTokenSigningAlg: string
  readonly accessTokenFormat: string
  readonly accessTokenTtlSeconds: number
  readonly skipConsent: boolean
  readonly isActive: boolean
  /** The clear text, where there is one that the emulator made. */
  readonly clientSecret: string | null
  readonly createdAt: Moment.Moment
  readonly updatedAt: Moment.Moment
}

/**
 * What a user has granted a client.
 *
 * @since 0.1.0
 * @category entities
 */
export interface OAuthGrant {
  readonly id: string
  readonly deploymentId: string
  readonly apiAuthAppSlug: string
  readonly oauthClientId: string
  readonly resource: string
  /** What the gateway checks for tokens of this grant. */
  readonly grantedResource: string | null
  readonly scopes: ReadonlyArray<string>
  readonly status: "active" | "revoked" | "expired"
  readonly grantedAt: Moment.Moment
  readonly expiresAt: Moment.Moment | null
  readonly revokedAt: Moment.Moment | null
  readonly grantedByUserId: string | null
  readonly createdAt: Moment.Moment
  readonly updatedAt: Moment.Moment
}

/**
 * An access token that the gateway knows, in clear text.
 *
 * @since 0.1.0
 * @category entities
 */
export interface OAuthAccessToken {
  readonly value: string
  /** The client's record id. */
  readonly oauthClientId: string
  readonly oauthGrantId: string | null
  readonly apiAuthAppSlug: string
  readonly scopes: ReadonlyArray<string>
  readonly resource: string | null
  readonly grantedResource: string | null
  readonly expiresAt: Moment.Moment
  readonly revokedAt: Moment.Moment | null
}

/**
 * How the host name provider treats a name: `failing` refuses with `providerError`; unknown names are not in the map.
 *
 * @since 0.1.0
 * @category entities
 */
export interface Domain {
  readonly hostname: string
  readonly state: "active" | "pending" | "failing"
  readonly providerError: string | null
}
