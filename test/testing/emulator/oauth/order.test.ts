import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import type { FormPart, Input } from "./harness.js"
import { recordedWorld, refusal, send } from "./harness.js"

/** What is said, and what has to be set right for the next rung. */
type Rung = readonly [status: number, message: string, mend: Partial<State>]
interface State {
  readonly path: string
  readonly input: Input
  readonly json: Readonly<Record<string, unknown>>
}

/** Starts with everything wrong and mends one thing after the other: each time the next rule has to be the one broken. */
const climb = (method: string, start: State, rungs: ReadonlyArray<Rung>) =>
  Effect.gen(function* () {
    let state = start
    for (const [status, message, mend] of rungs) {
      const world = yield* recordedWorld()
      const { input, json, path } = state
      const sent = Object.keys(input).length > 0 ? input : { json }
      assert.deepStrictEqual(refusal(yield* send(world, method, path, sent)), [status, message])
      state = { ...state, ...mend, json: { ...state.json, ...mend.json } }
    }
    const world = yield* recordedWorld()
    return yield* send(
      world,
      method,
      state.path,
      Object.keys(state.input).length > 0 ? state.input : { json: state.json }
    )
  })

const badJson: Input = { body: "{", headers: { "content-type": "application/json" } }
const shape = "Invalid request payload"
const alg = "id_token_signing_alg `x` is not supported. Only RS256 is currently supported."

const wrongSettings = {
  id_token_signing_alg: "x",
  access_token_format: "x",
  access_token_ttl_seconds: 0,
  skip_consent: 1,
  redirect_uris: [],
  post_logout_redirect_uris: [""]
}
const settings: ReadonlyArray<Rung> = [
  [400, alg, { json: { id_token_signing_alg: null } }],
  [400, "access_token_format must be 'opaque' or 'jwt'", { json: { access_token_format: "jwt" } }],
  [400, "access_token_ttl_seconds must be between 60 and 86400", { json: { access_token_ttl_seconds: 60 } }],
  [400, "grant_types must include at least one grant", { json: { grant_types: ["", "client_credentials", "x"] } }],
  [400, "grant_types must not contain empty values", { json: { grant_types: ["x", "client_credentials"] } }],
  [400, "client_credentials is disabled for now", { json: { grant_types: ["x"] } }],
  [
    400,
    "unsupported grant_type: x. supported values: authorization_code, refresh_token",
    { json: { grant_types: ["refresh_token"] } }
  ],
  [400, "authorization_code grant is required", { json: { grant_types: ["authorization_code"] } }]
]
const redirects: ReadonlyArray<Rung> = [
  [
    400,
    "redirect_uris must include at least one URI for authorization_code",
    { json: { redirect_uris: ["https://a.b", " "] } }
  ],
  [400, "redirect_uris must not contain empty values", { json: { redirect_uris: ["#"] } }],
  [400, "redirect_uris must contain valid URLs", { json: { redirect_uris: ["app:/x#"] } }],
  [400, "redirect_uris must use http or https", { json: { redirect_uris: ["http://a.b#"] } }],
  [400, "redirect_uris must not include fragments", { json: { redirect_uris: ["http://a.b"] } }],
  [400, "post_logout_redirect_uris must not contain empty values", { json: { post_logout_redirect_uris: ["#"] } }],
  [400, "post_logout_redirect_uris must contain valid URLs", { json: { post_logout_redirect_uris: ["app:/x#"] } }],
  [400, "post_logout_redirect_uris must use http or https", { json: { post_logout_redirect_uris: ["http://a.b#"] } }],
  [400, "post_logout_redirect_uris must not include fragments", { json: { post_logout_redirect_uris: [] } }]
]
const symmetric = { keys: [{ kty: "oct", k: "x" }] }

describe("the order of checks", () => {
  it.effect("of a new client: body, app, settings, grants, method, keys, pages, redirects", () =>
    Effect.gen(function* () {
      const made = yield* climb(
        "POST",
        {
          path: "/oauth/apps/%ff/clients",
          input: { body: "{" },
          json: {
            ...wrongSettings,
            client_auth_method: "x",
            grant_types: [],
            client_uri: "x",
            logo_uri: "x:y",
            tos_uri: "x",
            policy_uri: "x:y",
            jwks_uri: "x",
            jwks: { keys: [] }
          }
        },
        [
          [400, "Bad request", { path: "/oauth/apps/nope/clients" }],
          [415, "Request failed", { input: badJson }],
          [400, "Bad request", { input: {} }],
          [422, shape, { json: { skip_consent: null } }],
          [404, "OAuth app not found", { path: "/oauth/apps/seeded/clients" }],
          ...settings,
          [400, "unsupported client_auth_method: x", { json: { client_auth_method: "none" } }],
          [
            400,
            "jwks_uri/jwks/public_key_pem are only allowed when client_auth_method is private_key_jwt",
            { json: { client_auth_method: "private_key_jwt" } }
          ],
          [400, "private_key_jwt requires exactly one of jwks_uri, jwks, or public_key_pem", { json: { jwks: null } }],
          [400, "jwks_uri must be a valid URL", { json: { jwks_uri: "http://e.com" } }],
          [400, "jwks_uri must use https", { json: { jwks_uri: null, jwks: { keys: [] } } }],
          [400, "jwks.keys must include at least one key", { json: { jwks: symmetric } }],
          [
            400,
            "jwks for private_key_jwt must contain public keys, not symmetric secrets",
            { json: { jwks: { keys: [{ kty: "RSA" }] } } }
          ],
          [400, "client_uri must be a valid URL", { json: { client_uri: null } }],
          [400, "logo_uri must use http or https", { json: { logo_uri: " " } }],
          [400, "tos_uri must be a valid URL", { json: { tos_uri: "https://e.com" } }],
          [400, "policy_uri must use http or https", { json: { policy_uri: "" } }],
          ...redirects
        ]
      )
      assert.strictEqual(made.status, 200)
    })
  )

  it.effect("of a client's update: body, app, client, settings, grants, activity, method, redirects, keys", () =>
    Effect.gen(function* () {
      const changed = yield* climb(
        "PATCH",
        {
          path: "/oauth/apps/nope/clients/oc_x",
          input: { body: "{" },
          json: {
            ...wrongSettings,
            client_auth_method: "x",
            grant_types: [],
            client_uri: "x",
            jwks_uri: "x",
            public_key_pem: "x"
          }
        },
        [
          [400, "Bad request", { path: "/oauth/apps/nope/clients/5" }],
          [415, "Request failed", { input: badJson }],
          [400, "Bad request", { input: {} }],
          [422, shape, { json: { skip_consent: true } }],
          [404, "OAuth app not found", { path: "/oauth/apps/seeded/clients/5" }],
          [404, "OAuth client not found", { path: "/oauth/apps/seeded/clients/281474976710672003" }],
          ...settings,
          [404, "OAuth client not found or inactive", { path: "/oauth/apps/seeded/clients/281474976710672001" }],
          [400, "unsupported client_auth_method: x", { json: { client_auth_method: null } }],
          ...redirects,
          [
            400,
            "jwks_uri/jwks/public_key_pem are only allowed when client_auth_method is private_key_jwt",
            { json: { client_auth_method: "private_key_jwt" } }
          ],
          [
            400,
            "private_key_jwt accepts only one of jwks_uri, jwks, or public_key_pem per update",
            { json: { jwks_uri: " ", public_key_pem: " " } }
          ],
          [400, "private_key_jwt requires existing or new key material", { json: { jwks_uri: "x" } }],
          [400, "jwks_uri must be a valid URL", { json: { jwks_uri: "http://e.com" } }],
          [400, "jwks_uri must use https", { json: { jwks_uri: null, jwks: { keys: [] } } }],
          [400, "jwks.keys must include at least one key", { json: { jwks: symmetric } }],
          [
            400,
            "jwks for private_key_jwt must contain public keys, not symmetric secrets",
            { json: { jwks: { keys: [{ kty: "RSA" }] } } }
          ]
        ]
      )
      assert.strictEqual(changed.status, 200)
    })
  )

  it.effect("of a mapping: body, scope, category, permissions, app, definition, what was set before", () =>
    Effect.gen(function* () {
      const mapped = yield* climb(
        "POST",
        {
          path: "/oauth/apps/nope/scopes/%20/mapping",
          input: badJson,
          json: { category: 1, organization_permission: "x", workspace_permission: "x" }
        },
        [
          [400, "Bad request", { input: {} }],
          [422, shape, { json: { category: "" } }],
          [400, "scope is required", { path: "/oauth/apps/nope/scopes/nope/mapping" }],
          [400, "category must be personal, organization, or workspace", { json: { category: "personal" } }],
          [
            400,
            "personal category cannot map organization/workspace permissions",
            { json: { category: "organization" } }
          ],
          [400, "organization category cannot map workspace permission", { json: { category: "workspace" } }],
          [
            400,
            "workspace category cannot map organization permission",
            { json: { category: "organization", workspace_permission: "" } }
          ],
          [
            400,
            "organization permission 'x' is not configured in deployment B2B settings",
            { json: { category: "workspace", organization_permission: null, workspace_permission: "x" } }
          ],
          [
            400,
            "workspace permission 'x' is not configured in deployment B2B settings",
            { json: { workspace_permission: "ws:admin" } }
          ],
          [404, "OAuth app not found", { path: "/oauth/apps/seeded/scopes/nope/mapping" }],
          [404, "scope definition not found", { path: "/oauth/apps/seeded/scopes/org/mapping" }],
          [
            400,
            "scope category is immutable once set",
            { json: { category: "organization", organization_permission: "org:admin", workspace_permission: null } }
          ],
          [
            400,
            "organization permission is immutable once set",
            {
              path: "/oauth/apps/seeded/scopes/ws/mapping",
              json: { category: "workspace", organization_permission: null, workspace_permission: "ws:admin" }
            }
          ],
          [400, "workspace permission is immutable once set", { json: { workspace_permission: " ws:read " } }]
        ]
      )
      assert.strictEqual(mapped.status, 200)
    })
  )

  it.effect("of an app's update: body, app, definitions", () =>
    Effect.gen(function* () {
      const definition = { scope: "org", display_name: "", description: "", workspace_permission: "x" }
      const changed = yield* climb(
        "PATCH",
        {
          path: "/oauth/apps/nope",
          input: badJson,
          json: { scope_definitions: [{ ...definition, category: "x", archived: null }] }
        },
        [
          [400, "Bad request", { input: {} }],
          [422, shape, { json: { scope_definitions: [{ ...definition, category: "x" }] } }],
          [404, "OAuth app not found", { path: "/oauth/apps/seeded" }],
          [
            400,
            "scope category must be one of: personal, organization, workspace",
            { json: { scope_definitions: [{ ...definition, category: " " }] } }
          ],
          [
            400,
            "scope 'org' without category cannot define permission mappings",
            { json: { scope_definitions: [{ ...definition, category: "workspace" }] } }
          ]
        ]
      )
      assert.strictEqual(changed.status, 200)
    })
  )

  it.effect("a NUL is found by the database, after every check that needs none", () =>
    Effect.gen(function* () {
      const nul = "\u0000"
      const world = yield* recordedWorld()
      const refused = (method: string, path: string, json: object) =>
        Effect.map(send(world, method, `/oauth/apps/${path}`, { json }), refusal)
      const client = { client_auth_method: "none", grant_types: ["authorization_code"], redirect_uris: ["https://a.b"] }
      for (const [method, path, json, status, message] of [
        ["PATCH", "nope", { name: nul }, 404, "OAuth app not found"],
        ["PATCH", "%00", { name: 1 }, 422, shape],
        ["PATCH", "%00/clients/oc_x", {}, 400, "Bad request"],
        ["POST", "nope/clients", { ...client, client_name: nul }, 404, "OAuth app not found"],
        ["POST", "seeded/clients", { ...client, client_name: nul, grant_types: [nul] }, 400, undefined],
        ["POST", "seeded/clients", { ...client, contacts: ["a", nul] }, 500, "Something went wrong"],
        ["PATCH", "seeded/clients/5", { client_name: nul }, 404, "OAuth client not found"],
        ["PATCH", "seeded/scopes/nope", { description: nul }, 404, "scope definition not found"],
        ["PATCH", "seeded/scopes/%20", { description: nul }, 400, "scope is required"],
        ["POST", "%00/scopes/org/mapping", { category: nul }, 400, undefined],
        ["POST", "seeded/signing-keys/%00/compromise", {}, 500, "Something went wrong"],
        ["POST", "nope/signing-keys/%00/compromise", {}, 404, "OAuth app not found"],
        ["PATCH", "seeded", { scope_definitions: [{ scope: nul, display_name: nul, description: "" }] }, 200, undefined]
      ] as const) {
        const [actual, words] = yield* refused(method, path, json)
        assert.deepStrictEqual([actual, message === undefined ? undefined : words], [status, message], path)
      }
    })
  )

  it.effect("of a new app: form, image, names, deployment, host, provider, scopes, uniqueness", () =>
    Effect.gen(function* () {
      const world = yield* recordedWorld()
      const wrong = '[{"scope":"a","display_name":"","description":"","category":"x"}]'
      const logo: FormPart = { name: "logo", value: "x", type: "image/svg+xml" }
      let parts: ReadonlyArray<FormPart> = [
        logo,
        { name: "slug", value: "" },
        { name: "name", value: "" },
        { name: "fqdn", value: "" },
        { name: "supported_scopes", value: "a" },
        { name: "scope_definitions", value: "x" }
      ]
      const put = (name: string, value: string) => {
        parts = [...parts.filter((part) => part.name !== name), { name, value }]
      }
      const refused = (actor: string) =>
        Effect.map(send(world, "POST", "/oauth/apps", { form: parts, actor }), (answer) => refusal(answer))

      assert.deepStrictEqual(yield* refused("deleted"), [400, "scope_definitions must be valid JSON array"])
      put("scope_definitions", wrong)
      const image = "Unsupported image format. Supported formats: JPEG, PNG, GIF, WEBP, ICO"
      assert.deepStrictEqual(yield* refused("deleted"), [400, image])
      parts = parts.filter((part) => part !== logo)
      assert.deepStrictEqual(yield* refused("deleted"), [400, "slug is required"])
      put("slug", "s")
      assert.deepStrictEqual(yield* refused("deleted"), [400, "name is required"])
      put("name", "n")
      assert.deepStrictEqual(yield* refused("deleted"), [404, "Deployment not found"])
      for (const [id, deployment] of world.deployments)
        if (deployment.deleted) world.deployments.set(id, { ...deployment, mode: "production" })
      assert.deepStrictEqual(yield* refused("deleted"), [404, "Deployment not found"])
      assert.deepStrictEqual(yield* refused("prod"), [400, "fqdn is required for production"])
      put("fqdn", "-.x")
      assert.deepStrictEqual(yield* refused("prod"), [400, "fqdn cannot start or end with '-'"])
      put("fqdn", "x.example.com")
      assert.deepStrictEqual(yield* refused("prod"), [502, "Cloudflare API errors: 1000: boom"])
      put("fqdn", "y.example.com")
      put("slug", "p-broken")
      assert.deepStrictEqual(yield* refused("prod"), [
        400,
        "scope category must be one of: personal, organization, workspace"
      ])
      put("scope_definitions", "[]")
      put("fqdn", "z.example.com")
      assert.deepStrictEqual(yield* refused("prod"), [409, "Resource already exists"])
    })
  )
})
