/** API-auth apps: `/api-auth/apps`. */
import * as Array from "effect/Array"
import * as Effect from "effect/Effect"
import * as Answer from "../Answer.js"
import type { PlatformCall } from "../Call.js"
import { body } from "../Call.js"
import * as Database from "../database.js"
import * as Failure from "../Failure.js"
import { array, boolean, id, object, optional, required, text } from "../json/decode.js"
import type { Writable } from "../json/write.js"
import * as Moment from "../Moment.js"
import * as Query from "../Query.js"
import * as Route from "../Route.js"
import { isBlank } from "../text.js"
import type { ApiAuthApp, World } from "../World.js"
import { scoped } from "../World.js"
import { showRule } from "./rules.js"
import { checkUserIsMember, resolveTenant } from "./tenants.js"

type AppCall = PlatformCall<{ readonly app_slug: string }>

/** The rules of a scheme as answers show them: none where the slug is unknown. */
export const showSchemeRules = (world: World, deploymentId: string, slug: string | null): ReadonlyArray<Writable> =>
  slug === null ? [] : (world.rateLimitSchemes.get(scoped(deploymentId, slug))?.rules.map(showRule) ?? [])

const show = (world: World, app: ApiAuthApp): Writable => ({
  deployment_id: app.deploymentId,
  user_id: app.userId ?? undefined,
  organization_id: app.organizationId ?? undefined,
  workspace_id: app.workspaceId ?? undefined,
  app_slug: app.appSlug,
  name: app.name,
  description: app.description,
  is_active: app.isActive,
  key_prefix: app.keyPrefix,
  permissions: app.permissions,
  resources: app.resources,
  rate_limits: showSchemeRules(world, app.deploymentId, app.rateLimitSchemeSlug),
  rate_limit_scheme_slug: app.rateLimitSchemeSlug ?? undefined,
  created_at: Moment.format(app.createdAt),
  updated_at: Moment.format(app.updatedAt),
  deleted_at: Moment.formatNullable(app.deletedAt)
})

/** The app of a route, unless it is deleted. */
export const findApp = (call: AppCall): Effect.Effect<ApiAuthApp, Failure.Failure> =>
  Effect.flatMap(Database.taken(call.params.app_slug), (slug) => {
    const app = call.world.apiAuthApps.get(scoped(call.deployment.id, slug))
    return app === undefined || app.deletedAt !== null ? Failure.notFound("API key app not found") : Effect.succeed(app)
  })

const save = (world: World, app: ApiAuthApp): ApiAuthApp => {
  world.apiAuthApps.set(scoped(app.deploymentId, app.appSlug), app)
  return app
}

const CreateApp = object({
  user_id: optional(id),
  organization_id: optional(id),
  workspace_id: optional(id),
  app_slug: required(text),
  name: required(text),
  key_prefix: required(text),
  description: optional(text),
  rate_limit_scheme_slug: optional(text),
  permissions: optional(array(text)),
  resources: optional(array(text))
})

const createApp = (call: PlatformCall<unknown>) =>
  Effect.gen(function* () {
    const input = yield* body(call, CreateApp)
    const { deployment, moment, world } = call
    if (deployment.plan !== "growth" || deployment.subscriptionStatus !== "active")
      return yield* Failure.forbidden("API auth app creation requires Growth plan")
    if (input.user_id !== undefined && (input.permissions !== undefined || input.resources !== undefined))
      return yield* Failure.badRequest("permissions/resources cannot be set when user_id is attached")
    const tenant = yield* resolveTenant(world, deployment.id, {
      organizationId: input.organization_id ?? null,
      workspaceId: input.workspace_id ?? null
    })
    if (input.user_id !== undefined) {
      const user = world.users.get(input.user_id)
      if (user === undefined || user.deleted || user.deploymentId !== deployment.id)
        return yield* Failure.badRequest("user_id does not exist for this deployment")
      yield* checkUserIsMember(world, user.id, tenant)
    } else if (tenant.organizationId !== null)
      return yield* Failure.badRequest("user_id is required when organization_id/workspace_id is provided")
    const app = yield* Database.taken<ApiAuthApp>({
      deploymentId: deployment.id,
      userId: input.user_id ?? null,
      ...tenant,
      appSlug: input.app_slug,
      name: input.name,
      keyPrefix: input.key_prefix,
      description: input.description ?? null,
      isActive: true,
      permissions: input.permissions ?? [],
      resources: input.resources ?? [],
      rateLimitSchemeSlug: input.rate_limit_scheme_slug ?? null,
      createdAt: moment,
      updatedAt: moment,
      deletedAt: null
    })
    // a deleted app keeps its slug
    if (world.apiAuthApps.has(scoped(deployment.id, app.appSlug))) return yield* Effect.fail(Failure.alreadyExists)
    return Answer.json(show(world, save(world, app)))
  })

const UpdateApp = object({
  organization_id: optional(id),
  workspace_id: optional(id),
  name: optional(text),
  key_prefix: optional(text),
  description: optional(text),
  is_active: optional(boolean),
  rate_limit_scheme_slug: optional(text),
  permissions: optional(array(text)),
  resources: optional(array(text))
})

const updateApp = (call: AppCall) =>
  Effect.gen(function* () {
    const input = yield* body(call, UpdateApp)
    const { moment, world } = call
    const app = yield* findApp(call)
    if (app.userId !== null && (input.permissions !== undefined || input.resources !== undefined))
      return yield* Failure.badRequest("permissions/resources can only be updated when app is not attached to a user")
    const isMoved = input.organization_id !== undefined || input.workspace_id !== undefined
    const tenant = isMoved
      ? yield* resolveTenant(world, app.deploymentId, {
          organizationId: input.organization_id ?? app.organizationId,
          workspaceId: input.workspace_id ?? app.workspaceId
        })
      : app
    if (isMoved && app.userId !== null) yield* checkUserIsMember(world, app.userId, tenant)
    if (isMoved && app.userId === null)
      return yield* Failure.badRequest("organization_id/workspace_id cannot be set when app has no user_id")
    const updated = yield* Database.taken<ApiAuthApp>({
      ...app,
      organizationId: tenant.organizationId,
      workspaceId: tenant.workspaceId,
      name: input.name ?? app.name,
      keyPrefix: input.key_prefix ?? app.keyPrefix,
      description: input.description ?? app.description,
      isActive: input.is_active ?? app.isActive,
      rateLimitSchemeSlug: input.rate_limit_scheme_slug ?? app.rateLimitSchemeSlug,
      permissions: input.permissions ?? app.permissions,
      resources: input.resources ?? app.resources,
      updatedAt: moment
    })
    save(world, updated)
    stampKeys(world, updated, moment)
    return Answer.json(show(world, updated))
  })

/** Every update of an app puts its scheme on all of its keys. */
const stampKeys = (world: World, app: ApiAuthApp, moment: Moment.Moment): void => {
  for (const keyId of world.apiKeysOfApp.get(scoped(app.deploymentId, app.appSlug)) ?? []) {
    const key = world.apiKeys.get(keyId)
    if (key !== undefined)
      world.apiKeys.set(keyId, { ...key, rateLimitSchemeSlug: app.rateLimitSchemeSlug, updatedAt: moment })
  }
}

const deleteApp = (call: AppCall) =>
  Effect.map(findApp(call), (app) => {
    save(call.world, { ...app, isActive: false, deletedAt: call.moment, updatedAt: call.moment })
    return Answer.emptyObject
  })

const listQuery = {
  include_inactive: Query.withDefault(Query.boolean, false),
  limit: Query.withDefault(Query.int32, 50),
  offset: Query.withDefault(Query.int32, 0),
  search: Query.withDefault(Query.text, "")
}

const listApps = (call: PlatformCall<unknown>) =>
  Effect.gen(function* () {
    const { include_inactive, limit, offset, search } = yield* Query.read(call, listQuery)
    // the database is asked for two rows more than the limit, and refuses negative numbers and NUL
    const asked = limit + 2
    if (asked < 0 || offset < 0 || search.includes("\u0000")) return yield* Effect.fail(Failure.unexpected)
    const slug = isBlank(search) ? undefined : search
    const found = [...call.world.apiAuthApps.values()].filter(
      (app) =>
        app.deploymentId === call.deployment.id &&
        app.deletedAt === null &&
        (include_inactive || app.isActive) &&
        (slug === undefined || app.appSlug === slug)
    )
    const apps = Array.reverse(found).slice(offset, offset + asked)
    const hasMore = limit >= 0 && apps.length > limit
    return Answer.json({
      data: (hasMore ? apps.slice(0, limit) : apps).map((app) => show(call.world, app)),
      has_more: hasMore,
      limit,
      offset
    })
  })

export const routes = [
  Route.platform("listApiAuthApps", "GET", "/api-auth/apps", listApps),
  Route.platform("createApiAuthApp", "POST", "/api-auth/apps", createApp),
  Route.platform("getApiAuthApp", "GET", "/api-auth/apps/{app_slug}", (call) =>
    Effect.map(findApp(call), (app) => Answer.json(show(call.world, app)))
  ),
  Route.platform("updateApiAuthApp", "PATCH", "/api-auth/apps/{app_slug}", updateApp),
  Route.platform("deleteApiAuthApp", "DELETE", "/api-auth/apps/{app_slug}", deleteApp)
]
