/**
 * Rotation of an app's signing key. There is no secret to lose: what counts is which key is active.
 */
import * as Effect from "effect/Effect"
import type { ConflictError, NotFoundError, ValidationError } from "../../../errors/ApiError.js"
import type { ReconciliationError } from "../../../errors/ReconciliationError.js"
import type { CallError, UnsafeCallError } from "../../../errors/WachtError.js"
import type { SigningKey, SigningKeyRotation } from "../../../schemas/SigningKey.js"
import { again, ended, type Job, look, lookLater, makeJob, persistently, run, send, settled } from "./job.js"
import type { ReplacingOptions } from "./options.js"
import type { Definite } from "./rotateKey.js"

/** What it needs of the service. */
export interface RotatesSigningKeys {
  readonly listOAuthAppSigningKeys: (
    appSlug: string
  ) => Effect.Effect<ReadonlyArray<SigningKey>, ValidationError | NotFoundError | CallError>
  readonly rotateOAuthAppSigningKey: (
    appSlug: string
  ) => Effect.Effect<SigningKeyRotation, ValidationError | NotFoundError | ConflictError | UnsafeCallError>
}

const isActive = ({ status }: SigningKey): boolean => status === "active"

const kids = (keys: ReadonlyArray<SigningKey>): ReadonlyArray<string> => keys.map(({ kid }) => kid)

/** Makes a new signing key, once: where one was lost, the one that is active now is it. */
export const rotateSigningKey = (
  service: RotatesSigningKeys,
  appSlug: string,
  options: ReplacingOptions
): Effect.Effect<
  SigningKeyRotation,
  ValidationError | NotFoundError | ConflictError | CallError | ReconciliationError
> =>
  Effect.flatMap(makeJob("rotateOAuthAppSigningKey", { appSlug }, options), (job) =>
    run("OAuth", job, rotate(service, appSlug, job, options))
  )

const rotate = (
  service: RotatesSigningKeys,
  appSlug: string,
  job: Job,
  options: ReplacingOptions
): Effect.Effect<
  SigningKeyRotation,
  ValidationError | NotFoundError | ConflictError | CallError | ReconciliationError
> =>
  Effect.gen(function* () {
    const { replaces } = options
    const list = service.listOAuthAppSigningKeys(appSlug)
    if (options.isRerun ?? replaces !== undefined) yield* settled(job, [])
    const doneIn = (keys: ReadonlyArray<SigningKey>) =>
      keys.find((key) => isActive(key) && replaces !== undefined && key.kid !== replaces)
    const before = yield* persistently(list)
    const done = doneIn(before)
    if (done !== undefined) return { new: done }
    const known = new Set(kids(before))

    const go = (rounds: number): Effect.Effect<SigningKeyRotation, Definite | ConflictError | ReconciliationError> =>
      send(job, service.rotateOAuthAppSigningKey(appSlug)).pipe(
        // Another caller rotates at this moment, and perhaps the same key.
        Effect.catchTag("ConflictError", (error) =>
          replaces === undefined
            ? Effect.fail(error)
            : Effect.flatMap(look(job, list, []), (keys) => {
                const made = doneIn(keys)
                return made === undefined ? Effect.fail(error) : Effect.succeed({ new: made })
              })
        ),
        Effect.catchTag("OutcomeUnknownError", (error) =>
          Effect.gen(function* () {
            const after = yield* lookLater(job, list, kids(before.filter(isActive)), error)
            const active = after.filter(isActive)
            const made = active.find(({ kid }) => !known.has(kid))
            if (made !== undefined) return { new: made }
            // It acted, and somebody took its key out of use.
            if (after.some(({ kid }) => !known.has(kid))) return yield* ended(job, "Revoked", kids(active), error)
            return yield* again(job, rounds, kids(active), error, go)
          })
        )
      )
    return yield* go(job.rounds)
  })
