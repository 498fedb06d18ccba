import { ApiKeys } from "effect-wacht"
import type { KeyId } from "effect-wacht/schemas"
import { Effect } from "effect"

// Store the marker before the first run: a run after a crash is given the same one, and converges
export const provisionKey = (marker: string, isRerun: boolean) =>
  ApiKeys.createApiKeyReconciled("reports", { name: "nightly report" }, { marker, isRerun }).pipe(
    Effect.catchTag("ReconciliationError", (error) =>
      // every key that was last seen alive is named: revoke it, or run again
      Effect.zipRight(Effect.logError(error.message), Effect.fail(error))
    )
  )

// The old key's id is all that a later run needs
export const rotate = (keyId: KeyId) => ApiKeys.rotateApiKeyReconciled("reports", keyId)
