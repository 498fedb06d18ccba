import { assert, describe, it } from "@effect/vitest"
import { type CreateOAuthClientInput, Timestamp, UserId } from "effect-wacht/schemas"
import { Fixtures } from "effect-wacht/testing"
import * as Option from "effect/Option"
import {
  appDifferences,
  clientDifferences,
  oauthAppDifferences,
  schemeDifferences
} from "../../../../src/services/internal/reconcile/sameFields.js"

/** The only field that a change makes differ. */
const only = (field: string, differences: ReadonlyArray<string>) => assert.deepStrictEqual(differences, [field])
const none = (differences: ReadonlyArray<string>) => assert.deepStrictEqual(differences, [])

describe("an app", () => {
  const stored = Fixtures.apiAuthApp({ description: Option.none(), permissions: ["a", "b"], resources: [] })
  const sent = { appSlug: "partner-api", name: stored.name, keyPrefix: stored.keyPrefix }

  it("is the one that was sent where every field that was sent is there", () => {
    none(appDifferences(sent, stored))
    none(appDifferences({ ...sent, permissions: ["b", "a"], resources: [], description: "" }, stored))
    none(appDifferences({ ...sent, description: "x" }, { ...stored, description: Option.some("x") }))
    none(appDifferences(sent, { ...stored, description: Option.some("x"), permissions: [] }))
  })

  const userId = UserId.make("1")
  for (const [field, value] of Object.entries({
    name: "another",
    keyPrefix: "another",
    description: "x",
    userId,
    organizationId: "1",
    workspaceId: "1",
    rateLimitSchemeSlug: "another",
    permissions: ["a"],
    resources: ["r"]
  })) {
    it(`is another one where its ${field} differs`, () =>
      only(field, appDifferences({ ...sent, [field]: value }, stored)))
  }

  it("is another one where it has words and empty ones were sent", () =>
    only("description", appDifferences({ ...sent, description: "" }, { ...stored, description: Option.some("x") })))

  it("is not as it was made once it was switched off", () =>
    only("isActive", appDifferences(sent, { ...stored, isActive: false })))
})

describe("a scheme", () => {
  const rule = { unit: "minute", duration: 1, maxRequests: 5 } as const
  const sent = { slug: "s", name: "S", rules: [rule] }
  const storedRule = { ...rule, mode: Option.none(), endpoints: Option.none(), priority: 0 }
  const stored = Fixtures.rateLimitScheme({ name: "S", description: Option.none(), rules: [storedRule] })

  it("is the one that was sent where its rules are, with what they have when it is left out", () => {
    none(schemeDifferences(sent, stored))
    none(schemeDifferences({ ...sent, rules: [{ ...rule, priority: 0 }] }, stored))
    const [two, three] = [
      { ...rule, mode: "per_key", endpoints: ["/a"], priority: 3 },
      { ...rule, duration: 2 }
    ] as const
    const both = [
      { ...storedRule, duration: 2 },
      { ...storedRule, mode: Option.some("per_key"), endpoints: Option.some(["/a"]), priority: 3 }
    ]
    none(schemeDifferences({ ...sent, rules: [two, three] }, { ...stored, rules: both }))
  })

  it("is another one where a field or a rule differs", () => {
    only("name", schemeDifferences({ ...sent, name: "T" }, stored))
    only("description", schemeDifferences({ ...sent, description: "x" }, stored))
    for (const change of [
      { unit: "hour" },
      { duration: 2 },
      { maxRequests: 6 },
      { mode: "per_app" },
      { endpoints: [] },
      { priority: 1 }
    ] as const) {
      only("rules", schemeDifferences({ ...sent, rules: [{ ...rule, ...change }] }, stored))
    }
    only("rules", schemeDifferences({ ...sent, rules: [rule, rule] }, stored))
  })
})

describe("an OAuth app", () => {
  const plain = {
    scope: "email",
    displayName: "email",
    description: "Allows email access",
    archived: false,
    category: "",
    organizationPermission: Option.none(),
    workspacePermission: Option.none()
  } as const
  const stored = Fixtures.oauthApp({
    slug: "shop",
    name: "Shop",
    description: Option.none(),
    logoUrl: Option.none(),
    fqdn: "auth.shop.example",
    supportedScopes: ["email", "openid"],
    scopeDefinitions: [
      plain,
      { ...plain, scope: "openid", displayName: "openid", description: "Allows openid access" }
    ],
    allowDynamicClientRegistration: true,
    createdAt: Option.getOrThrow(Timestamp.parse("2026-06-15T09:00:00Z"))
  })
  const sent = { slug: "shop", name: "Shop" }
  const defined = (definition: object) => ({
    ...sent,
    scopeDefinitions: [{ scope: "email", displayName: "", description: "", ...definition }]
  })

  it("is the one that was sent where every field is as the server stores it", () => {
    none(oauthAppDifferences(sent, stored))
    none(oauthAppDifferences({ ...sent, name: " Shop ", description: " " }, stored))
    none(oauthAppDifferences({ ...sent, fqdn: " AUTH.shop.example " }, stored))
    none(oauthAppDifferences({ ...sent, fqdn: "auth.shop.example" }, { ...stored, fqdn: "x.oapi.trywacht.xyz" }))
    none(oauthAppDifferences({ ...sent, supportedScopes: [" openid", "", "email", "openid", " "] }, stored))
    none(oauthAppDifferences({ ...sent, allowDynamicClientRegistration: true }, stored))
    none(oauthAppDifferences(sent, { ...stored, allowDynamicClientRegistration: false }))
    const logo = { data: new Uint8Array([1]), contentType: "image/png" } as const
    none(oauthAppDifferences({ ...sent, logo }, { ...stored, logoUrl: Option.some("https://cdn.example/logo.png") }))
    none(oauthAppDifferences({ ...sent, logo: { ...logo, data: new Uint8Array() } }, stored))
  })

  it("is the one that was sent where its definitions are as the server stores them", () => {
    none(oauthAppDifferences(defined({}), stored))
    none(oauthAppDifferences(defined({ displayName: " email ", description: " Allows email access " }), stored))
    none(oauthAppDifferences(defined({ organizationPermission: " ", workspacePermission: "" }), stored))
    none(oauthAppDifferences(defined({ scope: " email " }), stored))
    const asSent = { displayName: " Email ", description: " Reads it\n" }
    none(oauthAppDifferences(defined(asSent), { ...stored, scopeDefinitions: [{ ...plain, ...asSent }] }))
    // A scope that is not supported was dropped; of two definitions the last won.
    none(oauthAppDifferences(defined({ scope: "other", displayName: "x" }), stored))
    const [definition] = defined({}).scopeDefinitions
    const twice = {
      ...sent,
      scopeDefinitions: [
        { ...definition, scope: "email", displayName: "x", description: "" },
        ...defined({}).scopeDefinitions
      ]
    }
    none(oauthAppDifferences(twice, stored))
    const mapped = { ...plain, category: "organization", organizationPermission: Option.some("billing") } as const
    none(
      oauthAppDifferences(defined({ category: "organization", organizationPermission: " billing " }), {
        ...stored,
        scopeDefinitions: [mapped]
      })
    )
  })

  for (const [what, definition] of Object.entries({
    "display name": { displayName: "x" },
    description: { description: "x" },
    archived: { archived: true },
    category: { category: "personal" },
    "organization permission": { organizationPermission: "x" },
    "workspace permission": { workspacePermission: "x" }
  })) {
    it(`is another one where the ${what} of a scope differs`, () =>
      only("scopeDefinitions", oauthAppDifferences(defined(definition), stored)))
  }

  it("is another one where its host only looks like one that was made", () =>
    only(
      "fqdn",
      oauthAppDifferences({ ...sent, fqdn: "auth.shop.example" }, { ...stored, fqdn: "x.oapi.trywacht.xyz.example" })
    ))

  it("is another one where a scope needs a permission that was not asked for", () => {
    for (const field of ["organizationPermission", "workspacePermission"]) {
      const scopeDefinitions = [{ ...plain, [field]: Option.some("billing") }]
      only("scopeDefinitions", oauthAppDifferences(defined({}), { ...stored, scopeDefinitions }))
    }
  })

  it("is another one where a scope has a category that was not asked for", () =>
    only(
      "scopeDefinitions",
      oauthAppDifferences(defined({}), { ...stored, scopeDefinitions: [{ ...plain, category: "personal" }] })
    ))

  it("is another one where a definition of a scope with blanks around it differs", () =>
    only("scopeDefinitions", oauthAppDifferences(defined({ scope: " email ", displayName: "x" }), stored)))

  for (const [field, value] of Object.entries({
    name: "another",
    description: "x",
    fqdn: "another.shop.example",
    supportedScopes: ["email"],
    allowDynamicClientRegistration: false,
    logo: { data: new Uint8Array([1]), contentType: "image/png" }
  })) {
    it(`is another one where its ${field} differs`, () =>
      only(field, oauthAppDifferences({ ...sent, [field]: value }, stored)))
  }

  it("is not as it was made once it was switched off", () =>
    only("isActive", oauthAppDifferences(sent, { ...stored, isActive: false })))
})

describe("an OAuth client", () => {
  const plain = {
    clientAuthMethod: "client_secret_jwt",
    grantTypes: ["authorization_code"],
    redirectUris: ["https://a.example"]
  }
  const stored = Fixtures.oauthClient(plain)
  const sent = { ...plain, clientAuthMethod: "client_secret_jwt", grantTypes: ["authorization_code"] } as const
  const unset = Option.none()
  const shown = {
    kty: "RSA",
    kid: unset,
    use: unset,
    key_ops: unset,
    alg: unset,
    n: Option.some("n"),
    e: Option.some("AQAB"),
    crv: unset,
    x: unset,
    y: unset,
    k: unset,
    x5u: unset,
    x5c: unset,
    x5t: unset,
    "x5t#S256": unset,
    public_key_pem: unset
  }
  const shows = (key: object) => Option.some({ keys: [{ ...shown, ...key }] })

  it("is the one that was sent where every field is as the server stores it", () => {
    none(clientDifferences(sent, stored))
    none(clientDifferences({ ...sent, accessTokenFormat: "opaque", accessTokenTtlSeconds: 3600 }, stored))
    none(clientDifferences({ ...sent, skipConsent: false, postLogoutRedirectUris: [], publicKeyPem: " " }, stored))
    none(clientDifferences({ ...sent, clientName: "Another", contacts: ["ops@a.example"] }, stored))
    const alg = { ...stored, tokenEndpointAuthSigningAlg: Option.some("HS256") }
    none(clientDifferences({ ...sent, tokenEndpointAuthSigningAlg: " HS256 " }, alg))
  })

  it("is the one that was sent where its key is", () => {
    const addressed = { ...stored, jwksUri: Option.some("https://a.example/jwks") }
    none(clientDifferences({ ...sent, jwksUri: "https://a.example/jwks" }, addressed))
    // As Web Crypto exports it.
    const keys = [{ e: "AQAB", n: "n", kty: "RSA", kid: undefined, ext: true }]
    none(clientDifferences({ ...sent, jwks: { keys } }, { ...stored, jwks: shows({}) }))
    const pem = { ...shown, kty: "PEM", n: unset, e: unset, public_key_pem: Option.some("a PEM") }
    none(clientDifferences({ ...sent, publicKeyPem: "a PEM\n" }, { ...stored, jwks: shows(pem) }))
  })

  it("is another one where its key is another", () => {
    const keys = [{ kty: "RSA", n: "n", e: "AQAB" }]
    for (const key of [{ kid: Option.some("1") }, { e: unset }, { n: Option.some("m") }]) {
      only("jwks", clientDifferences({ ...sent, jwks: { keys } }, { ...stored, jwks: shows(key) }))
    }
    only("jwks", clientDifferences(sent, { ...stored, jwks: shows({}) }))
    only("jwks", clientDifferences({ ...sent, publicKeyPem: "a PEM" }, stored))
  })

  it("is another one where it has what was not asked for", () => {
    const uris = ["https://a.example"]
    only("postLogoutRedirectUris", clientDifferences(sent, { ...stored, postLogoutRedirectUris: uris }))
    const jwksUri = Option.some("https://a.example/jwks")
    only("jwksUri", clientDifferences(sent, { ...stored, jwksUri }))
    const tokenEndpointAuthSigningAlg = Option.some("HS512")
    only("tokenEndpointAuthSigningAlg", clientDifferences(sent, { ...stored, tokenEndpointAuthSigningAlg }))
  })

  const others: ReadonlyArray<Partial<CreateOAuthClientInput>> = [
    { clientAuthMethod: "none" },
    { grantTypes: ["authorization_code", "refresh_token"] },
    { redirectUris: ["https://a.example", "https://b.example"] },
    { postLogoutRedirectUris: ["https://a.example"] },
    { jwksUri: "https://a.example" },
    { tokenEndpointAuthSigningAlg: "HS256" },
    { accessTokenFormat: "jwt" },
    { accessTokenTtlSeconds: 60 },
    { skipConsent: true }
  ]
  for (const change of others) {
    const [field = ""] = Object.keys(change)
    it(`is another one where its ${field} differs`, () =>
      only(field, clientDifferences({ ...sent, ...change }, stored)))
  }
})
