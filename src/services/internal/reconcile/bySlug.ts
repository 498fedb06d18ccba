/**
 * Creation of what a slug names: after an unknown outcome the slug tells what happened.
 */
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { type AuthorizationError, ConflictError } from "../../../errors/ApiError.js"
import type { OutcomeUnknownError } from "../../../errors/OutcomeUnknownError.js"
import type { ReconciliationError } from "../../../errors/ReconciliationError.js"
import { again, type Job, look, lookLater, send, type Stop } from "./job.js"
import type { Definite } from "./rotateKey.js"

/** What is created, and how it is looked up. */
export interface Named<A, E extends Definite | AuthorizationError | ConflictError> {
  readonly job: Job
  readonly slug: string
  /** Whether a conflict on the first request can be an earlier run's work. */
  readonly isRerun: boolean
  readonly create: Effect.Effect<A, E | OutcomeUnknownError>
  readonly read: Effect.Effect<Option.Option<A>, Exclude<Stop, OutcomeUnknownError>>
  /** The fields that were sent and that it does not have. */
  readonly differences: (found: A) => ReadonlyArray<string>
}

const isUnknown = (error: { readonly _tag: string }): error is OutcomeUnknownError =>
  error._tag === "OutcomeUnknownError"

/** Creates it, or finds it created with every field as sent; else it is a conflict. */
export const createNamed = <A, E extends Definite | AuthorizationError | ConflictError>(
  named: Named<A, E>
): Effect.Effect<A, E | ConflictError | ReconciliationError> => {
  const { create, differences, isRerun, job, read, slug } = named

  const judge = (found: A): Effect.Effect<A, ConflictError> => {
    const fields = differences(found)
    return fields.length === 0
      ? Effect.succeed(found)
      : new ConflictError({
          operation: job.operation,
          message: `there is one of this slug already, which differs in: ${fields.join(", ")}`
        })
  }

  const go = (rounds: number, isOurs: boolean): Effect.Effect<A, E | ConflictError | ReconciliationError> =>
    Effect.catchAll(send(job, create), (error): Effect.Effect<A, E | ConflictError | ReconciliationError> => {
      if (isUnknown(error)) {
        return Effect.flatMap(
          lookLater(job, read, [slug], error),
          Option.match({
            onSome: judge,
            onNone: () => again(job, rounds, [], error, (left) => go(left, true))
          })
        )
      }
      if (error._tag !== "ConflictError" || !isOurs) return Effect.fail(error)
      // What a deleted one left behind conflicts too, and cannot be read.
      return Effect.flatMap(look(job, read, [slug]), (found): Effect.Effect<A, E | ConflictError> =>
        Option.isSome(found) ? judge(found.value) : Effect.fail(error)
      )
    })

  return go(job.rounds, isRerun)
}
