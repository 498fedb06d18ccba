import { FetchHttpClient } from "@effect/platform"
import { ApiKeys, Wacht } from "effect-wacht"
import { Effect, Layer } from "effect"

export const issueKey = Effect.gen(function* () {
  const keys = yield* ApiKeys.ApiKeys
  const key = yield* keys.createApiKey("reports", {
    name: "nightly report",
    permissions: ["reports:read"],
    metadata: { team: "data" }
  })
  yield* Effect.log(`created ${key.keyPrefix}_…${key.keySuffix}`)
  return key.secret // Redacted: shown once by the server, and by no log of yours
})

// WACHT_API_KEY (or WACHT_BACKEND_API_KEY), and WACHT_API_URL and WACHT_GATEWAY_URL where they differ from the defaults
export const Live = Wacht.layerConfig().pipe(Layer.provide(FetchHttpClient.layer))

export const main = issueKey.pipe(Effect.provide(Live))
