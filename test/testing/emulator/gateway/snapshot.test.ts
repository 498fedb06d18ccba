import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { restore, take } from "../../../../src/testing/emulator/snapshot.js"
import { change, emulate, limit, rule } from "./harness.js"

describe("a snapshot", () => {
  it.effect("holds counters, copies and the audit trail, and later calls do not reach into it", () =>
    Effect.gen(function* () {
      const emulated = yield* emulate()
      const { check, get, key, world } = emulated
      const secret = limit(emulated, "iso-and", [rule({ maxRequests: 3 })])
      yield* check(secret)
      const taken = take(world)
      const text = JSON.stringify(taken)

      const remaining = Effect.map(check(secret), ({ body }) => body.rate_limits[0].remaining)
      const rows = Effect.map(get("/api-auth/apps/iso-and/audit/logs"), ({ body }) => body.data.length)
      assert.deepStrictEqual([yield* remaining, yield* remaining, yield* rows], [1, 0, 3])
      assert.strictEqual(JSON.stringify(taken), text)

      yield* restore(world, JSON.parse(text))
      assert.deepStrictEqual([yield* rows, yield* remaining, yield* rows], [1, 1, 2])
      // the gateway's copy of the key is back as well
      change(world.apiKeys, key("iso-and").id, { isActive: false, revokedAt: 1n })
      assert.strictEqual(yield* remaining, 0)
    })
  )

  it.effect("keeps every member of a client's key, whatever its name", () =>
    Effect.gen(function* () {
      const { world } = yield* emulate()
      const [id] = world.oauthClients.keys()
      assert.isDefined(id)
      const jwks = { keys: [JSON.parse('{ "kty": "RSA", "$bigint": "5", "$map": ["a"], "__proto__": "p" }')] }
      change(world.oauthClients, id, { jwks })
      yield* restore(world, JSON.parse(JSON.stringify(take(world))))
      assert.strictEqual(JSON.stringify(world.oauthClients.get(id)?.jwks), JSON.stringify(jwks))
    })
  )
})
