/** The vendor's names of all operations, each of which has a route. */
export const operationNames = [
  "listApiAuthApps",
  "createApiAuthApp",
  "getApiAuthApp",
  "updateApiAuthApp",
  "deleteApiAuthApp",
  "listApiKeys",
  "createApiKey",
  "revokeApiKey",
  "rotateApiKey",
  "listRateLimitSchemes",
  "createRateLimitScheme",
  "getRateLimitScheme",
  "updateRateLimitScheme",
  "deleteRateLimitScheme",
  "getApiAuditLogs",
  "getApiAuditAnalytics",
  "getApiAuditTimeseries",
  "listOAuthApps",
  "createOAuthApp",
  "updateOAuthApp",
  "verifyOAuthAppDomain",
  "updateOAuthScope",
  "archiveOAuthScope",
  "unarchiveOAuthScope",
  "setOAuthScopeMapping",
  "listOAuthClients",
  "createOAuthClient",
  "updateOAuthClient",
  "deactivateOAuthClient",
  "rotateOAuthClientSecret",
  "listOAuthGrants",
  "revokeOAuthGrant",
  "listOAuthAppSigningKeys",
  "rotateOAuthAppSigningKey",
  "compromiseOAuthAppSigningKey",
  "checkAuthz"
] as const

/**
 * An operation's name.
 *
 * @since 0.1.0
 * @category models
 */
export type OperationName = (typeof operationNames)[number]
