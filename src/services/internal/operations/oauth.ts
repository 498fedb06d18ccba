/**
 * The operations of OAuth apps, scopes, clients, grants and signing keys.
 */
import { badRequestOrNotFound, conflict, or, validationOrNotFound } from "../../../errors/internal/ownErrors.js"
import {
  CreateOAuthAppInput,
  OAuthApp,
  OAuthDomainVerification,
  UpdateOAuthAppInput
} from "../../../schemas/OAuthApp.js"
import { OAuthClient, OAuthClientSecret } from "../../../schemas/OAuthClient.js"
import { CreateOAuthClientInput, UpdateOAuthClientInput } from "../../../schemas/OAuthClientInput.js"
import { SetOAuthScopeMappingInput, UpdateOAuthScopeInput } from "../../../schemas/OAuthScope.js"
import { SigningKeyRotation } from "../../../schemas/SigningKey.js"
import { OAuthAppList, OAuthClientList, OAuthGrantList, SigningKeyList } from "../../../schemas/internal/lists.js"
import { jsonOutput, noOutput, operation, operationsOf, unsafeOperation } from "../operation.js"
import { json } from "../requestBody.js"
import { form } from "../multipart.js"
import { oauthAppParts } from "./oauthAppParts.js"

/** By name. */
export const oauthOperations = operationsOf("OAuth", {
  listOAuthApps: operation({
    method: "GET",
    path: "/oauth/apps",
    repeat: "safe",
    output: jsonOutput(OAuthAppList)
  }),
  createOAuthApp: unsafeOperation({
    method: "POST",
    path: "/oauth/apps",
    body: form(CreateOAuthAppInput, oauthAppParts),
    output: jsonOutput(OAuthApp),
    errors: or(badRequestOrNotFound, conflict)
  }),
  updateOAuthApp: operation({
    method: "PATCH",
    path: "/oauth/apps/{appSlug}",
    repeat: "idempotent",
    body: json(UpdateOAuthAppInput),
    output: jsonOutput(OAuthApp),
    errors: validationOrNotFound
  }),
  verifyOAuthAppDomain: operation({
    method: "POST",
    path: "/oauth/apps/{appSlug}/verify-domain",
    repeat: "idempotent",
    output: jsonOutput(OAuthDomainVerification),
    errors: badRequestOrNotFound
  }),
  updateOAuthScope: operation({
    method: "PATCH",
    path: "/oauth/apps/{appSlug}/scopes/{scope}",
    repeat: "idempotent",
    body: json(UpdateOAuthScopeInput),
    output: jsonOutput(OAuthApp),
    errors: validationOrNotFound
  }),
  archiveOAuthScope: operation({
    method: "POST",
    path: "/oauth/apps/{appSlug}/scopes/{scope}/archive",
    repeat: "idempotent",
    output: jsonOutput(OAuthApp),
    errors: badRequestOrNotFound
  }),
  unarchiveOAuthScope: operation({
    method: "POST",
    path: "/oauth/apps/{appSlug}/scopes/{scope}/unarchive",
    repeat: "idempotent",
    output: jsonOutput(OAuthApp),
    errors: badRequestOrNotFound
  }),
  setOAuthScopeMapping: operation({
    method: "POST",
    path: "/oauth/apps/{appSlug}/scopes/{scope}/mapping",
    repeat: "idempotent",
    body: json(SetOAuthScopeMappingInput),
    output: jsonOutput(OAuthApp),
    errors: validationOrNotFound
  }),
  listOAuthClients: operation({
    method: "GET",
    path: "/oauth/apps/{appSlug}/clients",
    repeat: "safe",
    output: jsonOutput(OAuthClientList),
    errors: badRequestOrNotFound
  }),
  createOAuthClient: unsafeOperation({
    method: "POST",
    path: "/oauth/apps/{appSlug}/clients",
    body: json(CreateOAuthClientInput),
    output: jsonOutput(OAuthClient),
    errors: validationOrNotFound
  }),
  updateOAuthClient: operation({
    method: "PATCH",
    path: "/oauth/apps/{appSlug}/clients/{recordId}",
    repeat: "idempotent",
    ids: ["recordId"],
    body: json(UpdateOAuthClientInput),
    output: jsonOutput(OAuthClient),
    errors: validationOrNotFound
  }),
  deactivateOAuthClient: operation({
    method: "DELETE",
    path: "/oauth/apps/{appSlug}/clients/{recordId}",
    repeat: "idempotent",
    ids: ["recordId"],
    repeatAnswer: /^OAuth client not found or already inactive$/,
    output: noOutput,
    errors: badRequestOrNotFound
  }),
  rotateOAuthClientSecret: unsafeOperation({
    method: "POST",
    path: "/oauth/apps/{appSlug}/clients/{recordId}/rotate-secret",
    ids: ["recordId"],
    output: jsonOutput(OAuthClientSecret),
    errors: badRequestOrNotFound
  }),
  listOAuthGrants: operation({
    method: "GET",
    path: "/oauth/apps/{appSlug}/clients/{recordId}/grants",
    repeat: "safe",
    ids: ["recordId"],
    output: jsonOutput(OAuthGrantList),
    errors: badRequestOrNotFound
  }),
  revokeOAuthGrant: operation({
    method: "POST",
    path: "/oauth/apps/{appSlug}/clients/{recordId}/grants/{grantId}/revoke",
    repeat: "idempotent",
    ids: ["recordId", "grantId"],
    output: noOutput,
    errors: badRequestOrNotFound
  }),
  listOAuthAppSigningKeys: operation({
    method: "GET",
    path: "/oauth/apps/{appSlug}/signing-keys",
    repeat: "safe",
    output: jsonOutput(SigningKeyList),
    errors: badRequestOrNotFound
  }),
  rotateOAuthAppSigningKey: unsafeOperation({
    method: "POST",
    path: "/oauth/apps/{appSlug}/signing-keys/rotate",
    output: jsonOutput(SigningKeyRotation),
    errors: or(badRequestOrNotFound, conflict)
  }),
  compromiseOAuthAppSigningKey: operation({
    method: "POST",
    path: "/oauth/apps/{appSlug}/signing-keys/{kid}/compromise",
    repeat: "idempotent",
    repeatAnswer: /^no signing key with kid /,
    output: noOutput,
    errors: badRequestOrNotFound
  })
})
