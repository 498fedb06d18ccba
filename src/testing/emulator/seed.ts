/** Builds a `World` from a world file. */
import * as Data from "effect/Data"
import * as Effect from "effect/Effect"
import * as ParseResult from "effect/ParseResult"
import * as Schema from "effect/Schema"
import { canonical } from "./json/canonical.js"
import { parse } from "./json/parse.js"
import * as Moment from "./Moment.js"
import type { Options, RateLimitRule, World } from "./World.js"
import { append, empty, scoped } from "./World.js"
import type { Decoded, DecodedAuditRow, DecodedRule } from "./WorldFile.js"
import { AuditRow, WorldFile } from "./WorldFile.js"

/** A world file or audit row that does not have the layout; `message` names the field. */
export class EmulatorConfigError extends Data.TaggedError("EmulatorConfigError")<{ readonly message: string }> {}

export interface Seeded {
  readonly world: World
  /** When the world was recorded: where an emulator of it starts its clock. */
  readonly recordedFrom: Moment.Moment | undefined
  readonly rowsFile: string | undefined
}

const rule = ({ duration, endpoints, max_requests, mode, priority, unit }: DecodedRule): RateLimitRule => ({
  unit,
  duration,
  maxRequests: max_requests,
  mode: mode ?? undefined,
  endpoints: endpoints ?? undefined,
  priority
})

const refused = (what: string) => (error: ParseResult.ParseError) => {
  const [issue] = ParseResult.ArrayFormatter.formatErrorSync(error)
  const field = issue === undefined || issue.path.length === 0 ? "" : ` ${issue.path.map(String).join(".")}`
  return new EmulatorConfigError({ message: `${what}:${field} ${issue?.message ?? "cannot be read"}` })
}

const freeJson = (value: unknown): string => canonical(parse(JSON.stringify(value) ?? "null"))

const group = <A>(items: ReadonlyArray<A>, key: (item: A) => string): Map<string, ReadonlyArray<A>> => {
  const groups = new Map<string, Array<A>>()
  for (const item of items) {
    const found = groups.get(key(item))
    if (found === undefined) groups.set(key(item), [item])
    else found.push(item)
  }
  return groups
}

const oldestFirst = <A extends { readonly createdAt: Moment.Moment }>(items: ReadonlyArray<A>): ReadonlyArray<A> =>
  [...items].sort((a, b) => (a.createdAt < b.createdAt ? -1 : a.createdAt > b.createdAt ? 1 : 0))

/** Reads a parsed world file. Entities without times get those of the clock. */
export const fromFile = (input: unknown, options: Options): Effect.Effect<Seeded, EmulatorConfigError> =>
  Effect.gen(function* () {
    const file = yield* Effect.mapError(Schema.decodeUnknown(WorldFile)(input), refused("world"))
    const present = file.recorded_from ?? (yield* Moment.now)
    const { environment } = file
    const world = empty(options, {
      generatedDomain: environment.generated_domain,
      cnameTarget: environment.cname_target,
      cdnBase: environment.cdn_base,
      authzCacheSeconds: environment.authz_cache_seconds,
      rateLimitSchemeCacheSeconds: environment.rate_limit_scheme_cache_seconds,
      defaultRateLimits: environment.default_rate_limits.map(rule)
    })
    world.consoleDeploymentId = file.console_deployment_id
    seedTenants(world, file)
    seedApiAuth(world, file, present)
    seedOAuth(world, file, present)
    world.lastId = greatestId(file)
    yield* checkReferences(world, file)
    return { world, recordedFrom: file.recorded_from, rowsFile: file.audit?.rows_file }
  })

const checkReferences = (world: World, file: Decoded): Effect.Effect<void, EmulatorConfigError> => {
  for (const [name, actor] of Object.entries(file.actors)) {
    if (actor !== null && !world.deployments.has(actor.deployment_id)) {
      const message = `world: actors.${name}.deployment_id no deployment ${actor.deployment_id} is in deployments`
      return Effect.fail(new EmulatorConfigError({ message }))
    }
  }
  return Effect.void
}

const greatestId = (file: Decoded): bigint => {
  const lists: ReadonlyArray<ReadonlyArray<{ readonly id: string }>> = [
    file.deployments,
    file.users,
    file.organizations,
    file.workspaces,
    file.organization_memberships,
    file.workspace_memberships,
    file.rate_limit_schemes,
    file.api_keys,
    file.oauth_apps,
    file.oauth_signing_keys,
    file.oauth_clients,
    file.oauth_grants
  ]
  let greatest = 0n
  for (const entities of lists) for (const { id } of entities) greatest = BigInt(id) > greatest ? BigInt(id) : greatest
  return greatest
}

const seedTenants = (world: World, file: Decoded): void => {
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

const seedApiAuth = (world: World, file: Decoded, present: Moment.Moment): void => {
  for (const each of file.rate_limit_schemes) {
    world.rateLimitSchemes.set(scoped(each.deployment_id, each.slug), {
      id: each.id,
      deploymentId: each.deployment_id,
      slug: each.slug,
      name: each.name,
      description: each.description,
      rules: each.rules.map(rule),
      createdAt: each.created_at ?? present,
      updatedAt: each.updated_at ?? each.created_at ?? present
    })
  }
  const apps = file.api_auth_apps.map((each) => ({
    deploymentId: each.deployment_id,
    userId: each.user_id,
    organizationId: each.organization_id,
    workspaceId: each.workspace_id,
    appSlug: each.app_slug,
    name: each.name,
    keyPrefix: each.key_prefix,
    description: each.description,
    isActive: each.is_active,
    permissions: each.permissions,
    resources: each.resources,
    rateLimitSchemeSlug: each.rate_limit_scheme_slug,
    createdAt: each.created_at ?? present,
    updatedAt: each.updated_at ?? each.created_at ?? present,
    deletedAt: each.deleted_at
  }))
  for (const app of oldestFirst(apps)) world.apiAuthApps.set(scoped(app.deploymentId, app.appSlug), app)
  const keys = file.api_keys.map((each) => ({
    id: each.id,
    deploymentId: each.deployment_id,
    appSlug: each.app_slug,
    name: each.name,
    keyPrefix: each.key_prefix,
    secret: each.secret,
    permissions: each.permissions,
    metadata: freeJson(each.metadata),
    rateLimitSchemeSlug: each.rate_limit_scheme_slug,
    ownerUserId: each.owner_user_id,
    organizationId: each.organization_id,
    workspaceId: each.workspace_id,
    organizationMembershipId: each.organization_membership_id,
    workspaceMembershipId: each.workspace_membership_id,
    orgRolePermissions: each.org_role_permissions,
    workspaceRolePermissions: each.workspace_role_permissions,
    expiresAt: each.expires_at,
    lastUsedAt: each.last_used_at,
    isActive: each.is_active,
    revokedAt: each.revoked_at,
    revokedReason: each.revoked_reason,
    createdAt: each.created_at ?? present,
    updatedAt: each.updated_at ?? each.created_at ?? present
  }))
  for (const key of oldestFirst(keys)) {
    world.apiKeys.set(key.id, key)
    world.apiKeysBySecret.set(key.secret, key.id)
    append(world.apiKeysOfApp, scoped(key.deploymentId, key.appSlug), key.id)
  }
}

const seedOAuth = (world: World, file: Decoded, present: Moment.Moment): void => {
  const apps = file.oauth_apps.map((each) => ({
    id: each.id,
    deploymentId: each.deployment_id,
    slug: each.slug,
    name: each.name,
    description: each.description,
    logoUrl: each.logo_url,
    fqdn: each.fqdn,
    supportedScopes: [...each.supported_scopes].sort(),
    scopeDefinitions: [...each.supported_scopes].sort().map((scope) => {
      const definition = each.scope_definitions.find((one) => one.scope === scope)
      return {
        scope,
        displayName: definition?.display_name ?? scope,
        description: definition?.description ?? `Allows ${scope} access`,
        archived: definition?.archived ?? false,
        category: definition?.category ?? ("" as const),
        organizationPermission: definition?.organization_permission ?? null,
        workspacePermission: definition?.workspace_permission ?? null
      }
    }),
    allowDynamicClientRegistration: each.allow_dynamic_client_registration,
    isActive: each.is_active,
    createdAt: each.created_at ?? present,
    updatedAt: each.updated_at ?? each.created_at ?? present
  }))
  for (const app of oldestFirst(apps)) world.oauthApps.set(scoped(app.deploymentId, app.slug), app)
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
    jwks: each.jwks,
    publicKeyPem: each.public_key_pem,
    idTokenSigningAlg: each.id_token_signing_alg,
    accessTokenFormat: each.access_token_format,
    accessTokenTtlSeconds: each.access_token_ttl_seconds,
    skipConsent: each.skip_consent,
    isActive: each.is_active,
    clientSecret: null,
    createdAt: each.created_at ?? present,
    updatedAt: each.updated_at ?? each.created_at ?? present
  }))
  for (const client of oldestFirst(clients)) {
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
    status: each.status,
    grantedAt: each.granted_at ?? present,
    expiresAt: each.expires_at,
    revokedAt: each.revoked_at,
    grantedByUserId: each.granted_by_user_id,
    createdAt: each.created_at ?? present,
    updatedAt: each.updated_at ?? each.created_at ?? present
  }))
  for (const grant of oldestFirst(grants)) {
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

const auditRow = (row: DecodedAuditRow) => ({
  requestId: row.request_id,
  deploymentId: row.deployment_id,
  appSlug: row.app_slug,
  keyId: row.key_id,
  keyName: row.key_name,
  outcome: row.outcome,
  blockedByRule: row.blocked_by_rule,
  clientIp: row.client_ip,
  path: row.path,
  userAgent: row.user_agent,
  rateLimits: row.rate_limits === null ? null : freeJson(row.rate_limits),
  timestamp: row.timestamp
})

/** Reads audit rows, given as parsed objects. */
export const auditRows = (rows: ReadonlyArray<unknown>) =>
  Effect.map(Effect.mapError(Schema.decodeUnknown(Schema.Array(AuditRow))(rows), refused("audit rows")), (decoded) =>
    decoded.map(auditRow)
  )
