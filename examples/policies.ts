import { FetchHttpClient } from "@effect/platform"
import { ApiKeys, Policy, Wacht } from "effect-wacht"
import { Effect, Layer } from "effect"

// The recommended stack around every single call, with one retry budget for all of them
export const Live = Wacht.layerConfig().pipe(
  Layer.provideMerge(Policy.layer({ operationTimeout: "20 seconds" })),
  Layer.provide(FetchHttpClient.layer)
)

// Or by hand, on one call
export const schemes = Effect.flatMap(ApiKeys.ApiKeys, (keys) => keys.listRateLimitSchemes()).pipe(
  Policy.attemptTimeout("5 seconds"), // each request, headers and body
  Policy.retryTransient({ attempts: 4 }), // only what may be repeated
  Policy.operationTimeout("15 seconds") // all of it
)

// A job over thousands of apps that stays under the backend key's own limit
export const deactivateAll = (slugs: ReadonlyArray<string>) =>
  Effect.scoped(
    Effect.gen(function* () {
      const keys = yield* ApiKeys.ApiKeys
      const paced = yield* Policy.makeRateLimiter({ unit: "minute", duration: 1, maxRequests: 600 })
      return yield* Effect.forEach(slugs, (slug) => paced(keys.updateApiAuthApp(slug, { isActive: false })), {
        concurrency: 8
      })
    })
  )
