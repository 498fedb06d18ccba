import { assert, it, layer } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import { inspect } from "node:util"
import { ApiKeys, Gateway, OAuth } from "effect-wacht"
import { Emulator, Fault } from "effect-wacht/testing"

it.effect("a credential that no header can carry is refused as the emulator's own option, and not shown", () =>
  Effect.gen(function* () {
    const actors = { owner: { credential: "sk_\nsecret", key_id: "2", deployment_id: "1" } }
    const wacht = Emulator.layerWacht({ world: { deployments: [{ id: "1" }], actors } })
    const error = yield* Effect.flip(Effect.scoped(Layer.build(wacht)))
    assert.strictEqual(error._tag, "EmulatorConfigError")
    assert.strictEqual(error.message, "actor: the credential is no legal header value")
    assert.notInclude(inspect(error), "secret")
  })
)

layer(Emulator.layerWacht())("the SDK over the built-in world", (it) => {
  it.effect("makes an app and a key, and the gateway lets the key through", () =>
    Effect.gen(function* () {
      const keys = yield* ApiKeys.ApiKeys
      const gateway = yield* Gateway.Gateway
      const app = yield* keys.createApiAuthApp({ appSlug: "shop", name: "Shop", keyPrefix: "sk" })
      const key = yield* keys.createApiKey(app.appSlug, { name: "first" })
      const decision = yield* gateway.checkAuthz({
        principal: { type: "api_key", value: key.secret },
        resource: "/v1/orders",
        method: "GET"
      })
      assert.isTrue(decision.allowed)
      const logs = yield* keys.getApiAuditLogs(app.appSlug)
      assert.deepStrictEqual(
        logs.data.map(({ clientIp, path }) => [clientIp, path]),
        [["127.0.0.1", "GET /v1/orders"]]
      )
    })
  )

  it.effect("has the OAuth app of the documentation, with a signing key", () =>
    Effect.gen(function* () {
      const oauth = yield* OAuth.OAuth
      const apps = yield* oauth.listOAuthApps()
      assert.deepStrictEqual(
        apps.map(({ slug }) => slug),
        ["acme-oauth"]
      )
      const keys = yield* oauth.listOAuthAppSigningKeys("acme-oauth")
      assert.lengthOf(keys, 1)
    })
  )

  it.effect("a rotation whose answer is lost is done all the same", () =>
    Effect.gen(function* () {
      const keys = yield* ApiKeys.ApiKeys
      const emulator = yield* Emulator.Emulator
      yield* keys.createApiAuthApp({ appSlug: "lossy", name: "Lossy", keyPrefix: "sk" })
      const key = yield* keys.createApiKey("lossy", { name: "first" })
      yield* emulator.failNext(Fault.loseAfter, { operation: "rotateApiKey" })
      const error = yield* Effect.flip(keys.rotateApiKey("lossy", key.id))
      assert.strictEqual(error._tag, "OutcomeUnknownError")
      const state = yield* emulator.state
      const old = state.apiKeys.get(key.id)
      assert.strictEqual(old?.revokedReason, "Rotated")
      const successor = [...state.apiKeys.values()].find(({ createdAt }) => createdAt === old?.revokedAt)
      assert.strictEqual(successor?.name, "first")
      assert.notStrictEqual(successor?.secret, Redacted.value(key.secret))
    })
  )
})
