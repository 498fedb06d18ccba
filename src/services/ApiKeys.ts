/**
 * API-auth apps, their keys and rotation, rate-limit schemes, and the audit trail.
 *
 * @since 0.1.0
 */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Stream from "effect/Stream"
import type { AuthorizationError, ConflictError, NotFoundError, ValidationError } from "../errors/ApiError.js"
import type { EncodeError, PaginationError } from "../errors/ClientError.js"
import type { OutcomeUnknownError } from "../errors/OutcomeUnknownError.js"
import type { ReconciliationError } from "../errors/ReconciliationError.js"
import type { CallError, UnsafeCallError } from "../errors/WachtError.js"
import type {
  ApiAuthApp,
  CreateApiAuthAppInput,
  ListApiAuthAppsQuery,
  UpdateApiAuthAppInput
} from "../schemas/ApiAuthApp.js"
import type {
  ApiKey,
  ApiKeyWithSecret,
  CreateApiKeyInput,
  ListApiKeysQuery,
  RevokeApiKeyInput
} from "../schemas/ApiKey.js"
import type { ApiAuditAnalytics, GetApiAuditAnalyticsQuery } from "../schemas/AuditAnalytics.js"
import type { GetApiAuditLogsQuery } from "../schemas/AuditLog.js"
import type { ApiAuditTimeseries, GetApiAuditTimeseriesQuery } from "../schemas/AuditTimeseries.js"
import type { ApiAuditLogPage, ApiAuthAppPage } from "../schemas/Page.js"
import type { KeyId } from "../schemas/Ids.js"
import type {
  CreateRateLimitSchemeInput,
  RateLimitRuleInput,
  RateLimitScheme,
  UpdateRateLimitSchemeInput
} from "../schemas/RateLimitScheme.js"
import { appStream, type StreamApiAuthAppsOptions, type StreamApiAuthAppsQuery } from "./internal/appStream.js"
import type {
  ApiAuditEntry,
  StreamApiAuditLogsOptions,
  StreamApiAuditLogsQuery,
  TailApiAuditLogsOptions
} from "./internal/audit/options.js"
import { auditStream } from "./internal/audit/stream.js"
import { auditTail } from "./internal/audit/tail.js"
import { apiKeysOperations as operations } from "./internal/operations/apiKeys.js"
import { keepRules } from "./internal/keepRules.js"
import { createKey } from "./internal/reconcile/createKey.js"
import { createApp, createScheme } from "./internal/reconcile/named.js"
import type { MarkedOptions, ReconcileOptions, RerunOptions } from "./internal/reconcile/options.js"
import { rotateKey } from "./internal/reconcile/rotateKey.js"
import { WachtClient } from "./WachtClient.js"

/**
 * The 17 operations. Every slug is sent percent-encoded as one segment; an empty one and dot segments are refused with an `EncodeError`.
 *
 * @since 0.1.0
 * @category models
 */
export interface Service {
  /**
   * Reads a page of apps, newest first; `includeInactive` adds inactive ones, deleted ones never appear. `search` is an exact match of the
   * slug. `limit` is not clamped, and `limit: 0` gives empty pages that may claim to have more.
   *
   * `GET /api-auth/apps`. Safe to repeat. Errors: `ValidationError`, `CallError`. Contract: section 2.
   */
  readonly listApiAuthApps: (query?: ListApiAuthAppsQuery) => Effect.Effect<ApiAuthAppPage, ValidationError | CallError>

  /**
   * Creates an app. Its slug, owner and key prefix form what its keys are; slug and owner are fixed for life.
   * Only the plan Growth may: Starter, Pro and no active subscription are refused with an `AuthorizationError` whose `isPlanGate` is true.
   *
   * `POST /api-auth/apps`. Unsafe: a repeat answers 409, so a lost answer is an `OutcomeUnknownError`; `createApiAuthAppReconciled`, called
   * in its place, finds out. Errors: `ValidationError`, `AuthorizationError`, `NotFoundError`, `ConflictError`, `UnsafeCallError`.
   * Contract: section 2.
   */
  readonly createApiAuthApp: (
    input: CreateApiAuthAppInput
  ) => Effect.Effect<ApiAuthApp, AuthorizationError | ValidationError | NotFoundError | ConflictError | UnsafeCallError>

  /**
   * Reads one app, an inactive one too.
   *
   * `GET /api-auth/apps/{appSlug}`. Safe to repeat. Errors: `ValidationError`, `NotFoundError`, `CallError`. Contract: section 2.
   */
  readonly getApiAuthApp: (appSlug: string) => Effect.Effect<ApiAuthApp, ValidationError | NotFoundError | CallError>

  /**
   * Changes an app; what is left out stays. Nothing becomes null again: name, prefix and description can be set to `""`, lists to `[]`.
   * Every update stamps the app's scheme on all of its keys.
   *
   * `PATCH /api-auth/apps/{appSlug}`. Safe to repeat. Errors: `ValidationError`, `NotFoundError`, `CallError`. Contract: section 2.
   */
  readonly updateApiAuthApp: (
    appSlug: string,
    input: UpdateApiAuthAppInput
  ) => Effect.Effect<ApiAuthApp, ValidationError | NotFoundError | CallError>

  /**
   * Deletes an app for good: its keys stop working (keys in use up to 60 s late), its keys and audit trail can no longer be read.
   * Keys that were not revoked before go on blocking the deletion of their scheme.
   *
   * `DELETE /api-auth/apps/{appSlug}`. Safe to repeat; a repeat answers 404. Errors: `ValidationError`, `NotFoundError`, `CallError`.
   * Contract: section 2.
   */
  readonly deleteApiAuthApp: (appSlug: string) => Effect.Effect<void, ValidationError | NotFoundError | CallError>

  /**
   * Reads all keys of an app, newest first, without their secrets; `includeInactive` adds revoked and rotated ones.
   * A key past its `expiresAt` still says that it is active.
   *
   * `GET /api-auth/apps/{appSlug}/keys`. Safe to repeat. Errors: `ValidationError`, `NotFoundError`, `CallError`. Contract: section 3.
   */
  readonly listApiKeys: (
    appSlug: string,
    query?: ListApiKeysQuery
  ) => Effect.Effect<ReadonlyArray<ApiKey>, ValidationError | NotFoundError | CallError>

  /**
   * Creates a key, in an inactive app too. Its `secret` is shown here and never again. `rateLimits` of the answer is empty whatever the app's
   * scheme: only the list tells. A `ValidationError` also where the owner has left the organization or workspace.
   *
   * `POST /api-auth/apps/{appSlug}/keys`. Unsafe: a repeat makes another key, so a lost answer is an `OutcomeUnknownError`;
   * `createApiKeyReconciled`, called in its place, finds out. Errors: `ValidationError`, `NotFoundError`, `UnsafeCallError`. Contract:
   * section 3.
   */
  readonly createApiKey: (
    appSlug: string,
    input: CreateApiKeyInput
  ) => Effect.Effect<ApiKeyWithSecret, ValidationError | NotFoundError | UnsafeCallError>

  /**
   * Revokes a key for good. The gateway may let a key that is in use pass for up to 60 s more.
   *
   * `POST /api-auth/apps/{appSlug}/keys/{keyId}/revoke`. Safe to repeat; a repeat answers 404. Errors: `ValidationError`, `NotFoundError`,
   * `CallError`. Contract: section 3.
   */
  readonly revokeApiKey: (
    appSlug: string,
    keyId: KeyId,
    input?: RevokeApiKeyInput
  ) => Effect.Effect<void, ValidationError | NotFoundError | CallError>

  /**
   * Replaces a key: a new id and secret with the old one's name, permissions, metadata, scheme and expiry (even one that has passed);
   * the old key is revoked at the same moment, but the gateway may let it, if in use, pass for up to 60 s more. The new `secret` is shown here
   * and never again. A `NotFoundError` also for a key that is revoked, and for an app that is inactive; a `ValidationError` also where the
   * owner has left the organization or workspace.
   *
   * `POST /api-auth/apps/{appSlug}/keys/{keyId}/rotate`. Unsafe: the old key is dead once it acted and a repeat answers 404, so a lost
   * answer is an `OutcomeUnknownError`; `rotateApiKeyReconciled` finds out. Errors: `ValidationError`, `NotFoundError`, `UnsafeCallError`.
   * Contract: section 3.
   */
  readonly rotateApiKey: (
    appSlug: string,
    keyId: KeyId
  ) => Effect.Effect<ApiKeyWithSecret, ValidationError | NotFoundError | UnsafeCallError>

  /**
   * Reads all rate-limit schemes, last updated first.
   *
   * `GET /api-auth/rate-limit-schemes`. Safe to repeat. Errors: `CallError`. Contract: section 4.
   */
  readonly listRateLimitSchemes: () => Effect.Effect<ReadonlyArray<RateLimitScheme>, CallError>

  /**
   * Reads one rate-limit scheme.
   *
   * `GET /api-auth/rate-limit-schemes/{slug}`. Safe to repeat. Errors: `ValidationError`, `NotFoundError`, `CallError`. Contract: section
   * 4.
   */
  readonly getRateLimitScheme: (
    slug: string
  ) => Effect.Effect<RateLimitScheme, ValidationError | NotFoundError | CallError>

  /**
   * Creates a scheme of at least one rule. Each unit has its own bounds, see `RateLimitRuleInput`.
   *
   * `POST /api-auth/rate-limit-schemes`. Unsafe: a repeat answers 409, so a lost answer is an `OutcomeUnknownError`;
   * `createRateLimitSchemeReconciled`, called in its place, finds out. Errors: `ValidationError`, `ConflictError`, `UnsafeCallError`.
   * Contract: section 4.
   */
  readonly createRateLimitScheme: (
    input: CreateRateLimitSchemeInput
  ) => Effect.Effect<RateLimitScheme, ValidationError | ConflictError | UnsafeCallError>

  /**
   * Changes a scheme; `rules` replaces the whole list, what is left out stays. Gateways keep a copy of the rules for up to an hour.
   *
   * `PATCH /api-auth/rate-limit-schemes/{slug}`. Safe to repeat. Errors: `ValidationError`, `NotFoundError`, `CallError`. Contract: section
   * 4.
   */
  readonly updateRateLimitScheme: (
    slug: string,
    input: UpdateRateLimitSchemeInput
  ) => Effect.Effect<RateLimitScheme, ValidationError | NotFoundError | CallError>

  /**
   * Deletes a scheme that no app and no active key has; else a `ValidationError` says which of the two. Keys of a deleted app count as long as
   * they were not revoked, and nothing can revoke them any more.
   *
   * `DELETE /api-auth/rate-limit-schemes/{slug}`. Safe to repeat; a repeat answers 404. Errors: `ValidationError`, `NotFoundError`,
   * `CallError`. Contract: section 4.
   */
  readonly deleteRateLimitScheme: (slug: string) => Effect.Effect<void, ValidationError | NotFoundError | CallError>

  /**
   * Reads a page of audit rows, newest first; without dates, of the last 7 days. Stop on `hasMore`: `nextCursor` is set on the last page too,
   * and it loses rows that share a millisecond. `streamApiAuditLogs` loses none. Some databases answer 500 to dates and cursors; `offset`
   * works there too, see docs/audit.md.
   *
   * `GET /api-auth/apps/{appSlug}/audit/logs`. Safe to repeat. Errors: `ValidationError`, `NotFoundError`, `CallError`. Contract: section
   * 5.
   */
  readonly getApiAuditLogs: (
    appSlug: string,
    query?: GetApiAuditLogsQuery
  ) => Effect.Effect<ApiAuditLogPage, ValidationError | NotFoundError | CallError>

  /**
   * Counts calls; without dates, of the last 30 days. Percentages run from 0 to 100; `keysUsed24h` ignores dates and key.
   * With `startDate` or `includeBlockedReasons` some databases answer 500, see docs/audit.md.
   *
   * `GET /api-auth/apps/{appSlug}/audit/analytics`. Safe to repeat. Errors: `ValidationError`, `NotFoundError`, `CallError`. Contract:
   * section 5.
   */
  readonly getApiAuditAnalytics: (
    appSlug: string,
    query?: GetApiAuditAnalyticsQuery
  ) => Effect.Effect<ApiAuditAnalytics, ValidationError | NotFoundError | CallError>

  /**
   * Counts calls by minute, hour, day, week (from Sunday) or month, oldest first, in UTC; empty buckets are missing. Without dates, the last 30 days.
   * Some databases answer 500 to all of it, see docs/audit.md.
   *
   * `GET /api-auth/apps/{appSlug}/audit/timeseries`. Safe to repeat. Errors: `ValidationError`, `NotFoundError`, `CallError`. Contract:
   * section 5.
   */
  readonly getApiAuditTimeseries: (
    appSlug: string,
    query?: GetApiAuditTimeseriesQuery
  ) => Effect.Effect<ApiAuditTimeseries, ValidationError | NotFoundError | CallError>
}

/**
 * The service of API keys.
 *
 * @since 0.1.0
 * @category tags
 */
export class ApiKeys extends Context.Tag("effect-wacht/ApiKeys")<ApiKeys, Service>() {}

/**
 * Makes the service over a client.
 *
 * @since 0.1.0
 * @category constructors
 */
export const make: Effect.Effect<Service, never, WachtClient> = Effect.map(WachtClient, ({ execute }) =>
  ApiKeys.of({
    listApiAuthApps: (query) => execute(operations.listApiAuthApps, { query }),
    createApiAuthApp: (body) => execute(operations.createApiAuthApp, { body }),
    getApiAuthApp: (appSlug) => execute(operations.getApiAuthApp, { path: { appSlug } }),
    updateApiAuthApp: (appSlug, body) => execute(operations.updateApiAuthApp, { path: { appSlug }, body }),
    deleteApiAuthApp: (appSlug) => execute(operations.deleteApiAuthApp, { path: { appSlug } }),
    listApiKeys: (appSlug, query) => execute(operations.listApiKeys, { path: { appSlug }, query }),
    createApiKey: (appSlug, body) => execute(operations.createApiKey, { path: { appSlug }, body }),
    // Without a body, at least `{}`, the server answers 415.
    revokeApiKey: (appSlug, keyId, body = {}) => execute(operations.revokeApiKey, { path: { appSlug, keyId }, body }),
    rotateApiKey: (appSlug, keyId) => execute(operations.rotateApiKey, { path: { appSlug, keyId } }),
    listRateLimitSchemes: () => execute(operations.listRateLimitSchemes, {}),
    getRateLimitScheme: (slug) => execute(operations.getRateLimitScheme, { path: { slug } }),
    createRateLimitScheme: (body) => execute(operations.createRateLimitScheme, { body }),
    updateRateLimitScheme: (slug, body) => execute(operations.updateRateLimitScheme, { path: { slug }, body }),
    deleteRateLimitScheme: (slug) => execute(operations.deleteRateLimitScheme, { path: { slug } }),
    getApiAuditLogs: (appSlug, query) => execute(operations.getApiAuditLogs, { path: { appSlug }, query }),
    getApiAuditAnalytics: (appSlug, query) => execute(operations.getApiAuditAnalytics, { path: { appSlug }, query }),
    getApiAuditTimeseries: (appSlug, query) => execute(operations.getApiAuditTimeseries, { path: { appSlug }, query })
  })
)

/**
 * Provides the service over a client, a service of its own over each.
 *
 * @since 0.1.0
 * @category layers
 */
export const layer: Layer.Layer<ApiKeys, never, WachtClient> = Layer.fresh(Layer.effect(ApiKeys, make))

/**
 * Creates a key, and finds out what happened where the answer is lost: exactly one live key and its secret in hand, or a
 * `ReconciliationError` that names every live key left, of `"Unresolved"` those last seen.
 *
 * The key carries a marker in `metadata.effect_wacht_marker`; metadata that is no object is refused with an `EncodeError`. After an unknown
 * outcome it waits `settle` (30 s), looks for the marker, and rotates the key that it finds, so that its secret is in hand. A job that must
 * survive a crash gives its own `marker`, stored before the first run: a later run with it takes up what was left. A run with a given marker
 * looks, and waits `settle` before it changes anything, unless `isRerun: false` says that it is the job's first. Once the secret is stored
 * do not run it again: it would replace the key.
 *
 * @since 0.1.0
 * @category reconciliation
 */
export const createApiKeyReconciled = (
  appSlug: string,
  input: CreateApiKeyInput,
  options: MarkedOptions = {}
): Effect.Effect<ApiKeyWithSecret, ValidationError | NotFoundError | CallError | ReconciliationError, ApiKeys> =>
  Effect.flatMap(ApiKeys, (service) => createKey(service, appSlug, input, options))

/**
 * Rotates a key, and finds out what happened where the answer is lost: exactly one live successor and its secret in hand, or a
 * `ReconciliationError` that names every live key left, of `"Unresolved"` those last seen.
 *
 * After an unknown outcome it waits `settle` (30 s) and looks: where the key is still alive nothing acted, and it is rotated again; else its
 * successor (the key of the app whose `createdAt` is the old key's `revokedAt` to the microsecond) is rotated by its id, which is a
 * compare-and-set. A run after a crash is given the same key id and takes up what was left; once the
 * secret is stored do not run it again: it would replace the successor. A key that somebody revoked stays revoked.
 *
 * @since 0.1.0
 * @category reconciliation
 */
export const rotateApiKeyReconciled = (
  appSlug: string,
  keyId: KeyId,
  options: ReconcileOptions = {}
): Effect.Effect<ApiKeyWithSecret, ValidationError | NotFoundError | CallError | ReconciliationError, ApiKeys> =>
  Effect.flatMap(ApiKeys, (service) => rotateKey(service, appSlug, keyId, options))

/**
 * Creates an app; where the answer is lost it waits `settle` and reads the slug: an active one with every field as sent is success, else it is
 * a `ConflictError`. With `isRerun: true` a conflict on the first request is looked into as well.
 *
 * @since 0.1.0
 * @category reconciliation
 */
export const createApiAuthAppReconciled = (
  input: CreateApiAuthAppInput,
  options: RerunOptions = {}
): Effect.Effect<
  ApiAuthApp,
  | AuthorizationError
  | ValidationError
  | NotFoundError
  | ConflictError
  | Exclude<UnsafeCallError, OutcomeUnknownError>
  | ReconciliationError,
  ApiKeys
> => Effect.flatMap(ApiKeys, (service) => createApp(service, input, options))

/**
 * Creates a scheme; where the answer is lost it waits `settle` and reads the slug: with every field as sent that is success, else a
 * `ConflictError`. With `isRerun: true` a conflict on the first request is looked into as well.
 *
 * @since 0.1.0
 * @category reconciliation
 */
export const createRateLimitSchemeReconciled = (
  input: CreateRateLimitSchemeInput,
  options: RerunOptions = {}
): Effect.Effect<
  RateLimitScheme,
  ValidationError | ConflictError | Exclude<UnsafeCallError, OutcomeUnknownError> | ReconciliationError,
  ApiKeys
> => Effect.flatMap(ApiKeys, (service) => createScheme(service, input, options))

/**
 * The rules that a scheme has, as `updateRateLimitScheme` takes them: it replaces the whole list, so send these with those to add. A rule
 * whose unit or mode this version does not know is an `EncodeError` that names it.
 *
 * @example
 * ```ts
 * import { ApiKeys } from "effect-wacht"
 * import * as Effect from "effect/Effect"
 *
 * export const addDailyRule = Effect.gen(function* () {
 *   const keys = yield* ApiKeys.ApiKeys
 *   const rules = yield* ApiKeys.rulesToKeep(yield* keys.getRateLimitScheme("free"))
 *   return yield* keys.updateRateLimitScheme("free", {
 *     rules: [...rules, { unit: "day", duration: 1, maxRequests: 1000 }]
 *   })
 * })
 * ```
 *
 * @since 0.1.0
 * @category combinators
 */
export const rulesToKeep = (
  scheme: Pick<RateLimitScheme, "rules">
): Effect.Effect<ReadonlyArray<RateLimitRuleInput>, EncodeError> => keepRules(scheme.rules)

/**
 * Every audit row of a window exactly once, newest first, page by page as they are consumed.
 *
 * The window is fixed when the stream starts. It pages by the last row's own microsecond and request id, so that rows which share a
 * millisecond are not lost. Where the server refuses dates with a 500, it goes on by offset and says so in one warning; a window
 * that begins more than 7 days ago cannot be read so, and its `ServerError` stands. A page that does not go on from the one before is
 * a `PaginationError`. A `RequestPolicy` in scope repeats only the page that failed.
 *
 * @example
 * ```ts
 * import { ApiKeys } from "effect-wacht"
 * import * as Console from "effect/Console"
 * import * as Stream from "effect/Stream"
 *
 * export const printBlocked = ApiKeys.streamApiAuditLogs("reports", { outcome: "blocked" }).pipe(
 *   Stream.runForEach(({ row }) => Console.log(row.timestamp.text, row.path))
 * )
 * ```
 *
 * @since 0.1.0
 * @category streams
 */
export const streamApiAuditLogs = (
  appSlug: string,
  query: StreamApiAuditLogsQuery = {},
  options: StreamApiAuditLogsOptions = {}
): Stream.Stream<ApiAuditEntry, NotFoundError | ValidationError | CallError | PaginationError, ApiKeys> =>
  Stream.unwrap(Effect.map(ApiKeys, (service) => auditStream(service, appSlug, query, options)))

/**
 * Follows an audit trail without end: new rows oldest first, none twice, and none missed that can be read within `lag` of its own moment.
 *
 * It remembers the last row only. Where the server refuses dates it goes on by offset, as `streamApiAuditLogs` does.
 *
 * @since 0.1.0
 * @category streams
 */
export const tailApiAuditLogs = (
  appSlug: string,
  options: TailApiAuditLogsOptions = {}
): Stream.Stream<ApiAuditEntry, NotFoundError | ValidationError | CallError | PaginationError, ApiKeys> =>
  Stream.unwrap(Effect.map(ApiKeys, (service) => auditTail(service, appSlug, options)))

/**
 * Every active app once, newest first; `includeInactive` adds the others. Apps created meanwhile are not in it, apps deleted meanwhile may be; neither loses or repeats another.
 *
 * @since 0.1.0
 * @category streams
 */
export const streamApiAuthApps = (
  query: StreamApiAuthAppsQuery = {},
  options: StreamApiAuthAppsOptions = {}
): Stream.Stream<ApiAuthApp, ValidationError | CallError | PaginationError, ApiKeys> =>
  Stream.unwrap(Effect.map(ApiKeys, (service) => appStream((page) => service.listApiAuthApps(page), query, options)))

export type { MarkedOptions, ReconcileOptions, RerunOptions } from "./internal/reconcile/options.js"
export type {
  ApiAuditEntry,
  StreamApiAuditLogsOptions,
  StreamApiAuditLogsQuery,
  TailApiAuditLogsOptions
} from "./internal/audit/options.js"
export type { StreamApiAuthAppsOptions, StreamApiAuthAppsQuery } from "./internal/appStream.js"
