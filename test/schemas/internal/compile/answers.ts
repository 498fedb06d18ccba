// Every schema of an answer, with the answers that were recorded for it.
import { readFileSync } from "node:fs"
import * as Schema from "effect/Schema"
import * as Schemas from "effect-wacht/schemas"
import * as Lists from "../../../../src/schemas/internal/lists.js"

const schemas: Readonly<Record<string, Schema.Schema.AnyNoContext>> = {
  listApiAuthApps: Schemas.ApiAuthAppPage,
  createApiAuthApp: Schemas.ApiAuthApp,
  getApiAuthApp: Schemas.ApiAuthApp,
  updateApiAuthApp: Schemas.ApiAuthApp,
  listApiKeys: Lists.ApiKeyList,
  createApiKey: Schemas.ApiKeyWithSecret,
  rotateApiKey: Schemas.ApiKeyWithSecret,
  listRateLimitSchemes: Lists.RateLimitSchemeList,
  getRateLimitScheme: Schemas.RateLimitScheme,
  createRateLimitScheme: Schemas.RateLimitScheme,
  updateRateLimitScheme: Schemas.RateLimitScheme,
  getApiAuditLogs: Schemas.ApiAuditLogPage,
  getApiAuditAnalytics: Schemas.ApiAuditAnalytics,
  getApiAuditTimeseries: Schemas.ApiAuditTimeseries,
  checkAuthz: Schemas.AuthzDecision,
  listOAuthApps: Lists.OAuthAppList,
  createOAuthApp: Schemas.OAuthApp,
  updateOAuthApp: Schemas.OAuthApp,
  verifyOAuthAppDomain: Schemas.OAuthDomainVerification,
  updateOAuthScope: Schemas.OAuthApp,
  archiveOAuthScope: Schemas.OAuthApp,
  unarchiveOAuthScope: Schemas.OAuthApp,
  setOAuthScopeMapping: Schemas.OAuthApp,
  listOAuthClients: Lists.OAuthClientList,
  createOAuthClient: Schemas.OAuthClient,
  updateOAuthClient: Schemas.OAuthClient,
  rotateOAuthClientSecret: Schemas.OAuthClientSecret,
  listOAuthGrants: Lists.OAuthGrantList,
  listOAuthAppSigningKeys: Lists.SigningKeyList,
  rotateOAuthAppSigningKey: Schemas.SigningKeyRotation
}

const contract = new URL("../../../contract/", import.meta.url)

interface Exchange {
  readonly operation: string
  readonly response: { readonly status: number; readonly body?: string }
}

const exchanges = readFileSync(new URL("exchanges.jsonl", contract), "utf8")
  .split("\n")
  .filter((line) => line !== "")
  .map((line): Exchange => JSON.parse(line))

/** A schema, and JSON texts that it must take. */
export interface Recorded {
  readonly operation: string
  readonly schema: Schema.Schema<unknown, unknown>
  readonly texts: ReadonlyArray<string>
}

const mostTexts = 12
const longestText = 20_000

/** By operation. */
export const recorded: ReadonlyArray<Recorded> = Object.entries(schemas).map(([operation, schema]) => {
  const example = readFileSync(new URL(`examples/${operation}.response.json`, contract), "utf8")
  const more = exchanges
    .filter((exchange) => exchange.operation === operation && exchange.response.status === 200)
    .map((exchange) => exchange.response.body ?? "")
    .filter((text) => text.startsWith("{") && text.length < longestText)
  return { operation, schema: Schema.make(schema.ast), texts: [...new Set([example, ...more])].slice(0, mostTexts) }
})
