/**
 * Rotation of an API key by id, which is a compare-and-set: of two requests for one id only the first can act.
 */
import * as Effect from "effect/Effect"
import type { NotFoundError, ValidationError } from "../../../errors/ApiError.js"
import type { OutcomeUnknownError } from "../../../errors/OutcomeUnknownError.js"
import type { ReconciliationError } from "../../../errors/ReconciliationError.js"
import type { CallError, UnsafeCallError } from "../../../errors/WachtError.js"
import type { ApiKey, ApiKeyWithSecret, ListApiKeysQuery } from "../../../schemas/ApiKey.js"
import type { KeyId } from "../../../schemas/Ids.js"
import { again, ended, type Job, look, lookLater, makeJob, persistently, run, send } from "./job.js"
import { follow, idsOf, isInUse, type Lineage, liveOf } from "./lineage.js"
import type { ReconcileOptions } from "./options.js"

/** What rotation needs of the service. */
export interface RotatesKeys {
  readonly listApiKeys: (
    appSlug: string,
    query?: ListApiKeysQuery
  ) => Effect.Effect<ReadonlyArray<ApiKey>, ValidationError | NotFoundError | CallError>
  readonly rotateApiKey: (
    appSlug: string,
    keyId: KeyId
  ) => Effect.Effect<ApiKeyWithSecret, ValidationError | NotFoundError | UnsafeCallError>
}

/** What a rotation fails with when it certainly did not act. */
export type Definite = ValidationError | NotFoundError | Exclude<UnsafeCallError, OutcomeUnknownError>

/** The live keys of an app: where they say enough nothing more is read, since each rotation leaves a dead one for ever. */
export const liveKeys = (
  service: Pick<RotatesKeys, "listApiKeys">,
  appSlug: string
): Effect.Effect<ReadonlyArray<ApiKey>, ValidationError | NotFoundError | CallError> => service.listApiKeys(appSlug)

/** Every key of an app, dead ones too. */
export const allKeys = (
  service: Pick<RotatesKeys, "listApiKeys">,
  appSlug: string
): Effect.Effect<ReadonlyArray<ApiKey>, ValidationError | NotFoundError | CallError> =>
  service.listApiKeys(appSlug, { includeInactive: true })

/** The typed end for a lineage that has no key to be given out. */
export const lost = (job: Job, lineage: Lineage): ReconciliationError =>
  ended(job, lineage._tag === "Live" ? "Taken" : lineage._tag, idsOf(liveOf(lineage)))

interface Target {
  readonly key: ApiKey
  /** True where somebody may hold its secret, so that an error that changed nothing is passed on as it is. */
  readonly isHeld: boolean
  readonly rounds: number
}

/**
 * Rotates one live key until its successor is in hand. A later round goes for the target again where nothing acted, and for its direct
 * successor where its own lost request must have been the one; anything further was made by somebody else.
 */
const rotateLive = (
  service: RotatesKeys,
  appSlug: string,
  job: Job,
  target: Target
): Effect.Effect<ApiKeyWithSecret, Definite | ReconciliationError> => {
  const { isHeld, key, rounds } = target
  const keysOfApp = allKeys(service, appSlug)
  const find = (keys: ReadonlyArray<ApiKey>) => keys.find(({ id }) => id === key.id)
  const unchanged = (error: Definite): Effect.Effect<never, Definite | ReconciliationError> =>
    isHeld ? Effect.fail(error) : ended(job, "Unresolved", [key.id], error)

  return Effect.catchAll(send(job, service.rotateApiKey(appSlug, key.id)), (error) => {
    switch (error._tag) {
      case "NotFoundError":
        return Effect.flatMap(look(job, keysOfApp, [key.id]), (keys) => {
          const found = find(keys)
          // The key is as it was: the refusal is about something else, such as an app that was switched off.
          return found === undefined || found.isActive ? unchanged(error) : lost(job, follow(found, keys))
        })
      case "OutcomeUnknownError":
        return Effect.gen(function* () {
          const keys = yield* lookLater(job, keysOfApp, [key.id], error)
          const found = find(keys)
          // Nothing says that it is dead.
          if (found === undefined) return yield* ended(job, "Unresolved", [key.id], error)
          const lineage = follow(found, keys)
          if (lineage._tag !== "Live" || lineage.steps > 1) return yield* lost(job, lineage)
          const { head, steps } = lineage
          if (steps === 1 && isInUse(head)) return yield* lost(job, lineage)
          return yield* again(job, rounds, [head.id], error, (left) =>
            rotateLive(service, appSlug, job, { key: head, isHeld: isHeld && steps === 0, rounds: left })
          )
        })
      default:
        return unchanged(error)
    }
  })
}

/** Takes up what an earlier run left alive, unless its secret is in use. */
export const takeOver = (
  service: RotatesKeys,
  appSlug: string,
  job: Job,
  lineage: Lineage
): Effect.Effect<ApiKeyWithSecret, Definite | ReconciliationError> =>
  lineage._tag !== "Live" || isInUse(lineage.head)
    ? lost(job, lineage)
    : rotateLive(service, appSlug, job, { key: lineage.head, isHeld: false, rounds: job.rounds })

/** Rotates a key, or takes up the rotation that an earlier run began. */
export const rotateKey = (
  service: RotatesKeys,
  appSlug: string,
  keyId: KeyId,
  options: ReconcileOptions
): Effect.Effect<ApiKeyWithSecret, ValidationError | NotFoundError | CallError | ReconciliationError> =>
  Effect.flatMap(makeJob("rotateApiKey", { appSlug, keyId }, options), (job) =>
    run("ApiKeys", job, rotate(service, appSlug, keyId, job))
  )

const rotate = (
  service: RotatesKeys,
  appSlug: string,
  keyId: KeyId,
  job: Job
): Effect.Effect<ApiKeyWithSecret, ValidationError | NotFoundError | CallError | ReconciliationError> =>
  Effect.gen(function* () {
    const find = (keys: ReadonlyArray<ApiKey>) => keys.find(({ id }) => id === keyId)
    // What was alive when the run began tells an earlier run's work from that of a caller who is faster now.
    const alive = yield* persistently(liveKeys(service, appSlug))
    const keys = find(alive) === undefined ? yield* persistently(allKeys(service, appSlug)) : alive
    const key = find(keys)
    if (key === undefined) {
      // Only the server can say why.
      return yield* Effect.catchTag(send(job, service.rotateApiKey(appSlug, keyId)), "OutcomeUnknownError", (error) =>
        ended(job, "Unresolved", [keyId], error)
      )
    }
    if (key.isActive) return yield* rotateLive(service, appSlug, job, { key, isHeld: true, rounds: job.rounds })
    const before = follow(key, keys)
    if (before._tag === "Revoked") return yield* lost(job, before)
    const later = yield* lookLater(job, allKeys(service, appSlug), idsOf(liveOf(before)))
    const after = follow(find(later) ?? key, later)
    const wasAlive = after._tag === "Live" && alive.some(({ id }) => id === after.head.id)
    // What was made while this run only waited, a run that is alive may hold. If none does, the next run finds it there from the start.
    return yield* wasAlive ? takeOver(service, appSlug, job, after) : lost(job, after)
  })
