/** The SDK over the emulator: every operation end to end. */
import { assert, it } from "@effect/vitest"
import * as DateTime from "effect/DateTime"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import * as TestClock from "effect/TestClock"
import { ApiKeys, Gateway, OAuth } from "effect-wacht"
import { Emulator } from "effect-wacht/testing"
import { contract, recordedWorld } from "./harness.js"

const { routes }: { readonly routes: ReadonlyArray<{ readonly id: string }> } = JSON.parse(contract("contract.json"))

const apiKeys = Effect.gen(function* () {
  const keys = yield* ApiKeys.ApiKeys
  const gateway = yield* Gateway.Gateway

  const scheme = yield* keys.createRateLimitScheme({
    slug: "two",
    name: "Two",
    rules: [{ unit: "minute", duration: 1, maxRequests: 3, mode: "per_key" }]
  })
  assert.deepStrictEqual(yield* keys.getRateLimitScheme("two"), scheme)
  const changed = yield* keys.updateRateLimitScheme("two", {
    rules: [{ unit: "minute", duration: 1, maxRequests: 2, mode: "per_key" }]
  })
  assert.strictEqual(changed.id, scheme.id)
  assert.deepStrictEqual((yield* keys.listRateLimitSchemes())[0], changed)
  assert.strictEqual((yield* Effect.flip(keys.getRateLimitScheme("none")))._tag, "NotFoundError")

  const app = yield* keys.createApiAuthApp({
    appSlug: "a/b c?é",
    name: "Shop",
    keyPrefix: "sk",
    rateLimitSchemeSlug: "two",
    permissions: ["read"]
  })
  const conflict = yield* Effect.flip(keys.createApiAuthApp({ appSlug: app.appSlug, name: "x", keyPrefix: "sk" }))
  assert.strictEqual(conflict._tag, "ConflictError")
  assert.deepStrictEqual(yield* keys.getApiAuthApp(app.appSlug), app)
  assert.strictEqual((yield* keys.updateApiAuthApp(app.appSlug, { name: "Renamed" })).name, "Renamed")
  const { data, hasMore } = yield* keys.listApiAuthApps({ limit: 1 })
  assert.deepStrictEqual([data.map(({ appSlug }) => appSlug), hasMore], [[app.appSlug], true])

  const expiresAt = DateTime.unsafeMake("2030-01-02T03:04:05.678Z")
  const key = yield* keys.createApiKey(app.appSlug, {
    name: "k",
    permissions: ["read"],
    metadata: { team: "x" },
    expiresAt
  })
  const check = (secret: Redacted.Redacted) =>
    gateway.checkAuthz({
      principal: { type: "api_key", value: secret },
      resource: "/v1",
      method: "GET",
      requiredPermissions: ["read"]
    })
  assert.deepStrictEqual([(yield* check(key.secret)).allowed, (yield* check(key.secret)).allowed], [true, true])
  const blocked = yield* check(key.secret)
  assert.isFalse(blocked.allowed)
  if (!blocked.allowed) {
    assert.strictEqual(Option.getOrNull(blocked.blockedRule), "2/60s")
    assert.deepStrictEqual(blocked.retryAfter, Option.some(Duration.seconds(60)))
  }
  const denied = yield* gateway.checkAuthz({
    principal: { type: "api_key", value: key.secret },
    resource: "/v1",
    method: "GET",
    requiredPermissions: ["write"]
  })
  assert.strictEqual(denied.allowed, false)

  const successor = yield* keys.rotateApiKey(app.appSlug, key.id)
  assert.notStrictEqual(Redacted.value(successor.secret), Redacted.value(key.secret))
  yield* TestClock.adjust("61 seconds")
  const refused = yield* Effect.flip(check(key.secret))
  assert.strictEqual(refused._tag, "AuthenticationError")
  yield* keys.revokeApiKey(app.appSlug, successor.id, { reason: "over" })
  const all = yield* keys.listApiKeys(app.appSlug, { includeInactive: true })
  assert.deepStrictEqual(
    all.map(({ revokedReason }) => Option.getOrNull(revokedReason)),
    ["over", "Rotated"]
  )
  assert.deepStrictEqual(yield* keys.listApiKeys(app.appSlug), [])

  const logs = yield* keys.getApiAuditLogs(app.appSlug, { outcome: "blocked" })
  assert.deepStrictEqual(
    logs.data.map(({ blockedByRule }) => Option.getOrNull(blockedByRule)),
    ["permission_denied", "2/60s"]
  )
  const analytics = yield* keys.getApiAuditAnalytics(app.appSlug, { includeTopKeys: true })
  assert.deepStrictEqual([analytics.totalRequests, analytics.allowedRequests, analytics.blockedRequests], [4, 2, 2])
  const series = yield* keys.getApiAuditTimeseries(app.appSlug, { interval: "minute" })
  assert.deepStrictEqual(
    series.data.map(({ totalRequests }) => totalRequests),
    [4]
  )
  const first = yield* keys.getApiAuditLogs("audit-app", { limit: 2 })
  const rest = yield* keys.getApiAuditLogs("audit-app", { limit: 2, cursor: Option.getOrUndefined(first.nextCursor) })
  assert.strictEqual(new Set([...first.data, ...rest.data].map(({ requestId }) => requestId)).size, 4)

  yield* keys.deleteApiAuthApp(app.appSlug)
  yield* keys.deleteRateLimitScheme("two")
})

const oauth = Effect.gen(function* () {
  const oauth = yield* OAuth.OAuth
  const app = yield* oauth.createOAuthApp({
    slug: "portal",
    name: "Portal",
    supportedScopes: ["read", "org"],
    logo: { data: Uint8Array.of(137, 80, 78, 71), contentType: "image/png" }
  })
  assert.match(
    Option.getOrElse(app.logoUrl, () => ""),
    /\/oauth-apps\/portal\/logo\.png$/
  )
  assert.isTrue((yield* oauth.listOAuthApps()).some(({ slug }) => slug === "portal"))
  assert.strictEqual(
    (yield* oauth.updateOAuthScope("portal", "read", { displayName: "Read" })).scopeDefinitions[1]?.displayName,
    "Read"
  )
  assert.isTrue((yield* oauth.archiveOAuthScope("portal", "read")).scopeDefinitions[1]?.archived)
  assert.isFalse((yield* oauth.unarchiveOAuthScope("portal", "read")).scopeDefinitions[1]?.archived)
  const mapped = yield* oauth.setOAuthScopeMapping("portal", "org", {
    category: "organization",
    organizationPermission: "org:read"
  })
  assert.deepStrictEqual(mapped.scopeDefinitions[0]?.organizationPermission, Option.some("org:read"))
  const wiped = yield* oauth.updateOAuthApp("portal", { name: "Renamed again" })
  assert.deepStrictEqual(wiped.scopeDefinitions[0]?.organizationPermission, Option.none())
  assert.isFalse((yield* oauth.verifyOAuthAppDomain("portal")).verified)

  const client = yield* oauth.createOAuthClient("portal", {
    clientAuthMethod: "client_secret_basic",
    grantTypes: ["authorization_code"],
    redirectUris: ["https://app.example.com/cb"]
  })
  assert.isTrue(Option.isSome(client.clientSecret))
  const renamed = yield* oauth.updateOAuthClient("portal", client.id, { clientName: "Web" })
  assert.deepStrictEqual(renamed.clientName, Option.some("Web"))
  assert.deepStrictEqual(yield* oauth.listOAuthClients("portal"), [renamed])
  const secret = yield* oauth.rotateOAuthClientSecret("portal", client.id)
  assert.match(Redacted.value(secret.clientSecret), /^oc_secret_/)
  yield* oauth.deactivateOAuthClient("portal", client.id)
  assert.strictEqual((yield* Effect.flip(oauth.deactivateOAuthClient("portal", client.id)))._tag, "NotFoundError")

  const [seeded] = yield* Effect.map(oauth.listOAuthClients("seeded"), (clients) => clients.slice(-1))
  if (seeded === undefined) return yield* Effect.dieMessage("the world has clients")
  const grants = yield* oauth.listOAuthGrants("seeded", seeded.id)
  const active = grants.find(({ status }) => status === "active")
  if (active === undefined) return yield* Effect.dieMessage("the world has active grants")
  yield* oauth.revokeOAuthGrant("seeded", seeded.id, active.id)
  const after = yield* oauth.listOAuthGrants("seeded", seeded.id)
  assert.strictEqual(after.find(({ id }) => id === active.id)?.status, "revoked")

  const [first] = yield* oauth.listOAuthAppSigningKeys("portal")
  const rotated = yield* oauth.rotateOAuthAppSigningKey("portal")
  yield* oauth.compromiseOAuthAppSigningKey("portal", first?.kid ?? "")
  assert.deepStrictEqual(
    (yield* oauth.listOAuthAppSigningKeys("portal")).map(({ kid }) => kid),
    [rotated.new.kid]
  )
})

it.effect("every operation works end to end", () =>
  Effect.gen(function* () {
    yield* TestClock.setTime(new Date(recordedWorld.recorded_from))
    yield* apiKeys
    yield* oauth
    const emulator = yield* Emulator.Emulator
    const used = new Set<string | undefined>((yield* emulator.requests).map(({ operation }) => operation))
    assert.deepStrictEqual(
      routes.map(({ id }) => id).filter((id) => !used.has(id)),
      []
    )
  }).pipe(
    Effect.provide(
      Emulator.layerWacht({
        world: recordedWorld,
        auditRows: contract("audit-rows.jsonl")
          .split("\n")
          .filter((line) => line !== "")
          .map((line) => JSON.parse(line))
      })
    )
  )
)

it.effect("a client of a world file has the PEM that it is given, as one that is created does", () =>
  Effect.gen(function* () {
    const { listOAuthClients } = yield* OAuth.OAuth
    const [client] = yield* listOAuthClients("acme-oauth")
    assert.deepStrictEqual(client?.publicKeyPem, Option.some("a PEM"))
    const { oauthClients } = yield* Effect.flatMap(Emulator.Emulator, ({ state }) => state)
    assert.deepStrictEqual(oauthClients.get("5")?.jwks, { keys: [{ kty: "PEM", public_key_pem: "a PEM" }] })
  }).pipe(
    Effect.provide(
      Emulator.layerWacht({
        world: {
          ...Emulator.defaultWorld,
          oauth_clients: [
            {
              id: "5",
              deployment_id: "200000000000000001",
              oauth_app_id: "200000000000000061",
              client_id: "oc_abcdefghijklmnopqrstuvwxyzabcdef",
              client_auth_method: "private_key_jwt",
              public_key_pem: "a PEM"
            }
          ]
        }
      })
    )
  )
)

it.effect("a key and a grant of a world file are revoked by their revoked_at alone", () =>
  Effect.gen(function* () {
    const { listApiKeys, rotateApiKey } = yield* ApiKeys.ApiKeys
    const [live, revoked] = yield* listApiKeys("a", { includeInactive: true })
    if (live === undefined || revoked === undefined) return yield* Effect.dieMessage("the world has two keys")
    assert.deepStrictEqual([live.id, live.isActive, revoked.id, revoked.isActive], ["7", true, "6", false])
    assert.strictEqual((yield* Effect.flip(rotateApiKey("a", revoked.id)))._tag, "NotFoundError")
    const { listOAuthClients, listOAuthGrants } = yield* OAuth.OAuth
    const [client] = yield* listOAuthClients("acme-oauth")
    if (client === undefined) return yield* Effect.dieMessage("the world has a client")
    const grants = yield* listOAuthGrants("acme-oauth", client.id)
    assert.deepStrictEqual(
      grants.map(({ id, status }) => [id, status]),
      [
        ["9", "active"],
        ["8", "revoked"]
      ]
    )
  }).pipe(
    Effect.provide(
      Emulator.layerWacht({
        world: (() => {
          const deployment_id = "200000000000000001"
          const key = { deployment_id, app_slug: "a", name: "k", key_prefix: "sk" }
          const grant = { deployment_id, api_auth_app_slug: "a", oauth_client_id: "5", resource: "urn:wacht:user:1" }
          const revoked_at = "2026-01-02T03:04:05Z"
          return {
            ...Emulator.defaultWorld,
            api_auth_apps: [{ deployment_id, app_slug: "a", name: "A", key_prefix: "sk" }],
            api_keys: [
              { ...key, id: "6", secret: "sk_1", revoked_at },
              { ...key, id: "7", secret: "sk_2" }
            ],
            oauth_clients: [
              {
                id: "5",
                deployment_id,
                oauth_app_id: "200000000000000061",
                client_id: "oc_abcdefghijklmnopqrstuvwxyzabcdef",
                client_auth_method: "none"
              }
            ],
            oauth_grants: [
              { ...grant, id: "8", revoked_at },
              { ...grant, id: "9" }
            ]
          }
        })()
      })
    )
  )
)

it.effect("a bigint in the metadata of a world is an integer with all of its digits", () =>
  Effect.gen(function* () {
    const { listApiKeys } = yield* ApiKeys.ApiKeys
    const [key] = yield* listApiKeys("a")
    assert.deepStrictEqual(key?.metadata, { account: "9007199254740993", text: "9007199254740993" })
  }).pipe(
    Effect.provide(
      Emulator.layerWacht({
        world: {
          ...Emulator.defaultWorld,
          api_auth_apps: [{ deployment_id: "200000000000000001", app_slug: "a", name: "A", key_prefix: "sk" }],
          api_keys: [
            {
              id: "6",
              deployment_id: "200000000000000001",
              app_slug: "a",
              name: "k",
              key_prefix: "sk",
              secret: "sk_1",
              metadata: { account: 9007199254740993n, text: "9007199254740993" }
            }
          ]
        }
      })
    )
  )
)
