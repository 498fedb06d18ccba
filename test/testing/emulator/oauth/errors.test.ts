import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { readFileSync } from "node:fs"
import type { FormPart, Input } from "./harness.js"
import { form, recordedWorld, refusal, send } from "./harness.js"

interface Listed {
  readonly status: number
  readonly message: string
}
interface ListedRoute {
  readonly id: string
  readonly path: string
  readonly errors: ReadonlyArray<Listed>
}
const contract: { readonly routes: ReadonlyArray<ListedRoute> } = JSON.parse(
  readFileSync(new URL("../../../contract/contract.json", import.meta.url), "utf8")
)

/** One request and what has to be said to it. `first`: requests that have to be made before. */
interface Case {
  readonly status: number
  readonly message: string
  readonly send: Request
  readonly first?: ReadonlyArray<Request>
}
type Request = readonly [method: string, path: string, input?: Input]

const app = "/oauth/apps/seeded"
const basic = `${app}/clients/281474976710672001`
const inactive = `${app}/clients/281474976710672003`
const isPem = "-----BEGIN PUBLIC KEY-----"

const patchApp = (json: unknown): Request => ["PATCH", app, { json }]
const clientBody = { client_auth_method: "none", grant_types: ["authorization_code"], redirect_uris: ["https://a.b/c"] }
const keyClient = { ...clientBody, client_auth_method: "private_key_jwt" }
const postClient = (json: object): Request => ["POST", `${app}/clients`, { json: { ...clientBody, ...json } }]
const patchClient = (json: unknown): Request => ["PATCH", basic, { json }]
const create = (fields: Readonly<Record<string, string>>, actor = "owner"): Request => [
  "POST",
  "/oauth/apps",
  { form: form({ slug: "s", name: "n", ...fields }), actor }
]
const createWith = (...parts: ReadonlyArray<FormPart>): Request => ["POST", "/oauth/apps", { form: parts }]
const raw = (body: string | Uint8Array): Request => [
  "POST",
  "/oauth/apps",
  { body, headers: { "content-type": "multipart/form-data; boundary=b" } }
]
const definitions = (definition: object) =>
  create({
    supported_scopes: "a",
    scope_definitions: JSON.stringify([{ scope: "a", display_name: "", description: "", ...definition }])
  })
const definition = (more: object) =>
  patchApp({ scope_definitions: [{ scope: "org", display_name: "", description: "", ...more }] })
const map = (scope: string, json: unknown, actor = "owner"): Request => [
  "POST",
  `${app}/scopes/${scope}/mapping`,
  { json, actor }
]

const fault = (status: number, message: string, request: Request, first?: ReadonlyArray<Request>): Case => ({
  status,
  message,
  send: request,
  ...(first === undefined ? {} : { first })
})

/** What every route says that reads JSON. */
const jsonFaults = (method: string, path: string, misshapen: unknown): ReadonlyArray<Case> => {
  const json = (body: string): Input => ({ body, headers: { "content-type": "application/json; charset=utf-8" } })
  return [
    fault(400, "Bad request", [method, path, json("{")]),
    fault(400, "Bad request", [method, path, json("")]),
    fault(400, "Bad request", [method, path, { json: {}, body: Uint8Array.of(0x22, 0xff, 0x22) }]),
    fault(413, "Request failed", [method, path, json(`{"a":"${"x".repeat(2_097_152)}"}`)]),
    fault(415, "Request failed", [method, path, { body: "{}" }]),
    fault(415, "Request failed", [method, path, { body: "{}", headers: { "content-type": "text/json" } }]),
    fault(422, "Invalid request payload", [method, path, { json: misshapen }]),
    fault(422, "Invalid request payload", [method, path, { json: null }]),
    fault(500, "Something went wrong", [method, path, { json: { ...clientBody, ...nulText } }])
  ]
}
const nulText = { name: "\u0000", display_name: "\u0000", category: "\u0000", client_name: "\u0000" }

const pathFaults = (method: string, path: (slug: string) => string, input: Input = {}): ReadonlyArray<Case> => [
  fault(404, "OAuth app not found", [method, path("nope"), input]),
  fault(404, "OAuth app not found", [method, path("seeded"), { ...input, actor: "noplan" }]),
  fault(400, "Bad request", [method, path("%ff"), input]),
  fault(500, "Something went wrong", [method, path("%00"), input])
]

const clientFaults = (method: string, path: (slug: string, id: string) => string, input: Input = {}) => [
  ...pathFaults(method, (slug) => path(slug, "281474976710672001"), input),
  fault(404, "OAuth client not found", [method, path("seeded", "5"), input]),
  fault(404, "OAuth client not found", [method, path("seeded-nokeys", "281474976710672001"), input]),
  fault(400, "Bad request", [method, path("seeded", "oc_Seeded11111111111111111111111111"), input]),
  fault(400, "Bad request", [method, path("seeded", "9223372036854775808"), input]),
  fault(400, "Bad request", [method, path("nope", "1.0"), input])
]

const scopeFaults = (method: string, path: (slug: string, scope: string) => string, input: Input = {}) => [
  ...pathFaults(method, (slug) => path(slug, "org"), input),
  fault(400, "scope is required", [method, path("nope", "%20%C2%A0"), input]),
  fault(404, "scope definition not found", [method, path("seeded", "nope"), input]),
  fault(404, "scope definition not found", [method, path("seeded", "ORG"), input])
]

const wrongDefinitions = (of: (definition: object) => Request, scope: string): ReadonlyArray<Case> => [
  fault(
    400,
    "scope category must be one of: personal, organization, workspace",
    of({ category: "team", workspace_permission: "p" })
  ),
  fault(
    400,
    `scope '${scope}' without category cannot define permission mappings`,
    of({ organization_permission: "p" })
  ),
  fault(
    400,
    `scope '${scope}' with category 'personal' cannot define organization/workspace permissions`,
    of({ category: "personal", workspace_permission: "p" })
  ),
  fault(
    400,
    `scope '${scope}' with category 'organization' cannot define workspace permission`,
    of({ category: "organization", workspace_permission: "p" })
  ),
  fault(
    400,
    `scope '${scope}' with category 'workspace' cannot define organization permission`,
    of({ category: "workspace", organization_permission: "p" })
  )
]

/** What both client routes say to settings and URIs. */
const settingFaults = (of: (json: object) => Request): ReadonlyArray<Case> => [
  fault(
    400,
    "id_token_signing_alg `ES256` is not supported. Only RS256 is currently supported.",
    of({ id_token_signing_alg: "ES256" })
  ),
  fault(400, "access_token_format must be 'opaque' or 'jwt'", of({ access_token_format: "" })),
  fault(400, "access_token_ttl_seconds must be between 60 and 86400", of({ access_token_ttl_seconds: 59 })),
  fault(422, "Invalid request payload", of({ access_token_ttl_seconds: 2 ** 31 })),
  fault(422, "Invalid request payload", of({ access_token_ttl_seconds: "60" })),
  fault(422, "Invalid request payload", of({ skip_consent: "true" })),
  fault(422, "Invalid request payload", of({ contacts: [null] })),
  fault(422, "Invalid request payload", of({ jwks: { keys: [{ kid: "1" }] } })),
  fault(422, "Invalid request payload", of({ jwks: { keys: [{ kty: "RSA", key_ops: "sign" }] } })),
  fault(400, "grant_types must include at least one grant", of({ grant_types: [] })),
  fault(400, "grant_types must not contain empty values", of({ grant_types: ["authorization_code", " "] })),
  fault(
    400,
    "client_credentials is disabled for now",
    of({ grant_types: ["authorization_code", " client_credentials "] })
  ),
  fault(
    400,
    "unsupported grant_type: implicit. supported values: authorization_code, refresh_token",
    of({ grant_types: ["implicit"] })
  ),
  fault(400, "authorization_code grant is required", of({ grant_types: ["refresh_token"] })),
  fault(400, "unsupported client_auth_method: None", of({ client_auth_method: "None" })),
  fault(400, "redirect_uris must include at least one URI for authorization_code", of({ redirect_uris: [] })),
  ...["redirect_uris", "post_logout_redirect_uris"].flatMap((list) => [
    fault(400, `${list} must not contain empty values`, of({ [list]: ["https://a.b", "\t"] })),
    fault(400, `${list} must contain valid URLs`, of({ [list]: ["/callback"] })),
    fault(400, `${list} must use http or https`, of({ [list]: ["myapp://callback"] })),
    fault(400, `${list} must not include fragments`, of({ [list]: ["https://a.b/#"] })),
    fault(422, "Invalid request payload", of({ [list]: "https://a.b" }))
  ])
]

const keyFaults = (of: (json: object) => Request): ReadonlyArray<Case> => [
  fault(400, "jwks_uri must be a valid URL", of({ ...keyClient, jwks_uri: "e.com/jwks" })),
  fault(400, "jwks_uri must use https", of({ ...keyClient, jwks_uri: "http://e.com/jwks" })),
  fault(400, "jwks.keys must include at least one key", of({ ...keyClient, jwks: { keys: [] } })),
  fault(
    400,
    "jwks for private_key_jwt must contain public keys, not symmetric secrets",
    of({ ...keyClient, jwks: { keys: [{ kty: "RSA" }, { kty: "oct", k: "" }] } })
  ),
  ...[{ jwks_uri: "https://e.com/j" }, { jwks: { keys: [] } }, { public_key_pem: isPem }].map((keys) =>
    fault(
      400,
      "jwks_uri/jwks/public_key_pem are only allowed when client_auth_method is private_key_jwt",
      of({ client_auth_method: "client_secret_jwt", ...keys })
    )
  )
]

const prod = (fqdn: string): Request => create({ fqdn }, "prod")
const malformed = "Error parsing `multipart/form-data` request"
const notText = Uint8Array.of(
  ...new TextEncoder().encode('--b\r\nContent-Disposition: form-data; name="name"\r\n\r\n'),
  255
)

const cases: Readonly<Record<string, ReadonlyArray<Case>>> = {
  listOAuthApps: [],
  createOAuthApp: [
    fault(400, "Bad request", ["POST", "/oauth/apps", { json: { slug: "s", name: "n" } }]),
    fault(400, "Bad request", [
      "POST",
      "/oauth/apps",
      { body: "", headers: { "content-type": "multipart/form-data" } }
    ]),
    fault(400, malformed, raw("")),
    fault(400, malformed, raw("--b\r\nContent-Disposition")),
    fault(
      400,
      `Invalid multipart field 'slug': ${malformed}`,
      raw('--b\r\nContent-Disposition: form-data; name="slug"\r\n\r\ns')
    ),
    fault(400, `Invalid multipart field 'zzz': ${malformed}`, create({ zzz: "x".repeat(2_097_152) })),
    fault(400, "Multipart field name is missing", raw("--b\r\nContent-Disposition: form-data\r\n\r\ns\r\n--b--")),
    fault(
      400,
      "Multipart field 'name' must be valid UTF-8 text",
      raw(Uint8Array.of(...notText, 13, 10, 45, 45, 98, 45, 45))
    ),
    ...[
      "",
      " ",
      "null",
      "{}",
      "[1]",
      '[{"scope":"a"}]',
      "[] []",
      '[{"scope":"a","display_name":"","description":"","archived":null}]'
    ].map((text) => fault(400, "scope_definitions must be valid JSON array", create({ scope_definitions: text }))),
    fault(
      400,
      "Unsupported image format. Supported formats: JPEG, PNG, GIF, WEBP, ICO",
      createWith(...form({ slug: "s", name: "n" }), { name: "logo", value: "BM", type: "image/bmp" })
    ),
    fault(400, "slug is required", createWith(...form({ name: "n" }))),
    fault(400, "slug is required", create({ slug: " \u2003" })),
    fault(400, "name is required", createWith(...form({ slug: "s" }))),
    fault(400, "name is required", create({ name: "" })),
    fault(404, "Deployment not found", create({}, "deleted")),
    fault(400, "fqdn is required for production", create({}, "prod")),
    fault(400, "fqdn is required for production", prod("  ")),
    fault(400, "fqdn must be between 1 and 253 characters", prod(`${"a.".repeat(126)}ab`)),
    fault(400, "fqdn cannot start or end with '.'", prod(".example.com")),
    fault(400, "fqdn must be a full domain name", prod("localhost")),
    fault(400, "fqdn must be between 1 and 63 characters", prod("a..com")),
    fault(400, "fqdn cannot start or end with '-'", prod("-a.com")),
    fault(400, "fqdn must contain only letters, numbers, or '-'", prod("*.com")),
    fault(502, "Cloudflare API errors: 1000: boom", prod("X.example.com")),
    ...wrongDefinitions(definitions, "a"),
    fault(409, "Resource already exists", create({ slug: " seeded " })),
    fault(409, "Resource already exists", create({ slug: "other", fqdn: "a.example.com" }, "prod"), [
      prod("a.example.com")
    ]),
    fault(500, "Something went wrong", create({ description: "\u0000" }))
  ],
  updateOAuthApp: [
    ...jsonFaults("PATCH", app, { is_active: "no" }),
    ...pathFaults("PATCH", (slug) => `/oauth/apps/${slug}`, { json: {} }),
    ...wrongDefinitions(definition, "org"),
    ...[{ scope: "org" }, { category: null }, { archived: null }, { display_name: null }].map((more) =>
      fault(422, "Invalid request payload", patchApp({ scope_definitions: [{ ...more, description: "" }] }))
    ),
    fault(422, "Invalid request payload", [
      "PATCH",
      app,
      { body: '{"name":"a","name":"b"}', headers: { "content-type": "application/json" } }
    ])
  ],
  verifyOAuthAppDomain: [
    ...pathFaults("POST", (slug) => `/oauth/apps/${slug}/verify-domain`),
    fault(502, "Cloudflare API errors: 1000: boom", ["POST", "/oauth/apps/p-broken/verify-domain", { actor: "prod" }])
  ],
  updateOAuthScope: [
    ...jsonFaults("PATCH", `${app}/scopes/org`, { description: [] }),
    ...scopeFaults("PATCH", (slug, scope) => `/oauth/apps/${slug}/scopes/${scope}`, { json: {} })
  ],
  archiveOAuthScope: scopeFaults("POST", (slug, scope) => `/oauth/apps/${slug}/scopes/${scope}/archive`),
  unarchiveOAuthScope: scopeFaults("POST", (slug, scope) => `/oauth/apps/${slug}/scopes/${scope}/unarchive`),
  setOAuthScopeMapping: [
    ...jsonFaults("POST", `${app}/scopes/org/mapping`, { category: null }),
    ...scopeFaults("POST", (slug, scope) => `/oauth/apps/${slug}/scopes/${scope}/mapping`, {
      json: { category: "organization" }
    }),
    ...["", " ", "team"].map((category) =>
      fault(400, "category must be personal, organization, or workspace", map("nope", { category }))
    ),
    fault(
      400,
      "personal category cannot map organization/workspace permissions",
      map("nope", { category: "PERSONAL", organization_permission: "org:read" })
    ),
    fault(
      400,
      "organization category cannot map workspace permission",
      map("nope", { category: "organization", organization_permission: "x", workspace_permission: "x" })
    ),
    fault(
      400,
      "workspace category cannot map organization permission",
      map("nope", { category: "workspace", organization_permission: "x", workspace_permission: "x" })
    ),
    fault(
      400,
      "organization permission 'ws:read' is not configured in deployment B2B settings",
      map("nope", { category: "organization", organization_permission: " ws:read " })
    ),
    fault(
      400,
      "workspace permission 'org:read' is not configured in deployment B2B settings",
      map("nope", { category: "workspace", workspace_permission: "org:read" })
    ),
    fault(400, "scope category is immutable once set", map("org", { category: "personal" })),
    fault(
      400,
      "organization permission is immutable once set",
      map("org", { category: "organization", organization_permission: "org:admin" })
    ),
    fault(400, "organization permission is immutable once set", map("org", { category: "organization" })),
    fault(
      400,
      "workspace permission is immutable once set",
      map("ws", { category: "workspace", workspace_permission: null })
    )
  ],
  listOAuthClients: pathFaults("GET", (slug) => `/oauth/apps/${slug}/clients`),
  createOAuthClient: [
    ...jsonFaults("POST", `${app}/clients`, {}),
    ...pathFaults("POST", (slug) => `/oauth/apps/${slug}/clients`, { json: clientBody }),
    ...settingFaults(postClient),
    ...keyFaults(postClient),
    ...["client_auth_method", "grant_types", "redirect_uris", "post_logout_redirect_uris"].map((name) =>
      fault(422, "Invalid request payload", postClient({ [name]: null }))
    ),
    ...[{}, { jwks_uri: "https://e.com", public_key_pem: isPem }, { public_key_pem: " " }].map((keys) =>
      fault(
        400,
        "private_key_jwt requires exactly one of jwks_uri, jwks, or public_key_pem",
        postClient({ ...keyClient, ...keys })
      )
    ),
    fault(400, "jwks_uri must be a valid URL", postClient({ ...keyClient, jwks_uri: "" })),
    ...["client_uri", "logo_uri", "tos_uri", "policy_uri"].flatMap((field) => [
      fault(400, `${field} must be a valid URL`, postClient({ [field]: "example.com" })),
      fault(400, `${field} must use http or https`, postClient({ [field]: "ftp://example.com" }))
    ])
  ],
  updateOAuthClient: [
    ...jsonFaults("PATCH", basic, { grant_types: "authorization_code" }),
    ...clientFaults("PATCH", (slug, id) => `/oauth/apps/${slug}/clients/${id}`, { json: {} }),
    ...settingFaults(patchClient),
    ...keyFaults(patchClient),
    fault(404, "OAuth client not found or inactive", ["PATCH", inactive, { json: {} }]),
    fault(
      400,
      "private_key_jwt accepts only one of jwks_uri, jwks, or public_key_pem per update",
      patchClient({ client_auth_method: "private_key_jwt", jwks: { keys: [] }, public_key_pem: isPem })
    ),
    ...[{}, { jwks_uri: " " }, { public_key_pem: "" }].map((keys) =>
      fault(
        400,
        "private_key_jwt requires existing or new key material",
        patchClient({ client_auth_method: "private_key_jwt", ...keys })
      )
    )
  ],
  deactivateOAuthClient: [
    ...clientFaults("DELETE", (slug, id) => `/oauth/apps/${slug}/clients/${id}`),
    fault(404, "OAuth client not found or already inactive", ["DELETE", inactive]),
    fault(404, "OAuth client not found or already inactive", ["DELETE", basic], [["DELETE", basic]])
  ],
  rotateOAuthClientSecret: [
    ...clientFaults("POST", (slug, id) => `/oauth/apps/${slug}/clients/${id}/rotate-secret`),
    fault(404, "OAuth client not found or inactive", ["POST", `${inactive}/rotate-secret`]),
    fault(400, "client_secret rotation is not supported for this auth method", [
      "POST",
      `${app}/clients/281474976710672002/rotate-secret`
    ]),
    fault(
      400,
      "client_secret rotation is not supported for this auth method",
      ["POST", `${basic}/rotate-secret`],
      [patchClient({ client_auth_method: "private_key_jwt", public_key_pem: isPem })]
    )
  ],
  listOAuthGrants: clientFaults("GET", (slug, id) => `/oauth/apps/${slug}/clients/${id}/grants`),
  revokeOAuthGrant: [
    ...clientFaults("POST", (slug, id) => `/oauth/apps/${slug}/clients/${id}/grants/1/revoke`),
    fault(400, "Bad request", ["POST", `${basic}/grants/x/revoke`]),
    fault(400, "Bad request", ["POST", "/oauth/apps/nope/clients/5/grants/x/revoke"])
  ],
  listOAuthAppSigningKeys: pathFaults("GET", (slug) => `/oauth/apps/${slug}/signing-keys`),
  rotateOAuthAppSigningKey: pathFaults("POST", (slug) => `/oauth/apps/${slug}/signing-keys/rotate`),
  compromiseOAuthAppSigningKey: [
    ...pathFaults("POST", (slug) => `/oauth/apps/${slug}/signing-keys/x/compromise`),
    fault(404, "no signing key with kid 'a'b/ ' for this app", ["POST", `${app}/signing-keys/a'b%2F%20/compromise`]),
    fault(404, "no signing key with kid 'oas-281474976710671001-281474976710676003' for this app", [
      "POST",
      `${app}/signing-keys/oas-281474976710671001-281474976710676003/compromise`
    ]),
    fault(404, "no signing key with kid 'oas-281474976710671001-281474976710676002' for this app", [
      "POST",
      "/oauth/apps/seeded-nokeys/signing-keys/oas-281474976710671001-281474976710676002/compromise"
    ])
  ]
}

for (const [operation, list] of Object.entries(cases)) {
  describe(operation, () => {
    it.effect("refuses what the contract says it refuses", () =>
      Effect.gen(function* () {
        for (const { first = [], message, send: request, status } of list) {
          const world = yield* recordedWorld()
          for (const earlier of first) {
            const made = yield* send(world, ...earlier)
            assert.isBelow(made.status, 300, JSON.stringify(made.body))
          }
          const answer = yield* send(world, ...request)
          const [method, path, input] = request
          const label = `${method} ${path} ${JSON.stringify(input ?? {}).slice(0, 300)}`
          assert.deepStrictEqual(refusal(answer), [status, message], label)
          assert.deepStrictEqual(answer.body, { errors: [{ message, code: status }] }, label)
        }
      })
    )
  })
}

describe("the table above", () => {
  /** Authentication comes before the routes, which are tested here on their own. */
  const isAboutTheRoute = ({ status }: Listed) => status !== 401 && status !== 429
  /** Not to be had from one request after the other. */
  const unreachable = (route: string, { message, status }: Listed) =>
    (route === "rotateOAuthAppSigningKey" && status === 409) ||
    (route === "listOAuthApps" && message === "Something went wrong")

  it("holds every error that the contract lists under /oauth", () => {
    const literal = (text: string) => text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")
    const pattern = (text: string) =>
      new RegExp(
        `^(?:${text
          .split(" | ")
          .map((one) => literal(one).replace(/\\\{\w+\\\}/g, ".*"))
          .join("|")})$`,
        "s"
      )
    const missing: Array<string> = []
    for (const route of contract.routes.filter(({ path }) => path.startsWith("/oauth"))) {
      for (const error of route.errors.filter(isAboutTheRoute)) {
        // a text that the contract itself breaks off with dots
        const wanted = pattern(error.message.replace("Cloudflare API errors: ...", "Cloudflare API errors: {text}"))
        const found = cases[route.id]?.some((one) => one.status === error.status && wanted.test(one.message))
        if (found !== true && !unreachable(route.id, error))
          missing.push(`${route.id} ${error.status} ${error.message}`)
      }
    }
    assert.deepStrictEqual(missing, [])
  })
})
