import { assert, it } from "@effect/vitest"
import { NodeHttpServer } from "@effect/platform-node"
import { ApiKeys } from "effect-wacht"
import { Emulator, Fault } from "effect-wacht/testing"
import { Effect, Layer, TestClock } from "effect"
import { createServer } from "node:http"

it.effect("a test looks into the emulator, and steers it", () =>
  Effect.gen(function* () {
    const keys = yield* ApiKeys.ApiKeys
    const emulator = yield* Emulator.Emulator
    yield* keys.createApiAuthApp({ appSlug: "shop", name: "Shop", keyPrefix: "sk" })

    const before = yield* emulator.snapshot // a JSON value, secrets in clear text included
    const key = yield* keys.createApiKey("shop", { name: "first" })
    yield* TestClock.adjust("1 hour") // limits, expiries and audit dates move along
    yield* emulator.failNext(Fault.loseAfter, { operation: "rotateApiKey" }) // the key is rotated, the answer is lost
    const lost = yield* Effect.flip(keys.rotateApiKey("shop", key.id))
    assert.strictEqual(lost._tag, "OutcomeUnknownError")

    yield* emulator.failNext(Fault.status(503), { method: "GET" }, 2)
    yield* emulator.clearFaults
    const state = yield* emulator.state // state.apiKeys.get(id), state.auditRows, …
    assert.strictEqual(state.apiKeys.size, 2)
    const seen = yield* emulator.requests // the latest 1000 requests
    assert.strictEqual(seen.length, 3)
    yield* emulator.restore(before)
    assert.deepStrictEqual(yield* keys.listApiKeys("shop", { includeInactive: true }), [])
  }).pipe(Effect.provide(Emulator.layerWacht()))
)

const Server = NodeHttpServer.layer(createServer, { port: 0 })

it.scopedLive("a program serves it", () =>
  Effect.gen(function* () {
    const emulator = yield* Emulator.serve({ auditCap: 1000 })
    yield* Effect.log(`both APIs are at ${emulator.platformUrl}`)
    const answer = yield* Effect.promise(() => fetch(`${emulator.platformUrl}/api-auth/apps`))
    assert.strictEqual(answer.status, 401) // it wants a key
  }).pipe(Effect.provide(Layer.fresh(Server)))
)
