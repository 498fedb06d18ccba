import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as TestClock from "effect/TestClock"
import * as Moment from "../../../../src/testing/emulator/Moment.js"
import type { OAuthAccessToken, World } from "../../../../src/testing/emulator/World.js"
import { scoped } from "../../../../src/testing/emulator/World.js"
import type { Checked, Emulated } from "./harness.js"
import { change, deployment, emulate, start } from "./harness.js"

const user = "281474976710660001"
const organization = "281474976710661001"
const workspace = "281474976710662001"
const token = (emulated: Emulated, value: string, fields?: Readonly<Record<string, unknown>>) =>
  emulated.check(value, { principal: "oauth_access_token", ...fields })

const refused = ({ body, status }: Checked) => status === 401 && body.identity === null && body.request_id !== undefined
const allowed = ({ body, status }: Checked) => status === 200 && body.allowed === true

/** Whether `tok_user`, so changed, is let in. */
const passes = (fields: Partial<OAuthAccessToken>, prepare: (world: World) => void = () => undefined) =>
  Effect.gen(function* () {
    const emulated = yield* emulate()
    change(emulated.world.oauthAccessTokens, "tok_user", fields)
    prepare(emulated.world)
    const answer = yield* token(emulated, "tok_user")
    assert.isTrue(allowed(answer) || refused(answer))
    assert.strictEqual(emulated.world.auditRows.length, allowed(answer) ? 1 : 0)
    return allowed(answer)
  })

const moment = (offset: string) => Moment.fromMillis(Date.parse(start) + Number(offset))

describe("an access token", () => {
  it.effect("passes as it is, trimmed, and one of an inactive client too", () =>
    Effect.gen(function* () {
      const emulated = yield* emulate()
      assert.isTrue(allowed(yield* token(emulated, " tok_user ")))
      assert.isTrue(allowed(yield* token(emulated, "tok_inactive_client")))
    })
  )

  it.effect("is refused when blank, unknown, expired or revoked", () =>
    Effect.gen(function* () {
      const emulated = yield* emulate()
      for (const value of ["", " ", "tok_unknown", "TOK_USER", "tok_expired", "tok_revoked"])
        assert.isTrue(refused(yield* token(emulated, value)), value)
      assert.isFalse(yield* passes({ expiresAt: moment("0") }))
      assert.isTrue(yield* passes({ expiresAt: moment("1") }))
    })
  )

  it.effect("is refused without a grant that lives", () =>
    Effect.gen(function* () {
      assert.isFalse(yield* passes({ oauthGrantId: null }))
      assert.isFalse(yield* passes({ oauthGrantId: "5" }))
      const grant = "281474976710670001"
      assert.isFalse(yield* passes({}, (world) => change(world.oauthGrants, grant, { status: "revoked" })))
      assert.isFalse(yield* passes({}, (world) => change(world.oauthGrants, grant, { revokedAt: 1n })))
      assert.isFalse(yield* passes({}, (world) => change(world.oauthGrants, grant, { expiresAt: moment("0") })))
      assert.isTrue(yield* passes({}, (world) => change(world.oauthGrants, grant, { expiresAt: moment("1") })))
    })
  )

  it.effect("is refused when the app of its identity is inactive, deleted or missing", () =>
    Effect.gen(function* () {
      const app = scoped(deployment, `oauth_${user}`)
      assert.isFalse(yield* passes({}, (world) => change(world.apiAuthApps, app, { isActive: false })))
      assert.isFalse(yield* passes({}, (world) => change(world.apiAuthApps, app, { deletedAt: 1n })))
      assert.isFalse(yield* passes({ apiAuthAppSlug: "nope" }))
    })
  )

  it.effect("is refused when granted for anything but the user, its tenants, or nothing", () =>
    Effect.gen(function* () {
      assert.isTrue(yield* passes({ grantedResource: null }))
      assert.isTrue(yield* passes({ grantedResource: `urn:wacht:organization:${organization}` }))
      assert.isTrue(yield* passes({ grantedResource: `urn:wacht:workspace:${workspace}` }))
      const others = [
        "urn:wacht:user:281474976710660002",
        "urn:wacht:organization:281474976710661002",
        `urn:wacht:workspace:${organization}`,
        `urn:wacht:team:${organization}`,
        `URN:wacht:user:${user}`,
        `urn:wacht:user:${user}:x`,
        "urn:wacht:user:",
        "https://elsewhere.example.com",
        ""
      ]
      for (const grantedResource of others) assert.isFalse(yield* passes({ grantedResource }), grantedResource)
    })
  )

  it.effect("is refused for a tenant whose membership has ended, or whose roles lack what a scope maps to", () =>
    Effect.gen(function* () {
      const inOrganization = { grantedResource: `urn:wacht:organization:${organization}`, scopes: ["org", "read:x"] }
      const inWorkspace = { grantedResource: `urn:wacht:workspace:${workspace}`, scopes: ["ws"] }
      const alter = (fields: { readonly active?: boolean; readonly roles?: [] }) => (world: World) => {
        const organizations = world.organizationMemberships.get(user) ?? []
        world.organizationMemberships.set(
          user,
          organizations.map((each) => ({ ...each, ...fields }))
        )
        const workspaces = world.workspaceMemberships.get(user) ?? []
        world.workspaceMemberships.set(
          user,
          workspaces.map((each) => ({ ...each, ...fields }))
        )
      }
      for (const where of [inOrganization, inWorkspace]) {
        assert.isTrue(yield* passes(where))
        assert.isFalse(yield* passes(where, alter({ active: false })))
        assert.isFalse(yield* passes(where, alter({ roles: [] })))
        assert.isTrue(yield* passes({ ...where, scopes: ["read:x"] }, alter({ roles: [] })))
        assert.isFalse(yield* passes(where, (world) => change(world.users, user, { deleted: true })))
      }
      // a scope of the other category maps to nothing here
      assert.isTrue(yield* passes({ ...inOrganization, scopes: ["ws"] }, alter({ roles: [] })))
    })
  )

  it.effect("is read afresh every time", () =>
    Effect.gen(function* () {
      const emulated = yield* emulate()
      assert.isTrue(allowed(yield* token(emulated, "tok_user")))
      change(emulated.world.oauthAccessTokens, "tok_user", { revokedAt: 1n })
      assert.isTrue(refused(yield* token(emulated, "tok_user")))
      change(emulated.world.oauthGrants, "281474976710670002", { expiresAt: moment("60000") })
      assert.isTrue(allowed(yield* token(emulated, "tok_grant2")))
      yield* TestClock.adjust("1 minute")
      assert.isTrue(refused(yield* token(emulated, "tok_grant2")))
    })
  )

  it.effect("does not pass as an API key, nor a key as a token", () =>
    Effect.gen(function* () {
      const emulated = yield* emulate()
      assert.strictEqual((yield* emulated.check("tok_user")).status, 401)
      assert.isTrue(refused(yield* token(emulated, emulated.key("iso-and").secret)))
    })
  )
})

describe("the decision on a token", () => {
  it.effect("shows the client in place of a key, and scopes with what they map to as permissions", () =>
    Effect.gen(function* () {
      const emulated = yield* emulate()
      const { body } = yield* token(emulated, "tok_org", { required_permissions: ["org:read", "read:x"] })
      const client = "oc_Seeded11111111111111111111111111"
      const granted = `urn:wacht:organization:${organization}`
      assert.deepStrictEqual(body.identity, {
        key_id: "281474976710672001",
        deployment_id: deployment,
        app_slug: `oauth_${user}`,
        key_name: client,
        owner_user_id: user,
        organization_id: null,
        workspace_id: null,
        organization_membership_id: null,
        workspace_membership_id: null
      })
      assert.deepStrictEqual(body.permissions, ["org", "org:read", "read:x"])
      assert.deepStrictEqual(body.metadata, {
        principal_type: "oauth_access_token",
        scopes: ["read:x", "org"],
        oauth_resource: "https://api.example.com",
        granted_resource: granted,
        expires_at: "2036-01-01T00:00:00Z"
      })
      assert.deepStrictEqual(body.headers, {
        "x-wacht-principal-type": "oauth_access_token",
        "x-wacht-deployment-id": deployment,
        "x-wacht-app-slug": `oauth_${user}`,
        "x-wacht-oauth-client-id": client,
        "x-wacht-oauth-issuer": "https://seeded-issuer.oapi.trywacht.xyz",
        "x-wacht-granted-resource": granted,
        "x-wacht-oauth-audience": granted,
        "x-wacht-oauth-resource": "https://api.example.com",
        "x-wacht-scopes": "read:x,org",
        "x-wacht-permissions": "org,org:read,read:x",
        "x-ratelimit-60s-limit": "1000",
        "x-ratelimit-60s-remaining": "999"
      })
    })
  )

  it.effect("has no header of what the token has not", () =>
    Effect.gen(function* () {
      const emulated = yield* emulate()
      change(emulated.world.oauthAccessTokens, "tok_user", { scopes: [], grantedResource: null, resource: null })
      const { body } = yield* token(emulated, "tok_user")
      assert.deepStrictEqual(body.permissions, [])
      assert.deepStrictEqual(Object.keys(body.headers), [
        "x-wacht-principal-type",
        "x-wacht-deployment-id",
        "x-wacht-app-slug",
        "x-wacht-oauth-client-id",
        "x-wacht-oauth-issuer",
        "x-ratelimit-60s-limit",
        "x-ratelimit-60s-remaining"
      ])
    })
  )

  it.effect("is recorded under key 0 and the client's name", () =>
    Effect.gen(function* () {
      const emulated = yield* emulate()
      yield* token(emulated, "tok_user")
      yield* token(emulated, "tok_user", { required_permissions: ["nope"] })
      const { body } = yield* emulated.get(`/api-auth/apps/oauth_${user}/audit/logs`, "key_id=0")
      assert.deepStrictEqual(
        body.data.map((row: Record<string, unknown>) => [row["key_id"], row["key_name"], row["outcome"]]),
        [
          ["0", "oc_Seeded11111111111111111111111111", "BLOCKED"],
          ["0", "oc_Seeded11111111111111111111111111", "VALID"]
        ]
      )
    })
  )

  it.effect("counts per grant where a rule counts per key", () =>
    Effect.gen(function* () {
      const emulated = yield* emulate()
      change(emulated.world.apiAuthApps, scoped(deployment, `oauth_${user}`), { rateLimitSchemeSlug: "seeded-minute" })
      const remaining = (value: string) =>
        Effect.map(token(emulated, value), ({ body }) => [body.rate_limits[0].remaining, body.blocked_rule])
      assert.deepStrictEqual(yield* remaining("tok_user"), [2, null])
      // another token of the same grant, then one of another grant
      assert.deepStrictEqual(yield* remaining("tok_nores"), [1, null])
      assert.deepStrictEqual(yield* remaining("tok_grant2"), [2, null])
      assert.deepStrictEqual(yield* remaining("tok_org"), [0, null])
      assert.deepStrictEqual(yield* remaining("tok_user"), [0, "3/60s"])
    })
  )
})
