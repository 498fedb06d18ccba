/**
 * The three creations that a slug names.
 */
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import type { AuthorizationError, ConflictError, NotFoundError, ValidationError } from "../../../errors/ApiError.js"
import type { ReconciliationError } from "../../../errors/ReconciliationError.js"
import type { CallError, UnsafeCallError } from "../../../errors/WachtError.js"
import type { ApiAuthApp, CreateApiAuthAppInput } from "../../../schemas/ApiAuthApp.js"
import type { CreateOAuthAppInput, OAuthApp } from "../../../schemas/OAuthApp.js"
import type { CreateRateLimitSchemeInput, RateLimitScheme } from "../../../schemas/RateLimitScheme.js"
import { createNamed } from "./bySlug.js"
import { makeJob } from "./job.js"
import type { RerunOptions } from "./options.js"
import type { Definite } from "./rotateKey.js"
import { appDifferences, oauthAppDifferences, oauthSlug, schemeDifferences } from "./sameFields.js"

/** What apps need of the service. */
export interface CreatesApps {
  readonly createApiAuthApp: (
    input: CreateApiAuthAppInput
  ) => Effect.Effect<ApiAuthApp, AuthorizationError | ValidationError | NotFoundError | ConflictError | UnsafeCallError>
  readonly getApiAuthApp: (appSlug: string) => Effect.Effect<ApiAuthApp, ValidationError | NotFoundError | CallError>
}

/** What schemes need of the service. */
export interface CreatesSchemes {
  readonly createRateLimitScheme: (
    input: CreateRateLimitSchemeInput
  ) => Effect.Effect<RateLimitScheme, ValidationError | ConflictError | UnsafeCallError>
  readonly getRateLimitScheme: (
    slug: string
  ) => Effect.Effect<RateLimitScheme, ValidationError | NotFoundError | CallError>
}

/** What OAuth apps need of the service. */
export interface CreatesOAuthApps {
  readonly createOAuthApp: (
    input: CreateOAuthAppInput
  ) => Effect.Effect<OAuthApp, ValidationError | NotFoundError | ConflictError | UnsafeCallError>
  readonly listOAuthApps: () => Effect.Effect<ReadonlyArray<OAuthApp>, CallError>
}

const orNone = <A>(
  self: Effect.Effect<A, ValidationError | NotFoundError | CallError>
): Effect.Effect<Option.Option<A>, ValidationError | CallError> =>
  Effect.catchTag(Effect.asSome(self), "NotFoundError", () => Effect.succeedNone)

/** Creates an app. */
export const createApp = (
  service: CreatesApps,
  input: CreateApiAuthAppInput,
  options: RerunOptions
): Effect.Effect<ApiAuthApp, Definite | AuthorizationError | ConflictError | ReconciliationError> =>
  createNamed<ApiAuthApp, Definite | AuthorizationError | ConflictError>({
    job: makeJob("createApiAuthApp", options),
    slug: input.appSlug,
    isRerun: options.isRerun === true,
    create: service.createApiAuthApp(input),
    read: orNone(service.getApiAuthApp(input.appSlug)),
    differences: (app) => appDifferences(input, app)
  })

/** Creates a scheme. */
export const createScheme = (
  service: CreatesSchemes,
  input: CreateRateLimitSchemeInput,
  options: RerunOptions
): Effect.Effect<RateLimitScheme, Exclude<Definite, NotFoundError> | ConflictError | ReconciliationError> =>
  createNamed<RateLimitScheme, Exclude<Definite, NotFoundError> | ConflictError>({
    job: makeJob("createRateLimitScheme", options),
    slug: input.slug,
    isRerun: options.isRerun === true,
    create: service.createRateLimitScheme(input),
    read: orNone(service.getRateLimitScheme(input.slug)),
    differences: (scheme) => schemeDifferences(input, scheme)
  })

/** Creates an OAuth app; no route reads one, so all are listed. */
export const createOAuthApp = (
  service: CreatesOAuthApps,
  input: CreateOAuthAppInput,
  options: RerunOptions
): Effect.Effect<OAuthApp, Definite | ConflictError | ReconciliationError> => {
  const slug = oauthSlug(input)
  return createNamed<OAuthApp, Definite | ConflictError>({
    job: makeJob("createOAuthApp", options),
    slug,
    isRerun: options.isRerun === true,
    create: service.createOAuthApp(input),
    read: Effect.map(service.listOAuthApps(), (apps) => Option.fromNullable(apps.find((app) => app.slug === slug))),
    differences: (app) => oauthAppDifferences(input, app)
  })
}
