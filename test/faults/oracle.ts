/** What must come of a fault, by the contract and by the rules that the SDK documents: nothing here looks at the SDK's own tables. */
import type { WachtError } from "effect-wacht/errors"
import * as Duration from "effect/Duration"
import * as Exit from "effect/Exit"
import * as Option from "effect/Option"
import type { OperationCase } from "./calls.js"
import type { Meaning } from "./variants.js"

/** What is expected; `undefined` members are not looked at. */
export interface Expected {
  readonly tag: WachtError["_tag"] | "success"
  /** Other tags that are right as well. */
  readonly or?: WachtError["_tag"]
  readonly status?: number
  readonly words?: string
  readonly reason?: ReadonlyArray<string>
  readonly retryAfter?: readonly [number, number]
  readonly location?: string
  /** Requests under the standard policy. */
  readonly requests: number
}

const ownClass: Readonly<Record<number, WachtError["_tag"]>> = {
  400: "ValidationError",
  413: "ValidationError",
  415: "ValidationError",
  422: "ValidationError",
  403: "AuthorizationError",
  404: "NotFoundError",
  409: "ConflictError"
}

const transient = new Set([408, 429, 500, 502, 503, 504])

const classOf = (operation: OperationCase, status: number): WachtError["_tag"] => {
  if (status === 401) return "AuthenticationError"
  if (status === 429) return "RateLimitError"
  if (status >= 500) return operation.safety === "unsafe" ? "OutcomeUnknownError" : "ServerError"
  return (operation.ownStatuses.has(status) ? ownClass[status] : undefined) ?? "UnexpectedStatusError"
}

/** The longest delay of the server's that the standard policy waits for. */
const longestDelay = 60_000

export const expectedOf = (operation: OperationCase, meaning: Meaning, isPolicyOn: boolean): Expected => {
  const { safety } = operation
  const isUnsafe = safety === "unsafe"
  const repeated = isPolicyOn && (safety === "safe" || safety === "idempotent") ? 3 : 1
  switch (meaning._tag) {
    case "NotSent":
      return { tag: "TransportError", reason: ["NotSent"], requests: 0 }
    case "Lost":
      if (!operation.hasResult && meaning.status !== undefined) return { tag: "success", requests: 1 }
      return {
        tag: isUnsafe ? "OutcomeUnknownError" : "TransportError",
        reason: ["Lost"],
        requests: repeated,
        ...(isUnsafe && meaning.status !== undefined ? { status: meaning.status } : {})
      }
    case "Cut":
      if (!operation.hasResult) return { tag: "success", requests: 1 }
      return isUnsafe
        ? { tag: "OutcomeUnknownError", reason: ["Lost", "Unreadable"], status: meaning.status, requests: 1 }
        : { tag: "TransportError", or: "DecodeError", reason: ["Lost"], requests: repeated }
    case "Late":
      if (!operation.hasResult && meaning.status !== undefined) return { tag: "success", requests: 1 }
      return {
        tag: isUnsafe ? "OutcomeUnknownError" : "TimeoutError",
        requests: repeated,
        ...(isUnsafe ? { reason: ["Timeout"] } : {}),
        ...(isUnsafe && meaning.status !== undefined ? { status: meaning.status } : {})
      }
    case "Unreadable":
      if (!operation.hasResult) return { tag: "success", requests: 1 }
      return {
        tag: isUnsafe ? "OutcomeUnknownError" : "DecodeError",
        status: meaning.status,
        reason: isUnsafe ? ["Unreadable"] : meaning.reasons,
        requests: 1
      }
    case "Answered": {
      const { retryAfter, status } = meaning
      const isWaited = (retryAfter?.[1] ?? 0) <= longestDelay
      const isRepeated =
        transient.has(status) && isWaited && (repeated === 3 || (isPolicyOn && isUnsafe && status === 429))
      return {
        tag: classOf(operation, status),
        status,
        words: meaning.words,
        requests: isRepeated ? 3 : 1,
        ...(retryAfter === undefined ? {} : { retryAfter }),
        ...(meaning.location === undefined ? {} : { location: meaning.location })
      }
    }
    case "Exact":
      return operation.hasResult
        ? { tag: "success", or: isUnsafe ? "OutcomeUnknownError" : "DecodeError", requests: 1 }
        : { tag: "success", requests: 1 }
  }
}

const statusOf = (error: WachtError): number | undefined => {
  if (!("status" in error)) return undefined
  return typeof error.status === "number" ? error.status : Option.getOrUndefined(error.status)
}

const millisOf = (error: WachtError): number | undefined =>
  error._tag === "RateLimitError" || error._tag === "ServerError"
    ? Option.getOrUndefined(Option.map(error.retryAfter, Duration.toMillis))
    : undefined

/** All that differs from what is expected, in words. */
export const differences = (
  expected: Expected,
  operation: OperationCase,
  exit: Exit.Exit<unknown, WachtError>
): ReadonlyArray<string> => {
  if (Exit.isSuccess(exit)) {
    return expected.tag === "success" ? [] : [`success instead of ${expected.tag}`]
  }
  const failure = exit.cause._tag === "Fail" ? exit.cause.error : undefined
  if (failure === undefined) return [`no typed error but ${exit.cause._tag}`]
  const found: Array<string> = []
  const compare = (what: string, isRight: boolean, value: unknown) => {
    if (!isRight) found.push(`${what} is ${String(value)}`)
  }
  compare("tag", failure._tag === expected.tag || failure._tag === expected.or, `${failure._tag}: ${failure.message}`)
  compare("operation", failure.operation === operation.name, failure.operation)
  const status = statusOf(failure)
  if (expected.status !== undefined) compare("status", status === expected.status, status)
  if (expected.words !== undefined) compare("message", failure.message === expected.words, failure.message)
  if (expected.reason !== undefined && failure._tag === expected.tag) {
    const reason = "reason" in failure ? failure.reason : undefined
    compare("reason", reason !== undefined && expected.reason.includes(reason), reason)
  }
  if (failure._tag === "RateLimitError" || failure._tag === "ServerError") {
    const millis = millisOf(failure)
    const [from, to] = expected.retryAfter ?? [undefined, undefined]
    compare(
      "retryAfter",
      from === undefined ? millis === undefined : millis !== undefined && millis >= from && millis <= to,
      millis
    )
  }
  if (failure._tag === "UnexpectedStatusError") {
    const location = Option.getOrUndefined(failure.location)
    compare("location", location === expected.location, location)
  }
  return found
}
