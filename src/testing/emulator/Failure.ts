/**
 * An answer that is a refusal. Handlers end early with `return yield* Failure.badRequest("…")`.
 *
 * The kernel turns a failure of a platform route into the envelope `{"errors":[{"message","code"}]}`.
 */
import * as Data from "effect/Data"
import * as Effect from "effect/Effect"

export class Failure extends Data.TaggedClass("Failure")<{
  readonly status: number
  readonly message: string
  /** Extra response headers, such as `allow`. */
  readonly headers?: Readonly<Record<string, string>>
}> {}

/** Any refusal by its status and the exact words of the contract. */
export const fail = (status: number, message: string): Effect.Effect<never, Failure> =>
  Effect.fail(new Failure({ status, message }))

export const badRequest = (message: string): Effect.Effect<never, Failure> => fail(400, message)
export const forbidden = (message: string): Effect.Effect<never, Failure> => fail(403, message)
export const notFound = (message: string): Effect.Effect<never, Failure> => fail(404, message)
export const conflict = (message: string): Effect.Effect<never, Failure> => fail(409, message)

/** The fixed texts that replace whatever the framework or the database said. */
export const malformed = new Failure({ status: 400, message: "Bad request" })
export const unknownRoute = new Failure({ status: 404, message: "Not found" })
export const tooLarge = new Failure({ status: 413, message: "Request failed" })
export const wrongMediaType = new Failure({ status: 415, message: "Request failed" })
export const wrongShape = new Failure({ status: 422, message: "Invalid request payload" })
export const alreadyExists = new Failure({ status: 409, message: "Resource already exists" })
/** Everything that the server did not foresee; also text with a NUL character, which its database refuses. */
export const unexpected = new Failure({ status: 500, message: "Something went wrong" })

export const methodNotAllowed = (allow: string): Failure =>
  new Failure({ status: 405, message: "Method not allowed", headers: { allow } })

/** Fails with `failure` where `condition` holds. */
export const failIf = (condition: boolean, failure: Failure): Effect.Effect<void, Failure> =>
  condition ? Effect.fail(failure) : Effect.void
