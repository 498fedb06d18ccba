/**
 * Everything that one emulator knows. There is one `World` per layer built and nothing beside it.
 *
 * A world is made of plain data only: strings, numbers, booleans, null, undefined, `bigint`, arrays, plain objects
 * and `Map`. Whatever is put into it is therefore part of a snapshot (`snapshot.ts`) without further ado.
 * Entities are immutable and replaced as a whole; each lives in one map, and other maps refer to it by its id.
 * Ids are decimal strings, free JSON (metadata) is canonical JSON text.
 */
import type { ApiAuthApp, ApiKey, RateLimitScheme } from "./entities/apiauth.js"
import type { AuditRow, CachedKey, CachedRules, Counter } from "./entities/gateway.js"
import type { Domain, OAuthAccessToken, OAuthApp, OAuthClient, OAuthGrant, SigningKey } from "./entities/oauth.js"
import type {
  BackendKey,
  Deployment,
  Environment,
  Organization,
  OrganizationMembership,
  User,
  Workspace,
  WorkspaceMembership
} from "./entities/tenants.js"
import * as Moment from "./Moment.js"

export type * from "./entities/index.js"

/**
 * How a running emulator behaves: `state.options`.
 *
 * @since 0.1.0
 * @category models
 */
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
  /** Record ids by the app's id, in no particular order. */
  oauthClientsOfApp: Map<string, Array<string>>
  oauthGrants: Map<string, OAuthGrant>
  /** Ids of grants by the client's record id, in no particular order. */
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
export const stamp = (world: World, now: Moment.Moment): Moment.Moment => {
  world.lastMoment = Moment.max(now, world.lastMoment + 1n)
  return world.lastMoment
}

/** Puts a value at the end of the list under `key`. */
export const append = <A>(lists: Map<string, Array<A>>, key: string, value: A): void => {
  const list = lists.get(key)
  if (list === undefined) lists.set(key, [value])
  else list.push(value)
}
