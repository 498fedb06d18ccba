import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as TestClock from "effect/TestClock"
import type { World } from "../../../../src/testing/emulator/World.js"
import type { Shown } from "./harness.js"
import { list, recordedWorld, send, shown } from "./harness.js"

const app = "/oauth/apps/seeded"
const valid = { client_auth_method: "none", grant_types: ["authorization_code"], redirect_uris: ["https://a.b/c"] }
const pem = "-----BEGIN PUBLIC KEY-----\nx\n-----END PUBLIC KEY-----"
const seeded = `${app}/clients/281474976710672001`

const create = (world: World, json: object = {}) =>
  Effect.map(send(world, "POST", `${app}/clients`, { json: { ...valid, ...json } }), shown)
const patch = (world: World, client: Shown, json: unknown) =>
  Effect.map(send(world, "PATCH", `${app}/clients/${String(client["id"])}`, { json }), shown)
const jwk = (members: object) => ({
  kty: "RSA",
  kid: null,
  use: null,
  key_ops: null,
  alg: null,
  n: null,
  e: null,
  crv: null,
  x: null,
  y: null,
  k: null,
  x5u: null,
  x5c: null,
  x5t: null,
  "x5t#S256": null,
  public_key_pem: null,
  ...members
})

describe("a new client", () => {
  it.effect("has the settings given, trimmed, and the defaults of the others", () =>
    Effect.gen(function* () {
      const world = yield* recordedWorld()
      const client = yield* create(world, {
        grant_types: [" authorization_code", "authorization_code"],
        redirect_uris: [" https://a.b ", " https://a.b "],
        client_name: " Name ",
        client_uri: " https://e.com ",
        logo_uri: "",
        policy_uri: " \t",
        contacts: [" ", "x"],
        software_id: " \t",
        software_version: " 1 ",
        token_endpoint_auth_signing_alg: " whatever ",
        access_token_ttl_seconds: null,
        unknown: { a: 1 }
      })
      assert.match(String(client["client_id"]), /^oc_[A-Za-z0-9_-]{32}$/)
      assert.deepStrictEqual(client, {
        id: client["id"],
        oauth_app_id: "281474976710671001",
        client_id: client["client_id"],
        client_auth_method: "none",
        grant_types: [" authorization_code", "authorization_code"],
        redirect_uris: [" https://a.b ", " https://a.b "],
        client_name: "Name",
        client_uri: "https://e.com",
        logo_uri: null,
        tos_uri: null,
        policy_uri: null,
        contacts: [" ", "x"],
        software_id: null,
        software_version: "1",
        token_endpoint_auth_signing_alg: "whatever",
        jwks_uri: null,
        jwks: null,
        public_key_pem: null,
        is_active: true,
        post_logout_redirect_uris: [],
        id_token_signing_alg: "RS256",
        access_token_format: "opaque",
        access_token_ttl_seconds: 3600,
        skip_consent: false,
        created_at: client["created_at"],
        updated_at: client["created_at"]
      })
      assert.deepStrictEqual(yield* create(world, {}).pipe(Effect.map((other) => other["id"] === client["id"])), false)
    })
  )

  it.effect("has a secret exactly where the server made one, shown once", () =>
    Effect.gen(function* () {
      const world = yield* recordedWorld()
      const keys = { private_key_jwt: { public_key_pem: pem } }
      for (const [method, more] of Object.entries({
        client_secret_basic: {},
        client_secret_post: {},
        client_secret_jwt: {},
        none: {},
        ...keys
      })) {
        const client = yield* create(world, { client_auth_method: method, ...more })
        if (method.startsWith("client_secret")) assert.match(String(client["client_secret"]), /^oc_secret_[\w-]{43}$/)
        else assert.notProperty(client, "client_secret", method)
      }
      for (const client of yield* list(world, "clients")) assert.notProperty(client, "client_secret")
    })
  )

  it.effect("keeps keys with all sixteen members, and derives its PEM from them", () =>
    Effect.gen(function* () {
      const world = yield* recordedWorld()
      const of = (keys: object) => create(world, { client_auth_method: "private_key_jwt", ...keys })
      const fromPem = yield* of({ public_key_pem: ` ${pem}\n\n`, jwks: null })
      assert.deepStrictEqual(fromPem["jwks"], { keys: [jwk({ kty: "PEM", public_key_pem: pem })] })
      assert.strictEqual(fromPem["public_key_pem"], pem)
      const given = [
        { kty: "EC", crv: "P-256", x: "x", y: "y", d: "dropped", k: null },
        { kty: "RSA", kid: "", n: "n", e: "AQAB", key_ops: ["verify"], x5c: [], "x5t#S256": "t", public_key_pem: "p" }
      ]
      const fromSet = yield* of({ jwks: { keys: given, extra: 1 } })
      const [{ d: _, ...first }, second] = [{ d: "", ...given[0] }, given[1]]
      assert.deepStrictEqual(fromSet["jwks"], { keys: [jwk(first), jwk(second ?? {})] })
      assert.strictEqual(fromSet["public_key_pem"], "p")
      const fromUri = yield* of({ jwks_uri: " https://e.com/j " })
      assert.deepStrictEqual([fromUri["jwks_uri"], fromUri["jwks"]], ["https://e.com/j", null])
    })
  )
})

describe("updating a client", () => {
  it.effect("keeps what is absent or null and clears texts by blank ones, unchecked", () =>
    Effect.gen(function* () {
      const world = yield* recordedWorld()
      const uris = {
        client_uri: "https://a.b",
        logo_uri: "https://l.b",
        tos_uri: "https://t.b",
        policy_uri: "https://p.b"
      }
      const texts = { ...uris, client_name: "n", software_id: "s", software_version: "v" }
      const lists = { contacts: ["c"], post_logout_redirect_uris: ["https://o.b"] }
      const before = yield* create(world, { ...texts, ...lists, token_endpoint_auth_signing_alg: "ES256" })
      yield* TestClock.adjust("1 milli")
      const names = Object.keys(before).filter((name) => !["id", "client_id", "created_at"].includes(name))
      const same = yield* patch(world, before, Object.fromEntries(names.map((name) => [name, null])))
      assert.deepStrictEqual({ ...same, updated_at: before["updated_at"] }, before)
      assert.notStrictEqual(same["updated_at"], before["updated_at"])
      const cleared = yield* patch(world, before, {
        client_name: " ",
        client_uri: "not a url",
        logo_uri: " ",
        tos_uri: "",
        policy_uri: "\t",
        software_id: " t ",
        software_version: "",
        token_endpoint_auth_signing_alg: "",
        contacts: [],
        post_logout_redirect_uris: []
      })
      const none = { client_name: null, logo_uri: null, tos_uri: null, policy_uri: null, software_version: null }
      const changes = { ...none, client_uri: "not a url", software_id: "t" }
      const expected: Shown = { ...before, ...changes, contacts: [], post_logout_redirect_uris: [] }
      assert.deepStrictEqual({ ...cleared, updated_at: before["updated_at"] }, expected)
    })
  )

  it.effect("adds keys to those there are; nothing takes them away", () =>
    Effect.gen(function* () {
      const world = yield* recordedWorld()
      const client = yield* create(world)
      const withPem = yield* patch(world, client, { client_auth_method: "private_key_jwt", public_key_pem: pem })
      assert.strictEqual(withPem["public_key_pem"], pem)
      const both = yield* patch(world, client, { jwks_uri: "https://e.com/j", public_key_pem: " " })
      assert.deepStrictEqual([both["jwks_uri"], both["jwks"]], ["https://e.com/j", withPem["jwks"]])
      const replaced = yield* patch(world, client, { jwks: { keys: [{ kty: "RSA" }] }, jwks_uri: "" })
      assert.deepStrictEqual([replaced["jwks_uri"], replaced["jwks"]], ["https://e.com/j", { keys: [jwk({})] }])
      assert.isNull(replaced["public_key_pem"])
      const away = yield* patch(world, client, { client_auth_method: "none", jwks_uri: " " })
      assert.deepStrictEqual([away["jwks_uri"], away["jwks"]], ["https://e.com/j", replaced["jwks"]])
      const back = yield* patch(world, client, { client_auth_method: "private_key_jwt" })
      assert.strictEqual(back["client_auth_method"], "private_key_jwt")
    })
  )

  it.effect(
    "asks nothing of the redirect URIs that it keeps: a world file may give none, or others than the API takes",
    () =>
      Effect.gen(function* () {
        const world = yield* recordedWorld()
        const client = yield* create(world)
        const id = String(client["id"])
        const stored = world.oauthClients.get(id) ?? assert.fail("the client was made")
        for (const redirectUris of [[], ["com.example.app:/cb"]]) {
          world.oauthClients.set(id, { ...stored, redirectUris })
          const renamed = yield* patch(world, client, { client_name: "New" })
          assert.deepStrictEqual([renamed["client_name"], renamed["redirect_uris"]], ["New", redirectUris])
        }
      })
  )

  it.effect("to a method with a secret leaves it without one until it is rotated", () =>
    Effect.gen(function* () {
      const world = yield* recordedWorld()
      const client = yield* create(world)
      const secret = () => world.oauthClients.get(String(client["id"]))?.clientSecret
      const changed = yield* patch(world, client, { client_auth_method: "client_secret_post" })
      assert.notProperty(changed, "client_secret")
      assert.isNull(secret())
      const rotate = () => send(world, "POST", `${app}/clients/${String(client["id"])}/rotate-secret`)
      const [first, second] = [shown(yield* rotate()), shown(yield* rotate())]
      assert.match(String(first["client_secret"]), /^oc_secret_[\w-]{43}$/)
      assert.deepStrictEqual(Object.keys(first), ["client_secret"])
      assert.notStrictEqual(first["client_secret"], second["client_secret"])
      assert.strictEqual(secret(), second["client_secret"])
    })
  )
})

describe("deactivating a client", () => {
  it.effect("is final, and leaves it in the list", () =>
    Effect.gen(function* () {
      const world = yield* recordedWorld()
      const answer = yield* send(world, "DELETE", seeded)
      assert.deepStrictEqual([answer.status, answer.headers["content-type"]], [204, "application/json"])
      assert.strictEqual(answer.body, undefined)
      assert.strictEqual((yield* send(world, "PATCH", seeded, { json: {} })).status, 404)
      assert.strictEqual((yield* send(world, "POST", `${seeded}/rotate-secret`)).status, 404)
      const clients = yield* list(world, "clients")
      assert.deepStrictEqual(
        clients.map((client) => [client["client_name"], client["is_active"]]),
        [
          ["Seeded off", false],
          ["Seeded two", true],
          ["Seeded one", false]
        ]
      )
      assert.lengthOf(yield* list(world, "clients/281474976710672001/grants"), 5)
    })
  )

  it.effect("takes ids with a sign and leading zeros", () =>
    Effect.gen(function* () {
      const world = yield* recordedWorld()
      assert.strictEqual((yield* send(world, "DELETE", `${app}/clients/+00281474976710672001`)).status, 204)
    })
  )
})
