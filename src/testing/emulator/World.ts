/**
 * Everything that one emulator knows. There is one `World` per layer built and nothing beside it.
 *
 * A world is made of plain data only: strings, numbers, booleans, null, undefined, `bigint`, arrays, plain objects,
 * `Map` and `Set`. Whatever is put into it is therefore part of a snapshot (`snapshot.ts`) without further ado.
 * Entities are immutable and replaced as a whole; each lives in one map, and other maps refer to it by its id.
 * Ids are decimal strings, free JSON (metadata) is canonical JSON text.
 */
import * as Effect from "effect/Effect"
import * as Moment from "./Moment.js"

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

export type RateLimitUnit =
  "millisecond" | "second" | "minute" | "hour" | "day" | "calendar_day" | "month" | "calendar_month"
export type RateLimitMode = "per_app" | "per_key" | "per_key_and_ip" | "per_app_and_ip"

export interface RateLimitRule {
  readonly unit: RateLimitUnit
  readonly duration: number
  readonly maxRequests: number
  /** Unset acts as `per_app`, and stays absent in answers. */
  readonly mode: RateLimitMode | undefined
  readonly endpoints: ReadonlyArray<string> | undefined
  readonly priority: number
}
export interface RateLimitScheme {
  readonly id: string
  readonly deploymentId: string
  readonly slug: string
  readonly name: string
  readonly description: string | null
  readonly rules: ReadonlyArray<RateLimitRule>
  readonly createdAt: Moment.Moment
  readonly updatedAt: Moment.Moment
}

export interface ApiAuthApp {
  readonly deploymentId: string
  readonly userId: string | null
  readonly organizationId: string | null
  readonly workspaceId: string | null
  readonly appSlug: string
  readonly name: string
  readonly keyPrefix: string
  readonly description: string | null
  readonly isActive: boolean
  readonly permissions: ReadonlyArray<string>
  readonly resources: ReadonlyArray<string>
  readonly rateLimitSchemeSlug: string | null
  readonly createdAt: Moment.Moment
  readonly updatedAt: Moment.Moment
  readonly deletedAt: Moment.Moment | null
}

export interface ApiKey {
  readonly id: string
  readonly deploymentId: string
  readonly appSlug: string
  readonly name: string
  readonly keyPrefix: string
  /** The clear text; the API shows it once. */
  readonly secret: string
  readonly permissions: ReadonlyArray<string>
  /** Canonical JSON text. */
  readonly metadata: string
  readonly rateLimitSchemeSlug: string | null
  readonly ownerUserId: string | null
  readonly organizationId: string | null
  readonly workspaceId: string | null
  readonly organizationMembershipId: string | null
  readonly workspaceMembershipId: string | null
  readonly orgRolePermissions: ReadonlyArray<string>
  readonly workspaceRolePermissions: ReadonlyArray<string>
  readonly expiresAt: Moment.Moment | null
  readonly lastUsedAt: Moment.Moment | null
  readonly isActive: boolean
  readonly revokedAt: Moment.Moment | null
  readonly revokedReason: string | null
  readonly createdAt: Moment.Moment
  readonly updatedAt: Moment.Moment
}

export type ScopeCategory = "" | "personal" | "organization" | "workspace"
export interface ScopeDefinition {
  readonly scope: string
  readonly displayName: string
  readonly description: string
  readonly archived: boolean
  readonly category: ScopeCategory
  readonly organizationPermission: string | null
  readonly workspacePermission: string | null
}
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

/** A JWK as stored: the members that are set. Members outside the server's list are dropped on write. */
export type Jwk = Readonly<Record<string, string | ReadonlyArray<string> | null>>
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
export interface OAuthGrant {
  readonly id: string
  readonly deploymentId: string
  readonly apiAuthAppSlug: string
  readonly oauthClientId: string
  readonly resource: string
  /** What the gateway checks for tokens of this grant. */
  readonly grantedResource: string | null
  readonly scopes: ReadonlyArray<string>
  readonly status: "active" | "revoked"
  readonly grantedAt: Moment.Moment
  readonly expiresAt: Moment.Moment | null
  readonly revokedAt: Moment.Moment | null
  readonly grantedByUserId: string | null
  readonly createdAt: Moment.Moment
  readonly updatedAt: Moment.Moment
}
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

/** How the host name provider treats a name: `failing` refuses with `providerError`; unknown names are not in the map. */
export interface Domain {
  readonly hostname: string
  readonly state: "active" | "pending" | "failing"
  readonly providerError: string | null
}

export interface AuditRow {
  readonly requestId: string
  readonly deploymentId: string
  readonly appSlug: string
  /** `"0"` for OAuth tokens. */
  readonly keyId: string
  readonly keyName: string
  readonly outcome: string
  readonly blockedByRule: string | null
  readonly clientIp: string
  /** `<METHOD> <path>` */
  readonly path: string
  readonly userAgent: string | null
  /** Canonical JSON text of `[{rule, remaining, limit}]`, or null. */
  readonly rateLimits: string | null
  readonly timestamp: Moment.Moment
}

/** Calls counted for one limit, oldest first: `calls[i]` of them at `times[i]` (microseconds; see `gateway/counters.ts`). */
export interface Counter {
  readonly times: Array<number>
  readonly calls: Array<number>
  /** The sum of `calls`. */
  total: number
  /** When it was asked last, microseconds. */
  usedAt: number
}
/** The gateway's copy of a key, made when it was last read from the database. */
export interface CachedKey {
  readonly key: ApiKey
  readonly readAt: Moment.Moment
}
/** The gateway's copy of the rules of a scheme. */
export interface CachedRules {
  readonly rules: ReadonlyArray<RateLimitRule>
  readonly readAt: Moment.Moment
}

export interface Options {
  /** `meant`: sliding windows; `observed`: the server's own quirks. */
  readonly windows: "meant" | "observed"
  /** Ids and secrets from Web Crypto, fresh RSA pairs. */
  readonly secure: boolean
  /** How many audit rows are kept. */
  readonly auditCap: number
  /** `meant`: the audit routes as they should be; `plainClickHouse`: with the 500s of an unmodified ClickHouse. */
  readonly audit: "meant" | "plainClickHouse"
}

export const defaultOptions: Options = { windows: "meant", secure: false, auditCap: 100_000, audit: "meant" }

export interface World {
  options: Options
  environment: Environment
  consoleDeploymentId: string
  /** The latest moment given out. */
  lastMoment: Moment.Moment
  /** The greatest id given out or seeded. */
  lastId: bigint

  deployments: Map<string, Deployment>
  /** By credential. */
  backendKeys: Map<string, BackendKey>
  users: Map<string, User>
  organizations: Map<string, Organization>
  workspaces: Map<string, Workspace>
  /** By user id. */
  organizationMemberships: Map<string, ReadonlyArray<OrganizationMembership>>
  /** By user id. */
  workspaceMemberships: Map<string, ReadonlyArray<WorkspaceMembership>>

  /** By `scoped(deploymentId, slug)`. */
  rateLimitSchemes: Map<string, RateLimitScheme>
  /** By `scoped(deploymentId, appSlug)`, deleted ones too. */
  apiAuthApps: Map<string, ApiAuthApp>
  /** By id. */
  apiKeys: Map<string, ApiKey>
  /** Ids of keys by `scoped(deploymentId, appSlug)`, oldest first. */
  apiKeysOfApp: Map<string, Array<string>>
  /** Ids of keys by their clear text. */
  apiKeysBySecret: Map<string, string>

  /** By `scoped(deploymentId, slug)`. */
  oauthApps: Map<string, OAuthApp>
  /** By the app's id, in no particular order. */
  signingKeysOfApp: Map<string, ReadonlyArray<SigningKey>>
  /** How many keys were taken out of the fixed set. */
  signingKeysMade: number
  /** By record id. */
  oauthClients: Map<string, OAuthClient>
  /** Record ids by the app's id, oldest first. */
  oauthClientsOfApp: Map<string, Array<string>>
  oauthGrants: Map<string, OAuthGrant>
  /** Ids of grants by the client's record id, oldest first. */
  oauthGrantsOfClient: Map<string, Array<string>>
  /** By value. */
  oauthAccessTokens: Map<string, OAuthAccessToken>
  /** By host name. */
  domains: Map<string, Domain>

  /** Written and read by `audit/trail.ts`, which keeps them in order of timestamp and request id. */
  auditRows: Array<AuditRow>
  /** How many rows were dropped because of the cap. */
  auditDropped: number
  /** By the key of the counter; see `gateway/counters.ts`. */
  counters: Map<string, Counter>
  /** By the credential; see `gateway/copies.ts`. */
  cachedKeys: Map<string, CachedKey>
  /** By `scoped(deploymentId, schemeSlug)`; see `gateway/copies.ts`. */
  cachedRules: Map<string, CachedRules>
}

/** The key of an entity that is unique within its deployment. */
export const scoped = (deploymentId: string, slug: string): string => `${deploymentId}/${slug}`

export const empty = (options: Options, environment: Environment): World => ({
  options,
  environment,
  consoleDeploymentId: "",
  lastMoment: -1n,
  lastId: 0n,
  deployments: new Map(),
  backendKeys: new Map(),
  users: new Map(),
  organizations: new Map(),
  workspaces: new Map(),
  organizationMemberships: new Map(),
  workspaceMemberships: new Map(),
  rateLimitSchemes: new Map(),
  apiAuthApps: new Map(),
  apiKeys: new Map(),
  apiKeysOfApp: new Map(),
  apiKeysBySecret: new Map(),
  oauthApps: new Map(),
  signingKeysOfApp: new Map(),
  signingKeysMade: 0,
  oauthClients: new Map(),
  oauthClientsOfApp: new Map(),
  oauthGrants: new Map(),
  oauthGrantsOfClient: new Map(),
  oauthAccessTokens: new Map(),
  domains: new Map(),
  auditRows: [],
  auditDropped: 0,
  counters: new Map(),
  cachedKeys: new Map(),
  cachedRules: new Map()
})

/** The moment of a request: the clock's, or one microsecond after the one before where the clock stands still. */
export const nextMoment = (world: World): Effect.Effect<Moment.Moment> =>
  Effect.map(Moment.now, (now) => {
    world.lastMoment = Moment.max(now, world.lastMoment + 1n)
    return world.lastMoment
  })

/** Puts a value at the end of the list under `key`. */
export const append = (lists: Map<string, Array<string>>, key: string, value: string): void => {
  const list = lists.get(key)
  if (list === undefined) lists.set(key, [value])
  else list.push(value)
}
