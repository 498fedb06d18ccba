/**
 * The operations of API-auth apps, keys, rate-limit schemes and audit.
 */
import {
  badRequest,
  badRequestOrNotFound,
  conflict,
  everyOwnError,
  or,
  validation,
  validationOrNotFound
} from "../../../errors/internal/ownErrors.js"
import {
  ApiAuthApp,
  CreateApiAuthAppInput,
  ListApiAuthAppsQuery,
  UpdateApiAuthAppInput
} from "../../../schemas/ApiAuthApp.js"
import { ApiKeyWithSecret, CreateApiKeyInput, ListApiKeysQuery, RevokeApiKeyInput } from "../../../schemas/ApiKey.js"
import { ApiAuditAnalytics, GetApiAuditAnalyticsQuery } from "../../../schemas/AuditAnalytics.js"
import { GetApiAuditLogsQuery } from "../../../schemas/AuditLog.js"
import { ApiAuditTimeseries, GetApiAuditTimeseriesQuery } from "../../../schemas/AuditTimeseries.js"
import {
  CreateRateLimitSchemeInput,
  RateLimitScheme,
  UpdateRateLimitSchemeInput
} from "../../../schemas/RateLimitScheme.js"
import { ApiKeyList, RateLimitSchemeList } from "../../../schemas/internal/lists.js"
import { ApiAuditLogPage, ApiAuthAppPage } from "../../../schemas/Page.js"
import { jsonOutput, noOutput, operation, operationsOf, unsafeOperation } from "../operation.js"
import { encodeInput, json } from "../requestBody.js"

/** By name. */
export const apiKeysOperations = operationsOf("ApiKeys", {
  listApiAuthApps: operation({
    method: "GET",
    path: "/api-auth/apps",
    repeat: "safe",
    query: encodeInput(ListApiAuthAppsQuery),
    output: jsonOutput(ApiAuthAppPage),
    errors: badRequest
  }),
  createApiAuthApp: unsafeOperation({
    method: "POST",
    path: "/api-auth/apps",
    body: json(CreateApiAuthAppInput),
    output: jsonOutput(ApiAuthApp),
    errors: everyOwnError
  }),
  getApiAuthApp: operation({
    method: "GET",
    path: "/api-auth/apps/{appSlug}",
    repeat: "safe",
    output: jsonOutput(ApiAuthApp),
    errors: badRequestOrNotFound
  }),
  updateApiAuthApp: operation({
    method: "PATCH",
    path: "/api-auth/apps/{appSlug}",
    repeat: "idempotent",
    body: json(UpdateApiAuthAppInput),
    output: jsonOutput(ApiAuthApp),
    errors: validationOrNotFound
  }),
  deleteApiAuthApp: operation({
    method: "DELETE",
    path: "/api-auth/apps/{appSlug}",
    repeat: "idempotent",
    repeatAnswer: /^API (?:key|auth) app not found$/,
    output: noOutput,
    errors: badRequestOrNotFound
  }),
  listApiKeys: operation({
    method: "GET",
    path: "/api-auth/apps/{appSlug}/keys",
    repeat: "safe",
    query: encodeInput(ListApiKeysQuery),
    output: jsonOutput(ApiKeyList),
    errors: badRequestOrNotFound
  }),
  createApiKey: unsafeOperation({
    method: "POST",
    path: "/api-auth/apps/{appSlug}/keys",
    body: json(CreateApiKeyInput),
    output: jsonOutput(ApiKeyWithSecret),
    errors: validationOrNotFound
  }),
  revokeApiKey: operation({
    method: "POST",
    path: "/api-auth/apps/{appSlug}/keys/{keyId}/revoke",
    repeat: "idempotent",
    ids: ["keyId"],
    repeatAnswer: /^API key not found or already revoked$/,
    body: json(RevokeApiKeyInput),
    output: noOutput,
    errors: validationOrNotFound
  }),
  rotateApiKey: unsafeOperation({
    method: "POST",
    path: "/api-auth/apps/{appSlug}/keys/{keyId}/rotate",
    ids: ["keyId"],
    output: jsonOutput(ApiKeyWithSecret),
    errors: badRequestOrNotFound
  }),
  listRateLimitSchemes: operation({
    method: "GET",
    path: "/api-auth/rate-limit-schemes",
    repeat: "safe",
    output: jsonOutput(RateLimitSchemeList)
  }),
  getRateLimitScheme: operation({
    method: "GET",
    path: "/api-auth/rate-limit-schemes/{slug}",
    repeat: "safe",
    output: jsonOutput(RateLimitScheme),
    errors: badRequestOrNotFound
  }),
  createRateLimitScheme: unsafeOperation({
    method: "POST",
    path: "/api-auth/rate-limit-schemes",
    body: json(CreateRateLimitSchemeInput),
    output: jsonOutput(RateLimitScheme),
    errors: or(validation, conflict)
  }),
  updateRateLimitScheme: operation({
    method: "PATCH",
    path: "/api-auth/rate-limit-schemes/{slug}",
    repeat: "idempotent",
    body: json(UpdateRateLimitSchemeInput),
    output: jsonOutput(RateLimitScheme),
    errors: validationOrNotFound
  }),
  deleteRateLimitScheme: operation({
    method: "DELETE",
    path: "/api-auth/rate-limit-schemes/{slug}",
    repeat: "idempotent",
    repeatAnswer: /^Rate limit scheme not found$/,
    output: noOutput,
    errors: badRequestOrNotFound
  }),
  getApiAuditLogs: operation({
    method: "GET",
    path: "/api-auth/apps/{appSlug}/audit/logs",
    repeat: "safe",
    query: encodeInput(GetApiAuditLogsQuery),
    output: jsonOutput(ApiAuditLogPage),
    errors: badRequestOrNotFound
  }),
  getApiAuditAnalytics: operation({
    method: "GET",
    path: "/api-auth/apps/{appSlug}/audit/analytics",
    repeat: "safe",
    query: encodeInput(GetApiAuditAnalyticsQuery),
    output: jsonOutput(ApiAuditAnalytics),
    errors: badRequestOrNotFound
  }),
  getApiAuditTimeseries: operation({
    method: "GET",
    path: "/api-auth/apps/{appSlug}/audit/timeseries",
    repeat: "safe",
    query: encodeInput(GetApiAuditTimeseriesQuery),
    output: jsonOutput(ApiAuditTimeseries),
    errors: badRequestOrNotFound
  })
})
