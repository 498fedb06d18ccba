/**
 * Every model and input, flat. A name is both the schema and the type of its values.
 *
 * @since 0.1.0
 */
export * from "./ApiAuthApp.js"
export * from "./ApiKey.js"
export * from "./AuditAnalytics.js"
export * from "./AuditLog.js"
export * from "./AuditPosition.js"
export * from "./AuditTimeseries.js"
export * from "./Authz.js"
export * from "./Ids.js"
export * from "./Jwk.js"
export * from "./OAuthApp.js"
export * from "./OAuthClient.js"
export * from "./OAuthClientInput.js"
export * from "./OAuthGrant.js"
export * from "./OAuthScope.js"
export * from "./Page.js"
export * from "./RateLimitScheme.js"
export * from "./SigningKey.js"
export * from "./Timestamp.js"
export type { Fields, Open, Snake } from "./internal/wire.js"
