/** OAuth apps: list, create, update, and the state of their host names. */
import * as Effect from "effect/Effect"
import * as Answer from "../Answer.js"
import type { PlatformCall } from "../Call.js"
import * as Call from "../Call.js"
import * as Database from "../database.js"
import * as Failure from "../Failure.js"
import { freeText, lowerCase, nextId } from "../ids.js"
import * as Decode from "../json/decode.js"
import * as Route from "../Route.js"
import type { OAuthApp, World } from "../World.js"
import { scoped } from "../World.js"
import type { AppForm } from "./appForm.js"
import * as AppForms from "./appForm.js"
import * as DefinitionInput from "./definitionInput.js"
import * as Find from "./find.js"
import * as Fqdn from "./fqdn.js"
import * as Logo from "./logo.js"
import * as Provider from "./provider.js"
import * as Scopes from "./scopes.js"
import * as Show from "./show.js"
import * as SigningKeys from "./signingKeys.js"

const updateApp = Decode.object({
  name: Decode.optional(Decode.text),
  description: Decode.optional(Decode.text),
  supported_scopes: Decode.optional(Decode.array(Decode.text)),
  scope_definitions: Decode.optional(Decode.array(DefinitionInput.scopeDefinition)),
  allow_dynamic_client_registration: Decode.optional(Decode.boolean),
  is_active: Decode.optional(Decode.boolean)
})

/** The host name: in production the one asked for, registered from now on; elsewhere a generated one. */
const hostName = (call: PlatformCall<unknown>, { fqdn }: AppForm): Effect.Effect<string, Failure.Failure> =>
  Effect.gen(function* () {
    const { moment, world } = call
    if (call.deployment.mode !== "production") {
      const name = (label: string) => `${label}.${world.environment.generatedDomain}`
      return name(yield* freeText(world, moment, 16, (label) => Provider.isUsed(world, name(label)), lowerCase))
    }
    if (fqdn === null) return yield* Failure.badRequest("fqdn is required for production")
    yield* Find.refuse(Fqdn.violation(fqdn))
    yield* Provider.register(world, fqdn)
    return fqdn
  })

const mergeDefinitions = (...args: Parameters<typeof Scopes.mergeDefinitions>) =>
  Effect.catchAll(Scopes.mergeDefinitions(...args), Failure.badRequest)

/** Slugs are unique in their deployment, host names everywhere. */
const isTaken = (world: World, { deploymentId, fqdn, slug }: OAuthApp): boolean =>
  world.oauthApps.has(scoped(deploymentId, slug)) || Provider.isUsed(world, fqdn)

const create = (call: PlatformCall<unknown>): Effect.Effect<Answer.Answer, Failure.Failure> =>
  Effect.gen(function* () {
    const form = yield* AppForms.read(call)
    const { deployment, moment, world } = call
    if (deployment.deleted) return yield* Failure.notFound("Deployment not found")
    const fqdn = yield* hostName(call, form)
    const scopeDefinitions = yield* mergeDefinitions(form.supportedScopes, form.definitions)
    const extension = form.logoExtension
    const app = yield* Database.taken<OAuthApp>({
      id: yield* nextId(world, moment),
      deploymentId: deployment.id,
      slug: form.slug,
      name: form.name,
      description: form.description,
      logoUrl:
        extension === undefined ? null : Logo.url(world.environment.cdnBase, deployment.id, form.slug, extension),
      fqdn,
      supportedScopes: form.supportedScopes,
      scopeDefinitions,
      allowDynamicClientRegistration: form.allowDynamicClientRegistration,
      isActive: true,
      createdAt: moment,
      updatedAt: moment
    })
    yield* Failure.failIf(isTaken(world, app), Failure.alreadyExists)
    world.oauthApps.set(scoped(deployment.id, app.slug), app)
    yield* SigningKeys.activate(world, app, moment)
    return Answer.json(Show.app(app))
  })

export const routes: ReadonlyArray<Route.PlatformRoute> = [
  Route.platform("listOAuthApps", "GET", "/oauth/apps", (call) =>
    Effect.sync(() => {
      const apps = [...call.world.oauthApps.values()].filter((app) => app.deploymentId === call.deployment.id)
      return Answer.json({ apps: apps.sort(Find.latestFirst(({ createdAt }) => createdAt)).map(Show.app) })
    })
  ),

  Route.platform("createOAuthApp", "POST", "/oauth/apps", create),

  Route.platform("updateOAuthApp", "PATCH", "/oauth/apps/{oauth_app_slug}", (call) =>
    Effect.gen(function* () {
      const input = yield* Call.body(call, updateApp)
      const app = yield* Find.app(call, call.params.oauth_app_slug)
      const supportedScopes =
        input.supported_scopes === undefined ? app.supportedScopes : Scopes.normalize(input.supported_scopes)
      const updated = yield* Database.taken<OAuthApp>({
        ...app,
        name: input.name ?? app.name,
        description: input.description ?? app.description,
        supportedScopes,
        // what is not sent falls back to its default, whatever was set before
        scopeDefinitions: yield* mergeDefinitions(supportedScopes, input.scope_definitions ?? []),
        allowDynamicClientRegistration: input.allow_dynamic_client_registration ?? app.allowDynamicClientRegistration,
        isActive: input.is_active ?? app.isActive,
        updatedAt: call.moment
      })
      call.world.oauthApps.set(scoped(app.deploymentId, app.slug), updated)
      return Answer.json(Show.app(updated))
    })
  ),

  Route.platform("verifyOAuthAppDomain", "POST", "/oauth/apps/{oauth_app_slug}/verify-domain", (call) =>
    Effect.gen(function* () {
      const { fqdn } = yield* Find.app(call, call.params.oauth_app_slug)
      const verified = yield* Provider.isVerified(call.world, fqdn)
      return Answer.json({ domain: fqdn, cname_target: call.world.environment.cnameTarget, verified })
    })
  )
]
