/**
 * The three creations that a slug names.
 */
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Option from "effect/Option"
import type { AuthorizationError, ConflictError, NotFoundError, ValidationError } from "../../../errors/ApiError.js"
import type { EncodeError } from "../../../errors/ClientError.js"
import { refusedInput } from "../../../errors/internal/failure.js"
import type { ReconciliationError } from "../../../errors/ReconciliationError.js"
import type { CallError, UnsafeCallError } from "../../../errors/WachtError.js"
import { type ApiAuthApp, CreateApiAuthAppInput } from "../../../schemas/ApiAuthApp.js"
import { CreateOAuthAppInput, type OAuthApp } from "../../../schemas/OAuthApp.js"
import { CreateRateLimitSchemeInput, type RateLimitScheme } from "../../../schemas/RateLimitScheme.js"
import { trim } from "../../../schemas/internal/rules.js"
import { fillPath } from "../path.js"
import { createNamed } from "./bySlug.js"
import { checkInput } from "./checkInput.js"
import { makeJob } from "./job.js"
import type { RerunOptions } from "./options.js"
import type { Definite } from "./rotateKey.js"
import { appDifferences, oauthAppDifferences, schemeDifferences } from "./sameFields.js"

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

/** What no path can name can be created, and never be looked at or changed. */
const canBeRead = (operation: string, field: string, slug: string): Either.Either<string, EncodeError> =>
  Either.mapLeft(fillPath(`/{${field}}`, { [field]: slug }, []), (issues) => refusedInput(operation, issues))

/** Creates an app. */
export const createApp = (
  service: CreatesApps,
  input: CreateApiAuthAppInput,
  options: RerunOptions
): Effect.Effect<ApiAuthApp, Definite | AuthorizationError | ConflictError | ReconciliationError> =>
  Effect.gen(function* () {
    const operation = "createApiAuthApp"
    const job = yield* makeJob(operation, options)
    const { appSlug } = yield* checkInput(operation, CreateApiAuthAppInput, input)
    yield* canBeRead(operation, "appSlug", appSlug)
    return yield* createNamed<ApiAuthApp, Definite | AuthorizationError | ConflictError>({
      job,
      slug: appSlug,
      isRerun: options.isRerun === true,
      create: service.createApiAuthApp(input),
      read: orNone(service.getApiAuthApp(appSlug)),
      differences: (app) => appDifferences(input, app)
    })
  })

/** Creates a scheme. */
export const createScheme = (
  service: CreatesSchemes,
  input: CreateRateLimitSchemeInput,
  options: RerunOptions
): Effect.Effect<RateLimitScheme, Exclude<Definite, NotFoundError> | ConflictError | ReconciliationError> =>
  Effect.gen(function* () {
    const operation = "createRateLimitScheme"
    const job = yield* makeJob(operation, options)
    const { slug } = yield* checkInput(operation, CreateRateLimitSchemeInput, input)
    yield* canBeRead(operation, "slug", slug)
    return yield* createNamed<RateLimitScheme, Exclude<Definite, NotFoundError> | ConflictError>({
      job,
      slug,
      isRerun: options.isRerun === true,
      create: service.createRateLimitScheme(input),
      read: orNone(service.getRateLimitScheme(slug)),
      differences: (scheme) => schemeDifferences(input, scheme)
    })
  })

/** Creates an OAuth app; no route reads one, so all are listed. */
export const createOAuthApp = (
  service: CreatesOAuthApps,
  input: CreateOAuthAppInput,
  options: RerunOptions
): Effect.Effect<OAuthApp, Definite | ConflictError | ReconciliationError> =>
  Effect.gen(function* () {
    const operation = "createOAuthApp"
    const job = yield* makeJob(operation, options)
    const slug = trim((yield* checkInput(operation, CreateOAuthAppInput, input)).slug)
    yield* canBeRead(operation, "slug", slug)
    return yield* createNamed<OAuthApp, Definite | ConflictError>({
      job,
      slug,
      isRerun: options.isRerun === true,
      create: service.createOAuthApp(input),
      read: Effect.map(service.listOAuthApps(), (apps) => Option.fromNullable(apps.find((app) => app.slug === slug))),
      differences: (app) => oauthAppDifferences(input, app)
    })
  })
