import { assert, layer } from "@effect/vitest"
import { ApiKeys } from "effect-wacht"
import { Emulator } from "effect-wacht/testing"
import { Effect } from "effect"

layer(Emulator.layerWacht())("my provisioning", (it) => {
  it.effect("creates a key", () =>
    Effect.gen(function* () {
      const keys = yield* ApiKeys.ApiKeys
      yield* keys.createApiAuthApp({ appSlug: "reports", name: "Reports", keyPrefix: "acme" })
      const key = yield* keys.createApiKey("reports", { name: "nightly" })
      assert.strictEqual((yield* keys.listApiKeys("reports"))[0]?.id, key.id)
    })
  )
})
