/**
 * Errors without an answer, or with one that could not be read.
 *
 * @since 0.1.0
 */
import * as Duration from "effect/Duration"
import * as Option from "effect/Option"
import { TaggedError } from "./internal/taggedError.js"

/**
 * What every error without a status carries.
 *
 * @since 0.1.0
 * @category models
 */
export interface ClientErrorFields {
  /** The operation that failed, by the vendor's name: `createApiKey`. */
  readonly operation: string
  /** What happened, without secrets and without the values that were sent or found. */
  readonly message: string
  /** Whether the operation may be sent again, judged by its declared safety and by what happened. */
  readonly isRetryable: boolean
}

type Input<Fields extends ClientErrorFields> = Omit<Fields, "isRetryable"> & { readonly isRetryable?: boolean }

/**
 * The connection failed. `"NotSent"`: the request certainly never left. `"Lost"`: it may have arrived, on an operation
 * where that is harmless, or where it costs one call of a quota at most (`checkAuthz`).
 *
 * @since 0.1.0
 * @category errors
 */
export class TransportError extends TaggedError("TransportError")<
  ClientErrorFields & {
    readonly reason: "NotSent" | "Lost"
    /** The connection's code, such as `ECONNREFUSED`, where the platform gave one; none where the request could not be built. */
    readonly code: Option.Option<string>
  }
> {
  constructor(
    fields: Input<ClientErrorFields> & { readonly reason?: "NotSent" | "Lost"; readonly code?: Option.Option<string> }
  ) {
    super({ isRetryable: false, reason: "Lost", code: Option.none(), ...fields })
    // Effect copies an error's enumerable fields, and OpenTelemetry takes one named `code` for the error's type.
    Object.defineProperty(this, "code", { enumerable: false })
  }
}

/**
 * A time limit ended the call: of one `"attempt"`, or of the whole `"operation"` with all its attempts. The request was aborted.
 *
 * @since 0.1.0
 * @category errors
 */
export class TimeoutError extends TaggedError("TimeoutError")<
  ClientErrorFields & {
    readonly limit: "attempt" | "operation"
    /** The limit that ended it; of the whole operation, what was left of it when the attempt began. */
    readonly duration: Duration.Duration
  }
> {
  constructor(
    fields: Input<ClientErrorFields> & {
      readonly limit?: "attempt" | "operation"
      readonly duration?: Duration.Duration
    }
  ) {
    super({ isRetryable: false, limit: "attempt", duration: Duration.zero, ...fields })
  }
}

/**
 * One thing that is wrong with an input.
 *
 * @since 0.1.0
 * @category models
 */
export interface InputIssue {
  /** Where it is, as the caller wrote it: `rules[0].duration`. */
  readonly field: string
  /** What is wrong: `missing`, a wrong `type`, against a `rule`, an `unknown` field. */
  readonly rule: "missing" | "type" | "rule" | "unknown"
  /** What would be right. */
  readonly allowed: string
}

/**
 * The input was refused here and nothing was sent. `issues` says of each field what is allowed, never the value found; rules between fields are looked
 * at when each of these is right.
 *
 * @since 0.1.0
 * @category errors
 */
export class EncodeError extends TaggedError("EncodeError")<
  ClientErrorFields & {
    /** The first field that was refused. */
    readonly field: string
    readonly issues: ReadonlyArray<InputIssue>
  }
> {
  constructor(
    fields: Omit<Input<ClientErrorFields>, "message"> & {
      readonly issues: ReadonlyArray<InputIssue>
      readonly message?: string
    }
  ) {
    super({
      isRetryable: false,
      field: fields.issues[0]?.field ?? "input",
      message: fields.issues.map((issue) => `${issue.field}: ${issue.allowed}`).join("; "),
      ...fields
    })
  }
}

/**
 * A 2xx answer that could not be read. Its text is never kept: it could hold a secret that is shown once.
 *
 * @since 0.1.0
 * @category errors
 */
export class DecodeError extends TaggedError("DecodeError")<
  ClientErrorFields & {
    readonly status: number
    /** `"Json"`: no JSON. `"Shape"`: JSON that the contract does not give. `"TooLarge"`: over the limit. `"Encoding"`: gzip, though nobody asked. */
    readonly reason: "Json" | "Shape" | "TooLarge" | "Encoding"
    /** Where the shape differs, in the wire's names; empty for the answer as a whole. */
    readonly field: string
  }
> {
  constructor(
    fields: Input<ClientErrorFields> & {
      readonly status?: number
      readonly reason?: "Json" | "Shape" | "TooLarge" | "Encoding"
      readonly field?: string
    }
  ) {
    super({ isRetryable: false, status: 200, reason: "Shape", field: "", ...fields })
  }
}

/**
 * A page that does not go on from the one before it: empty though more is promised, or rows that were there already. Reading on
 * would lose rows, give some twice, or never end. `operation` is the one that answered the page.
 *
 * @since 0.1.0
 * @category errors
 */
export class PaginationError extends TaggedError("PaginationError")<ClientErrorFields> {
  constructor(fields: Input<ClientErrorFields>) {
    super({ isRetryable: false, ...fields })
  }
}

/**
 * Every error that the client itself found.
 *
 * @since 0.1.0
 * @category models
 */
export type ClientError = TransportError | TimeoutError | EncodeError | DecodeError | PaginationError
