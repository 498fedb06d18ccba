/**
 * An update of an OAuth app that sends the stored scope definitions along: left out, the server resets every one.
 */
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { NotFoundError, type ValidationError } from "../../errors/ApiError.js"
import type { EncodeError } from "../../errors/ClientError.js"
import type { CallError } from "../../errors/WachtError.js"
import { type OAuthApp, UpdateOAuthAppInput } from "../../schemas/OAuthApp.js"
import { trim } from "../../schemas/internal/rules.js"
import { OAuthScopeDefinitionInput } from "../../schemas/OAuthScope.js"
import { checkInput } from "./checkInput.js"
import { checkPath } from "./checkPath.js"
import { refuse } from "./refuse.js"
import { storedInput } from "./storedInput.js"

interface Apps {
  readonly listOAuthApps: () => Effect.Effect<ReadonlyArray<OAuthApp>, CallError>
  readonly updateOAuthApp: (
    appSlug: string,
    input: UpdateOAuthAppInput
  ) => Effect.Effect<OAuthApp, ValidationError | NotFoundError | CallError>
}

const operation = "updateOAuthApp"

const refused = () =>
  refuse(
    operation,
    "scopeDefinitions",
    "the stored definition to be one that this version can send; give one with a category for its scope"
  )

/** What is left out of a definition stays. */
const over = (
  stored: Partial<OAuthScopeDefinitionInput>,
  given: OAuthScopeDefinitionInput
): OAuthScopeDefinitionInput => ({
  ...given,
  archived: given.archived ?? stored.archived,
  category: given.category ?? stored.category,
  organizationPermission: given.organizationPermission ?? stored.organizationPermission,
  workspacePermission: given.workspacePermission ?? stored.workspacePermission
})

/** A category that is left out is the stored one, which is not known yet: for now it is the one that the permission needs. */
const asStored = (given: OAuthScopeDefinitionInput): OAuthScopeDefinitionInput => {
  if (given?.category !== undefined) return given
  const needed = (["organization", "workspace"] as const).find((name) => given?.[`${name}Permission`] !== undefined)
  return needed === undefined ? given : { ...given, category: needed }
}

/** The stored ones of scopes that stay supported, under those given for them, then those given for new scopes. */
const merge = (
  app: OAuthApp,
  input: UpdateOAuthAppInput
): Effect.Effect<ReadonlyArray<OAuthScopeDefinitionInput>, EncodeError> => {
  const given = new Map((input.scopeDefinitions ?? []).map((definition) => [trim(definition.scope), definition]))
  const supported = new Set((input.supportedScopes ?? app.supportedScopes).map(trim))
  // The server drops it silently.
  const lost = (input.scopeDefinitions ?? []).findIndex(({ scope }) => !supported.has(trim(scope)))
  if (lost >= 0)
    return refuse(operation, `scopeDefinitions[${lost}].scope`, "a scope of supportedScopes, which is the whole list")
  const kept = app.scopeDefinitions.filter(({ scope }) => supported.has(scope))
  const isInput = Schema.is(OAuthScopeDefinitionInput)
  const stored = Effect.forEach(kept, (definition) => {
    const own = given.get(definition.scope)
    given.delete(definition.scope)
    // Another category has no use for the permission of the one before.
    if (own?.category !== undefined && own.category !== definition.category) {
      return Effect.succeed(over({ archived: definition.archived }, own))
    }
    return Effect.map(storedInput(isInput, definition, refused), (base) => (own === undefined ? base : over(base, own)))
  })
  return Effect.map(stored, (merged) => [...merged, ...given.values()])
}

/** Reads, merges and sends. */
export const updateKeepingScopes = (
  service: Apps,
  appSlug: string,
  input: UpdateOAuthAppInput
): Effect.Effect<OAuthApp, ValidationError | NotFoundError | CallError> =>
  Effect.gen(function* () {
    const given = input?.scopeDefinitions
    const check = (of: (definition: OAuthScopeDefinitionInput) => OAuthScopeDefinitionInput) =>
      checkInput(
        operation,
        UpdateOAuthAppInput,
        Array.isArray(given) ? { ...input, scopeDefinitions: given.map(of) } : input
      )
    yield* check(asStored)
    yield* checkPath(operation, { appSlug })
    const apps = yield* service.listOAuthApps()
    const app = apps.find(({ slug }) => slug === appSlug)
    if (app === undefined) return yield* new NotFoundError({ operation, message: "OAuth app not found" })
    const scopeDefinitions = yield* merge(app, input)
    // Each as it will be sent, at the place where the caller gave it.
    yield* check((one) => scopeDefinitions.find(({ scope }) => trim(scope) === trim(one.scope)) ?? one)
    return yield* service.updateOAuthApp(appSlug, { ...input, scopeDefinitions })
  })
