/**
 * Creation of an API key that carries a marker, so that a lost answer is no lost key.
 */
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Option from "effect/Option"
import type { NotFoundError, ValidationError } from "../../../errors/ApiError.js"
import type { ReconciliationError } from "../../../errors/ReconciliationError.js"
import type { CallError, UnsafeCallError } from "../../../errors/WachtError.js"
import {
  type ApiKey,
  type ApiKeyWithSecret,
  CreateApiKeyInput,
  type RevokeApiKeyInput
} from "../../../schemas/ApiKey.js"
import type { KeyId } from "../../../schemas/Ids.js"
import { checkInput } from "../checkInput.js"
import { again, ended, isMadeMeanwhile, type Job, look, lookLater, makeJob, persistently, run, send } from "./job.js"
import { type Descent, descents, follow, idsOf, isOlder, markedBy } from "./lineage.js"
import { markerOf, markMetadata } from "./marker.js"
import type { MarkedOptions } from "./options.js"
import { allKeys, type Definite, liveKeys, lost, type RotatesKeys, takeOver } from "./rotateKey.js"
import { sameList } from "./sameFields.js"

/** What creation needs of the service. */
export interface CreatesKeys extends RotatesKeys {
  readonly createApiKey: (
    appSlug: string,
    input: CreateApiKeyInput
  ) => Effect.Effect<ApiKeyWithSecret, ValidationError | NotFoundError | UnsafeCallError>
  readonly revokeApiKey: (
    appSlug: string,
    keyId: KeyId,
    input?: RevokeApiKeyInput
  ) => Effect.Effect<void, ValidationError | NotFoundError | CallError>
}

interface Creation {
  readonly service: CreatesKeys
  readonly appSlug: string
  readonly input: CreateApiKeyInput
  readonly job: Job
  readonly marker: string
  /** Whether another run can know the marker. */
  readonly isShared: boolean
}

/** Each once: lineages can meet, and a list can have a key twice. */
const liveIds = (all: ReadonlyArray<Descent>): ReadonlyArray<string> => [
  ...new Set(all.flatMap(({ live }) => idsOf(live)))
]

/**
 * Two runs at once can both create, also while one of them takes over. The older lineage stays; the younger key, which nobody has seen, is
 * taken back by its maker.
 */
const verify = (creation: Creation, made: ApiKeyWithSecret): Effect.Effect<ApiKeyWithSecret, ReconciliationError> => {
  const { appSlug, isShared, job, marker, service } = creation
  if (!isShared) return Effect.succeed(made)
  const keysOfApp = allKeys(service, appSlug)
  const gone = (keys: ReadonlyArray<ApiKey>) => {
    const live = liveIds(descents(marker, keys))
    const mine = keys.find(({ id }) => id === made.id)
    // Nothing says that it is dead.
    if (mine === undefined) return ended(job, "Unresolved", [...live, made.id])
    if (live.length > 1) return ended(job, "Several", live)
    if (live.length === 1) return ended(job, "Taken", live)
    return lost(job, follow(mine, keys))
  }
  return Effect.gen(function* () {
    const alive = yield* look(job, liveKeys(service, appSlug), [made.id])
    const marked = markedBy(marker, alive)
    if (marked.length > 0 && marked.every(({ id }) => id === made.id)) return made
    const keys = yield* look(job, keysOfApp, [made.id])
    const all = descents(marker, keys)
    const mine = all.find(({ live }) => live.some(({ id }) => id === made.id))
    if (mine === undefined) return yield* gone(keys)
    const live = liveIds(all)
    if (live.length === 1) return made
    if (all.some((each) => each.live.length > 0 && isOlder(each.root, mine.root))) {
      const revoke = service.revokeApiKey(appSlug, made.id, { reason: "another run of the job made one first" })
      const revoked = yield* Effect.either(persistently(revoke))
      if (Either.isLeft(revoked) && revoked.left._tag !== "NotFoundError") {
        return yield* ended(job, "Several", live, revoked.left)
      }
      const later = yield* look(job, keysOfApp, live)
      const left = liveIds(descents(marker, later))
      // It may be gone by a rotation, of whose 404 a policy says that all is done: then there is one more that has to be named.
      const isRevoked = later.some((key) => key.id === made.id && follow(key, later)._tag === "Revoked")
      return yield* isRevoked && left.length > 0 ? ended(job, "Taken", left) : gone(later)
    }
    // The maker of a younger one takes it back, if it lives.
    const later = yield* lookLater(job, keysOfApp, live)
    const left = liveIds(descents(marker, later))
    return left.length === 1 && left[0] === made.id ? made : yield* gone(later)
  })
}

/** Goes on from what is there; `none` where nothing ever was. `isLater`: an earlier run may have rotated what it made. */
const goOn = <E>(
  creation: Creation,
  keys: ReadonlyArray<ApiKey>,
  isLater: boolean,
  none: Effect.Effect<ApiKeyWithSecret, E>
): Effect.Effect<ApiKeyWithSecret, E | Definite | ReconciliationError> => {
  const { appSlug, input, job, marker, service } = creation
  const all = descents(marker, keys)
  const [first] = all
  if (first === undefined) return none
  const live = liveIds(all)
  if (live.length > 1) return ended(job, "Several", live)
  const { lineage, live: heads } = all.find((each) => each.live.length > 0) ?? first
  // Only the root can be this run's own: whoever rotated it has the secret.
  if (lineage._tag === "Live" && lineage.steps > 0 && !isLater) return lost(job, lineage)
  // A rotation keeps what decides whether and for what a key is of use; past its time the server calls it active still.
  return Effect.flatMap(Clock.currentTimeMillis, (now) => {
    if (heads.some(({ expiresAt }) => Option.exists(expiresAt, ({ utc }) => utc.epochMillis <= now))) {
      return ended(job, "Expired", live)
    }
    if (!heads.every(({ permissions }) => sameList(input.permissions ?? [], permissions))) {
      return ended(job, "Different", live, undefined, ["permissions"])
    }
    return Effect.flatMap(takeOver(service, appSlug, job, lineage), (made) => verify(creation, made))
  })
}

const create = (
  creation: Creation,
  rounds: number
): Effect.Effect<ApiKeyWithSecret, Definite | ReconciliationError> => {
  const { appSlug, input, job, service } = creation
  return send(job, service.createApiKey(appSlug, input)).pipe(
    Effect.flatMap((made) => verify(creation, made)),
    Effect.catchTag("OutcomeUnknownError", (error) =>
      Effect.flatMap(lookLater(job, allKeys(service, appSlug), [], error), (keys) =>
        goOn(
          creation,
          keys,
          false,
          again(job, rounds, [], error, (left) => create(creation, left))
        )
      )
    )
  )
}

/** Creates a key, or takes up the creation that an earlier run with the same marker began. */
export const createKey = (
  service: CreatesKeys,
  appSlug: string,
  input: CreateApiKeyInput,
  options: MarkedOptions
): Effect.Effect<ApiKeyWithSecret, ValidationError | NotFoundError | CallError | ReconciliationError> =>
  Effect.gen(function* () {
    const operation = "createApiKey"
    const isShared = options.marker !== undefined
    const marker = yield* markerOf(operation, options)
    const { metadata: given } = yield* checkInput(operation, CreateApiKeyInput, input)
    const metadata = yield* markMetadata(operation, given, marker)
    const job = yield* makeJob(operation, { appSlug }, options, marker)
    const creation: Creation = { service, appSlug, input: { ...input, metadata }, job, marker, isShared }
    const first = create(creation, job.rounds)
    const later = Effect.gen(function* () {
      const alive = yield* persistently(liveKeys(service, appSlug))
      const before = idsOf(markedBy(marker, alive))
      const keys = yield* lookLater(job, allKeys(service, appSlug), before)
      const now = liveIds(descents(marker, keys))
      if (isMadeMeanwhile(before, now)) return yield* ended(job, "Taken", now)
      return yield* goOn(creation, keys, true, first)
    })
    return yield* run("ApiKeys", job, !isShared || options.isRerun === false ? first : later)
  })
