/** Rules of API keys, over a small world of their own. */
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { Emulator } from "effect-wacht/testing"
import { refusal, send } from "../harness.js"

const credential = "sk_one"
const world = Emulator.layer({
  world: {
    deployments: [{ id: "1" }],
    actors: { one: { credential, key_id: "11", deployment_id: "1" } },
    organizations: [{ id: "31", deployment_id: "1", name: "Acme" }],
    api_auth_apps: [
      { deployment_id: "1", app_slug: "shop", name: "Shop", key_prefix: "old" },
      { deployment_id: "1", app_slug: "orphan", name: "Orphan", key_prefix: "or", organization_id: "31" }
    ]
  }
})

interface Key {
  readonly id: string
  readonly name: string
  readonly key_prefix: string
  readonly key_suffix: string
  readonly secret: string
  readonly revoked_reason: string | null
}
const keys = "/api-auth/apps/shop/keys"
const made = (path: string, json: object) =>
  Effect.map(send("POST", path, { credential, json }), ({ body }) => body as Key)

describe("a key", () => {
  it.effect("has the prefix that its app had when it was made, and so has its successor", () =>
    Effect.gen(function* () {
      const first = yield* made(keys, { name: "k" })
      yield* send("PATCH", "/api-auth/apps/shop", { credential, json: { key_prefix: "new" } })
      const successor = yield* made(`${keys}/${first.id}/rotate`, {})
      const second = yield* made(keys, { name: "k" })
      assert.deepStrictEqual([first.key_prefix, successor.key_prefix, second.key_prefix], ["old", "old", "new"])
      for (const { key_prefix, key_suffix, secret } of [first, successor, second]) {
        assert.match(secret, new RegExp(`^${key_prefix}_[A-Za-z0-9_-]{43}$`))
        assert.isTrue(secret.endsWith(key_suffix))
      }
    }).pipe(Effect.provide(world))
  )

  it.effect("is revoked by the id in the path; one in the body only has to be an id", () =>
    Effect.gen(function* () {
      const revoke = (id: string, json: object) =>
        Effect.map(send("POST", `${keys}/${id}/revoke`, { credential, json }), refusal)
      const other = yield* made(keys, { name: "other" })
      for (const key_id of ["x", "", "1.0", "9223372036854775808", 1.5, true, ["1"], {}])
        assert.deepStrictEqual(
          yield* revoke(other.id, { key_id }),
          [422, "Invalid request payload"],
          JSON.stringify(key_id)
        )
      for (const key_id of [null, 7, "7", "-7", "+7", Number.MAX_SAFE_INTEGER, other.id]) {
        const { id } = yield* made(keys, { name: "k" })
        assert.deepStrictEqual(yield* revoke(id, { key_id, reason: "r" }), [200, undefined], JSON.stringify(key_id))
      }
      const { body } = yield* send("GET", keys, { credential })
      const left = (body as { readonly keys: ReadonlyArray<Key> }).keys
      assert.deepStrictEqual(
        left.map(({ id }) => id),
        [other.id]
      )
    }).pipe(Effect.provide(world))
  )

  it.effect("keeps its name as it was given, and hands it on", () =>
    Effect.gen(function* () {
      const { id, name } = yield* made(keys, { name: " k\t" })
      const successor = yield* made(`${keys}/${id}/rotate`, {})
      assert.deepStrictEqual([name, successor.name], [" k\t", " k\t"])
    }).pipe(Effect.provide(world))
  )

  it.effect("that is dead is not rotated, and that is said before its app's state", () =>
    Effect.gen(function* () {
      const [dead, live] = [yield* made(keys, { name: "dead" }), yield* made(keys, { name: "live" })]
      yield* send("POST", `${keys}/${dead.id}/revoke`, { credential, json: {} })
      yield* send("PATCH", "/api-auth/apps/shop", { credential, json: { is_active: false } })
      const rotate = (id: string) => Effect.map(send("POST", `${keys}/${id}/rotate`, { credential }), refusal)
      assert.deepStrictEqual(yield* rotate(dead.id), [404, "API key not found or inactive"])
      assert.deepStrictEqual(yield* rotate(live.id), [404, "API key app not found or inactive"])
    }).pipe(Effect.provide(world))
  )

  it.effect("of an app with a tenant and no user can be made, but not rotated", () =>
    Effect.gen(function* () {
      const orphans = "/api-auth/apps/orphan/keys"
      const { id } = yield* made(orphans, { name: "k" })
      const rotated = yield* send("POST", `${orphans}/${id}/rotate`, { credential })
      assert.deepStrictEqual(refusal(rotated), [400, "user is not a member of the org"])
    }).pipe(Effect.provide(world))
  )
})
