/**
 * OAuth apps, scopes, clients and their secrets, grants, and signing keys.
 *
 * @since 0.1.0
 */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type { ConflictError, NotFoundError, ValidationError } from "../errors/ApiError.js"
import type { OutcomeUnknownError } from "../errors/OutcomeUnknownError.js"
import type { ReconciliationError } from "../errors/ReconciliationError.js"
import type { CallError, UnsafeCallError } from "../errors/WachtError.js"
import type { GrantId, OAuthClientRecordId } from "../schemas/Ids.js"
import type {
  CreateOAuthAppInput,
  OAuthApp,
  OAuthDomainVerification,
  UpdateOAuthAppInput
} from "../schemas/OAuthApp.js"
import type { OAuthClient, OAuthClientSecret } from "../schemas/OAuthClient.js"
import type { CreateOAuthClientInput, UpdateOAuthClientInput } from "../schemas/OAuthClientInput.js"
import type { OAuthGrant } from "../schemas/OAuthGrant.js"
import type { SetOAuthScopeMappingInput, UpdateOAuthScopeInput } from "../schemas/OAuthScope.js"
import type { SigningKey, SigningKeyRotation } from "../schemas/SigningKey.js"
import { updateKeepingScopes } from "./internal/keepScopes.js"
import { oauthOperations as operations } from "./internal/operations/oauth.js"
import { createOAuthApp } from "./internal/reconcile/named.js"
import { createClient, rotateSecret } from "./internal/reconcile/oauthClient.js"
import type { MarkedOptions, ReplacingOptions, RerunOptions } from "./internal/reconcile/options.js"
import { rotateSigningKey } from "./internal/reconcile/signingKey.js"
import { WachtClient } from "./WachtClient.js"

/**
 * The 18 operations. Paths take a client's record id (`client.id`), never its `clientId`; every slug, scope and kid is sent percent-encoded
 * as one segment, and an empty one and dot segments are refused with an `EncodeError`.
 *
 * @since 0.1.0
 * @category models
 */
export interface Service {
  /**
   * Reads all OAuth apps, newest first, inactive ones too. No route reads one app, and none deletes one.
   *
   * `GET /oauth/apps`. Safe to repeat. Errors: `CallError`. Contract: section 6.1.
   */
  readonly listOAuthApps: () => Effect.Effect<ReadonlyArray<OAuthApp>, CallError>

  /**
   * Creates an OAuth app, with a logo if given (whole form at most 2 MiB). `fqdn` is required in production, where the host name is
   * registered before scopes are validated and not undone: after a `ValidationError` or `ConflictError` a corrected call can meet a 502, which
   * is an `OutcomeUnknownError` of that status.
   *
   * `POST /oauth/apps`, as multipart/form-data. Unsafe: a repeat answers 409, in production perhaps that 502, so a lost answer is an
   * `OutcomeUnknownError`; `createOAuthAppReconciled`, called in its place, finds out. Errors: `ValidationError`, `NotFoundError`,
   * `ConflictError`, `UnsafeCallError`. Contract: section 6.1.
   */
  readonly createOAuthApp: (
    input: CreateOAuthAppInput
  ) => Effect.Effect<OAuthApp, ValidationError | NotFoundError | ConflictError | UnsafeCallError>

  /**
   * Changes an OAuth app; what is left out stays, **except `scopeDefinitions`: left out, every definition is reset** to its default
   * (names, archive flags, categories, permission mappings). `updateOAuthAppKeepingScopes` keeps them.
   *
   * `PATCH /oauth/apps/{appSlug}`. Safe to repeat. Errors: `ValidationError`, `NotFoundError`, `CallError`. Contract: section 6.1.
   */
  readonly updateOAuthApp: (
    appSlug: string,
    input: UpdateOAuthAppInput
  ) => Effect.Effect<OAuthApp, ValidationError | NotFoundError | CallError>

  /**
   * Asks the host name provider for the state of the app's domain. `verified: false` is a normal answer, and stays so outside production;
   * trouble at the provider is a `ServerError` of status 502.
   *
   * `POST /oauth/apps/{appSlug}/verify-domain`. Safe to repeat. Errors: `ValidationError`, `NotFoundError`, `CallError`. Contract: section
   * 6.1.
   */
  readonly verifyOAuthAppDomain: (
    appSlug: string
  ) => Effect.Effect<OAuthDomainVerification, ValidationError | NotFoundError | CallError>

  /**
   * Renames or describes one scope and answers the whole app; blank text resets it to the default.
   *
   * `PATCH /oauth/apps/{appSlug}/scopes/{scope}`. Safe to repeat. Errors: `ValidationError`, `NotFoundError`, `CallError`. Contract:
   * section 6.2.
   */
  readonly updateOAuthScope: (
    appSlug: string,
    scope: string,
    input: UpdateOAuthScopeInput
  ) => Effect.Effect<OAuthApp, ValidationError | NotFoundError | CallError>

  /**
   * Archives a scope, which stays in `supportedScopes`, and answers the whole app.
   *
   * `POST /oauth/apps/{appSlug}/scopes/{scope}/archive`. Safe to repeat. Errors: `ValidationError`, `NotFoundError`, `CallError`. Contract:
   * section 6.2.
   */
  readonly archiveOAuthScope: (
    appSlug: string,
    scope: string
  ) => Effect.Effect<OAuthApp, ValidationError | NotFoundError | CallError>

  /**
   * Takes a scope out of the archive and answers the whole app.
   *
   * `POST /oauth/apps/{appSlug}/scopes/{scope}/unarchive`. Safe to repeat. Errors: `ValidationError`, `NotFoundError`, `CallError`.
   * Contract: section 6.2.
   */
  readonly unarchiveOAuthScope: (
    appSlug: string,
    scope: string
  ) => Effect.Effect<OAuthApp, ValidationError | NotFoundError | CallError>

  /**
   * Sets a scope's category and permission, which must be configured in the deployment. Once set they are immutable on this route, and a
   * permission that is set must be repeated on every later call.
   *
   * `POST /oauth/apps/{appSlug}/scopes/{scope}/mapping`. Safe to repeat. Errors: `ValidationError`, `NotFoundError`, `CallError`. Contract:
   * section 6.2.
   */
  readonly setOAuthScopeMapping: (
    appSlug: string,
    scope: string,
    input: SetOAuthScopeMappingInput
  ) => Effect.Effect<OAuthApp, ValidationError | NotFoundError | CallError>

  /**
   * Reads all clients of an app, newest first, inactive ones too, without secrets. No route reads one client.
   *
   * `GET /oauth/apps/{appSlug}/clients`. Safe to repeat. Errors: `ValidationError`, `NotFoundError`, `CallError`. Contract: section 6.3.
   */
  readonly listOAuthClients: (
    appSlug: string
  ) => Effect.Effect<ReadonlyArray<OAuthClient>, ValidationError | NotFoundError | CallError>

  /**
   * Creates a client. Its `clientSecret`, where the method has one, is shown here and never again.
   *
   * `POST /oauth/apps/{appSlug}/clients`. Unsafe: a repeat makes another client, so a lost answer is an `OutcomeUnknownError`;
   * `createOAuthClientReconciled`, called in its place, finds out. Errors: `ValidationError`, `NotFoundError`, `UnsafeCallError`. Contract:
   * section 6.3.
   */
  readonly createOAuthClient: (
    appSlug: string,
    input: CreateOAuthClientInput
  ) => Effect.Effect<OAuthClient, ValidationError | NotFoundError | UnsafeCallError>

  /**
   * Changes a client; what is left out stays. A client that moves to a method with a secret has none until `rotateOAuthClientSecret`, one that
   * moves to `private_key_jwt` needs a key, stored or new. A `NotFoundError` also for a deactivated client.
   *
   * `PATCH /oauth/apps/{appSlug}/clients/{recordId}`. Safe to repeat. Errors: `ValidationError`, `NotFoundError`, `CallError`. Contract:
   * section 6.3.
   */
  readonly updateOAuthClient: (
    appSlug: string,
    recordId: OAuthClientRecordId,
    input: UpdateOAuthClientInput
  ) => Effect.Effect<OAuthClient, ValidationError | NotFoundError | CallError>

  /**
   * Deactivates a client; no route undoes it. Access tokens that it has pass at the gateway as before: revoke its grants to end them.
   *
   * `DELETE /oauth/apps/{appSlug}/clients/{recordId}`. Safe to repeat; a repeat answers 404. Errors: `ValidationError`, `NotFoundError`,
   * `CallError`. Contract: section 6.3.
   */
  readonly deactivateOAuthClient: (
    appSlug: string,
    recordId: OAuthClientRecordId
  ) => Effect.Effect<void, ValidationError | NotFoundError | CallError>

  /**
   * Replaces the secret of a client; the former one is dead at once, the new one is shown here and never again. A client of method `none` or
   * `private_key_jwt` has none, a `ValidationError`; a deactivated client is a `NotFoundError`.
   *
   * `POST /oauth/apps/{appSlug}/clients/{recordId}/rotate-secret`. Unsafe: a repeat replaces it again, so a lost answer is an
   * `OutcomeUnknownError`; `rotateOAuthClientSecretReconciled` recovers. Errors: `ValidationError`, `NotFoundError`, `UnsafeCallError`.
   * Contract: section 6.3.
   */
  readonly rotateOAuthClientSecret: (
    appSlug: string,
    recordId: OAuthClientRecordId
  ) => Effect.Effect<OAuthClientSecret, ValidationError | NotFoundError | UnsafeCallError>

  /**
   * Reads all grants of a client, newest first, revoked ones too. A lapsed grant still says `active`: compare `expiresAt`.
   *
   * `GET /oauth/apps/{appSlug}/clients/{recordId}/grants`. Safe to repeat. Errors: `ValidationError`, `NotFoundError`, `CallError`.
   * Contract: section 6.4.
   */
  readonly listOAuthGrants: (
    appSlug: string,
    recordId: OAuthClientRecordId
  ) => Effect.Effect<ReadonlyArray<OAuthGrant>, ValidationError | NotFoundError | CallError>

  /**
   * Revokes a grant, and with it, at once, its access tokens. It succeeds also for one that does not exist or is revoked already; an unknown
   * app or client is a `NotFoundError`.
   *
   * `POST /oauth/apps/{appSlug}/clients/{recordId}/grants/{grantId}/revoke`. Safe to repeat. Errors: `ValidationError`, `NotFoundError`,
   * `CallError`. Contract: section 6.4.
   */
  readonly revokeOAuthGrant: (
    appSlug: string,
    recordId: OAuthClientRecordId,
    grantId: GrantId
  ) => Effect.Effect<void, ValidationError | NotFoundError | CallError>

  /**
   * Reads an app's active and retired signing keys, latest first; compromised ones are not listed.
   *
   * `GET /oauth/apps/{appSlug}/signing-keys`. Safe to repeat. Errors: `ValidationError`, `NotFoundError`, `CallError`. Contract: section 7.
   */
  readonly listOAuthAppSigningKeys: (
    appSlug: string
  ) => Effect.Effect<ReadonlyArray<SigningKey>, ValidationError | NotFoundError | CallError>

  /**
   * Makes a new signing key and retires the active one, which stays in the JWKS. Can take a second or more; 409 when two do it at once.
   *
   * `POST /oauth/apps/{appSlug}/signing-keys/rotate`. Unsafe: a repeat rotates again, so a lost answer is an `OutcomeUnknownError`;
   * `rotateOAuthAppSigningKeyReconciled` finds out. Errors: `ValidationError`, `NotFoundError`, `ConflictError`, `UnsafeCallError`.
   * Contract: section 7.
   */
  readonly rotateOAuthAppSigningKey: (
    appSlug: string
  ) => Effect.Effect<SigningKeyRotation, ValidationError | NotFoundError | ConflictError | UnsafeCallError>

  /**
   * Takes a signing key out of the JWKS at once. Of the active key, the app has none until the next rotation or the next
   * request for the JWKS or an id token.
   *
   * `POST /oauth/apps/{appSlug}/signing-keys/{kid}/compromise`. Safe to repeat; a repeat answers 404. Errors: `ValidationError`,
   * `NotFoundError`, `CallError`. Contract: section 7.
   */
  readonly compromiseOAuthAppSigningKey: (
    appSlug: string,
    kid: string
  ) => Effect.Effect<void, ValidationError | NotFoundError | CallError>
}

/**
 * The service of OAuth administration.
 *
 * @since 0.1.0
 * @category tags
 */
export class OAuth extends Context.Tag("effect-wacht/OAuth")<OAuth, Service>() {}

/**
 * Makes the service over a client.
 *
 * @since 0.1.0
 * @category constructors
 */
export const make: Effect.Effect<Service, never, WachtClient> = Effect.map(WachtClient, ({ execute }) =>
  OAuth.of({
    listOAuthApps: () => execute(operations.listOAuthApps, {}),
    createOAuthApp: (body) => execute(operations.createOAuthApp, { body }),
    updateOAuthApp: (appSlug, body) => execute(operations.updateOAuthApp, { path: { appSlug }, body }),
    verifyOAuthAppDomain: (appSlug) => execute(operations.verifyOAuthAppDomain, { path: { appSlug } }),
    updateOAuthScope: (appSlug, scope, body) =>
      execute(operations.updateOAuthScope, { path: { appSlug, scope }, body }),
    archiveOAuthScope: (appSlug, scope) => execute(operations.archiveOAuthScope, { path: { appSlug, scope } }),
    unarchiveOAuthScope: (appSlug, scope) => execute(operations.unarchiveOAuthScope, { path: { appSlug, scope } }),
    setOAuthScopeMapping: (appSlug, scope, body) =>
      execute(operations.setOAuthScopeMapping, { path: { appSlug, scope }, body }),
    listOAuthClients: (appSlug) => execute(operations.listOAuthClients, { path: { appSlug } }),
    createOAuthClient: (appSlug, body) => execute(operations.createOAuthClient, { path: { appSlug }, body }),
    updateOAuthClient: (appSlug, recordId, body) =>
      execute(operations.updateOAuthClient, { path: { appSlug, recordId }, body }),
    deactivateOAuthClient: (appSlug, recordId) =>
      execute(operations.deactivateOAuthClient, { path: { appSlug, recordId } }),
    rotateOAuthClientSecret: (appSlug, recordId) =>
      execute(operations.rotateOAuthClientSecret, { path: { appSlug, recordId } }),
    listOAuthGrants: (appSlug, recordId) => execute(operations.listOAuthGrants, { path: { appSlug, recordId } }),
    revokeOAuthGrant: (appSlug, recordId, grantId) =>
      execute(operations.revokeOAuthGrant, { path: { appSlug, recordId, grantId } }),
    listOAuthAppSigningKeys: (appSlug) => execute(operations.listOAuthAppSigningKeys, { path: { appSlug } }),
    rotateOAuthAppSigningKey: (appSlug) => execute(operations.rotateOAuthAppSigningKey, { path: { appSlug } }),
    compromiseOAuthAppSigningKey: (appSlug, kid) =>
      execute(operations.compromiseOAuthAppSigningKey, { path: { appSlug, kid } })
  })
)

/**
 * Provides the service over a client, a service of its own over each.
 *
 * @since 0.1.0
 * @category layers
 */
export const layer: Layer.Layer<OAuth, never, WachtClient> = Layer.fresh(Layer.effect(OAuth, make))

/**
 * Changes an OAuth app and keeps the definitions of its scopes, which `updateOAuthApp` resets where they are left out: it reads the app,
 * puts the definitions given over those stored, and sends them all. What is left out of a definition stays as it is stored, `archived` and
 * the mapping too; another `category` takes the mapping away, `""` for none. `supportedScopes` is the whole list: to add a
 * scope give those of the app along. Definitions of scopes outside of it drop out; one that is given is an `EncodeError`.
 *
 * An app that is not listed is a `NotFoundError`. There is no lock: what somebody else changes between the read and the write is undone.
 *
 * @since 0.1.0
 * @category combinators
 */
export const updateOAuthAppKeepingScopes = (
  appSlug: string,
  input: UpdateOAuthAppInput
): Effect.Effect<OAuthApp, ValidationError | NotFoundError | CallError, OAuth> =>
  Effect.flatMap(OAuth, (service) => updateKeepingScopes(service, appSlug, input))

/**
 * Creates a client, and finds out what happened where the answer is lost: exactly one live client and its secret in hand, or a
 * `ReconciliationError` that names the record id of every live one left.
 *
 * The client carries a marker as one more entry of `contacts`, `effect-wacht:<marker>`, which updates of `contacts` have to keep. After an
 * unknown outcome it waits `settle` (30 s), looks for the marker, and gives the client that it finds a new secret, where its method has one.
 * A job that must survive a crash gives its own `marker`, as for `createApiKeyReconciled`, and is not run again once the secret is stored, as
 * that would replace it; a client that it finds with another method, other
 * grants, URIs, keys or tokens than `input` asks for ends as `"Different"`. One caller at a time: nothing tells whose request made a
 * client's secret.
 *
 * @since 0.1.0
 * @category reconciliation
 */
export const createOAuthClientReconciled = (
  appSlug: string,
  input: CreateOAuthClientInput,
  options: MarkedOptions = {}
): Effect.Effect<OAuthClient, ValidationError | NotFoundError | CallError | ReconciliationError, OAuth> =>
  Effect.flatMap(OAuth, (service) => createClient(service, appSlug, input, options))

/**
 * Gives a client a new secret, and where the answer is lost another one after `settle` (30 s), when the lost request cannot act any more:
 * the secret in hand is the one that works, or a `ReconciliationError` names the client. **One caller at a time**: of two secrets made at
 * once only the later works, and nothing tells which. After a crash run it with `isRerun: true`, which waits before anything is sent.
 *
 * @since 0.1.0
 * @category reconciliation
 */
export const rotateOAuthClientSecretReconciled = (
  appSlug: string,
  recordId: OAuthClientRecordId,
  options: RerunOptions = {}
): Effect.Effect<
  OAuthClientSecret,
  ValidationError | NotFoundError | Exclude<UnsafeCallError, OutcomeUnknownError> | ReconciliationError,
  OAuth
> => Effect.flatMap(OAuth, (service) => rotateSecret(service, appSlug, recordId, options))

/**
 * Makes a new signing key, once: where the answer is lost it waits `settle` (30 s), and the key that is active then and was not listed
 * before is the new one. `replaces` names the key that was active when the job began: a later run with it does not rotate a second time.
 * One with `isRerun: true` alone does: it only waits until no earlier request can act any more. Of callers at once each can make one, and the
 * last is active. Keys that were replaced verify on, as they stay in the JWKS.
 *
 * @since 0.1.0
 * @category reconciliation
 */
export const rotateOAuthAppSigningKeyReconciled = (
  appSlug: string,
  options: ReplacingOptions = {}
): Effect.Effect<
  SigningKeyRotation,
  ValidationError | NotFoundError | ConflictError | CallError | ReconciliationError,
  OAuth
> => Effect.flatMap(OAuth, (service) => rotateSigningKey(service, appSlug, options))

/**
 * Creates an OAuth app; where the answer is lost it waits `settle` and looks for the slug: an active one with every field as sent (of a logo,
 * that there is one) is success, else it is a `ConflictError`. With `isRerun: true` a conflict on the first request is looked into as well.
 *
 * @since 0.1.0
 * @category reconciliation
 */
export const createOAuthAppReconciled = (
  input: CreateOAuthAppInput,
  options: RerunOptions = {}
): Effect.Effect<
  OAuthApp,
  ValidationError | NotFoundError | ConflictError | Exclude<UnsafeCallError, OutcomeUnknownError> | ReconciliationError,
  OAuth
> => Effect.flatMap(OAuth, (service) => createOAuthApp(service, input, options))

export type { MarkedOptions, ReplacingOptions, RerunOptions } from "./internal/reconcile/options.js"
