import { assert, describe, it } from "@effect/vitest"
import * as Either from "effect/Either"
import * as FastCheck from "effect/FastCheck"
import * as JSONSchema from "effect/JSONSchema"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import * as Schemas from "effect-wacht/schemas"
import { inputIssues } from "../../../src/schemas/internal/issues.js"
import { isBlank, isGiven, NotEmpty, trim } from "../../../src/schemas/internal/rules.js"

const issuesOf =
  <A, I>(schema: Schema.Schema<A, I>) =>
  (input: unknown) =>
    Either.match(Schema.encodeUnknownEither(schema, { errors: "all", onExcessProperty: "error" })(input), {
      onLeft: inputIssues,
      onRight: () => []
    })

/** Values that are found nowhere else, so that an echo shows. */
const endless: { a?: unknown } = {}
endless.a = endless
const echo = "s3cret-Value-9f1"
const privatePem = `-----BEGIN RSA PRIVATE KEY-----\n${echo}\n-----END RSA PRIVATE KEY-----`

const scheme = (rule: object) => ({
  slug: "s",
  name: "n",
  rules: [{ unit: "minute", duration: 1, maxRequests: 1, ...rule }]
})
const app = { appSlug: "a", name: "n", keyPrefix: "sk" }
const client = {
  clientAuthMethod: "none",
  grantTypes: ["authorization_code"],
  redirectUris: ["https://app.example.com/cb"]
}
const keyClient = { ...client, clientAuthMethod: "private_key_jwt" }
const definition = { scope: "s", displayName: "S", description: "d" }
const jwks = { keys: [{ kty: "RSA", n: "n", e: "AQAB" }] }
const authz = { principal: { type: "api_key", value: Redacted.make(echo) }, resource: "/v1", method: "GET" }

const createScheme = issuesOf(Schemas.CreateRateLimitSchemeInput)
const updateScheme = issuesOf(Schemas.UpdateRateLimitSchemeInput)
const createApp = issuesOf(Schemas.CreateApiAuthAppInput)
const updateApp = issuesOf(Schemas.UpdateApiAuthAppInput)
const createKey = issuesOf(Schemas.CreateApiKeyInput)
const listApps = issuesOf(Schemas.ListApiAuthAppsQuery)
const logs = issuesOf(Schemas.GetApiAuditLogsQuery)
const analytics = issuesOf(Schemas.GetApiAuditAnalyticsQuery)
const timeseries = issuesOf(Schemas.GetApiAuditTimeseriesQuery)
const createOAuthApp = issuesOf(Schemas.CreateOAuthAppInput)
const updateOAuthApp = issuesOf(Schemas.UpdateOAuthAppInput)
const mapping = issuesOf(Schemas.SetOAuthScopeMappingInput)
const createClient = issuesOf(Schemas.CreateOAuthClientInput)
const updateClient = issuesOf(Schemas.UpdateOAuthClientInput)
const check = issuesOf(Schemas.CheckAuthzInput)

type Issues = ReturnType<typeof createScheme>
type Case = readonly [what: string, issues: () => Issues, field: string, allowed: RegExp]

const units: ReadonlyArray<readonly [string, number]> = [
  ["millisecond", 60000],
  ["second", 1800],
  ["minute", 1440],
  ["hour", 720],
  ["day", 30],
  ["calendar_day", 1],
  ["month", 1],
  ["calendar_month", 1]
]

const refused: ReadonlyArray<Case> = [
  ...units.map(([unit, most]): Case => [
    `a duration of ${most + 1} for ${unit}`,
    () => createScheme(scheme({ unit, duration: most + 1 })),
    "rules[0].duration",
    new RegExp(`^${most === 1 ? "exactly 1" : `1 to ${most}`} for unit ${unit}$`)
  ]),
  ...units.map(([unit]): Case => [
    `a duration of 0 for ${unit}`,
    () => updateScheme({ rules: scheme({ unit, duration: 0 }).rules }),
    "rules[0].duration",
    new RegExp(`for unit ${unit}$`)
  ]),
  ["a fraction as a duration", () => createScheme(scheme({ duration: 1.5 })), "rules[0].duration", /^an integer/],
  ["a text as a duration", () => createScheme(scheme({ duration: "60" })), "rules[0].duration", /second 1800, minute/],
  ["an unknown unit", () => createScheme(scheme({ unit: echo })), "rules[0].unit", /calendar_month/],
  ["an unknown mode", () => createScheme(scheme({ mode: echo })), "rules[0].mode", /per_key_and_ip/],
  ["no request at all", () => createScheme(scheme({ maxRequests: 0 })), "rules[0].maxRequests", /1 to 2147483647/],
  [
    "more requests than 31 bits",
    () => createScheme(scheme({ maxRequests: 2147483648 })),
    "rules[0].maxRequests",
    /1 to/
  ],
  [
    "a priority beyond 32 bits",
    () => createScheme(scheme({ priority: -2147483649 })),
    "rules[0].priority",
    /-2147483648/
  ],
  ["a priority over 32 bits", () => createScheme(scheme({ priority: 2147483648 })), "rules[0].priority", /2147483647/],
  ["no rule", () => createScheme({ slug: "s", name: "n", rules: [] }), "rules", /at least one/],
  ["no rule in an update", () => updateScheme({ rules: [] }), "rules", /at least one/],
  ["a blank slug", () => createScheme({ ...scheme({}), slug: " \u0085\t" }), "slug", /not blank/],
  ["a blank name", () => createScheme({ ...scheme({}), name: "" }), "name", /not blank/],
  ["a blank name in an update", () => updateScheme({ name: " " }), "name", /not blank/],
  ["an id that is none", () => createApp({ ...app, userId: echo }), "userId", /64-bit/],
  ["an organization without an owner", () => createApp({ ...app, organizationId: "1" }), "organizationId", /userId/],
  ["a workspace without an owner", () => createApp({ ...app, workspaceId: "1" }), "workspaceId", /userId/],
  ["permissions with an owner", () => createApp({ ...app, userId: "1", permissions: [] }), "permissions", /left out/],
  ["resources with an owner", () => createApp({ ...app, userId: "1", resources: [echo] }), "resources", /left out/],
  [
    "permissions with an organization",
    () => updateApp({ organizationId: "1", permissions: [] }),
    "permissions",
    /owner/
  ],
  ["resources with a workspace", () => updateApp({ workspaceId: "1", resources: ["a"] }), "resources", /owner/],
  ["an invalid date", () => createKey({ name: "k", expiresAt: new Date(Number.NaN) }), "expiresAt", /valid Date/],
  [
    "a date beyond RFC 3339",
    () => createKey({ name: "k", expiresAt: new Date(8.64e15) }),
    "expiresAt",
    /years 0 to 9999/
  ],
  ["text as a date", () => createKey({ name: "k", expiresAt: echo }), "expiresAt", /DateTime/],
  ["NaN in metadata", () => createKey({ name: "k", metadata: { a: [Number.NaN] } }), "metadata.a[0]", /finite/],
  ["a class in metadata", () => createKey({ name: "k", metadata: { a: new Date() } }), "metadata.a", /plain/],
  ["NUL in metadata", () => createKey({ name: "k", metadata: [{ a_b: "\0" }] }), "metadata[0].a_b", /without NUL/],
  [
    "metadata without end",
    () => createKey({ name: "k", metadata: endless }),
    `metadata${".a".repeat(121)}`,
    /no cycles/
  ],
  ["bytes in metadata", () => createKey({ name: "k", metadata: { a: new Uint8Array([1]) } }), "metadata.a", /plain/],
  ["a bigint in metadata", () => createKey({ name: "k", metadata: 1n }), "metadata", /JSON/],
  ["a page size that is answered with 500", () => listApps({ limit: -3 }), "limit", /-2 to 2147483647/],
  ["a page size beyond 32 bits", () => listApps({ limit: 2147483648 }), "limit", /integer/],
  ["a negative offset", () => listApps({ offset: -1 }), "offset", /0 to/],
  ["a negative page size of rows", () => logs({ limit: -1 }), "limit", /0 to/],
  ["a page size of rows beyond 32 bits", () => logs({ limit: 4294967296 }), "limit", /0 to 4294967295/],
  ["a negative offset of rows", () => logs({ offset: -1 }), "offset", /0 to/],
  ["the rows' word as an outcome", () => logs({ outcome: "VALID" }), "outcome", /^"allowed" or "blocked"$/],
  ["an empty cursor", () => logs({ cursor: "" }), "cursor", /not empty/],
  ["a key id that is none", () => logs({ keyId: "oc_x" }), "keyId", /64-bit/],
  ["a negative section length", () => analytics({ topLimit: -1 }), "topLimit", /0 to/],
  [
    "an interval that becomes an hour",
    () => timeseries({ interval: "HOUR" }),
    "interval",
    /"minute" or "hour" or "day" or "week" or "month"/
  ],
  ["a blank app slug", () => createOAuthApp({ slug: " ", name: "n" }), "slug", /not blank/],
  ["a blank app name", () => createOAuthApp({ slug: "s", name: " " }), "name", /not blank/],
  [
    "a comma in a scope of the form",
    () => createOAuthApp({ slug: "s", name: "n", supportedScopes: ["a", `${echo},b`] }),
    "supportedScopes[1]",
    /without a comma/
  ],
  [
    "a logo of another type",
    () => createOAuthApp({ slug: "s", name: "n", logo: { data: new Uint8Array(1), contentType: "image/svg+xml" } }),
    "logo.contentType",
    /image\/png/
  ],
  [
    "a logo that is no bytes",
    () => createOAuthApp({ slug: "s", name: "n", logo: { data: echo, contentType: "image/png" } }),
    "logo.data",
    /Uint8Array/
  ],
  [
    "an organization permission without a category",
    () => updateOAuthApp({ scopeDefinitions: [{ ...definition, organizationPermission: echo }] }),
    "scopeDefinitions[0].organizationPermission",
    /category organization/
  ],
  [
    "a workspace permission of a personal scope, in the form",
    () =>
      createOAuthApp({
        slug: "s",
        name: "n",
        scopeDefinitions: [{ ...definition, category: "personal", workspacePermission: "w" }]
      }),
    "scopeDefinitions[0].workspacePermission",
    /category workspace/
  ],
  [
    "a workspace permission of an organization scope",
    () => updateOAuthApp({ scopeDefinitions: [{ ...definition, category: "organization", workspacePermission: "w" }] }),
    "scopeDefinitions[0].workspacePermission",
    /category workspace/
  ],
  [
    "no category in a mapping",
    () => mapping({ category: "" }),
    "category",
    /^"personal" or "organization" or "workspace"$/
  ],
  [
    "the other category's permission in a mapping",
    () => mapping({ category: "workspace", organizationPermission: "o" }),
    "organizationPermission",
    /category organization/
  ],
  ["no grant", () => createClient({ ...client, grantTypes: [] }), "grantTypes", /authorization_code/],
  [
    "a lone refresh_token",
    () => createClient({ ...client, grantTypes: ["refresh_token"] }),
    "grantTypes",
    /authorization_code/
  ],
  [
    "client_credentials",
    () => createClient({ ...client, grantTypes: ["client_credentials"] }),
    "grantTypes[0]",
    /refresh_token/
  ],
  [
    "an unknown method",
    () => createClient({ ...client, clientAuthMethod: echo }),
    "clientAuthMethod",
    /private_key_jwt/
  ],
  ["no redirect URI", () => createClient({ ...client, redirectUris: [] }), "redirectUris", /at least one/],
  [
    "no URI among the redirect URIs of an update",
    () => updateClient({ redirectUris: ["https://a.b", "com.example.app:/cb"] }),
    "redirectUris[1]",
    /http or https/
  ],
  ["no redirect URI in an update", () => updateClient({ redirectUris: [] }), "redirectUris", /at least one/],
  ...[
    "",
    " ",
    "nope",
    "/relative",
    "com.example.app:/cb",
    "https://a.b/c#d",
    "https://a.b/c#",
    "ftp://a.b",
    "javascript:alert(1)"
  ].flatMap((uri): ReadonlyArray<Case> => [
    [
      `${uri} as a redirect URI`,
      () => createClient({ ...client, redirectUris: [uri] }),
      "redirectUris[0]",
      /http or https/
    ],
    [
      `${uri} as a post-logout URI in an update`,
      () => updateClient({ postLogoutRedirectUris: [uri] }),
      "postLogoutRedirectUris[0]",
      /http or https/
    ]
  ]),
  ["a client URI that is none", () => createClient({ ...client, clientUri: "nope" }), "clientUri", /http or https/],
  ["a logo URI of another scheme", () => createClient({ ...client, logoUri: "data:,x" }), "logoUri", /http or https/],
  [
    "another signing algorithm",
    () => createClient({ ...client, idTokenSigningAlg: "RS512" }),
    "idTokenSigningAlg",
    /RS256/
  ],
  ["an empty signing algorithm", () => updateClient({ idTokenSigningAlg: "" }), "idTokenSigningAlg", /RS256/],
  [
    "another token format",
    () => updateClient({ accessTokenFormat: "paseto" }),
    "accessTokenFormat",
    /"opaque" or "jwt"/
  ],
  ["59 seconds", () => createClient({ ...client, accessTokenTtlSeconds: 59 }), "accessTokenTtlSeconds", /60 to 86400/],
  ["86401 seconds", () => updateClient({ accessTokenTtlSeconds: 86401 }), "accessTokenTtlSeconds", /60 to 86400/],
  ["60.5 seconds", () => updateClient({ accessTokenTtlSeconds: 60.5 }), "accessTokenTtlSeconds", /60 to 86400/],
  ["private_key_jwt without a key", () => createClient(keyClient), "publicKeyPem", /exactly one/],
  [
    "private_key_jwt with a blank key",
    () => createClient({ ...keyClient, publicKeyPem: " " }),
    "publicKeyPem",
    /exactly one/
  ],
  [
    "private_key_jwt with two keys",
    () => createClient({ ...keyClient, jwksUri: "https://e.com/j", jwks }),
    "jwks",
    /exactly one/
  ],
  ["keys over http", () => createClient({ ...keyClient, jwksUri: "http://e.com/j" }), "jwksUri", /https/],
  ["a blank URL of keys", () => createClient({ ...keyClient, jwksUri: "", publicKeyPem: "pem" }), "jwksUri", /https/],
  [
    "a key for another method",
    () => createClient({ ...client, publicKeyPem: echo }),
    "publicKeyPem",
    /private_key_jwt/
  ],
  ["keys for another method", () => createClient({ ...client, jwks }), "jwks", /private_key_jwt/],
  [
    "a URL of keys for another method",
    () => createClient({ ...client, jwksUri: "https://e.com" }),
    "jwksUri",
    /private_key_jwt/
  ],
  ["no key in a set", () => createClient({ ...keyClient, jwks: { keys: [] } }), "jwks.keys", /at least one/],
  [
    "a symmetric key",
    () => createClient({ ...keyClient, jwks: { keys: [{ kty: "oct", k: echo }] } }),
    "jwks.keys[0].k",
    /symmetric/
  ],
  [
    "a private key",
    () => createClient({ ...keyClient, jwks: { keys: [{ kty: "RSA", d: echo }] } }),
    "jwks.keys[0].d",
    /no such field/
  ],
  [
    "a private key as PEM",
    () => createClient({ ...keyClient, publicKeyPem: privatePem }),
    "publicKeyPem",
    /public key/
  ],
  ["a private key in an update", () => updateClient({ publicKeyPem: privatePem }), "publicKeyPem", /public key/],
  [
    "a private key as PEM in a set",
    () => createClient({ ...keyClient, jwks: { keys: [{ kty: "PEM", public_key_pem: privatePem }] } }),
    "jwks.keys[0].public_key_pem",
    /public key/
  ],
  ["two kinds of keys in an update", () => updateClient({ jwks, publicKeyPem: "pem" }), "publicKeyPem", /at most one/],
  [
    "a key in an update to another method",
    () => updateClient({ clientAuthMethod: "none", publicKeyPem: "pem" }),
    "publicKeyPem",
    /private_key_jwt/
  ],
  ["keys over http in an update", () => updateClient({ jwksUri: "http://e.com/j" }), "jwksUri", /https/],
  ...["clientUri", "logoUri", "tosUri", "policyUri"].map((field): Case => [
    `a ${field} of no web page`,
    () => createClient({ ...client, [field]: "mailto:a@b" }),
    field,
    /http/
  ]),
  [
    "an update to grants without the code",
    () => updateClient({ grantTypes: ["refresh_token"] }),
    "grantTypes",
    /authorization_code/
  ],
  ["a blank resource", () => check({ ...authz, resource: " " }), "resource", /not blank/],
  ["a resource that is blank once cut", () => check({ ...authz, resource: "?x\n#y" }), "resource", /not blank/],
  ["a resource that is a fragment only", () => check({ ...authz, resource: "#x" }), "resource", /not blank/],
  ["an unknown method of a request", () => check({ ...authz, method: "TRACE" }), "method", /GET, POST/],
  [
    "an unknown kind of principal",
    () => check({ ...authz, principal: { ...authz.principal, type: echo } }),
    "principal.type",
    /api_key/
  ],
  [
    "a bare secret",
    () => check({ ...authz, principal: { type: "api_key", value: echo } }),
    "principal.value",
    /Redacted/
  ],
  [
    "an unknown member of the principal",
    () => check({ ...authz, principal: { ...authz.principal, id: echo } }),
    "principal.id",
    /no such field/
  ]
]

describe("text that is not empty", () => {
  it("says so in a JSON Schema too", () => {
    assert.deepInclude(JSONSchema.make(NotEmpty), { type: "string", minLength: 1 })
  })
})

describe("refused before it is sent", () => {
  for (const [what, issues, field, allowed] of refused) {
    it(what, () => {
      const found = issues()
      assert.deepStrictEqual(
        found.map((issue) => issue.field),
        [field]
      )
      assert.match(found[0]?.allowed ?? "", allowed)
      assert.notInclude(JSON.stringify(found), echo)
    })
  }

  it("all that is wrong is told at once", () => {
    const found = createScheme({ slug: " ", rules: [{ unit: "second", duration: 1, maxRequests: 0, extra: 1 }, 5] })
    assert.deepStrictEqual(
      found.map(({ field, rule }) => [field, rule]),
      [
        ["slug", "rule"],
        ["name", "missing"],
        ["rules[0].extra", "unknown"],
        ["rules[0].maxRequests", "rule"],
        ["rules[1]", "type"]
      ].sort((a, b) => found.findIndex((one) => one.field === a[0]) - found.findIndex((one) => one.field === b[0]))
    )
  })
})

describe("keys of two kinds, one of them over http,", () => {
  const keys = { jwksUri: "http://e.com/j", jwks }
  it.each([
    ["a new client", () => createClient({ ...keyClient, ...keys })],
    ["an update", () => updateClient(keys)]
  ])("are two things that are wrong with %s", (_, issues) => {
    assert.deepStrictEqual(
      issues().map(({ field }) => field),
      ["jwksUri", "jwks"]
    )
  })
})

const taken: ReadonlyArray<readonly [what: string, issues: () => Issues]> = [
  [
    "an organization and a workspace in an update",
    () => updateApp({ organizationId: "1", workspaceId: "2", name: "n" })
  ],
  ["permissions and resources in an update", () => updateApp({ permissions: [], resources: ["a"] })],
  [
    "a key as Web Crypto exports it",
    () =>
      createClient({
        ...keyClient,
        jwks: { keys: [{ kty: "EC", crv: "P-256", x: "x", y: "y", key_ops: ["verify"], ext: true }] }
      })
  ],
  ...units.map(([unit, most]): readonly [string, () => Issues] => [
    `${most} ${unit}`,
    () => createScheme(scheme({ unit, duration: most }))
  ]),
  ["endpoints that never apply", () => createScheme(scheme({ endpoints: [] }))],
  ["blanks around a slug", () => createScheme({ ...scheme({}), slug: " padded " })],
  ["a byte order mark, which the server does not trim", () => createScheme({ ...scheme({}), slug: "\uFEFF" })],
  ["an empty update", () => updateScheme({})],
  ["an empty app slug", () => createApp({ ...app, appSlug: "", name: "", keyPrefix: "" })],
  ["an owner with tenants", () => createApp({ ...app, userId: "1", organizationId: "2", workspaceId: "3" })],
  ["an owner and undefined permissions", () => createApp({ ...app, userId: "1", permissions: undefined })],
  ["a key that has expired", () => createKey({ name: "", expiresAt: new Date(0) })],
  ["any JSON", () => createKey({ name: "", metadata: { a: [1, "x", null, true, { b: undefined }] } })],
  ["a bare text", () => createKey({ name: "", metadata: "x" })],
  ["the odd page sizes", () => [...listApps({ limit: 0 }), ...listApps({ limit: -1 }), ...listApps({ limit: -2 })]],
  ["what the server ignores besides", () => [...logs({ endDate: new Date(0) }), ...logs({ cursorId: "req_1" })]],
  ["what the server clamps", () => [...logs({ limit: 5000 }), ...analytics({ topLimit: 0 })]],
  ["a comma in a scope of an update", () => updateOAuthApp({ supportedScopes: ["a,b"] })],
  [
    "a blank permission of no category",
    () => updateOAuthApp({ scopeDefinitions: [{ ...definition, workspacePermission: " " }] })
  ],
  [
    "a mapping",
    () => mapping({ category: "organization", organizationPermission: "org:read", workspacePermission: "" })
  ],
  ["http on any host", () => createClient({ ...client, redirectUris: ["http://localhost:3000/cb", "http://a.b"] })],
  [
    "a host that is no ASCII, however often",
    () =>
      Array.from({ length: 3000 }, () => [
        ...createClient({ ...client, redirectUris: ["https://é.example/cb"], tosUri: "https://münchen.example" }),
        ...updateClient({ jwksUri: "https://ø.example" })
      ]).flat()
  ],
  ["a blank URI", () => createClient({ ...client, tosUri: "  ", clientUri: "" })],
  ["blanks around a URI", () => createClient({ ...client, tosUri: "\u00a0https://a.example\u2003" })],
  ["no URI in an update", () => updateClient({ clientUri: "not a url", logoUri: "javascript:alert(1)" })],
  ["blank key material of another method", () => createClient({ ...client, publicKeyPem: " ", jwksUri: "" })],
  [
    "each kind of key",
    () =>
      [{ jwks }, { jwksUri: "https://e.com/j" }, { publicKeyPem: "pem" }].flatMap((key) =>
        createClient({ ...keyClient, ...key })
      )
  ],
  ["a new key of a stored method", () => updateClient({ jwksUri: "https://e.com/j" })],
  ["a blank URL of keys in an update", () => ["", " "].flatMap((jwksUri) => updateClient({ jwksUri }))],
  [
    "a logo of each type",
    () =>
      ["png", "jpeg", "jpg", "gif", "webp", "x-icon", "vnd.microsoft.icon"].flatMap((type) =>
        createOAuthApp({ slug: "s", name: "n", logo: { data: new Uint8Array(1), contentType: `image/${type}` } })
      )
  ],
  ["no redirect after logout", () => createClient({ ...client, postLogoutRedirectUris: [] })],
  [
    "the bounds of a lifetime",
    () => [60, 86400].flatMap((accessTokenTtlSeconds) => updateClient({ accessTokenTtlSeconds }))
  ],
  ["an algorithm that is no use", () => createClient({ ...client, tokenEndpointAuthSigningAlg: "none" })],
  ["the largest page of rows", () => logs({ limit: 4294967295, offset: 0 })],
  ["a method in any case", () => ["get", " Patch ", "OPTIONS"].flatMap((method) => check({ ...authz, method }))],
  ["a resource without a slash", () => check({ ...authz, resource: "urn:wacht:user:1" })],
  ["an ill-formed credential", () => check({ ...authz, principal: { type: "api_key", value: Redacted.make("") } })]
]

describe("sent, as the server takes it", () => {
  for (const [what, issues] of taken) it(what, () => assert.deepStrictEqual(issues(), []))
})

describe("as it is written", () => {
  const encode = <A, I>(schema: Schema.Schema<A, I>, input: A): I => Schema.encodeSync(schema)(input)

  it("a query is flat text", () => {
    const timestamp = Schema.decodeSync(Schemas.Timestamp)("2026-06-20T00:00:00.000456Z")
    assert.deepStrictEqual(
      encode(Schemas.GetApiAuditLogsQuery, {
        limit: 2,
        outcome: "blocked",
        keyId: Schemas.KeyId.make("281474976710665001"),
        startDate: timestamp,
        endDate: new Date(0),
        cursorTs: timestamp,
        cursorId: "req_1"
      }),
      {
        limit: "2",
        outcome: "blocked",
        key_id: "281474976710665001",
        start_date: "2026-06-20T00:00:00.000456Z",
        end_date: "1970-01-01T00:00:00Z",
        cursor_ts: "2026-06-20T00:00:00.000456Z",
        cursor_id: "req_1"
      }
    )
    assert.deepStrictEqual(encode(Schemas.ListApiAuthAppsQuery, { includeInactive: false, offset: 0, search: "" }), {
      include_inactive: "false",
      offset: "0",
      search: ""
    })
  })

  it("a query is read as it was written, and no number out of nothing", () => {
    const read = Schema.decodeUnknownEither(Schemas.ListApiAuthAppsQuery)
    for (const includeInactive of [true, false]) {
      const query = { includeInactive, limit: -2, offset: 2147483647 }
      assert.deepStrictEqual(read(encode(Schemas.ListApiAuthAppsQuery, query)), Either.right(query))
    }
    for (const offset of ["", "-1", "1.5", "2147483648", "x"]) assert.isTrue(Either.isLeft(read({ offset })), offset)
  })

  it("the form of an OAuth app has text parts and an image", () => {
    const logo = { data: new Uint8Array([1]), contentType: "image/png" } as const
    assert.deepStrictEqual(
      encode(Schemas.CreateOAuthAppInput, {
        slug: " s ",
        name: "n",
        supportedScopes: ["workspace:read", "mcp:invoke"],
        scopeDefinitions: [
          { scope: "mcp:invoke", displayName: "Use", description: "", category: "workspace", workspacePermission: "w" }
        ],
        allowDynamicClientRegistration: true,
        logo
      }),
      {
        slug: " s ",
        name: "n",
        supported_scopes: "workspace:read,mcp:invoke",
        scope_definitions: [
          {
            scope: "mcp:invoke",
            display_name: "Use",
            description: "",
            category: "workspace",
            workspace_permission: "w"
          }
        ],
        allow_dynamic_client_registration: "true",
        logo
      }
    )
  })

  it("a JWK keeps its own names", () => {
    const key = { kty: "RSA", key_ops: ["verify"], "x5t#S256": "t", public_key_pem: "p" }
    assert.deepStrictEqual(encode(Schemas.UpdateOAuthClientInput, { jwks: { keys: [key] } }), { jwks: { keys: [key] } })
  })

  it("a credential is unwrapped, a method sent as given", () => {
    const written: unknown = Schema.encodeUnknownSync(Schemas.CheckAuthzInput)({
      ...authz,
      method: "get",
      clientIp: "::1"
    })
    assert.deepStrictEqual(written, {
      principal: { type: "api_key", value: echo },
      resource: "/v1",
      method: "get",
      client_ip: "::1"
    })
  })
})

describe("white space", () => {
  const blanks = " \t\n\v\f\r\u0085\u00a0\u1680\u2000\u200a\u2028\u2029\u202f\u205f\u3000"
  const signs = FastCheck.constantFrom(...blanks, ...blanks, "a", "\u200b", "\ufeff", "\0", "😀")

  it("is what the server trims, at both ends and nowhere else", () => {
    FastCheck.assert(
      FastCheck.property(FastCheck.string({ unit: signs, maxLength: 12 }), (text) => {
        const [, inside = ""] = /^\p{White_Space}*(.*?)\p{White_Space}*$/su.exec(text) ?? []
        assert.strictEqual(trim(text), inside)
        assert.strictEqual(isBlank(text), inside === "")
        assert.strictEqual(isGiven(text), inside !== "")
      })
    )
    assert.isFalse(isGiven(undefined))
    assert.isTrue(isBlank(blanks))
    for (const sign of "\ufeff\u200b\u180e\0") assert.isFalse(isBlank(sign), JSON.stringify(sign))
  })

  it("is trimmed from a long text of blanks at once", () => {
    const inside = `a${" ".repeat(200_000)}a`
    assert.strictEqual(trim(` ${inside}\n`), inside)
  }, 10_000)
})
