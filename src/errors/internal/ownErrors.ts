/**
 * The errors that an operation can declare as its own, by the statuses that mean them.
 */
import { AuthorizationError, ConflictError, NotFoundError, ValidationError } from "../ApiError.js"
import type { OperationError } from "../WachtError.js"

/** What is known of a call that was answered with an error. */
interface Facts {
  readonly operation: string
  readonly message: string
}

/** An operation's own errors: of each status, how its error is made. */
export type OwnErrors<E extends OperationError> = Readonly<Record<number, (facts: Facts) => E>>

const invalid = (status: 400 | 413 | 415 | 422) => (facts: Facts) => new ValidationError({ ...facts, status })

/** Both kinds. */
export const or = <A extends OperationError, B extends OperationError>(
  self: OwnErrors<A>,
  that: OwnErrors<B>
): OwnErrors<A | B> => ({ ...self, ...that })

/** 400 alone: what routes without a JSON body answer; the form's route has no 413 either. */
export const badRequest: OwnErrors<ValidationError> = { 400: invalid(400) }

/** What routes with a JSON body answer. */
export const validation = or(badRequest, { 413: invalid(413), 415: invalid(415), 422: invalid(422) })

/** 403. */
export const authorization: OwnErrors<AuthorizationError> = { 403: (facts) => new AuthorizationError(facts) }

/** 404. */
const notFound: OwnErrors<NotFoundError> = { 404: (facts) => new NotFoundError(facts) }

/** 409. */
export const conflict: OwnErrors<ConflictError> = { 409: (facts) => new ConflictError(facts) }

/** What most operations with a JSON body can fail with: a bad request, or nothing of that name. */
export const validationOrNotFound = or(validation, notFound)

/** The same for those without one. */
export const badRequestOrNotFound = or(badRequest, notFound)

/** All of them. */
export const everyOwnError = or(validationOrNotFound, or(authorization, conflict))
