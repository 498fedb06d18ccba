import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import { Emulator } from "effect-wacht/testing"
import { check } from "./harness.js"
import { app, scheme, send, withEmulator } from "./steered.js"

describe("an emulator's world", () => {
  it.effect("lists what a world holds newest first and scopes sorted, in whatever order they were given", () => {
    const [old, late] = ["2026-01-01T00:00:00Z", "2026-01-02T00:00:00Z"]
    const key = { deployment_id: "1", app_slug: "old", key_prefix: "sk" }
    const world = {
      deployments: [{ id: "1" }],
      actors: { owner: { credential: "sk_owner", key_id: "1", deployment_id: "1" } },
      api_auth_apps: [
        { ...app, app_slug: "late", deployment_id: "1", created_at: late },
        { ...app, app_slug: "old", deployment_id: "1", created_at: old }
      ],
      api_keys: [
        { ...key, id: "3", name: "late", secret: "sk_late", created_at: late },
        { ...key, id: "2", name: "old", secret: "sk_old", created_at: old }
      ],
      oauth_apps: [
        {
          id: "4",
          deployment_id: "1",
          slug: "o",
          name: "O",
          fqdn: "o.example",
          supported_scopes: ["\u{10000}", "\uffff", "b", "a", "b"]
        }
      ]
    }
    const order = (path: string, pattern: RegExp) =>
      Effect.map(send("GET", path), ({ text }) => Array.from(text.matchAll(pattern), ([, name]) => name))
    return withEmulator(
      () =>
        Effect.gen(function* () {
          assert.deepStrictEqual(yield* order("/api-auth/apps", /"app_slug":"(\w+)"/g), ["late", "old"])
          assert.deepStrictEqual(yield* order("/api-auth/apps/old/keys", /"name":"(\w+)"/g), ["late", "old"])
          const sorted = ["a", "b", "\uffff", "\u{10000}"]
          assert.deepStrictEqual(yield* order("/oauth/apps", /"scope":"([^"]+)"/g), sorted, "by bytes, once each")
          assert.deepStrictEqual(yield* order("/oauth/apps", /"supported_scopes":(\[[^\]]*\])/g), [
            JSON.stringify(sorted)
          ])
        }),
      { world }
    )
  })

  it.effect("shows all that its world says of a thing, member by member", () => {
    const deployment_id = "1"
    const times = { created_at: "2026-01-02T03:04:05Z", updated_at: "2026-01-03T03:04:05.678901Z" }
    const born = { created_at: "2026-01-01T03:04:05Z" }
    const unchanged = { ...born, updated_at: born.created_at }
    const rule = { unit: "minute", duration: 2, max_requests: 9 } as const
    const scheme = { slug: "s", name: "S", description: "of s", ...times }
    const rules = [{ ...rule, mode: "per_key", endpoints: ["/a"], priority: 7 }, rule]
    const owner = { user_id: "5", organization_id: "6", workspace_id: "7" }
    const apiApp = { ...app, ...owner, deployment_id, description: "of a", ...times }
    const lists = { permissions: ["p"], resources: ["r"] }
    const apiKey = {
      id: "8",
      name: "k",
      key_prefix: "sk",
      owner_user_id: "5",
      organization_id: "6",
      workspace_id: "7",
      organization_membership_id: "9",
      workspace_membership_id: "10",
      org_role_permissions: ["o"],
      workspace_role_permissions: ["w"],
      metadata: { balance: -9007199254740991, text: "x" },
      expires_at: "2031-01-02T03:04:05Z",
      last_used_at: "2026-01-04T03:04:05Z",
      is_active: false,
      revoked_at: "2026-01-05T03:04:05Z",
      revoked_reason: "gone",
      ...times
    }
    const scope = {
      scope: "team",
      display_name: "Team",
      description: "of the team",
      archived: true,
      category: "organization",
      organization_permission: "o",
      workspace_permission: null
    } as const
    const oauthApp = {
      id: "11",
      slug: "x",
      name: "X",
      description: "of x",
      logo_url: "https://cdn.example/x.png",
      fqdn: "x.example",
      supported_scopes: ["plain", "team"],
      scope_definitions: [scope, { scope: "plain" }],
      allow_dynamic_client_registration: true,
      is_active: false,
      ...times
    }
    const client = {
      id: "12",
      oauth_app_id: "11",
      client_id: "oc_x",
      client_auth_method: "private_key_jwt",
      grant_types: ["refresh_token"],
      redirect_uris: ["https://a.example/"],
      post_logout_redirect_uris: ["https://b.example/"],
      client_name: "C",
      client_uri: "https://c.example/",
      logo_uri: "https://d.example/",
      tos_uri: "https://e.example/",
      policy_uri: "https://f.example/",
      contacts: ["g@example.com"],
      software_id: "h",
      software_version: "i",
      token_endpoint_auth_signing_alg: "ES256",
      jwks_uri: "https://j.example/",
      id_token_signing_alg: "PS256",
      access_token_format: "jwt",
      access_token_ttl_seconds: 60,
      skip_consent: true,
      is_active: false,
      ...times
    }
    const grant = {
      id: "13",
      api_auth_app_slug: "shop",
      oauth_client_id: "12",
      resource: "https://k.example/",
      scopes: ["team"],
      granted_at: "2026-01-06T03:04:05Z",
      expires_at: "2026-01-07T03:04:05Z",
      granted_by_user_id: "5",
      ...times
    }
    const key = { oauth_app_id: "11", public_key_pem: "p" }
    const world = {
      deployments: [{ id: deployment_id }],
      actors: { owner: { credential: "sk_owner", key_id: "1", deployment_id } },
      rate_limit_schemes: [
        { id: "14", deployment_id, ...scheme, rules },
        { id: "24", deployment_id, slug: "t", name: "T", rules: [], ...born }
      ],
      api_auth_apps: [
        { ...apiApp, ...lists, rate_limit_scheme_slug: "s" },
        { deployment_id, app_slug: "off", name: "Off", key_prefix: "k", is_active: false, ...born }
      ],
      api_keys: [
        { ...apiKey, permissions: ["q"], deployment_id, app_slug: "shop", secret: "sk_k" },
        {
          ...apiKey,
          id: "28",
          deployment_id,
          app_slug: "shop",
          secret: "sk_off",
          revoked_at: null,
          updated_at: undefined
        }
      ],
      oauth_apps: [
        { ...oauthApp, deployment_id },
        { id: "17", deployment_id, slug: "y", name: "Y", fqdn: "y.example", ...born }
      ],
      oauth_signing_keys: [
        { ...key, id: "15", kid: "new", status: "active", activated_at: "2026-01-02T00:00:00Z" },
        { ...key, id: "16", kid: "old", status: "retired", activated_at: "2026-01-01T00:00:00Z" }
      ],
      oauth_clients: [
        { ...client, deployment_id },
        {
          ...client,
          id: "22",
          client_id: "oc_y",
          deployment_id,
          jwks: { keys: [{ kid: "mine", public_key_pem: "in the set" }] },
          public_key_pem: "beside it"
        }
      ],
      oauth_grants: [
        { ...grant, deployment_id, status: "expired" as const },
        { ...grant, id: "23", deployment_id, revoked_at: "2026-01-06T12:00:00Z" }
      ]
    }
    /** What is at a path, one after the other; each has to have the members that are expected of it. */
    const shows = (path: string, list: string, ...expected: ReadonlyArray<object>) =>
      Effect.map(send("GET", path), ({ text }) => {
        const items = (JSON.parse(text) as Readonly<Record<string, ReadonlyArray<object>>>)[list] ?? []
        assert.lengthOf(items, expected.length, path)
        for (const [index, item] of expected.entries()) assert.containsSubset(items[index], item)
      })
    return withEmulator(
      () =>
        Effect.gen(function* () {
          yield* shows("/api-auth/rate-limit-schemes", "schemes", { ...scheme, rules }, unchanged)
          yield* shows(
            "/api-auth/apps?include_inactive=true",
            "data",
            { ...apiApp, ...lists, rate_limit_scheme_slug: "s" },
            { ...unchanged, is_active: false }
          )
          yield* shows(
            "/api-auth/apps/shop/keys?include_inactive=true",
            "keys",
            { id: "28", is_active: false, revoked_at: null, updated_at: times.created_at },
            { ...apiKey, permissions: ["q"] }
          )
          const plain = { scope: "plain", display_name: "plain", description: "Allows plain access" }
          yield* shows("/oauth/apps", "apps", { ...oauthApp, scope_definitions: [plain, scope] }, unchanged)
          yield* shows("/oauth/apps/x/signing-keys", "keys", { kid: "new" }, { kid: "old", status: "retired" })
          const keys = [{ kid: "mine", public_key_pem: "in the set" }]
          yield* shows(
            "/oauth/apps/x/clients",
            "clients",
            { ...client, id: "22", client_id: "oc_y", jwks: { keys }, public_key_pem: "in the set" },
            { ...client, jwks: null, public_key_pem: null }
          )
          yield* shows(
            "/oauth/apps/x/clients/12/grants",
            "grants",
            { ...grant, id: "23", status: "revoked", revoked_at: "2026-01-06T12:00:00Z" },
            { ...grant, status: "expired", revoked_at: null }
          )
        }),
      { world }
    )
  })

  it.effect("takes the API's own defaults for what its world leaves out", () => {
    const deployment_id = "1"
    const rule = { unit: "minute", duration: 1, max_requests: 2 }
    const client = { id: "5", deployment_id, oauth_app_id: "4", client_id: "oc_x", client_auth_method: "none" }
    const member = { organization_id: "7", user_id: "8" }
    const world = {
      deployments: [{ id: deployment_id, organization_permissions: ["o"] }],
      actors: { owner: { credential: "sk_owner", key_id: "1", deployment_id } },
      users: [{ id: "8", deployment_id, first_name: "A" }],
      organizations: [{ id: "7", deployment_id, name: "O" }],
      workspaces: [{ id: "9", deployment_id, organization_id: "7", name: "W" }],
      organization_memberships: [{ ...member, id: "10" }],
      workspace_memberships: [{ ...member, id: "11", workspace_id: "9", organization_membership_id: "10" }],
      rate_limit_schemes: [{ id: "3", deployment_id, slug: "s", name: "S", rules: [rule] }],
      api_auth_apps: [{ ...app, deployment_id }],
      api_keys: [{ id: "2", deployment_id, app_slug: "shop", name: "k", key_prefix: "sk", secret: "sk_k" }],
      oauth_apps: [
        {
          id: "4",
          deployment_id,
          slug: "x",
          name: "X",
          fqdn: "x.example",
          supported_scopes: ["s"],
          scope_definitions: [{ scope: "s" }]
        }
      ],
      oauth_clients: [client]
    }
    const only = (path: string, list: string) =>
      Effect.map(send("GET", path), ({ text }) => {
        const found = (JSON.parse(text) as Readonly<Record<string, ReadonlyArray<object>>>)[list]
        assert.strictEqual(found?.length, 1, path)
        return found?.[0] ?? {}
      })
    return withEmulator(
      (emulator) =>
        Effect.gen(function* () {
          const { rules } = (yield* only("/api-auth/rate-limit-schemes", "schemes")) as { readonly rules: unknown }
          assert.deepStrictEqual(rules, [{ ...rule, priority: 0 }])
          assert.containsSubset(yield* only("/api-auth/apps", "data"), { is_active: true })
          assert.containsSubset(yield* only("/api-auth/apps/shop/keys", "keys"), { is_active: true, metadata: {} })
          assert.containsSubset(yield* only("/oauth/apps", "apps"), {
            is_active: true,
            allow_dynamic_client_registration: false,
            scope_definitions: [{ scope: "s", archived: false, category: "" }]
          })
          assert.containsSubset(yield* only("/oauth/apps/x/clients", "clients"), {
            grant_types: ["authorization_code"],
            id_token_signing_alg: "RS256",
            access_token_format: "opaque",
            access_token_ttl_seconds: 3600,
            skip_consent: false,
            is_active: true
          })
          const { backendKeys, consoleDeploymentId, deployments } = yield* emulator.state
          assert.containsSubset(deployments.get("1"), { mode: "staging", plan: "growth", subscriptionStatus: "active" })
          assert.containsSubset(backendKeys.get("sk_owner"), { keyName: "backend", backendAppSlug: "aa_1" })
          assert.strictEqual(consoleDeploymentId, "100000000000000001")
          const tenant = { user_id: "8", organization_id: "7", workspace_id: "9" }
          const made = yield* send("POST", "/api-auth/apps", { ...app, ...tenant, app_slug: "ours" })
          assert.strictEqual(made.status, 200, made.text)
        }),
      { world }
    )
  })

  it.effect("gives a key of its world the scheme of its app, as the API does, unless the world says otherwise", () => {
    const day = { unit: "day", duration: 1, max_requests: 2 }
    const key = { deployment_id: "1", app_slug: "shop", key_prefix: "sk", name: "k" }
    const secret = (letter: string) => `sk_${letter.repeat(43)}`
    const world = {
      deployments: [{ id: "1" }],
      actors: { owner: { credential: "sk_owner", key_id: "1", deployment_id: "1" } },
      rate_limit_schemes: ["daily", "other"].map((slug, index) => ({
        id: `9${index}`,
        deployment_id: "1",
        slug,
        name: slug,
        rules: [{ ...day, max_requests: index + 2 }]
      })),
      api_auth_apps: [
        { ...app, deployment_id: "1", rate_limit_scheme_slug: "daily" },
        { ...app, app_slug: "free", deployment_id: "1" }
      ],
      api_keys: [
        { ...key, id: "2", secret: secret("a") },
        { ...key, id: "3", secret: secret("b"), rate_limit_scheme_slug: null },
        { ...key, id: "4", secret: secret("c"), rate_limit_scheme_slug: "other" },
        { ...key, id: "5", secret: secret("d"), app_slug: "free" },
        { ...key, id: "6", secret: secret("e"), app_slug: "nowhere" }
      ]
    }
    const limitOf = (letter: string) =>
      Effect.map(check(secret(letter)), ({ body }) => {
        const { rate_limits: limits } = body as { readonly rate_limits: ReadonlyArray<{ readonly rule: string }> }
        return limits.map(({ rule }) => rule)
      })
    return withEmulator(
      () =>
        Effect.gen(function* () {
          assert.deepStrictEqual(yield* limitOf("a"), ["2/86400s"])
          assert.deepStrictEqual(yield* limitOf("b"), ["1000/60s"])
          assert.deepStrictEqual(yield* limitOf("c"), ["3/86400s"])
          assert.deepStrictEqual(yield* limitOf("d"), ["1000/60s"])
          const { text } = yield* send("GET", "/api-auth/apps/shop/keys")
          assert.strictEqual(text.split('"rate_limit_scheme_slug":"daily"').length, 2)
        }),
      { world }
    )
  })

  it.effect("has the API's own host names, copies and limits where its world names none", () =>
    withEmulator((emulator) =>
      Effect.gen(function* () {
        const { environment, options } = yield* emulator.state
        assert.deepStrictEqual(options, { windows: "meant", audit: "meant", auditCap: 100_000, secure: false })
        const { defaultRateLimits, ...others } = environment
        assert.deepStrictEqual(others, {
          generatedDomain: "oapi.trywacht.xyz",
          cnameTarget: "oauth.wacht.services",
          cdnBase: "https://cdn.wacht.services",
          authzCacheSeconds: 60,
          rateLimitSchemeCacheSeconds: 3600
        })
        const limits = defaultRateLimits.map(({ duration, maxRequests, mode, unit }) => [
          maxRequests,
          duration,
          unit,
          mode
        ])
        assert.deepStrictEqual(limits, [[1000, 1, "minute", "per_app"]])
      })
    )
  )

  it.effect("uses the credential of the first actor that is active", () => {
    const actor = { deployment_id: "1", key_id: "1" }
    const actors = {
      old: { ...actor, credential: "sk_old", state: "revoked" as const },
      past: { ...actor, credential: "sk_past", state: "expired" as const },
      current: { ...actor, credential: "sk_current" }
    }
    return withEmulator(({ apiKey }) => Effect.sync(() => assert.strictEqual(Redacted.value(apiKey), "sk_current")), {
      world: { deployments: [{ id: "1" }], actors }
    })
  })

  it.effect("makes things that are newer than those of its world, by id and by time", () => {
    const id = "300000000000000000"
    const rules = [{ unit: "minute", duration: 1, max_requests: 1 }]
    const world = {
      ...Emulator.defaultWorld,
      rate_limit_schemes: [{ id, deployment_id: "200000000000000001", slug: "of-the-world", name: "W", rules }]
    }
    return withEmulator(
      () =>
        Effect.gen(function* () {
          const { text } = yield* send("POST", "/api-auth/rate-limit-schemes", scheme)
          assert.isTrue(BigInt(/"id":(\d+)/.exec(text)?.[1] ?? 0) > BigInt(id))
          const listed = (yield* send("GET", "/api-auth/rate-limit-schemes")).text
          assert.deepStrictEqual(
            Array.from(listed.matchAll(/"slug":"([^"]+)"/g), ([, slug]) => slug),
            ["s", "of-the-world"]
          )
        }),
      { world }
    )
  })
})
