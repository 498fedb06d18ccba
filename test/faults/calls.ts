/** Every operation as a call, in each form that its arguments can take; the first form gives every optional argument. */
import { readFileSync } from "node:fs"
import { ApiKeys, Gateway, OAuth } from "effect-wacht"
import type { WachtError } from "effect-wacht/errors"
import { GrantId, KeyId, OAuthClientRecordId } from "effect-wacht/schemas"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import type { apiKeysOperations } from "../../src/services/internal/operations/apiKeys.js"
import type { gatewayOperations } from "../../src/services/internal/operations/gateway.js"
import type { oauthOperations } from "../../src/services/internal/operations/oauth.js"

export interface Services {
  readonly keys: ApiKeys.Service
  readonly oauth: OAuth.Service
  readonly gateway: Gateway.Service
}

export const services: Effect.Effect<Services, never, ApiKeys.ApiKeys | OAuth.OAuth | Gateway.Gateway> = Effect.all({
  keys: ApiKeys.ApiKeys,
  oauth: OAuth.OAuth,
  gateway: Gateway.Gateway
})

export type Call = (services: Services) => Effect.Effect<unknown, WachtError>

/** What a caller may hand over; tests put their own in. */
export interface Arguments {
  readonly slug: string
  readonly scope: string
  readonly kid: string
  readonly keyId: KeyId
  readonly recordId: OAuthClientRecordId
  readonly grantId: GrantId
  /** Any text that ends up in a body or a query. */
  readonly text: string
  readonly pem: string
  readonly principal: Redacted.Redacted
}

export const defaultArguments: Arguments = {
  slug: "partner-api",
  scope: "workspace:read",
  kid: "oas-77031581050511607-77321491930194167",
  keyId: KeyId.make("76883605787287799"),
  recordId: OAuthClientRecordId.make("77032134832857335"),
  grantId: GrantId.make("77162966499238135"),
  text: "some text",
  pem: "-----BEGIN PUBLIC KEY-----\nMIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEAw8Lr\n-----END PUBLIC KEY-----\n",
  principal: Redacted.make("acme_live_fZq31PEOK0hlgp-82fYTME1qh6TB3vsYNVJvjKnG4wA")
}

const rule = { unit: "minute", duration: 1, maxRequests: 120 } as const

const fullRule = { ...rule, mode: "per_key", endpoints: ["*"], priority: 1 } as const

const definition = { scope: "workspace:read", displayName: "Read", description: "Reads" } as const

const window = { startDate: new Date(0), endDate: new Date(1) }

/** By the operation's name; the type makes sure that none is missing. */
const forms = (
  a: Arguments
): Record<
  keyof typeof apiKeysOperations | keyof typeof oauthOperations | keyof typeof gatewayOperations,
  ReadonlyArray<Call>
> => {
  const app = { appSlug: a.slug, name: a.text, keyPrefix: "acme" }
  const scheme = { slug: a.slug, name: a.text }
  const oauthApp = { slug: a.slug, name: a.text }
  const client = {
    clientAuthMethod: "client_secret_basic",
    grantTypes: ["authorization_code"],
    redirectUris: ["https://app.example.com/callback"]
  } as const
  const check = { principal: { type: "api_key", value: a.principal }, resource: "/v1/reports", method: "GET" } as const
  return {
    listApiAuthApps: [
      (s) => s.keys.listApiAuthApps({ includeInactive: true, limit: 2, offset: 1, search: a.text }),
      (s) => s.keys.listApiAuthApps({}),
      (s) => s.keys.listApiAuthApps()
    ],
    createApiAuthApp: [
      (s) =>
        s.keys.createApiAuthApp({
          ...app,
          description: a.text,
          rateLimitSchemeSlug: a.slug,
          permissions: [a.text],
          resources: [a.text]
        }),
      (s) => s.keys.createApiAuthApp(app)
    ],
    getApiAuthApp: [(s) => s.keys.getApiAuthApp(a.slug)],
    updateApiAuthApp: [
      (s) =>
        s.keys.updateApiAuthApp(a.slug, {
          name: a.text,
          keyPrefix: "acme",
          description: a.text,
          isActive: true,
          rateLimitSchemeSlug: a.slug,
          permissions: [a.text],
          resources: [a.text]
        }),
      (s) => s.keys.updateApiAuthApp(a.slug, {})
    ],
    deleteApiAuthApp: [(s) => s.keys.deleteApiAuthApp(a.slug)],
    listApiKeys: [
      (s) => s.keys.listApiKeys(a.slug, { includeInactive: true }),
      (s) => s.keys.listApiKeys(a.slug, {}),
      (s) => s.keys.listApiKeys(a.slug)
    ],
    createApiKey: [
      (s) =>
        s.keys.createApiKey(a.slug, {
          name: a.text,
          permissions: [a.text],
          metadata: { note: a.text },
          expiresAt: new Date(0)
        }),
      (s) => s.keys.createApiKey(a.slug, { name: a.text })
    ],
    revokeApiKey: [
      (s) => s.keys.revokeApiKey(a.slug, a.keyId, { reason: a.text }),
      (s) => s.keys.revokeApiKey(a.slug, a.keyId, {}),
      (s) => s.keys.revokeApiKey(a.slug, a.keyId)
    ],
    rotateApiKey: [(s) => s.keys.rotateApiKey(a.slug, a.keyId)],
    listRateLimitSchemes: [(s) => s.keys.listRateLimitSchemes()],
    getRateLimitScheme: [(s) => s.keys.getRateLimitScheme(a.slug)],
    createRateLimitScheme: [
      (s) => s.keys.createRateLimitScheme({ ...scheme, description: a.text, rules: [fullRule] }),
      (s) => s.keys.createRateLimitScheme({ ...scheme, rules: [rule] })
    ],
    updateRateLimitScheme: [
      (s) => s.keys.updateRateLimitScheme(a.slug, { name: a.text, description: a.text, rules: [fullRule] }),
      (s) => s.keys.updateRateLimitScheme(a.slug, {})
    ],
    deleteRateLimitScheme: [(s) => s.keys.deleteRateLimitScheme(a.slug)],
    getApiAuditLogs: [
      (s) =>
        s.keys.getApiAuditLogs(a.slug, {
          ...window,
          keyId: a.keyId,
          limit: 2,
          offset: 0,
          outcome: "blocked",
          cursor: a.text,
          cursorTs: new Date(0),
          cursorId: a.text
        }),
      (s) => s.keys.getApiAuditLogs(a.slug, {}),
      (s) => s.keys.getApiAuditLogs(a.slug)
    ],
    getApiAuditAnalytics: [
      (s) =>
        s.keys.getApiAuditAnalytics(a.slug, {
          ...window,
          keyId: a.keyId,
          includeTopKeys: true,
          includeTopPaths: true,
          includeBlockedReasons: true,
          includeRateLimits: true,
          topLimit: 3
        }),
      (s) => s.keys.getApiAuditAnalytics(a.slug, {}),
      (s) => s.keys.getApiAuditAnalytics(a.slug)
    ],
    getApiAuditTimeseries: [
      (s) => s.keys.getApiAuditTimeseries(a.slug, { ...window, keyId: a.keyId, interval: "day" }),
      (s) => s.keys.getApiAuditTimeseries(a.slug, {}),
      (s) => s.keys.getApiAuditTimeseries(a.slug)
    ],
    listOAuthApps: [(s) => s.oauth.listOAuthApps()],
    createOAuthApp: [
      (s) =>
        s.oauth.createOAuthApp({
          ...oauthApp,
          description: a.text,
          fqdn: "auth.example.com",
          supportedScopes: ["workspace:read"],
          scopeDefinitions: [definition],
          allowDynamicClientRegistration: true,
          logo: { data: new Uint8Array([1, 2, 3]), contentType: "image/png" }
        }),
      (s) => s.oauth.createOAuthApp(oauthApp)
    ],
    updateOAuthApp: [
      (s) =>
        s.oauth.updateOAuthApp(a.slug, {
          name: a.text,
          description: a.text,
          supportedScopes: ["workspace:read"],
          scopeDefinitions: [definition],
          allowDynamicClientRegistration: false,
          isActive: true
        }),
      (s) => s.oauth.updateOAuthApp(a.slug, {})
    ],
    verifyOAuthAppDomain: [(s) => s.oauth.verifyOAuthAppDomain(a.slug)],
    updateOAuthScope: [
      (s) => s.oauth.updateOAuthScope(a.slug, a.scope, { displayName: a.text, description: a.text }),
      (s) => s.oauth.updateOAuthScope(a.slug, a.scope, {})
    ],
    archiveOAuthScope: [(s) => s.oauth.archiveOAuthScope(a.slug, a.scope)],
    unarchiveOAuthScope: [(s) => s.oauth.unarchiveOAuthScope(a.slug, a.scope)],
    setOAuthScopeMapping: [
      (s) => s.oauth.setOAuthScopeMapping(a.slug, a.scope, { category: "workspace", workspacePermission: a.text }),
      (s) =>
        s.oauth.setOAuthScopeMapping(a.slug, a.scope, { category: "organization", organizationPermission: a.text }),
      (s) => s.oauth.setOAuthScopeMapping(a.slug, a.scope, { category: "personal" })
    ],
    listOAuthClients: [(s) => s.oauth.listOAuthClients(a.slug)],
    createOAuthClient: [
      (s) =>
        s.oauth.createOAuthClient(a.slug, {
          ...client,
          clientAuthMethod: "private_key_jwt",
          publicKeyPem: a.pem,
          clientName: a.text,
          clientUri: "https://app.example.com",
          logoUri: "https://app.example.com/logo",
          tosUri: "https://app.example.com/tos",
          policyUri: "https://app.example.com/policy",
          contacts: [a.text],
          softwareId: a.text,
          softwareVersion: a.text,
          tokenEndpointAuthSigningAlg: "RS256",
          postLogoutRedirectUris: ["https://app.example.com/bye"],
          idTokenSigningAlg: "RS256",
          accessTokenFormat: "opaque",
          accessTokenTtlSeconds: 60,
          skipConsent: false
        }),
      (s) => s.oauth.createOAuthClient(a.slug, client)
    ],
    updateOAuthClient: [
      (s) => s.oauth.updateOAuthClient(a.slug, a.recordId, { clientName: a.text, publicKeyPem: a.pem }),
      (s) => s.oauth.updateOAuthClient(a.slug, a.recordId, {})
    ],
    deactivateOAuthClient: [(s) => s.oauth.deactivateOAuthClient(a.slug, a.recordId)],
    rotateOAuthClientSecret: [(s) => s.oauth.rotateOAuthClientSecret(a.slug, a.recordId)],
    listOAuthGrants: [(s) => s.oauth.listOAuthGrants(a.slug, a.recordId)],
    revokeOAuthGrant: [(s) => s.oauth.revokeOAuthGrant(a.slug, a.recordId, a.grantId)],
    listOAuthAppSigningKeys: [(s) => s.oauth.listOAuthAppSigningKeys(a.slug)],
    rotateOAuthAppSigningKey: [(s) => s.oauth.rotateOAuthAppSigningKey(a.slug)],
    compromiseOAuthAppSigningKey: [(s) => s.oauth.compromiseOAuthAppSigningKey(a.slug, a.kid)],
    checkAuthz: [
      (s) =>
        s.gateway.checkAuthz({ ...check, clientIp: "203.0.113.7", userAgent: a.text, requiredPermissions: [a.text] }),
      (s) => s.gateway.checkAuthz(check)
    ]
  }
}

interface Route {
  readonly id: string
  readonly path: string
  readonly method: string
  readonly safety: "safe" | "idempotent" | "unsafe"
  readonly success: { readonly status: number }
  readonly errors: ReadonlyArray<{ readonly status: number }>
}

const contractFile = (name: string): string =>
  readFileSync(new URL(`../contract/${name}`, import.meta.url), "utf8").trim()

const routes: ReadonlyArray<Route> = JSON.parse(contractFile("contract.json")).routes

/** An operation as the contract has it, the SDK's own table aside. */
export interface OperationCase {
  readonly name: string
  readonly method: string
  readonly path: string
  /** How often it may be sent; `metered` is the gateway's check. */
  readonly safety: "safe" | "idempotent" | "unsafe" | "metered"
  /** Whether a success has a result. */
  readonly hasResult: boolean
  /** The statuses that mean errors of its own. */
  readonly ownStatuses: ReadonlySet<number>
  /** A success as recorded. */
  readonly status: number
  readonly answer: string
  readonly forms: (args: Arguments) => ReadonlyArray<Call>
  /** The form with every argument. */
  readonly call: Call
}

const own = new Set([400, 403, 404, 409, 413, 415, 422])

const defaults = forms(defaultArguments)

export const operationCases: ReadonlyArray<OperationCase> = Object.entries(defaults).map(([name, calls]) => {
  const route = routes.find(({ id }) => id === name)
  const call = calls[0]
  if (route === undefined || call === undefined) throw new Error(`the contract has no ${name}`)
  const isGateway = name === "checkAuthz"
  const answer = contractFile(`examples/${name}.response.json`)
  return {
    name,
    method: route.method,
    path: route.path,
    safety: isGateway ? "metered" : route.safety,
    hasResult: answer !== "null" && answer !== "{}",
    ownStatuses: new Set(
      route.errors.map(({ status }) => status).filter((status) => own.has(status) && !(isGateway && status === 404))
    ),
    status: route.success.status,
    answer: answer === "null" ? "" : answer,
    forms: (args) =>
      args === defaultArguments ? calls : (Object.entries(forms(args)).find(([id]) => id === name)?.[1] ?? []),
    call
  }
})
