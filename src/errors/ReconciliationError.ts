/**
 * The error of the `…Reconciled` functions.
 *
 * @since 0.1.0
 */
import * as Option from "effect/Option"
import type { ApiError } from "./ApiError.js"
import type { ClientError } from "./ClientError.js"
import type { OutcomeUnknownError } from "./OutcomeUnknownError.js"
import { TaggedError } from "./internal/taggedError.js"

/**
 * Why nobody could be given the one live key with its secret.
 *
 * `"Taken"`: another caller was faster and may hold the secret. `"Several"`: more than one is alive and nothing tells which is meant.
 * `"None"`: it was rotated, and its successor is not listed. `"Revoked"`: somebody revoked it, and it stays dead. `"Expired"`: the key that
 * an earlier run made is past its `expiresAt`, which a rotation keeps. `"Different"`: that key, or client, is good for something
 * else than was asked for now; the message names the fields. `"Unresolved"`: the repair itself was cut short, see `stoppedBy`.
 *
 * @since 0.1.0
 * @category models
 */
export type ReconciliationReason = "Taken" | "Several" | "None" | "Revoked" | "Expired" | "Different" | "Unresolved"

/**
 * A `…Reconciled` function could not put exactly one live key and its secret into the caller's hand. `live` names every key (client,
 * signing key) that this job may have left alive, of `"Unresolved"` those last seen; revoke or rotate what nobody holds, or run the function again.
 *
 * @since 0.1.0
 * @category errors
 */
export class ReconciliationError extends TaggedError("ReconciliationError")<{
  /** The operation that was to be reconciled, by the vendor's name: `createApiKey`. */
  readonly operation: string
  readonly message: string
  /** Always false: what is left to do is a decision. */
  readonly isRetryable: false
  readonly reason: ReconciliationReason
  /** The ids (a client's record id, a signing key's `kid`, an app's slug) of every live candidate; of `"Unresolved"`, those last seen, without what a lost request may have made since. */
  readonly live: ReadonlyArray<string>
  /** What the created ones are marked with: a run with the same marker takes up the job. */
  readonly marker: Option.Option<string>
  /** The error that cut the repair short. */
  readonly stoppedBy: Option.Option<ApiError | ClientError | OutcomeUnknownError>
}> {
  constructor(fields: {
    readonly operation: string
    readonly message: string
    readonly reason?: ReconciliationReason
    readonly live?: ReadonlyArray<string>
    readonly marker?: Option.Option<string>
    readonly stoppedBy?: Option.Option<ApiError | ClientError | OutcomeUnknownError>
  }) {
    super({
      isRetryable: false,
      reason: "Unresolved",
      live: [],
      marker: Option.none(),
      stoppedBy: Option.none(),
      ...fields
    })
  }
}
