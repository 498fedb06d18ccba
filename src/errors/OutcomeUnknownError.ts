/**
 * The error of the operations that must not be repeated blindly.
 *
 * @since 0.1.0
 */
import * as DateTime from "effect/DateTime"
import * as Option from "effect/Option"
import { TaggedError } from "./internal/taggedError.js"

/**
 * The request may have acted and nobody knows: the answer was lost, late, unreadable or a 5xx (or 408). Only the eight management
 * operations that are unsafe to repeat fail so, and a `WachtClient.request` that is declared `"unsafe"`; of the eight the `…Reconciled` functions, called in their place, find out what happened.
 *
 * @since 0.1.0
 * @category errors
 */
export class OutcomeUnknownError extends TaggedError("OutcomeUnknownError")<{
  /** The operation that failed, by the vendor's name: `createApiKey`. */
  readonly operation: string
  /** The server's words where there was an answer that may be quoted, else what happened. */
  readonly message: string
  /** Always false: a repeat could act twice. */
  readonly isRetryable: false
  readonly reason: "Lost" | "Timeout" | "ServerError" | "Unreadable"
  /** The status, where an answer came. */
  readonly status: Option.Option<number>
  /** When the request was sent, by the clock of this client. */
  readonly startedAt: DateTime.Utc
}> {
  constructor(fields: {
    readonly operation: string
    readonly message: string
    readonly reason?: "Lost" | "Timeout" | "ServerError" | "Unreadable"
    readonly status?: Option.Option<number>
    readonly startedAt?: DateTime.Utc
  }) {
    super({
      isRetryable: false,
      reason: "Lost",
      status: Option.none(),
      startedAt: DateTime.unsafeFromDate(new Date(0)),
      ...fields
    })
  }
}
