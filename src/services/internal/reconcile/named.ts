/**
 * The three creations that a slug names.
 */
import * as Arr from "effect/Array"
import * as Effect from "effect/Effect"
import type * as Option from "effect/Option"
import type * as Schema from "effect/Schema"
import type { AuthorizationError, ConflictError, NotFoundError, ValidationError } from "../../../errors/ApiError.js"
import type { EncodeError } from "../../../errors/ClientError.js"
import type { OutcomeUnknownError } from "../../../errors/OutcomeUnknownError.js"
import type { ReconciliationError } from "../../../errors/ReconciliationError.js"
import type { CallError, UnsafeCallError } from "../../../errors/WachtError.js"
import { type ApiAuthApp, CreateApiAuthAppInput } from "../../../schemas/ApiAuthApp.js"
import { CreateOAuthAppInput, type OAuthApp } from "../../../schemas/OAuthApp.js"
import { CreateRateLimitSchemeInput, type RateLimitScheme } from "../../../schemas/RateLimitScheme.js"
import { trim } from "../../../schemas/internal/rules.js"
import { createNamed } from "./bySlug.js"
import { checkInput } from "../checkInput.js"
import { makeJob, type ServiceName, spanned } from "./job.js"
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

/** One of the three. */
interface Creation<Input, I, A, E extends Definite | AuthorizationError | ConflictError> {
  readonly service: ServiceName
  readonly operation: string
  readonly schema: Schema.Schema<Input, I>
  /** The field that names it. */
  readonly field: keyof Input & string
  /** The slug as it is stored. */
  readonly slugOf: (input: Input) => string
  readonly create: (input: Input) => Effect.Effect<A, E | OutcomeUnknownError>
  readonly read: (slug: string) => Effect.Effect<Option.Option<A>, ValidationError | CallError>
  readonly differences: (input: Input, found: A) => ReadonlyArray<string>
}

const run = <Input, I, A, E extends Definite | AuthorizationError | ConflictError>(
  { create, differences, field, operation, read, schema, service, slugOf }: Creation<Input, I, A, E>,
  input: Input,
  options: RerunOptions
): Effect.Effect<A, E | EncodeError | ConflictError | ReconciliationError> =>
  Effect.gen(function* () {
    const slug = slugOf(yield* checkInput(operation, schema, input))
    // What no path can name could be created, and never be looked at or changed.
    const job = yield* makeJob(operation, { [field]: slug }, options)
    const creation = createNamed<A, E>({
      job,
      slug,
      isRerun: options.isRerun === true,
      create: create(input),
      read: read(slug),
      differences: (found) => differences(input, found)
    })
    return yield* spanned(service, job, creation)
  })

/** Creates an app. */
export const createApp = (
  service: CreatesApps,
  input: CreateApiAuthAppInput,
  options: RerunOptions
): Effect.Effect<ApiAuthApp, Definite | AuthorizationError | ConflictError | ReconciliationError> =>
  run(
    {
      service: "ApiKeys",
      operation: "createApiAuthApp",
      schema: CreateApiAuthAppInput,
      field: "appSlug",
      slugOf: ({ appSlug }) => appSlug,
      create: (input) => service.createApiAuthApp(input),
      read: (slug) => orNone(service.getApiAuthApp(slug)),
      differences: appDifferences
    },
    input,
    options
  )

/** Creates a scheme. */
export const createScheme = (
  service: CreatesSchemes,
  input: CreateRateLimitSchemeInput,
  options: RerunOptions
): Effect.Effect<RateLimitScheme, Exclude<Definite, NotFoundError> | ConflictError | ReconciliationError> =>
  run(
    {
      service: "ApiKeys",
      operation: "createRateLimitScheme",
      schema: CreateRateLimitSchemeInput,
      field: "slug",
      slugOf: ({ slug }) => slug,
      create: (input) => service.createRateLimitScheme(input),
      read: (slug) => orNone(service.getRateLimitScheme(slug)),
      differences: schemeDifferences
    },
    input,
    options
  )

/** Creates an OAuth app; no route reads one, so all are listed. */
export const createOAuthApp = (
  service: CreatesOAuthApps,
  input: CreateOAuthAppInput,
  options: RerunOptions
): Effect.Effect<OAuthApp, Definite | ConflictError | ReconciliationError> =>
  run(
    {
      service: "OAuth",
      operation: "createOAuthApp",
      schema: CreateOAuthAppInput,
      field: "slug",
      slugOf: ({ slug }) => trim(slug),
      create: (input) => service.createOAuthApp(input),
      read: (slug) =>
        Effect.map(
          service.listOAuthApps(),
          Arr.findFirst((app) => app.slug === slug)
        ),
      differences: oauthAppDifferences
    },
    input,
    options
  )
