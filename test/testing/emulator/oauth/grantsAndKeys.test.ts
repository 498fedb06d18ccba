import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Random from "effect/Random"
import * as TestClock from "effect/TestClock"
import { createPublicKey } from "node:crypto"
import { fromFile } from "../../../../src/testing/emulator/seed.js"
import type { World } from "../../../../src/testing/emulator/World.js"
import { defaultOptions } from "../../../../src/testing/emulator/World.js"
import type { Shown } from "./harness.js"
import { form, list, recordedWorld, refusal, send, shown } from "./harness.js"

const app = "/oauth/apps/seeded"

describe("grants", () => {
  it.effect("are revoked once, by their own client, and never with an error", () =>
    Effect.gen(function* () {
      const world = yield* recordedWorld()
      yield* TestClock.setTime(new Date("2026-11-23T12:00:00.000001Z"))
      const revoke = (client: string, grant: string) =>
        Effect.map(send(world, "POST", `${app}/clients/2814749767106720${client}/grants/${grant}/revoke`), (answer) => {
          assert.deepStrictEqual([answer.status, answer.body], [200, {}])
        })
      const before = yield* list(world, "clients/281474976710672001/grants")
      yield* revoke("02", "281474976710670001")
      yield* revoke("01", "281474976710670004")
      yield* revoke("01", "-1")
      assert.deepStrictEqual(yield* list(world, "clients/281474976710672001/grants"), before)
      yield* revoke("01", "281474976710670003")
      yield* TestClock.adjust("1 second")
      yield* revoke("01", "281474976710670003")
      const after = yield* list(world, "clients/281474976710672001/grants")
      const revoked = after.find((grant) => grant["id"] === "281474976710670003")
      assert.include(revoked, { status: "revoked", created_at: "2026-11-02T08:43:00.100722Z" })
      assert.match(String(revoked?.["revoked_at"]), /^2026-11-23T12:00:00\./)
      assert.strictEqual(revoked?.["updated_at"], revoked?.["revoked_at"])
      assert.notProperty(revoked, "granted_by_user_id")
      assert.deepStrictEqual(
        after.map((grant) => String(grant["id"]).slice(-1)),
        ["5", "4", "3", "2", "1"]
      )
    })
  )

  it.effect("show every state that the API has a word for", () =>
    Effect.gen(function* () {
      const of = { deployment_id: "1", api_auth_app_slug: "a", oauth_client_id: "4", resource: "urn:wacht:user:9" }
      const states = ["active", "revoked", "expired"]
      const world = yield* fromFile(
        {
          deployments: [{ id: "1" }],
          actors: { owner: { credential: "sk_owner", key_id: "2", deployment_id: "1" } },
          oauth_apps: [{ id: "3", deployment_id: "1", slug: "seeded", name: "S", fqdn: "s.example.com" }],
          oauth_clients: [
            { id: "4", deployment_id: "1", oauth_app_id: "3", client_id: "oc_s", client_auth_method: "none" }
          ],
          oauth_grants: states.map((status, index) => ({ ...of, id: String(9 - index), status }))
        },
        defaultOptions
      )
      const grants = yield* list(world, "clients/4/grants")
      assert.deepStrictEqual(
        grants.map((grant) => grant["status"]),
        states
      )
    })
  )
})

describe("signing keys", () => {
  it.effect("are real, retire each other and stay until they are compromised", () =>
    Effect.gen(function* () {
      const world = yield* recordedWorld()
      yield* TestClock.setTime(new Date("2026-11-23T12:00:00Z"))
      const rotate = Effect.map(
        send(world, "POST", `${app}/signing-keys/rotate`),
        (answer) => shown(answer)["new"] as Shown
      )
      const [first, second] = [yield* rotate, yield* rotate]
      assert.match(String(second["kid"]), /^oas-281474976710671001-\d{18}$/)
      assert.strictEqual(createPublicKey(String(second["public_key_pem"])).asymmetricKeyDetails?.modulusLength, 2048)
      assert.notStrictEqual(first["public_key_pem"], second["public_key_pem"])
      const states = Effect.map(list(world, "keys", `${app}/signing-keys`), (keys) =>
        keys.map((key) => [key["kid"], key["status"]])
      )
      const [old, retired] = ["oas-281474976710671001-281474976710676002", "oas-281474976710671001-281474976710676001"]
      assert.deepStrictEqual(yield* states, [
        [second["kid"], "active"],
        [first["kid"], "retired"],
        [old, "retired"],
        [retired, "retired"]
      ])
      const compromise = (kid: unknown) => send(world, "POST", `${app}/signing-keys/${String(kid)}/compromise`)
      assert.strictEqual((yield* compromise(second["kid"])).status, 204)
      assert.strictEqual((yield* compromise(second["kid"])).status, 404)
      assert.strictEqual((yield* compromise(old)).status, 204)
      assert.deepStrictEqual(yield* states, [
        [first["kid"], "retired"],
        [retired, "retired"]
      ])
      const third = yield* rotate
      assert.deepStrictEqual((yield* states)[0], [third["kid"], "active"])
    })
  )

  it.live("are fresh ones from Web Crypto in a secure world", () =>
    Effect.gen(function* () {
      const pems = Effect.gen(function* () {
        const world = yield* recordedWorld({ secure: true })
        const answer = yield* send(world, "POST", `${app}/signing-keys/rotate`)
        return String((shown(answer)["new"] as Shown)["public_key_pem"])
      })
      const [one, other] = [yield* pems, yield* pems]
      assert.notStrictEqual(one, other)
      assert.strictEqual(createPublicKey(one).export({ type: "spki", format: "pem" }), one)
    })
  )
})

describe("the world", () => {
  const run = (world: World) =>
    Effect.gen(function* () {
      const made = yield* send(world, "POST", "/oauth/apps", { form: form({ slug: "s", name: "n" }) })
      const settings = { grant_types: ["authorization_code"], redirect_uris: ["https://a.b/c"] }
      const client = yield* send(world, "POST", `${app}/clients`, {
        json: { client_auth_method: "client_secret_basic", ...settings }
      })
      const key = yield* send(world, "POST", `${app}/signing-keys/rotate`)
      return [made.body, client.body, key.body]
    }).pipe(Effect.withRandom(Random.make("seed")))

  it.effect("repeats with its seed, and whole from a copy of it", () =>
    Effect.gen(function* () {
      const world = yield* recordedWorld()
      const copy = structuredClone(world)
      const first = yield* run(world)
      assert.deepStrictEqual(yield* run(copy), first)
      assert.deepStrictEqual(yield* run(yield* recordedWorld()), first)
      const again = refusal(yield* send(world, "POST", "/oauth/apps", { form: form({ slug: "s", name: "n" }) }))
      assert.strictEqual(again[0], 409)
    })
  )
})
