/** One scope of an OAuth app at a time. Every route answers the whole app. */
import * as Effect from "effect/Effect"
import * as Answer from "../Answer.js"
import type { PlatformCall } from "../Call.js"
import * as Call from "../Call.js"
import * as Database from "../database.js"
import * as Failure from "../Failure.js"
import * as Decode from "../json/decode.js"
import * as Route from "../Route.js"
import { trim, trimToNull } from "../text.js"
import type { OAuthApp, ScopeDefinition } from "../World.js"
import { scoped } from "../World.js"
import * as Find from "./find.js"
import type { Mapping } from "./mapping.js"
import * as Mappings from "./mapping.js"
import * as Scopes from "./scopes.js"
import * as Show from "./show.js"

type ScopeCall = PlatformCall<{ readonly oauth_app_slug: string; readonly scope: string }>

const updateScope = Decode.object({
  display_name: Decode.optional(Decode.text),
  description: Decode.optional(Decode.text)
})

const mappingFields = {
  category: Decode.required(Decode.text),
  organization_permission: Decode.optional(Decode.text),
  workspace_permission: Decode.optional(Decode.text)
}
const setMapping = Decode.object(mappingFields)

const scopeOf = (call: ScopeCall): Effect.Effect<string, Failure.Failure> => {
  const scope = trim(call.params.scope)
  return scope === "" ? Failure.badRequest("scope is required") : Effect.succeed(scope)
}

/** Replaces the definition of a scope by what `change` makes of it. */
const edit = (
  call: ScopeCall,
  scope: string,
  change: (definition: ScopeDefinition) => Effect.Effect<ScopeDefinition, Failure.Failure>
): Effect.Effect<Answer.Answer, Failure.Failure> =>
  Effect.gen(function* () {
    const app = yield* Find.app(call, call.params.oauth_app_slug)
    yield* Database.taken(scope)
    const definition = app.scopeDefinitions.find((one) => one.scope === scope)
    if (definition === undefined) return yield* Failure.notFound("scope definition not found")
    const changed = yield* change(definition)
    const updated = yield* Database.taken<OAuthApp>({
      ...app,
      scopeDefinitions: app.scopeDefinitions.map((one) => (one.scope === scope ? changed : one)),
      updatedAt: call.moment
    })
    call.world.oauthApps.set(scoped(app.deploymentId, app.slug), updated)
    return Answer.json(Show.app(updated))
  })

const setArchived = (archived: boolean) => (call: ScopeCall) =>
  Effect.flatMap(scopeOf(call), (scope) =>
    edit(call, scope, (definition) => Effect.succeed({ ...definition, archived }))
  )

const readMapping = (input: Decode.Struct<typeof mappingFields>): Mapping | undefined => {
  const category = Scopes.readCategory(input.category)
  if (category === undefined || category === "") return undefined
  return {
    category,
    organizationPermission: trimToNull(input.organization_permission),
    workspacePermission: trimToNull(input.workspace_permission)
  }
}

const base = "/oauth/apps/{oauth_app_slug}/scopes/{scope}"

export const routes: ReadonlyArray<Route.PlatformRoute> = [
  Route.platform("updateOAuthScope", "PATCH", base, (call) =>
    Effect.gen(function* () {
      const { description, display_name: displayName } = yield* Call.body(call, updateScope)
      const scope = yield* scopeOf(call)
      return yield* edit(call, scope, (definition) =>
        Effect.succeed({
          ...definition,
          displayName: displayName === undefined ? definition.displayName : (trimToNull(displayName) ?? scope),
          description:
            description === undefined
              ? definition.description
              : (trimToNull(description) ?? Scopes.defaultDescription(scope))
        })
      )
    })
  ),

  Route.platform("archiveOAuthScope", "POST", `${base}/archive`, setArchived(true)),

  Route.platform("unarchiveOAuthScope", "POST", `${base}/unarchive`, setArchived(false)),

  Route.platform("setOAuthScopeMapping", "POST", `${base}/mapping`, (call) =>
    Effect.gen(function* () {
      const mapping = readMapping(yield* Call.body(call, setMapping))
      const scope = yield* scopeOf(call)
      if (mapping === undefined) {
        return yield* Failure.badRequest("category must be personal, organization, or workspace")
      }
      yield* Find.refuse(Mappings.violation(mapping, call.deployment))
      return yield* edit(call, scope, (definition) =>
        Effect.as(Find.refuse(Mappings.immutabilityViolation(definition, mapping)), { ...definition, ...mapping })
      )
    })
  )
]
