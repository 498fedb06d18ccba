/** API keys: `/api-auth/apps/{app_slug}/keys`. */
import * as Array from "effect/Array"
import * as Effect from "effect/Effect"
import * as Answer from "../Answer.js"
import type { PlatformCall } from "../Call.js"
import { body } from "../Call.js"
import * as Database from "../database.js"
import * as Failure from "../Failure.js"
import { freeText, nextId } from "../ids.js"
import { array, id, json, object, optional, required, text, timestamp } from "../json/decode.js"
import type { Writable } from "../json/write.js"
import { rawText } from "../json/write.js"
import * as Moment from "../Moment.js"
import * as Query from "../Query.js"
import * as Route from "../Route.js"
import type { ApiKey, World } from "../World.js"
import { append, scoped } from "../World.js"
import { findApp, showSchemeRules } from "./apps.js"
import { ownership } from "./tenants.js"

type AppCall = PlatformCall<{ readonly app_slug: string }>
type KeyCall = PlatformCall<{ readonly app_slug: string; readonly key_id: string }>

const show = (key: ApiKey, rules: ReadonlyArray<Writable>, secret?: string): Writable => ({
  id: key.id,
  deployment_id: key.deploymentId,
  app_slug: key.appSlug,
  name: key.name,
  key_prefix: key.keyPrefix,
  key_suffix: key.secret.slice(-8),
  permissions: key.permissions,
  metadata: rawText(key.metadata),
  rate_limits: rules,
  rate_limit_scheme_slug: key.rateLimitSchemeSlug ?? undefined,
  owner_user_id: key.ownerUserId ?? undefined,
  organization_id: key.organizationId ?? undefined,
  workspace_id: key.workspaceId ?? undefined,
  organization_membership_id: key.organizationMembershipId ?? undefined,
  workspace_membership_id: key.workspaceMembershipId ?? undefined,
  org_role_permissions: key.orgRolePermissions,
  workspace_role_permissions: key.workspaceRolePermissions,
  expires_at: Moment.formatNullable(key.expiresAt),
  last_used_at: Moment.formatNullable(key.lastUsedAt),
  is_active: key.isActive,
  created_at: Moment.format(key.createdAt),
  updated_at: Moment.format(key.updatedAt),
  revoked_at: Moment.formatNullable(key.revokedAt),
  revoked_reason: key.revokedReason,
  secret
})

/** The one answer that holds the secret; its `rate_limits` are empty even with a scheme. */
const showNew = (key: ApiKey): Answer.Answer => Answer.json(show(key, [], key.secret))

/** Puts a new key into the world, under all that it is found by. */
export const addKey = (world: World, key: ApiKey): ApiKey => {
  world.apiKeys.set(key.id, key)
  world.apiKeysBySecret.set(key.secret, key.id)
  append(world.apiKeysOfApp, scoped(key.deploymentId, key.appSlug), key.id)
  return key
}

const makeSecret = (world: World, moment: Moment.Moment, prefix: string) => {
  const secret = (text: string) => `${prefix}_${text}`
  return Effect.map(
    freeText(world, moment, 43, (text) => world.apiKeysBySecret.has(secret(text))),
    secret
  )
}

const keysOfApp = (world: World, deploymentId: string, appSlug: string): ReadonlyArray<ApiKey> =>
  (world.apiKeysOfApp.get(scoped(deploymentId, appSlug)) ?? []).flatMap((keyId) => world.apiKeys.get(keyId) ?? [])

const listKeys = (call: AppCall) =>
  Effect.gen(function* () {
    const { include_inactive } = yield* Query.read(call, {
      include_inactive: Query.withDefault(Query.boolean, false)
    })
    const app = yield* findApp(call)
    const keys = Array.reverse(keysOfApp(call.world, app.deploymentId, app.appSlug)).filter(
      (key) => include_inactive || key.isActive
    )
    return Answer.json({
      keys: keys.map((key) => show(key, showSchemeRules(call.world, key.deploymentId, key.rateLimitSchemeSlug)))
    })
  })

const CreateKey = object({
  name: required(text),
  permissions: optional(array(text)),
  metadata: optional(json),
  expires_at: optional(timestamp)
})

const createKey = (call: AppCall) =>
  Effect.gen(function* () {
    const input = yield* body(call, CreateKey)
    const { moment, world } = call
    const app = yield* findApp(call)
    const owner = yield* ownership(world, app, { needsOwner: false })
    const key = yield* Database.taken<ApiKey>({
      id: yield* nextId(world, moment),
      deploymentId: app.deploymentId,
      appSlug: app.appSlug,
      name: input.name,
      keyPrefix: app.keyPrefix,
      secret: yield* makeSecret(world, moment, app.keyPrefix),
      permissions: input.permissions ?? [],
      metadata: input.metadata ?? "{}",
      rateLimitSchemeSlug: app.rateLimitSchemeSlug,
      ...owner,
      expiresAt: input.expires_at ?? null,
      lastUsedAt: null,
      isActive: true,
      revokedAt: null,
      revokedReason: null,
      createdAt: moment,
      updatedAt: moment
    })
    return showNew(addKey(world, key))
  })

const findKey = (call: KeyCall): Effect.Effect<ApiKey, Failure.Failure> => {
  const key = call.world.apiKeys.get(call.params.key_id)
  return key === undefined || key.deploymentId !== call.deployment.id || key.appSlug !== call.params.app_slug
    ? Failure.notFound("API key not found")
    : Effect.succeed(key)
}

const revoke = (call: KeyCall, key: ApiKey, reason: string | null): void => {
  call.world.apiKeys.set(key.id, {
    ...key,
    isActive: false,
    revokedAt: call.moment,
    revokedReason: reason,
    updatedAt: call.moment
  })
}

const RevokeKey = object({ reason: optional(text), key_id: optional(id) })

const revokeKey = (call: KeyCall) =>
  Effect.gen(function* () {
    const { reason } = yield* body(call, RevokeKey)
    yield* findApp(call)
    const key = yield* findKey(call)
    if (!key.isActive) return yield* Failure.notFound("API key not found or already revoked")
    revoke(call, key, yield* Database.taken(reason ?? null))
    return Answer.emptyObject
  })

/** One step: the successor's `created_at` is the old key's `revoked_at` to the microsecond. */
const rotateKey = (call: KeyCall) =>
  Effect.gen(function* () {
    const { moment, world } = call
    const app = yield* findApp(call)
    const key = yield* findKey(call)
    if (!key.isActive) return yield* Failure.notFound("API key not found or inactive")
    if (!app.isActive) return yield* Failure.notFound("API key app not found or inactive")
    const owner = yield* ownership(world, app, { needsOwner: true })
    const successor: ApiKey = {
      ...key,
      ...owner,
      id: yield* nextId(world, moment),
      secret: yield* makeSecret(world, moment, key.keyPrefix),
      lastUsedAt: null,
      createdAt: moment,
      updatedAt: moment
    }
    revoke(call, key, "Rotated")
    return showNew(addKey(world, successor))
  })

export const routes = [
  Route.platform("listApiKeys", "GET", "/api-auth/apps/{app_slug}/keys", listKeys),
  Route.platform("createApiKey", "POST", "/api-auth/apps/{app_slug}/keys", createKey),
  Route.platform("revokeApiKey", "POST", "/api-auth/apps/{app_slug}/keys/{key_id}/revoke", revokeKey),
  Route.platform("rotateApiKey", "POST", "/api-auth/apps/{app_slug}/keys/{key_id}/rotate", rotateKey)
]
