/**
 * An update of an OAuth app that sends the stored scope definitions along: left out, the server resets every one.
 */
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import { NotFoundError, type ValidationError } from "../../errors/ApiError.js"
import type { EncodeError } from "../../errors/ClientError.js"
import type { CallError } from "../../errors/WachtError.js"
import type { OAuthApp, UpdateOAuthAppInput } from "../../schemas/OAuthApp.js"
import { trim } from "../../schemas/internal/rules.js"
import * as Wire from "../../schemas/internal/wire.js"
import { type OAuthScopeDefinition, OAuthScopeDefinitionInput } from "../../schemas/OAuthScope.js"
import { refuse } from "./refuse.js"

interface Apps {
  readonly listOAuthApps: () => Effect.Effect<ReadonlyArray<OAuthApp>, CallError>
  readonly updateOAuthApp: (
    appSlug: string,
    input: UpdateOAuthAppInput
  ) => Effect.Effect<OAuthApp, ValidationError | NotFoundError | CallError>
}

const operation = "updateOAuthApp"

const Sendable = Wire.lazy(() => Schema.typeSchema(OAuthScopeDefinitionInput))

/** A stored definition as an input. A category that this version does not know cannot be sent, and must not be lost silently. */
const asInput = (definition: OAuthScopeDefinition): Effect.Effect<OAuthScopeDefinitionInput, EncodeError> => {
  const input: unknown = {
    ...definition,
    organizationPermission: Option.getOrUndefined(definition.organizationPermission),
    workspacePermission: Option.getOrUndefined(definition.workspacePermission)
  }
  if (Schema.is(Sendable)(input)) return Effect.succeed(input)
  const allowed = "the stored definition to be one that this version can send; give one for its scope"
  return Effect.fail(refuse(operation, "scopeDefinitions", allowed))
}

/** The stored ones of scopes that stay supported and for which none is given, then those given. */
const merge = (
  app: OAuthApp,
  input: UpdateOAuthAppInput
): Effect.Effect<ReadonlyArray<OAuthScopeDefinitionInput>, EncodeError> => {
  const given = input.scopeDefinitions ?? []
  const supported = new Set((input.supportedScopes ?? app.supportedScopes).map(trim))
  const replaced = new Set(given.map(({ scope }) => trim(scope)))
  const kept = app.scopeDefinitions.filter(({ scope }) => supported.has(scope) && !replaced.has(scope))
  return Effect.map(Effect.forEach(kept, asInput), (stored) => [...stored, ...given])
}

/** Reads, merges and sends. */
export const updateKeepingScopes = (
  service: Apps,
  appSlug: string,
  input: UpdateOAuthAppInput
): Effect.Effect<OAuthApp, ValidationError | NotFoundError | CallError> =>
  Effect.gen(function* () {
    const apps = yield* service.listOAuthApps()
    const app = apps.find(({ slug }) => slug === appSlug)
    if (app === undefined) return yield* new NotFoundError({ operation, message: "OAuth app not found" })
    const scopeDefinitions = yield* merge(app, input)
    return yield* service.updateOAuthApp(appSlug, { ...input, scopeDefinitions })
  })
