import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import { refusalOf } from "../support/refusal.js"
import type { OperationName } from "../support/sdk.js"

const app = { appSlug: "a", name: "n", keyPrefix: "acme" }
const rule = { unit: "minute", duration: 1, maxRequests: 1 }
const scheme = (given: object) => [{ slug: "s", name: "n", rules: [{ ...rule, ...given }] }]
const client = { clientAuthMethod: "none", grantTypes: ["authorization_code"], redirectUris: ["https://a.example"] }
const signing = { ...client, clientAuthMethod: "private_key_jwt" }
const oauthApp = { slug: "s", name: "n" }
const definition = (given: object) => [
  { ...oauthApp, scopeDefinitions: [{ scope: "a", displayName: "d", description: "d", ...given }] }
]
const check = { principal: { type: "api_key", value: Redacted.make("x") }, resource: "/", method: "GET" }
const pem = "-----BEGIN PRIVATE KEY-----"

/** What an operation says of an input that it refuses: all of it. */
const refusals: ReadonlyArray<readonly [name: OperationName, args: ReadonlyArray<unknown>, says: string]> = [
  [
    "createApiAuthApp",
    [{ ...app, userId: "1", permissions: [] }],
    "permissions: left out where userId is given: an owned app has its owner's"
  ],
  ["createApiAuthApp", [{ ...app, organizationId: "1" }], "organizationId: only together with userId"],
  [
    "updateApiAuthApp",
    ["a", { organizationId: "1", permissions: [] }],
    "permissions: left out where organizationId or workspaceId is given: an app has an owner or permissions of its own"
  ],
  [
    "createRateLimitScheme",
    scheme({ duration: 1.5 }),
    "rules[0].duration: an integer from 1 to the most of its unit: millisecond 60000, second 1800, minute 1440, hour 720, day 30, calendar_day 1, month 1, calendar_month 1"
  ],
  ["createRateLimitScheme", scheme({ duration: 1441 }), "rules[0].duration: 1 to 1440 for unit minute"],
  ["createRateLimitScheme", scheme({ unit: "month", duration: 2 }), "rules[0].duration: exactly 1 for unit month"],
  ["createRateLimitScheme", scheme({ maxRequests: 0 }), "rules[0].maxRequests: an integer from 1 to 2147483647"],
  [
    "createRateLimitScheme",
    scheme({ priority: 2 ** 31 }),
    "rules[0].priority: an integer from -2147483648 to 2147483647"
  ],
  [
    "createApiKey",
    ["a", { name: "n", expiresAt: new Date(Number.NaN) }],
    "expiresAt: a Timestamp, a DateTime.Utc or a valid Date, of the years 0 to 9999"
  ],
  [
    "createApiKey",
    ["a", { name: "n", metadata: Number.NaN }],
    "metadata: JSON: text, finite numbers, booleans, null, arrays and plain objects"
  ],
  ["createApiKey", ["a", { name: "x".repeat(2 ** 21) }], "input: at most 2097152 bytes when written"],
  ["createOAuthApp", [{ ...oauthApp, supportedScopes: ["a,b"] }], "supportedScopes[0]: a scope without a comma"],
  [
    "createOAuthApp",
    definition({ category: "workspace", organizationPermission: "p" }),
    "scopeDefinitions[0].organizationPermission: only with category organization"
  ],
  [
    "createOAuthClient",
    ["a", { ...client, grantTypes: ["refresh_token"] }],
    "grantTypes: a list with authorization_code"
  ],
  ["createOAuthClient", ["a", { ...client, redirectUris: [] }], "redirectUris: at least one URI"],
  [
    "createOAuthClient",
    ["a", { ...client, redirectUris: ["/callback"] }],
    "redirectUris[0]: an absolute http or https URL without a fragment"
  ],
  [
    "createOAuthClient",
    ["a", { ...client, clientUri: "ftp://a.example" }],
    "clientUri: an http or https URL, or blank"
  ],
  [
    "createOAuthClient",
    ["a", { ...client, publicKeyPem: "x" }],
    "publicKeyPem: only where clientAuthMethod is private_key_jwt"
  ],
  [
    "createOAuthClient",
    ["a", signing],
    "publicKeyPem: exactly one of jwksUri, jwks and publicKeyPem for private_key_jwt"
  ],
  ["createOAuthClient", ["a", { ...signing, jwksUri: "http://a.example" }], "jwksUri: an https URL"],
  [
    "createOAuthClient",
    ["a", { ...signing, jwks: { keys: [{ kty: "oct", k: "x" }] } }],
    "jwks.keys[0].k: left out: a symmetric key is a secret"
  ],
  [
    "createOAuthClient",
    ["a", { ...signing, publicKeyPem: pem }],
    "publicKeyPem: a public key, for a private one is a secret"
  ],
  [
    "updateOAuthClient",
    ["a", "1", { jwksUri: "https://a.example", publicKeyPem: "x" }],
    "publicKeyPem: at most one of jwksUri, jwks and publicKeyPem per update"
  ],
  ["listApiAuthApps", [{ limit: -3 }], "limit: an integer from -2 to 2147483647"],
  [
    "checkAuthz",
    [{ ...check, method: "TRACE" }],
    "method: GET, POST, PUT, PATCH, DELETE, HEAD or OPTIONS, in any case"
  ],
  ["checkAuthz", [{ ...check, resource: "?a" }], "resource: text that is not blank before the first ? or #"]
]

describe("a refusal", () => {
  for (const [name, args, says] of refusals) {
    it.effect(`of ${name} says: ${says}`, () =>
      Effect.map(refusalOf(name, ...args), ({ message }) => assert.strictEqual(message, says))
    )
  }
})
