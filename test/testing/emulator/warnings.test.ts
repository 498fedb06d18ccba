import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { Emulator } from "effect-wacht/testing"
import { write } from "../../../src/testing/emulator/audit/trail.js"
import { makeEngine } from "../../../src/testing/emulator/options.js"
import { warnings } from "./steered.js"

/** Of the console's deployment. */
const auditRow = {
  request_id: "req_1",
  deployment_id: "100000000000000001",
  app_slug: "shop",
  key_id: "1",
  key_name: "k",
  outcome: "VALID",
  client_ip: "",
  path: "GET /",
  timestamp: "2026-01-01T00:00:00Z"
}

/** What is warned of when an emulator is made so. */
const warnedOf = (options: Emulator.Options) => {
  const { layer, messages } = warnings()
  return Layer.build(Emulator.layer(options)).pipe(Effect.as(messages), Effect.scoped, Effect.provide(layer))
}

const inVain = (field: string): string => `${field} names nothing that is there`
const isTwice = (field: string): string => `${field} is there twice`

describe("an emulator", () => {
  it.effect("says that seeded rows went beyond the cap as well", () => {
    const { layer, messages } = warnings()
    const auditRows = Array.from({ length: 150 }, (_, index) => ({ ...auditRow, request_id: `req_${index}` }))
    return Effect.gen(function* () {
      const { world } = (yield* makeEngine({ auditRows, auditCap: 100 })).engine
      assert.match(messages.join(), /^The audit trail holds 100 rows/)
      const [row] = world.auditRows
      yield* write(world, row ?? assert.fail())
      assert.isAtLeast(world.auditDropped, 50)
      assert.lengthOf(messages, 1)
    }).pipe(Effect.provide(layer))
  })

  it.effect("warns of what a world refers to in vain, has twice, or calls by no name, never showing a secret", () => {
    const key = { id: "1", deployment_id: "1", app_slug: "shopp", name: "k", key_prefix: "k", secret: "k_secret" }
    const scoped = { deployment_id: "1", app_slug: "shop", name: "S", key_prefix: "k" }
    const world = {
      deployments: [{ id: "1" }],
      actors: { owner: { credential: "canary", key_id: "1", deployment_id: "1" } },
      api_auth_apps: [scoped, { ...scoped, rate_limit_scheme_slug: "nope" }],
      api_keys: [
        { ...key, revokedAt: "2026-01-01T00:00:00Z" },
        { ...key, deployment_id: "2", revokedAt: "2026-01-01T00:00:00Z" }
      ],
      api_key: []
    }
    return Effect.gen(function* () {
      const messages = yield* warnedOf({ world })
      assert.deepStrictEqual(messages, [
        [
          "world: api_key is no part of a world",
          "api_keys.*.revokedAt is no part of a world",
          "api_keys.1.deployment_id names nothing that is there",
          "api_auth_apps.1.rate_limit_scheme_slug names nothing that is there",
          "api_keys.0.app_slug names nothing that is there",
          "api_keys.1.app_slug names nothing that is there",
          "api_keys.1.id is there twice",
          "api_auth_apps.1.app_slug is there twice",
          "api_keys.1.secret is there twice"
        ].join("; ")
      ])
    })
  })

  it.effect("warns of tenants that are not there", () => {
    const member = { id: "7", organization_id: "8", user_id: "8" }
    const world = {
      deployments: [{ id: "1" }],
      actors: { owner: { credential: "canary", key_id: "1", deployment_id: "1" } },
      users: [{ id: "5", deployment_id: "2", first_name: "A" }],
      organizations: [{ id: "5", deployment_id: "2", name: "A" }],
      workspaces: [{ id: "5", deployment_id: "2", organization_id: "8", name: "A" }],
      organization_memberships: [member],
      workspace_memberships: [{ ...member, workspace_id: "8", organization_membership_id: "8" }],
      api_auth_apps: [
        {
          deployment_id: "1",
          app_slug: "a",
          name: "A",
          key_prefix: "k",
          user_id: "8",
          organization_id: "8",
          workspace_id: "8"
        },
        {
          deployment_id: "1",
          app_slug: "b",
          name: "B",
          key_prefix: "k",
          user_id: "5",
          organization_id: "5",
          workspace_id: "5"
        }
      ]
    }
    return Effect.gen(function* () {
      const messages = yield* warnedOf({ world })
      assert.deepStrictEqual(
        String(messages[0])
          .replace("world: ", "")
          .split("; ")
          .map((doubt) => doubt.replace(" names nothing that is there", "")),
        [
          "users.0.deployment_id",
          "organizations.0.deployment_id",
          "workspaces.0.deployment_id",
          "workspaces.0.organization_id",
          "organization_memberships.0.organization_id",
          "workspace_memberships.0.organization_id",
          "api_auth_apps.0.organization_id",
          "organization_memberships.0.user_id",
          "workspace_memberships.0.user_id",
          "api_auth_apps.0.user_id",
          "workspace_memberships.0.workspace_id",
          "api_auth_apps.0.workspace_id",
          "workspace_memberships.0.organization_membership_id"
        ]
      )
    })
  })

  it.effect("warns of a credential whose app is another deployment's, not of one that is none's", () => {
    const actor = (backend_app_slug?: string) => ({
      credential: `canary ${backend_app_slug}`,
      key_id: "1",
      deployment_id: "1",
      backend_app_slug
    })
    const actors = { a: actor("aa_2"), b: actor("notanaaslug"), c: actor("aa_1"), d: actor(), e: null }
    return Effect.gen(function* () {
      const messages = yield* warnedOf({ world: { deployments: [{ id: "1" }, { id: "2" }], actors } })
      assert.deepStrictEqual(messages, [
        "world: actors.a.backend_app_slug is another deployment's, so the key is not accepted"
      ])
    })
  })

  it.effect("warns of OAuth things that refer to nothing, a slug being one of a deployment", () => {
    const client = { id: "7", deployment_id: "1", oauth_app_id: "8", client_id: "oc_a", client_auth_method: "none" }
    const grant = { id: "9", deployment_id: "2", api_auth_app_slug: "a", oauth_client_id: "7", resource: "r" }
    const token = { value: "canary", api_auth_app_slug: "a", expires_at: "2030-01-01T00:00:00Z" }
    const world = {
      deployments: [{ id: "1" }, { id: "2" }],
      actors: { owner: { credential: "canary", key_id: "1", deployment_id: "1" } },
      api_auth_apps: [{ deployment_id: "2", app_slug: "a", name: "A", key_prefix: "k" }],
      oauth_signing_keys: [{ id: "5", oauth_app_id: "8", kid: "k", status: "active", public_key_pem: "p" }],
      oauth_clients: [client, { ...client, id: "17", client_id: "oc_b", deployment_id: "2" }],
      oauth_grants: [grant, { ...grant, id: "19", deployment_id: "1" }, { ...grant, id: "20", oauth_client_id: "8" }],
      oauth_access_tokens: [
        { ...token, oauth_client_id: "7", oauth_grant_id: "8" },
        { ...token, value: "canary 2", oauth_client_id: "17" },
        { ...token, value: "canary 3", oauth_client_id: "8" }
      ]
    }
    return Effect.gen(function* () {
      const messages = yield* warnedOf({ world })
      const fields = [
        "oauth_signing_keys.0.oauth_app_id",
        "oauth_clients.0.oauth_app_id",
        "oauth_clients.1.oauth_app_id",
        "oauth_grants.2.oauth_client_id",
        "oauth_access_tokens.2.oauth_client_id",
        "oauth_access_tokens.0.oauth_grant_id",
        "oauth_grants.1.api_auth_app_slug",
        "oauth_access_tokens.0.api_auth_app_slug"
      ]
      assert.deepStrictEqual(messages, [`world: ${fields.map(inVain).join("; ")}`])
    })
  })

  it.effect("warns of everything that a world has twice and an emulator keeps once", () => {
    const twice = <A extends object, B extends object>(item: A, other: B) => [item, { ...item, ...other }]
    const actor = { credential: "canary", key_id: "1", deployment_id: "1" }
    const tenant = { id: "5", deployment_id: "1", name: "A" }
    const member = { id: "5", organization_id: "5", user_id: "5" }
    const app = { id: "6", deployment_id: "1", slug: "canary", name: "A", fqdn: "a.example" }
    const client = { id: "7", deployment_id: "1", oauth_app_id: "6", client_id: "oc_a", client_auth_method: "none" }
    const grant = { id: "9", deployment_id: "1", api_auth_app_slug: "a", oauth_client_id: "7", resource: "r" }
    const token = {
      value: "canary",
      oauth_client_id: "7",
      api_auth_app_slug: "a",
      expires_at: "2030-01-01T00:00:00Z"
    }
    const domain = { hostname: "canary.example", state: "active" }
    const world = {
      deployments: [{ id: "1" }, { id: "1" }, { id: "2" }],
      actors: { owner: actor, other: actor, nobody: null },
      users: twice({ id: "5", deployment_id: "1", first_name: "A" }, { first_name: "B" }),
      organizations: [tenant, tenant],
      workspaces: [tenant, tenant].map((each) => ({ ...each, organization_id: "5" })),
      organization_memberships: [member, member],
      workspace_memberships: [member, member].map((each) => ({
        ...each,
        workspace_id: "5",
        organization_membership_id: "5"
      })),
      api_auth_apps: [{ deployment_id: "1", app_slug: "a", name: "A", key_prefix: "k" }],
      oauth_apps: [...twice(app, { id: "8", fqdn: "b.example" }), { ...app, id: "10", deployment_id: "2" }],
      oauth_signing_keys: twice(
        { id: "5", oauth_app_id: "6", kid: "k", status: "active", public_key_pem: "p" },
        { id: "6" }
      ),
      oauth_clients: twice(client, { id: "8" }),
      oauth_grants: [grant, grant],
      oauth_access_tokens: [token, token],
      domains: [domain, domain]
    }
    return Effect.gen(function* () {
      const messages = yield* warnedOf({ world })
      const places = [
        "actors.other.credential",
        "deployments.1.id",
        "users.1.id",
        "organizations.1.id",
        "workspaces.1.id",
        "organization_memberships.1.id",
        "workspace_memberships.1.id",
        "oauth_grants.1.id",
        "oauth_apps.1.slug",
        "oauth_apps.2.fqdn",
        "oauth_signing_keys.1.kid",
        "oauth_clients.1.client_id",
        "oauth_access_tokens.1.value",
        "domains.1.hostname"
      ]
      assert.deepStrictEqual(messages, [`world: ${places.map(isTwice).join("; ")}`])
    })
  })

  it.effect("warns of a deployment that is not there, and of ids and slugs that are there twice, of every kind", () => {
    const scheme = { deployment_id: "9", slug: "s", name: "S", rules: [] }
    const oauthApp = { id: "6", deployment_id: "9", name: "A" }
    const client = { id: "7", deployment_id: "9", oauth_app_id: "6", client_auth_method: "none" }
    const world = {
      deployments: [{ id: "1" }],
      actors: { owner: { credential: "canary actor", key_id: "1", deployment_id: "1" } },
      rate_limit_schemes: [
        { ...scheme, id: "3" },
        { ...scheme, id: "4" }
      ],
      api_auth_apps: [
        { deployment_id: "1", app_slug: "a", name: "A", key_prefix: "k" },
        { deployment_id: "9", app_slug: "b", name: "B", key_prefix: "k" }
      ],
      api_keys: [
        {
          id: "11",
          deployment_id: "1",
          app_slug: "a",
          name: "k",
          key_prefix: "k",
          secret: "canary",
          rate_limit_scheme_slug: "nope"
        }
      ],
      oauth_apps: [
        { ...oauthApp, slug: "x", fqdn: "x.example" },
        {
          ...oauthApp,
          slug: "y",
          fqdn: "y.example",
          supported_scopes: ["read", "write"],
          scope_definitions: [{ scope: "read" }, { scope: "write" }, { scope: "read", display_name: "canary" }]
        }
      ],
      oauth_clients: [
        { ...client, client_id: "oc_a" },
        { ...client, client_id: "oc_b" }
      ],
      oauth_grants: [{ id: "9", deployment_id: "9", api_auth_app_slug: "b", oauth_client_id: "7", resource: "r" }]
    }
    return Effect.gen(function* () {
      const messages = yield* warnedOf({ world })
      const deployments = [
        "rate_limit_schemes.0",
        "rate_limit_schemes.1",
        "api_auth_apps.1",
        "oauth_apps.0",
        "oauth_apps.1",
        "oauth_clients.0",
        "oauth_clients.1",
        "oauth_grants.0"
      ]
      const missing = [...deployments.map((item) => `${item}.deployment_id`), "api_keys.0.rate_limit_scheme_slug"]
      const twice = [
        "oauth_apps.1.id",
        "oauth_clients.1.id",
        "rate_limit_schemes.1.slug",
        "oauth_apps.1.scope_definitions.2.scope"
      ]
      assert.deepStrictEqual(String(messages[0]).replace("world: ", "").split("; "), [
        ...missing.map(inVain),
        ...twice.map(isTwice)
      ])
    })
  })

  it.effect("warns of audit rows that no route shows, but not of the console's", () => {
    const world = {
      ...Emulator.defaultWorld,
      api_auth_apps: [{ deployment_id: "200000000000000001", app_slug: "shop", name: "Shop", key_prefix: "sk" }]
    }
    const row = { ...auditRow, deployment_id: "200000000000000001" }
    const auditRows = [row, { ...row, app_slug: "canary" }, { ...row, deployment_id: "3" }, auditRow]
    return Effect.gen(function* () {
      const messages = yield* warnedOf({ world, auditRows })
      assert.deepStrictEqual(messages, [
        "audit rows: 1.app_slug names nothing that is there; 2.deployment_id names nothing that is there"
      ])
    })
  })

  it.effect("never shows what a world holds where it refuses it", () =>
    Effect.gen(function* () {
      const world = { deployments: [], actors: { owner: "canary" } }
      const error = yield* Effect.flip(Layer.build(Emulator.layer({ world })))
      assert.include(error.message, "world: actors.owner")
      assert.notInclude(error.message, "canary")
    }).pipe(Effect.scoped)
  )
})
