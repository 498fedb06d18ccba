/**
 * The errors that an operation can declare as its own, with the statuses that mean them.
 */
import { AuthorizationError, ConflictError, NotFoundError, ValidationError } from "../ApiError.js"
import type { OperationError } from "../WachtError.js"

/** One of an operation's own errors. */
export interface OwnError<E extends OperationError> {
  readonly statuses: ReadonlyArray<number>
  readonly make: (operation: string, status: number, message: string) => E
}

const makeValidation: OwnError<ValidationError>["make"] = (operation, status, message) =>
  new ValidationError({
    operation,
    status: status === 413 || status === 415 || status === 422 ? status : 400,
    message
  })

/** 400, 413, 415, 422: what routes with a JSON body answer. */
export const validation: OwnError<ValidationError> = { statuses: [400, 413, 415, 422], make: makeValidation }

/** 400 alone: what routes without a JSON body answer; the form's route has no 413 either. */
export const badRequest: OwnError<ValidationError> = { statuses: [400], make: makeValidation }

/** 403. */
export const authorization: OwnError<AuthorizationError> = {
  statuses: [403],
  make: (operation, _status, message) => new AuthorizationError({ operation, message })
}

/** 404. */
export const notFound: OwnError<NotFoundError> = {
  statuses: [404],
  make: (operation, _status, message) => new NotFoundError({ operation, message })
}

/** 409. */
export const conflict: OwnError<ConflictError> = {
  statuses: [409],
  make: (operation, _status, message) => new ConflictError({ operation, message })
}

/** Both kinds. */
export const or = <A extends OperationError, B extends OperationError>(
  self: OwnError<A>,
  that: OwnError<B>
): OwnError<A | B> => ({
  statuses: [...self.statuses, ...that.statuses],
  make: (operation, status, message) => (self.statuses.includes(status) ? self : that).make(operation, status, message)
})

/** What most operations with a JSON body can fail with: a bad request, or nothing of that name. */
export const validationOrNotFound = or(validation, notFound)

/** The same for those without one. */
export const badRequestOrNotFound = or(badRequest, notFound)
