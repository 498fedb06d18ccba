/**
 * What can go wrong with one call, before it is put into the words of an operation's error union.
 */
import * as DateTime from "effect/DateTime"
import type * as Duration from "effect/Duration"
import * as Option from "effect/Option"
import { AuthenticationError, RateLimitError, ServerError, UnexpectedStatusError } from "../ApiError.js"
import { DecodeError, EncodeError, type InputIssue, TimeoutError, TransportError } from "../ClientError.js"
import { OutcomeUnknownError } from "../OutcomeUnknownError.js"
import type { CallError, OperationError, UnsafeCallError } from "../WachtError.js"

/** How often an operation may be sent; `metered` is `checkAuthz`, where each call uses up quota and writes an audit row. */
export type Repeat = "safe" | "idempotent" | "unsafe" | "metered"

/** The call that failed. */
export interface Call {
  readonly operation: string
  readonly repeat: Repeat
  /** Whose credential a 401 is about. */
  readonly subject: "client" | "principal"
  /** By this client's clock, in milliseconds. */
  readonly startedAt: number
}

/** An answer whose status is not 2xx. */
export interface Answered {
  readonly _tag: "Answered"
  readonly status: number
  readonly message: string
  readonly location: Option.Option<string>
  readonly retryAfter: Option.Option<Duration.Duration>
}

/** What happened to a call. */
export type Failure =
  | Answered
  | {
      readonly _tag: "NotSent"
      readonly message: string
      readonly code: Option.Option<string>
      /** False where the request itself was at fault, so that a repeat cannot help. */
      readonly mayRepeat: boolean
    }
  | {
      readonly _tag: "Lost"
      readonly message: string
      readonly code: Option.Option<string>
      /** Set where the connection was lost in the body. */
      readonly status: Option.Option<number>
    }
  | {
      readonly _tag: "TimedOut"
      readonly limit: "attempt" | "operation"
      readonly duration: Duration.Duration
      readonly status: Option.Option<number>
    }
  | {
      readonly _tag: "Unreadable"
      readonly status: number
      readonly reason: DecodeError["reason"]
      readonly field: string
      readonly message: string
    }
  | { readonly _tag: "Refused"; readonly issues: ReadonlyArray<InputIssue> }

/** Statuses after which the same request can succeed. */
const transientStatuses: ReadonlySet<number> = new Set([408, 429, 500, 502, 503, 504])

/** Whether the same request can succeed after this status. */
export const isTransientStatus = (status: number): boolean => transientStatuses.has(status)

const isTransient = (failure: Failure): boolean => {
  switch (failure._tag) {
    case "Answered":
      return isTransientStatus(failure.status)
    case "NotSent":
      return failure.mayRepeat
    case "TimedOut":
      return failure.limit === "attempt"
    default:
      return failure._tag === "Lost"
  }
}

/** Whether the server certainly did nothing: the request never left, or its own limit refused it before the handler. */
const certainlyDidNotAct = (failure: Failure): boolean =>
  failure._tag === "NotSent" || (failure._tag === "Answered" && failure.status === 429)

/** Whether a request that failed so may have done its work all the same. */
export const mayAct = (failure: Failure): boolean =>
  failure._tag === "Answered"
    ? failure.status >= 500 || failure.status === 408
    : failure._tag !== "NotSent" && failure._tag !== "Refused"

/** Judged by the operation's declared safety, never by the verb. */
const isRetryable = (call: Call, failure: Failure): boolean =>
  isTransient(failure) && call.repeat !== "metered" && (call.repeat !== "unsafe" || certainlyDidNotAct(failure))

/** The answers that have their class whether the contract lists them for the route or not. */
const commonAnswer = (
  { location, message, retryAfter, status }: Answered,
  { isRetryable, operation, subject }: Pick<Call, "operation" | "subject"> & { readonly isRetryable: boolean }
): AuthenticationError | RateLimitError | ServerError | UnexpectedStatusError => {
  const facts = { operation, message, isRetryable }
  if (status === 401) return new AuthenticationError({ ...facts, subject })
  if (status === 429) return new RateLimitError({ ...facts, retryAfter })
  if (status >= 500 && status <= 599) return new ServerError({ ...facts, status, retryAfter })
  return new UnexpectedStatusError({ ...facts, status, location })
}

const timeoutMessage = (limit: "attempt" | "operation"): string =>
  limit === "attempt" ? "the attempt reached its time limit" : "the operation reached its deadline"

/** For operations that are safe or idempotent, and for `checkAuthz`. */
export const toCallError = (call: Call, failure: Failure): CallError => {
  const facts = { operation: call.operation, isRetryable: isRetryable(call, failure) }
  switch (failure._tag) {
    case "Answered":
      return commonAnswer(failure, { ...facts, subject: call.subject })
    case "NotSent":
    case "Lost":
      return new TransportError({ ...facts, message: failure.message, code: failure.code, reason: failure._tag })
    case "TimedOut": {
      const { duration, limit } = failure
      return new TimeoutError({ ...facts, message: timeoutMessage(limit), limit, duration })
    }
    case "Unreadable": {
      const { field, message, reason, status } = failure
      return new DecodeError({ ...facts, message, status, reason, field })
    }
    case "Refused":
      return new EncodeError({ ...facts, issues: failure.issues })
  }
}

const unknownOutcome = (
  operation: string,
  startedAt: number,
  reason: OutcomeUnknownError["reason"],
  message: string,
  status: Option.Option<number>
): OutcomeUnknownError =>
  new OutcomeUnknownError({ operation, message, reason, status, startedAt: DateTime.unsafeMake(startedAt) })

/** For the unsafe management operations: whatever may have acted is an unknown outcome. */
export const toUnsafeCallError = (call: Call, failure: Failure): UnsafeCallError => {
  const { operation, startedAt } = call
  // A gateway's 408 says that somebody waited too long, not that the server did nothing.
  if (failure._tag === "Answered" && failure.status === 408) {
    return unknownOutcome(operation, startedAt, "Timeout", failure.message, Option.some(failure.status))
  }
  if (failure._tag === "Lost") return unknownOutcome(operation, startedAt, "Lost", failure.message, failure.status)
  if (failure._tag === "TimedOut") {
    return unknownOutcome(operation, startedAt, "Timeout", timeoutMessage(failure.limit), failure.status)
  }
  return demoteCallError<never>(toCallError(call, failure), startedAt)
}

/** Puts an error of a safe operation, which a policy of the caller's may have made, into the words of an unsafe one. */
export const demoteCallError = <Own extends OperationError = never>(
  error: Own | CallError | UnsafeCallError,
  startedAt: number
): Own | UnsafeCallError => {
  const unknown = (reason: OutcomeUnknownError["reason"], status: Option.Option<number>) =>
    unknownOutcome(error.operation, startedAt, reason, error.message, status)
  switch (error._tag) {
    case "ServerError":
      return unknown("ServerError", Option.some(error.status))
    case "TimeoutError":
      return unknown("Timeout", Option.none())
    case "DecodeError":
      return unknown("Unreadable", Option.some(error.status))
    default:
      return error
  }
}
