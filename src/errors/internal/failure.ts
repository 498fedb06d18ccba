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
  /** By this client's clock, in milliseconds. */
  readonly startedAt: number
}

/** What happened to a call. */
export type Failure =
  | {
      /** By a status that is not 2xx. */
      readonly _tag: "Answered"
      readonly status: number
      readonly message: string
      /** Whose credential a 401 is about: another's only where the gateway itself has judged it. */
      readonly subject: "client" | "principal"
      readonly location: Option.Option<string>
      readonly retryAfter: Option.Option<Duration.Duration>
    }
  | {
      readonly _tag: "NotSent"
      readonly message: string
      /** None where the request itself was at fault, so that a repeat cannot help. */
      readonly code: Option.Option<string>
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

/** A person corrects the first ones; all of a hostile input's would be an error of any size. */
const mostIssues = 50
const longestField = 200

/** An input that was refused. */
export const refusedInput = (operation: string, issues: ReadonlyArray<InputIssue>): EncodeError =>
  new EncodeError({
    operation,
    issues: issues.slice(0, mostIssues).map((issue) => ({ ...issue, field: issue.field.slice(0, longestField) }))
  })

/** Statuses after which the same request can succeed. */
const transientStatuses: ReadonlyArray<number> = [408, 429, 500, 502, 503, 504]

/** Whether the same request can succeed after this status. */
export const isTransientStatus = (status: number): boolean => transientStatuses.includes(status)

const isTransient = (failure: Failure): boolean =>
  failure._tag === "Lost" ||
  (failure._tag === "NotSent" && Option.isSome(failure.code)) ||
  (failure._tag === "TimedOut" && failure.limit === "attempt") ||
  (failure._tag === "Answered" && isTransientStatus(failure.status))

/** Whether a request that failed so may have done its work all the same. A gateway's 408 says that somebody waited too long, no more. */
export const mayAct = (failure: Failure): boolean =>
  failure._tag === "Answered"
    ? failure.status >= 500 || failure.status === 408
    : failure._tag !== "NotSent" && failure._tag !== "Refused"

/** For operations that are safe or idempotent, and for `checkAuthz`. A status beyond 599 is none, and to be read as a 5xx (RFC 9110, 15). */
export const toCallError = ({ operation, repeat }: Call, failure: Failure): CallError => {
  // Judged by the operation's declared safety, never by the verb. Of an unsafe one, what may have acted ends as an `OutcomeUnknownError`.
  const facts = { operation, isRetryable: repeat !== "metered" && isTransient(failure) }
  switch (failure._tag) {
    case "Answered": {
      const { location, message, retryAfter, status, subject } = failure
      const answered = { ...facts, message }
      if (status === 401) return new AuthenticationError({ ...answered, subject })
      if (status === 429) return new RateLimitError({ ...answered, retryAfter })
      if (status >= 500) return new ServerError({ ...answered, status, retryAfter })
      return new UnexpectedStatusError({ ...answered, status, location })
    }
    case "NotSent":
    case "Lost":
      return new TransportError({ ...facts, message: failure.message, code: failure.code, reason: failure._tag })
    case "TimedOut": {
      const { duration, limit } = failure
      return new TimeoutError({ ...facts, message: `the ${limit} reached its time limit`, limit, duration })
    }
    case "Unreadable": {
      const { field, message, reason, status } = failure
      return new DecodeError({ ...facts, message, status, reason, field })
    }
    case "Refused":
      return refusedInput(operation, failure.issues)
  }
}

/** For the unsafe management operations: whatever may have acted is an unknown outcome. */
export const toUnsafeCallError = (call: Call, failure: Failure): UnsafeCallError =>
  demoteCallError<never>(
    toCallError(call, failure),
    call.startedAt,
    failure._tag === "Lost" || failure._tag === "TimedOut" ? failure.status : Option.none()
  )

/** Puts an error of a safe operation, which a policy of the caller's may have made, into the words of an unsafe one. */
export const demoteCallError = <Own extends OperationError = never>(
  error: Own | CallError | UnsafeCallError,
  startedAt: number,
  /** Where the error has none. */
  status: Option.Option<number> = Option.none()
): Own | UnsafeCallError => {
  let reason: OutcomeUnknownError["reason"]
  switch (error._tag) {
    case "ServerError":
      reason = "ServerError"
      break
    case "UnexpectedStatusError":
      if (error.status !== 408) return error
      reason = "Timeout"
      break
    case "TimeoutError":
      reason = "Timeout"
      break
    case "DecodeError":
      reason = "Unreadable"
      break
    case "TransportError":
      if (error.reason === "NotSent") return error
      reason = "Lost"
      break
    default:
      return error
  }
  return new OutcomeUnknownError({
    operation: error.operation,
    message: error.message,
    reason,
    status: "status" in error ? Option.some(error.status) : status,
    startedAt: DateTime.unsafeFromDate(new Date(startedAt))
  })
}
