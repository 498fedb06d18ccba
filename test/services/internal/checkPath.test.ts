import { assert, describe, it } from "@effect/vitest"
import { ApiKeys, OAuth } from "effect-wacht"
import { KeyId } from "effect-wacht/schemas"
import { Emulator } from "effect-wacht/testing"
import * as Effect from "effect/Effect"

const client = {
  clientAuthMethod: "client_secret_basic",
  grantTypes: ["authorization_code"],
  redirectUris: ["https://app.example/callback"]
} as const

describe("what no path can name is refused, under the name of the operation, before anything is sent by", () => {
  for (const [operation, call] of [
    ["createApiKey", (slug: string) => ApiKeys.createApiKeyReconciled(slug, { name: "a" }, { marker: "job" })],
    ["rotateApiKey", (slug: string) => ApiKeys.rotateApiKeyReconciled(slug, KeyId.make("1"))],
    ["createOAuthClient", (slug: string) => OAuth.createOAuthClientReconciled(slug, client, { marker: "job" })],
    ["updateOAuthApp", (slug: string) => OAuth.updateOAuthAppKeepingScopes(slug, { name: "a" })]
  ] as const) {
    it.effect(operation, () =>
      Effect.gen(function* () {
        const { requests } = yield* Emulator.Emulator
        for (const slug of ["", "..", "\ud800"]) {
          const error = yield* Effect.flip<unknown, unknown, ApiKeys.ApiKeys | OAuth.OAuth>(call(slug))
          assert.deepInclude(error, { _tag: "EncodeError", operation, field: "appSlug" })
        }
        assert.deepStrictEqual(yield* requests, [])
      }).pipe(Effect.provide(Emulator.layerWacht()))
    )
  }

  it.effect("rotateApiKey, of an id that is none", () =>
    Effect.gen(function* () {
      const { requests } = yield* Emulator.Emulator
      const error = yield* Effect.flip(ApiKeys.rotateApiKeyReconciled("reports", "oc_x" as KeyId))
      assert.deepInclude(error, { _tag: "EncodeError", operation: "rotateApiKey", field: "keyId" })
      assert.deepStrictEqual(yield* requests, [])
    }).pipe(Effect.provide(Emulator.layerWacht()))
  )
})
