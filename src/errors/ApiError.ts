/**
 * Errors that the server answered: one class per meaning, each with the status and the server's own words.
 *
 * @since 0.1.0
 */
import type * as Duration from "effect/Duration"
import * as Option from "effect/Option"
import { TaggedError } from "./internal/taggedError.js"

/**
 * What every error with a status carries.
 *
 * @since 0.1.0
 * @category models
 */
export interface ApiErrorFields<Status extends number = number> {
  /** The operation that failed, by the vendor's name: `createApiKey`. */
  readonly operation: string
  /** The HTTP status of the answer. */
  readonly status: Status
  /** The server's words, without secrets. */
  readonly message: string
  /** Whether the operation may be sent again, judged by its declared safety and by this status. */
  readonly isRetryable: boolean
}

/**
 * What a constructor takes: `isRetryable` is false unless given, a status that the class implies may be left out.
 *
 * @since 0.1.0
 * @category models
 */
export type ApiErrorInput<Status extends number = number> = Omit<ApiErrorFields<Status>, "status" | "isRetryable"> & {
  readonly status?: Status
  readonly isRetryable?: boolean
}

/**
 * 401. With `subject: "client"` this SDK's own key was refused, or the gateway was out of reach, which reads the same;
 * with `"principal"` the credential that `checkAuthz` was asked about. A 401 of `checkAuthz` that is not in the gateway's own words, such as
 * a proxy's or that of a wrong gateway URL, is `"client"`.
 *
 * @since 0.1.0
 * @category errors
 */
export class AuthenticationError extends TaggedError("AuthenticationError")<
  ApiErrorFields<401> & { readonly subject: "client" | "principal" }
> {
  constructor(fields: ApiErrorInput<401> & { readonly subject?: "client" | "principal" }) {
    super({ status: 401, isRetryable: false, subject: "client", ...fields })
  }
}

/**
 * 403. `isPlanGate` tells a plan that lacks the feature from a missing right.
 *
 * @since 0.1.0
 * @category errors
 */
export class AuthorizationError extends TaggedError("AuthorizationError")<
  ApiErrorFields<403> & { readonly isPlanGate: boolean }
> {
  constructor(fields: ApiErrorInput<403> & { readonly isPlanGate?: boolean }) {
    // The server has no symbolic code: its words are all that tells the plan gate apart.
    super({ status: 403, isRetryable: false, isPlanGate: /\brequires\b.*\bplan\b/i.test(fields.message), ...fields })
  }
}

/**
 * 400 (a rule of the server), 413 (too large), 415 (content type) or 422 (shape of the body).
 *
 * @since 0.1.0
 * @category errors
 */
export class ValidationError extends TaggedError("ValidationError")<ApiErrorFields<400 | 413 | 415 | 422>> {
  constructor(fields: ApiErrorInput<400 | 413 | 415 | 422>) {
    super({ status: 400, isRetryable: false, ...fields })
  }
}

/**
 * 404. What the path names does not exist, was deleted, or is already in the state that was asked for.
 *
 * @since 0.1.0
 * @category errors
 */
export class NotFoundError extends TaggedError("NotFoundError")<ApiErrorFields<404>> {
  constructor(fields: ApiErrorInput<404>) {
    super({ status: 404, isRetryable: false, ...fields })
  }
}

/**
 * 409. Something of this name exists already, or two callers did the same at once.
 *
 * @since 0.1.0
 * @category errors
 */
export class ConflictError extends TaggedError("ConflictError")<ApiErrorFields<409>> {
  constructor(fields: ApiErrorInput<409>) {
    super({ status: 409, isRetryable: false, ...fields })
  }
}

/**
 * 429. The backend key's own limit; refused before anything was done. `retryAfter` is what the server meant, at most 31 days: its words call milliseconds
 * seconds, and `message` quotes them.
 *
 * @since 0.1.0
 * @category errors
 */
export class RateLimitError extends TaggedError("RateLimitError")<
  ApiErrorFields<429> & { readonly retryAfter: Option.Option<Duration.Duration> }
> {
  constructor(fields: ApiErrorInput<429> & { readonly retryAfter?: Option.Option<Duration.Duration> }) {
    super({ status: 429, isRetryable: false, retryAfter: Option.none(), ...fields })
  }
}

/**
 * Any status of 500 and more, whatever its body was. `retryAfter` is set where the answer had the header.
 *
 * @since 0.1.0
 * @category errors
 */
export class ServerError extends TaggedError("ServerError")<
  ApiErrorFields & { readonly retryAfter: Option.Option<Duration.Duration> }
> {
  constructor(fields: ApiErrorInput & { readonly retryAfter?: Option.Option<Duration.Duration> }) {
    super({ status: 500, isRetryable: false, retryAfter: Option.none(), ...fields })
  }
}

/**
 * A status that the contract does not give for the operation: 405, 408 (of an unsafe operation an `OutcomeUnknownError`), every 3xx (never followed; `location` says where it pointed).
 *
 * @since 0.1.0
 * @category errors
 */
export class UnexpectedStatusError extends TaggedError("UnexpectedStatusError")<
  ApiErrorFields & { readonly location: Option.Option<string> }
> {
  constructor(
    fields: Omit<ApiErrorInput, "status"> & { readonly status: number; readonly location?: Option.Option<string> }
  ) {
    super({ isRetryable: false, location: Option.none(), ...fields })
  }
}

/**
 * Every error with a status.
 *
 * @since 0.1.0
 * @category models
 */
export type ApiError =
  | AuthenticationError
  | AuthorizationError
  | ValidationError
  | NotFoundError
  | ConflictError
  | RateLimitError
  | ServerError
  | UnexpectedStatusError
