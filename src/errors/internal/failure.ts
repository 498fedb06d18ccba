/**
 * What can go wrong with one call, before it is put into the words of an operation's error union.
 */
import * as DateTime from "effect/DateTime"
import type * as Duration from "effect/Duration"
import * as Option from "effect/Option"
import { AuthenticationError, RateLimitError, ServerError, UnexpectedStatusError } from "../ApiError.js"
import { DecodeError, EncodeError, type InputIssue, TimeoutError, TransportError } from "../ClientError.js"
import { OutcomeUnknownError } from "../OutcomeUnknownError.js"
import type { CallError, UnsafeCallError } from "../WachtError.js"

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
    case "Lost":
      return true
    case "TimedOut":
      return failure.limit === "attempt"
    case "Unreadable":
    case "Refused":
      return false
  }
}

/** Whether the server certainly did nothing: the request never left, or its own limit refused it before the handler. */
const certainlyDidNotAct = (failure: Failure): boolean =>
  failure._tag === "NotSent" || (failure._tag === "Answered" && failure.status === 429)

/** Whether a request that failed so may have done its work all the same. */
export const mayAct = (failure: Failure): boolean => {
  switch (failure._tag) {
    case "Answered":
      return failure.status >= 500 || failure.status === 408
    case "Lost":
    case "TimedOut":
    case "Unreadable":
      return true
    case "NotSent":
    case "Refused":
      return false
  }
}

/** Judged by the operation's declared safety, never by the verb. */
export const isRetryable = (call: Call, failure: Failure): boolean => {
  if (!isTransient(failure)) return false
  switch (call.repeat) {
    case "safe":
    case "idempotent":
      return true
    case "unsafe":
      return certainlyDidNotAct(failure)
    case "metered":
      return false
  }
}

/** The answers that have their class whether the contract lists them for the route or not. */
const commonAnswer = (
  call: Call,
  failure: Answered
): AuthenticationError | RateLimitError | ServerError | UnexpectedStatusError => {
  const facts = {
    operation: call.operation,
    message: failure.message,
    isRetryable: isRetryable(call, failure)
  }
  if (failure.status === 401) return new AuthenticationError({ ...facts, subject: call.subject })
  if (failure.status === 429) return new RateLimitError({ ...facts, retryAfter: failure.retryAfter })
  if (failure.status >= 500 && failure.status <= 599) {
    return new ServerError({ ...facts, status: failure.status, retryAfter: failure.retryAfter })
  }
  return new UnexpectedStatusError({ ...facts, status: failure.status, location: failure.location })
}

const timeoutMessage = (limit: "attempt" | "operation"): string =>
  limit === "attempt" ? "the attempt reached its time limit" : "the operation reached its deadline"

/** For operations that are safe or idempotent, and for `checkAuthz`. */
export const toCallError = (call: Call, failure: Failure): CallError => {
  const facts = { operation: call.operation, isRetryable: isRetryable(call, failure) }
  switch (failure._tag) {
    case "Answered":
      return commonAnswer(call, failure)
    case "NotSent":
      return new TransportError({ ...facts, message: failure.message, code: failure.code, reason: "NotSent" })
    case "Lost":
      return new TransportError({ ...facts, message: failure.message, code: failure.code, reason: "Lost" })
    case "TimedOut":
      return new TimeoutError({
        ...facts,
        message: timeoutMessage(failure.limit),
        limit: failure.limit,
        duration: failure.duration
      })
    case "Unreadable":
      return new DecodeError({
        ...facts,
        message: failure.message,
        status: failure.status,
        reason: failure.reason,
        field: failure.field
      })
    case "Refused":
      return new EncodeError({ ...facts, issues: failure.issues })
  }
}

/** For the unsafe management operations: whatever may have acted is an unknown outcome. */
export const toUnsafeCallError = (call: Call, failure: Failure): UnsafeCallError => {
  const unknown = (
    reason: OutcomeUnknownError["reason"],
    message: string,
    status: Option.Option<number>
  ): OutcomeUnknownError =>
    new OutcomeUnknownError({
      operation: call.operation,
      message,
      reason,
      status,
      startedAt: DateTime.unsafeMake(call.startedAt)
    })
  switch (failure._tag) {
    case "Answered": {
      // A gateway's 408 says that somebody waited too long, not that the server did nothing.
      if (failure.status === 408) return unknown("Timeout", failure.message, Option.some(failure.status))
      const error = commonAnswer(call, failure)
      return error._tag === "ServerError" ? unknown("ServerError", error.message, Option.some(error.status)) : error
    }
    case "NotSent":
      return new TransportError({
        operation: call.operation,
        message: failure.message,
        code: failure.code,
        reason: "NotSent",
        isRetryable: isRetryable(call, failure)
      })
    case "Lost":
      return unknown("Lost", failure.message, failure.status)
    case "TimedOut":
      return unknown("Timeout", timeoutMessage(failure.limit), failure.status)
    case "Unreadable":
      return unknown("Unreadable", failure.message, Option.some(failure.status))
    case "Refused":
      return new EncodeError({ operation: call.operation, issues: failure.issues })
  }
}

/** Puts an error that a policy of the caller's made into the words of an unsafe operation. */
export const demoteCallError = (error: CallError, startedAt: number): UnsafeCallError => {
  switch (error._tag) {
    case "ServerError":
    case "TimeoutError":
    case "DecodeError":
      return new OutcomeUnknownError({
        operation: error.operation,
        message: error.message,
        reason: error._tag === "ServerError" ? "ServerError" : error._tag === "TimeoutError" ? "Timeout" : "Unreadable",
        status: error._tag === "TimeoutError" ? Option.none() : Option.some(error.status),
        startedAt: DateTime.unsafeMake(startedAt)
      })
    default:
      return error
  }
}
