/**
 * Policies with all parts by hand, and a rotation whose answer may be lost.
 */
import { ApiKeys, Policy, WachtError } from "effect-wacht"
import * as Effect from "effect/Effect"

/** The recommended stack around one program, without a budget. */
export const listOnce = Effect.flatMap(ApiKeys.ApiKeys, (keys) => keys.listRateLimitSchemes()).pipe(
  Policy.withPolicy(Policy.standard)
)

/** All parts by hand, in their order. */
export const byHand = Effect.gen(function* () {
  const keys = yield* ApiKeys.ApiKeys
  const budget = yield* Policy.makeRetryBudget()
  const paced = yield* Policy.makeRateLimiter({ unit: "minute", duration: 1, maxRequests: 600 })
  return yield* keys
    .listRateLimitSchemes()
    .pipe(
      Policy.attemptTimeout("5 seconds"),
      paced,
      Policy.retryTransient({ attempts: 4, budget }),
      Policy.retryAuthenticationOnce(),
      Policy.operationTimeout("20 seconds")
    )
}).pipe(Effect.scoped)

/** A rotation whose answer may be lost: one live key and its secret, or every live key by name. */
export const rotate = (appSlug: string, keyId: Parameters<typeof ApiKeys.rotateApiKeyReconciled>[1]) =>
  ApiKeys.rotateApiKeyReconciled(appSlug, keyId).pipe(
    Effect.catchTag("ReconciliationError", ({ live, reason }) =>
      Effect.zipRight(
        Effect.logError(`${reason}: alive are ${live.join(", ")}`),
        Effect.fail("ask the operator" as const)
      )
    ),
    WachtError.catchGroup("BusyError", () => Effect.fail("later" as const))
  )
