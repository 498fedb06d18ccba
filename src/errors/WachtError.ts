/**
 * All errors as one union, and groups of them for pipelines.
 *
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"
import { dual } from "effect/Function"
import * as Predicate from "effect/Predicate"
import type {
  ApiError,
  AuthenticationError,
  AuthorizationError,
  ConflictError,
  NotFoundError,
  RateLimitError,
  ServerError,
  UnexpectedStatusError,
  ValidationError
} from "./ApiError.js"
import type { ClientError, DecodeError, EncodeError, TimeoutError, TransportError } from "./ClientError.js"
import type { OutcomeUnknownError } from "./OutcomeUnknownError.js"
import type { ReconciliationError } from "./ReconciliationError.js"

/**
 * Every error of this package.
 *
 * @since 0.1.0
 * @category models
 */
export type WachtError = ApiError | ClientError | OutcomeUnknownError | ReconciliationError

/**
 * What every operation that is safe or idempotent, and `checkAuthz`, can fail with besides its own errors.
 *
 * @since 0.1.0
 * @category models
 */
export type CallError =
  | AuthenticationError
  | RateLimitError
  | ServerError
  | UnexpectedStatusError
  | TransportError
  | TimeoutError
  | EncodeError
  | DecodeError

/**
 * What the eight unsafe management operations, and an unsafe `WachtClient.request`, can fail with besides their own errors.
 *
 * @since 0.1.0
 * @category models
 */
export type UnsafeCallError =
  AuthenticationError | RateLimitError | UnexpectedStatusError | TransportError | EncodeError | OutcomeUnknownError

/**
 * What an operation can declare as its own, by the statuses that the contract lists for its route.
 *
 * @since 0.1.0
 * @category models
 */
export type OperationError = AuthorizationError | ValidationError | NotFoundError | ConflictError

const apiTags = [
  "AuthenticationError",
  "AuthorizationError",
  "ValidationError",
  "NotFoundError",
  "ConflictError",
  "RateLimitError",
  "ServerError",
  "UnexpectedStatusError"
] as const

const clientTags = ["TransportError", "TimeoutError", "EncodeError", "DecodeError", "PaginationError"] as const

/** In a call of its own, which a bundler can leave out with what nobody uses; a spread it keeps. */
const join = <const A extends ReadonlyArray<string>, const B extends ReadonlyArray<string>>(
  first: A,
  second: B
): readonly [...A, ...B] => [...first, ...second]

/**
 * The tags of each group; `WachtError` is all of them.
 *
 * @since 0.1.0
 * @category groups
 */
export const groups = {
  AuthError: ["AuthenticationError", "AuthorizationError"],
  InputError: ["EncodeError", "ValidationError"],
  BusyError: ["RateLimitError", "ServerError"],
  NetworkError: ["TransportError", "TimeoutError"],
  CallError: [
    "AuthenticationError",
    "RateLimitError",
    "ServerError",
    "UnexpectedStatusError",
    "TransportError",
    "TimeoutError",
    "EncodeError",
    "DecodeError"
  ],
  UnsafeCallError: [
    "AuthenticationError",
    "RateLimitError",
    "UnexpectedStatusError",
    "TransportError",
    "EncodeError",
    "OutcomeUnknownError"
  ],
  ApiError: apiTags,
  ClientError: clientTags,
  WachtError: join(join(apiTags, clientTags), ["OutcomeUnknownError", "ReconciliationError"])
} as const satisfies Record<string, ReadonlyArray<WachtError["_tag"]>>

/**
 * The name of a group.
 *
 * @since 0.1.0
 * @category groups
 */
export type GroupName = keyof typeof groups

/**
 * The errors of a group.
 *
 * @since 0.1.0
 * @category groups
 */
export type Group<Name extends GroupName> = Extract<WachtError, { readonly _tag: (typeof groups)[Name][number] }>

/**
 * Credentials: a bad key, or a key without the right.
 *
 * @since 0.1.0
 * @category groups
 */
export type AuthError = Group<"AuthError">

/**
 * The input was wrong, found here or by the server.
 *
 * @since 0.1.0
 * @category groups
 */
export type InputError = Group<"InputError">

/**
 * The server has too much to do, or is broken.
 *
 * @since 0.1.0
 * @category groups
 */
export type BusyError = Group<"BusyError">

/**
 * No answer came. Of an unsafe operation that may have acted it is an `OutcomeUnknownError`, which is not in this group.
 *
 * @since 0.1.0
 * @category groups
 */
export type NetworkError = Group<"NetworkError">

/** By what all of ours have, not by class: another copy of this package may have made it. An app may have errors of the same tags. */
const isOneOf = (tags: ReadonlyArray<unknown>, u: unknown): boolean =>
  Predicate.hasProperty(u, "_tag") &&
  Predicate.hasProperty(u, "operation") &&
  Predicate.hasProperty(u, "isRetryable") &&
  tags.includes(u._tag)

/**
 * Whether a value is an error of the group. Of a union, such as what a call can fail with, it tells those that are in it. An error of yours that has
 * a tag of the group's, an `operation` and `isRetryable` counts as one.
 *
 * @since 0.1.0
 * @category guards
 */
export const isInGroup =
  <Name extends GroupName>(name: Name) =>
  <U>(u: U): u is U & Group<Name> =>
    isOneOf(groups[name], u)

/**
 * Whether a value is an error of this package.
 *
 * @since 0.1.0
 * @category guards
 */
export const isWachtError: <U>(u: U) => u is U & WachtError = isInGroup("WachtError")

/**
 * Whether a value is one of the errors that every safe or idempotent operation has.
 *
 * @since 0.1.0
 * @category guards
 */
export const isCallError: <U>(u: U) => u is U & CallError = isInGroup("CallError")

/**
 * Whether a value is one of the errors that every unsafe management operation has.
 *
 * @since 0.1.0
 * @category guards
 */
export const isUnsafeCallError: <U>(u: U) => u is U & UnsafeCallError = isInGroup("UnsafeCallError")

/**
 * Whether credentials were refused.
 *
 * @since 0.1.0
 * @category guards
 */
export const isAuthError: <U>(u: U) => u is U & AuthError = isInGroup("AuthError")

/**
 * Whether the input was refused, here or by the server.
 *
 * @since 0.1.0
 * @category guards
 */
export const isInputError: <U>(u: U) => u is U & InputError = isInGroup("InputError")

/**
 * Whether the server was too busy or broken.
 *
 * @since 0.1.0
 * @category guards
 */
export const isBusyError: <U>(u: U) => u is U & BusyError = isInGroup("BusyError")

/**
 * Whether no answer came.
 *
 * @since 0.1.0
 * @category guards
 */
export const isNetworkError: <U>(u: U) => u is U & NetworkError = isInGroup("NetworkError")

/**
 * Handles exactly the errors of a group and removes them from the type; all others stay.
 *
 * @since 0.1.0
 * @category combinators
 */
export const catchGroup: {
  <Name extends GroupName, E, A2, E2, R2>(
    name: Name,
    handler: (error: NoInfer<Extract<E, Group<Name>>>) => Effect.Effect<A2, E2, R2>
  ): <A, R>(self: Effect.Effect<A, E, R>) => Effect.Effect<A | A2, E2 | Exclude<E, Extract<E, Group<Name>>>, R | R2>
  <A, E, R, Name extends GroupName, A2, E2, R2>(
    self: Effect.Effect<A, E, R>,
    name: Name,
    handler: (error: Extract<E, Group<Name>>) => Effect.Effect<A2, E2, R2>
  ): Effect.Effect<A | A2, E2 | Exclude<E, Extract<E, Group<Name>>>, R | R2>
} = dual(
  3,
  <A, E, R, Name extends GroupName, A2, E2, R2>(
    self: Effect.Effect<A, E, R>,
    name: Name,
    handler: (error: Extract<E, Group<Name>>) => Effect.Effect<A2, E2, R2>
  ): Effect.Effect<A | A2, E2 | Exclude<E, Extract<E, Group<Name>>>, R | R2> =>
    Effect.catchIf(self, (error): error is Extract<E, Group<Name>> => isOneOf(groups[name], error), handler)
)
