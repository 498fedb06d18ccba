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
    "the stored definition to be one that this version can send; give one for its scope"
  )

/** The stored ones of scopes that stay supported and for which none is given, then those given. */
const merge = (
  app: OAuthApp,
  input: UpdateOAuthAppInput
): Effect.Effect<ReadonlyArray<OAuthScopeDefinitionInput>, EncodeError> => {
  const given = input.scopeDefinitions ?? []
  const supported = new Set((input.supportedScopes ?? app.supportedScopes).map(trim))
  const replaced = new Set(given.map(({ scope }) => trim(scope)))
  const kept = app.scopeDefinitions.filter(({ scope }) => supported.has(scope) && !replaced.has(scope))
  const isInput = Schema.is(OAuthScopeDefinitionInput)
  return Effect.map(
    Effect.forEach(kept, (definition) => storedInput(isInput, definition, refused)),
    (stored) => [...stored, ...given]
  )
}

/** Reads, merges and sends. */
export const updateKeepingScopes = (
  service: Apps,
  appSlug: string,
  input: UpdateOAuthAppInput
): Effect.Effect<OAuthApp, ValidationError | NotFoundError | CallError> =>
  Effect.gen(function* () {
    yield* checkInput(operation, UpdateOAuthAppInput, input)
    const apps = yield* service.listOAuthApps()
    const app = apps.find(({ slug }) => slug === appSlug)
    if (app === undefined) return yield* new NotFoundError({ operation, message: "OAuth app not found" })
    const scopeDefinitions = yield* merge(app, input)
    return yield* service.updateOAuthApp(appSlug, { ...input, scopeDefinitions })
  })
