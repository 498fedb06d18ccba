import { assert, layer } from "@effect/vitest"
import { ApiKeys, Gateway, OAuth, Wacht } from "effect-wacht"
import { Emulator } from "effect-wacht/testing"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"

const Services = Layer.unwrapEffect(Effect.map(Emulator.Emulator, ({ apiKey }) => Wacht.layer({ apiKey }))).pipe(
  Layer.provideMerge(Emulator.layer())
)

layer(Services)("the services over the emulator", (it) => {
  it.effect("create, check, rotate and revoke a key", () =>
    Effect.gen(function* () {
      const keys = yield* ApiKeys.ApiKeys
      const gateway = yield* Gateway.Gateway
      yield* keys.createRateLimitScheme({
        slug: "internal-default",
        name: "Internal",
        rules: [{ unit: "minute", duration: 1, maxRequests: 2, mode: "per_key" }]
      })
      yield* keys.createApiAuthApp({
        appSlug: "a/b c?x#é",
        name: "App",
        keyPrefix: "acme",
        rateLimitSchemeSlug: "internal-default"
      })
      const app = yield* keys.getApiAuthApp("a/b c?x#é")
      assert.strictEqual(app.name, "App")
      const key = yield* keys.createApiKey(app.appSlug, { name: "first", metadata: { n: 1 } })
      const check = gateway.checkAuthz({
        principal: { type: "api_key", value: key.secret },
        resource: "/v1/things",
        method: "GET"
      })
      assert.isTrue((yield* check).allowed)
      yield* check
      const denied = yield* check
      assert.isFalse(denied.allowed)
      assert.isTrue(Option.isSome(denied.retryAfter))
      const rotated = yield* keys.rotateApiKey(app.appSlug, key.id)
      assert.notStrictEqual(Redacted.value(rotated.secret), Redacted.value(key.secret))
      yield* keys.revokeApiKey(app.appSlug, rotated.id)
      const again = yield* Effect.flip(keys.revokeApiKey(app.appSlug, rotated.id))
      assert.strictEqual(again._tag, "NotFoundError")
      assert.strictEqual(again.message, "API key not found or already revoked")
    })
  )

  it.effect("create an OAuth app with a logo", () =>
    Effect.gen(function* () {
      const oauth = yield* OAuth.OAuth
      const app = yield* oauth.createOAuthApp({
        slug: "with-logo",
        name: "With a logo",
        supportedScopes: ["openid", "email"],
        logo: { data: new Uint8Array([1, 2, 3]), contentType: "image/png" }
      })
      assert.isTrue(Option.isSome(app.logoUrl))
      assert.deepStrictEqual(app.supportedScopes, ["email", "openid"])
    })
  )
})
