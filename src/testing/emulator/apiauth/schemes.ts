/** Rate-limit schemes: `/api-auth/rate-limit-schemes`. */
import * as Effect from "effect/Effect"
import * as Answer from "../Answer.js"
import type { PlatformCall } from "../Call.js"
import { body } from "../Call.js"
import * as Database from "../database.js"
import * as Failure from "../Failure.js"
import { nextId } from "../ids.js"
import { array, object, optional, required, text } from "../json/decode.js"
import type { Writable } from "../json/write.js"
import { rawId } from "../json/write.js"
import * as Moment from "../Moment.js"
import * as Route from "../Route.js"
import { isBlank } from "../text.js"
import type { RateLimitScheme, World } from "../World.js"
import { scoped } from "../World.js"
import { checkRules, Rule, showRule } from "./rules.js"

const show = (scheme: RateLimitScheme): Writable => ({
  id: rawId(scheme.id),
  deployment_id: rawId(scheme.deploymentId),
  slug: scheme.slug,
  name: scheme.name,
  description: scheme.description,
  rules: scheme.rules.map(showRule),
  created_at: Moment.format(scheme.createdAt),
  updated_at: Moment.format(scheme.updatedAt)
})

const find = (call: PlatformCall<{ readonly slug: string }>): Effect.Effect<RateLimitScheme, Failure.Failure> =>
  Effect.flatMap(Database.taken(call.params.slug), (slug) => {
    const scheme = call.world.rateLimitSchemes.get(scoped(call.deployment.id, slug))
    return scheme === undefined ? Failure.notFound("Rate limit scheme not found") : Effect.succeed(scheme)
  })

const save = (world: World, scheme: RateLimitScheme): RateLimitScheme => {
  world.rateLimitSchemes.set(scoped(scheme.deploymentId, scheme.slug), scheme)
  return scheme
}

const CreateScheme = object({
  slug: required(text),
  name: required(text),
  description: optional(text),
  rules: required(array(Rule))
})
const UpdateScheme = object({ name: optional(text), description: optional(text), rules: optional(array(Rule)) })

const createScheme = (call: PlatformCall<unknown>) =>
  Effect.gen(function* () {
    const input = yield* body(call, CreateScheme)
    if (isBlank(input.slug)) return yield* Failure.badRequest("Scheme slug is required")
    if (isBlank(input.name)) return yield* Failure.badRequest("Scheme name is required")
    yield* checkRules(input.rules)
    if (call.world.rateLimitSchemes.has(scoped(call.deployment.id, input.slug)))
      return yield* Failure.conflict(`Rate limit scheme '${input.slug}' already exists`)
    const scheme = yield* Database.taken<RateLimitScheme>({
      id: yield* nextId(call.world, call.moment),
      deploymentId: call.deployment.id,
      slug: input.slug,
      name: input.name,
      description: input.description ?? null,
      rules: input.rules,
      createdAt: call.moment,
      updatedAt: call.moment
    })
    return Answer.json(show(save(call.world, scheme)))
  })

const updateScheme = (call: PlatformCall<{ readonly slug: string }>) =>
  Effect.gen(function* () {
    const input = yield* body(call, UpdateScheme)
    if (input.name !== undefined && isBlank(input.name)) return yield* Failure.badRequest("Scheme name cannot be empty")
    if (input.rules !== undefined) yield* checkRules(input.rules)
    const scheme = yield* find(call)
    const updated = yield* Database.taken<RateLimitScheme>({
      ...scheme,
      name: input.name ?? scheme.name,
      description: input.description ?? scheme.description,
      rules: input.rules ?? scheme.rules,
      updatedAt: call.moment
    })
    return Answer.json(show(save(call.world, updated)))
  })

const deleteScheme = (call: PlatformCall<{ readonly slug: string }>) =>
  Effect.gen(function* () {
    const { deploymentId, slug } = yield* find(call)
    const refuse = (user: string) =>
      Failure.badRequest(`Cannot delete rate limit scheme while it is assigned to ${user}`)
    for (const app of call.world.apiAuthApps.values())
      if (app.deploymentId === deploymentId && app.rateLimitSchemeSlug === slug && app.deletedAt === null)
        return yield* refuse("API auth apps")
    for (const key of call.world.apiKeys.values())
      if (key.deploymentId === deploymentId && key.rateLimitSchemeSlug === slug && key.isActive)
        return yield* refuse("active API keys")
    call.world.rateLimitSchemes.delete(scoped(deploymentId, slug))
    return Answer.noContent
  })

const listSchemes = (call: PlatformCall<unknown>) =>
  Effect.sync(() => {
    const schemes = [...call.world.rateLimitSchemes.values()]
      .filter((scheme) => scheme.deploymentId === call.deployment.id)
      .sort((a, b) => (a.updatedAt > b.updatedAt ? -1 : a.updatedAt < b.updatedAt ? 1 : 0))
    return Answer.json({ schemes: schemes.map(show), total: schemes.length })
  })

export const routes = [
  Route.platform("listRateLimitSchemes", "GET", "/api-auth/rate-limit-schemes", listSchemes),
  Route.platform("createRateLimitScheme", "POST", "/api-auth/rate-limit-schemes", createScheme),
  Route.platform("getRateLimitScheme", "GET", "/api-auth/rate-limit-schemes/{slug}", (call) =>
    Effect.map(find(call), (scheme) => Answer.json(show(scheme)))
  ),
  Route.platform("updateRateLimitScheme", "PATCH", "/api-auth/rate-limit-schemes/{slug}", updateScheme),
  Route.platform("deleteRateLimitScheme", "DELETE", "/api-auth/rate-limit-schemes/{slug}", deleteScheme)
]
