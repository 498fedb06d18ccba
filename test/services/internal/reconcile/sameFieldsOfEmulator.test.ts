import { assert, layer } from "@effect/vitest"
import { ApiKeys, OAuth } from "effect-wacht"
import type { CreateOAuthAppInput, CreateOAuthClientInput, CreateRateLimitSchemeInput } from "effect-wacht/schemas"
import { Emulator } from "effect-wacht/testing"
import * as Effect from "effect/Effect"
import * as fc from "effect/FastCheck"
import {
  clientDifferences,
  oauthAppDifferences,
  schemeDifferences
} from "../../../../src/services/internal/reconcile/sameFields.js"

/** With what servers trim, keep or take for nothing. */
const text = fc.oneof(
  fc.constantFrom("", " ", "\u00a0", " a ", "a\u2003", "A", "\ufeffa"),
  fc.string({ maxLength: 12 }).filter((chosen) => !chosen.includes("\u0000"))
)
const uri = fc.constantFrom(
  "https://a.example",
  "https://A.example/",
  "http://127.0.0.1:8080/cb",
  "https://a.example/%7Eb?x=1"
)
const optional = <A>(arbitrary: fc.Arbitrary<A>) => fc.option(arbitrary, { nil: undefined })

const jwk = fc.record(
  {
    kty: fc.constantFrom("RSA", "EC"),
    kid: text,
    key_ops: fc.array(text, { maxLength: 2 }),
    n: text,
    "x5t#S256": text
  },
  { requiredKeys: ["kty"] }
)
const keys: fc.Arbitrary<Partial<CreateOAuthClientInput>> = fc.oneof(
  fc.record({ jwksUri: fc.constantFrom("https://a.example/jwks", " https://a.example/jwks ") }),
  fc.record({ jwks: fc.record({ keys: fc.array(jwk, { minLength: 1, maxLength: 3 }) }) }),
  fc.record({
    publicKeyPem: fc.constantFrom("pem", " pem\n", "-----BEGIN PUBLIC KEY-----\nAA\n-----END PUBLIC KEY-----")
  })
)
const method: fc.Arbitrary<Pick<CreateOAuthClientInput, "clientAuthMethod"> & Partial<CreateOAuthClientInput>> =
  fc.oneof(
    fc.record({
      clientAuthMethod: fc.constantFrom<CreateOAuthClientInput["clientAuthMethod"][]>(
        "client_secret_basic",
        "client_secret_jwt",
        "none"
      )
    }),
    keys.map((material) => ({ clientAuthMethod: "private_key_jwt" as const, ...material }))
  )
const settings = fc.record({
  grantTypes: fc.constantFrom<CreateOAuthClientInput["grantTypes"]>(
    ["authorization_code"],
    ["refresh_token", "authorization_code"]
  ),
  redirectUris: fc.array(uri, { minLength: 1, maxLength: 3 }),
  postLogoutRedirectUris: optional(fc.array(uri, { maxLength: 3 })),
  contacts: optional(fc.array(text, { maxLength: 2 })),
  clientName: optional(text),
  tokenEndpointAuthSigningAlg: optional(text),
  accessTokenFormat: optional(fc.constantFrom<("opaque" | "jwt")[]>("opaque", "jwt")),
  accessTokenTtlSeconds: optional(fc.integer({ min: 60, max: 86_400 })),
  skipConsent: optional(fc.boolean())
})
const client: fc.Arbitrary<CreateOAuthClientInput> = fc
  .tuple(settings, method)
  .map(([chosen, material]) => ({ ...chosen, ...material }))

layer(Emulator.layerWacht())("what was just made is what was asked for", (it) => {
  it.effect.prop(
    "an OAuth client",
    [client],
    ([input]) =>
      Effect.gen(function* () {
        const oauth = yield* OAuth.OAuth
        yield* oauth
          .createOAuthApp({ slug: "clients", name: "Acme" })
          .pipe(Effect.catchTag("ConflictError", () => Effect.void))
        const made = yield* oauth.createOAuthClient("clients", input)
        assert.deepStrictEqual(clientDifferences(input, made), [])
        const [listed] = yield* oauth.listOAuthClients("clients")
        assert.deepStrictEqual(listed === undefined ? ["nothing"] : clientDifferences(input, listed), [])
      }),
    { fastCheck: { numRuns: 100 } }
  )

  const rule: fc.Arbitrary<CreateRateLimitSchemeInput["rules"][number]> = fc.record({
    unit: fc.constantFrom("second", "minute", "hour", "day"),
    duration: fc.integer({ min: 1, max: 24 }),
    maxRequests: fc.integer({ min: 1, max: 1000 }),
    mode: optional(fc.constantFrom("per_key", "per_app", "per_key_and_ip")),
    priority: optional(fc.integer({ min: -5, max: 5 })),
    endpoints: optional(fc.array(fc.constantFrom("/a", "/b/*", "*"), { maxLength: 2 }))
  })
  const scheme: fc.Arbitrary<CreateRateLimitSchemeInput> = fc.record({
    slug: fc.constantFrom("standard", "a-b_1"),
    name: text.filter((name) => name.trim() !== ""),
    description: optional(text),
    rules: fc.array(rule, { minLength: 1, maxLength: 3 })
  })
  it.effect.prop(
    "a rate-limit scheme",
    [scheme],
    ([input]) =>
      Effect.gen(function* () {
        const keys = yield* ApiKeys.ApiKeys
        yield* Effect.ignore(keys.deleteRateLimitScheme(input.slug))
        assert.deepStrictEqual(schemeDifferences(input, yield* keys.createRateLimitScheme(input)), [])
      }),
    { fastCheck: { numRuns: 100 } }
  )

  const app: fc.Arbitrary<CreateOAuthAppInput> = fc.record({
    slug: fc.uuid(),
    name: text.filter((name) => name.trim() !== ""),
    description: optional(text),
    supportedScopes: optional(fc.array(fc.constantFrom("openid", "email", " email ", "profile"), { maxLength: 4 })),
    allowDynamicClientRegistration: optional(fc.boolean()),
    fqdn: optional(fc.constantFrom("oauth.acme.example", "OAuth.Acme.example"))
  })
  it.effect.prop(
    "an OAuth app",
    [app],
    ([input]) =>
      Effect.gen(function* () {
        const oauth = yield* OAuth.OAuth
        assert.deepStrictEqual(oauthAppDifferences(input, yield* oauth.createOAuthApp(input)), [])
      }),
    { fastCheck: { numRuns: 25 } }
  )
})
