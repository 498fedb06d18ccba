/**
 * What all reconciliation has in common: waiting until nothing can act any more, looking, and saying what is left alive.
 */
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Option from "effect/Option"
import type { ApiError } from "../../../errors/ApiError.js"
import type { ClientError, EncodeError } from "../../../errors/ClientError.js"
import type { OutcomeUnknownError } from "../../../errors/OutcomeUnknownError.js"
import { ReconciliationError, type ReconciliationReason } from "../../../errors/ReconciliationError.js"
import { checkDuration } from "../duration.js"
import { timeLeft } from "../limits.js"
import { retry } from "../policy/retry.js"
import { refuse } from "../refuse.js"
import { sleep } from "../sleep.js"
import type { ReconcileOptions } from "./options.js"

/** One job, which may have several runs. */
export interface Job {
  readonly operation: string
  readonly marker: Option.Option<string>
  readonly settleMillis: number
  readonly rounds: number
}

/** What can stop a repair. */
export type Stop = ApiError | ClientError | OutcomeUnknownError

/** Makes a job of the options. */
export const makeJob = (
  operation: string,
  { rounds = 5, settle = "30 seconds" }: ReconcileOptions,
  marker?: string
): Either.Either<Job, EncodeError> =>
  Either.flatMap(checkDuration(operation, "settle", settle, 0), (settled) =>
    rounds >= 0
      ? Either.right({
          operation,
          marker: Option.fromNullable(marker),
          settleMillis: Duration.toMillis(settled),
          rounds: Math.floor(rounds)
        })
      : Either.left(refuse(operation, "rounds", "0 or more"))
  )

const words: Readonly<Record<ReconciliationReason, string>> = {
  Taken: "another caller was faster and may hold the secret",
  Several: "more than one is alive, and nothing tells which is meant",
  None: "it was rotated, and its successor is not listed",
  Revoked: "somebody revoked it meanwhile",
  Expired: "its time was over before anybody held it",
  Different: "an earlier run made it, with other ",
  Unresolved: "the repair was cut short"
}

/** The job's typed end. */
export const ended = (
  job: Job,
  reason: ReconciliationReason,
  live: ReadonlyArray<string>,
  stoppedBy?: Stop,
  /** What is different. */
  fields: ReadonlyArray<string> = []
): ReconciliationError =>
  new ReconciliationError({
    operation: job.operation,
    message: `${words[reason]}${fields.join(", ")}; ${reason === "Unresolved" ? "last seen alive" : "alive"}: ${live.length === 0 ? "none" : live.join(", ")}`,
    reason,
    live,
    marker: job.marker,
    stoppedBy: Option.fromNullable(stoppedBy)
  })

/** Waits until every request that was sent so far has acted, or never will. Where the deadline leaves no time for that, it ends at once. */
export const settled = (
  job: Job,
  live: ReadonlyArray<string>,
  stoppedBy?: Stop
): Effect.Effect<void, ReconciliationError> =>
  Effect.flatMap(timeLeft, (left) =>
    left <= job.settleMillis ? ended(job, "Unresolved", live, stoppedBy) : sleep(job.settleMillis)
  )

/** A step that is safe to repeat, on which all depends: its transient failures are sat out. */
export const persistently = <A, E>(step: Effect.Effect<A, E>): Effect.Effect<A, E> =>
  retry(step, { repeatsTransient: true, attempts: 3, base: "1 second" })

/** Looks at what there is; without a look nothing is known but what was alive before. */
export const look = <A>(
  job: Job,
  read: Effect.Effect<A, ApiError | ClientError>,
  live: ReadonlyArray<string>
): Effect.Effect<A, ReconciliationError> =>
  Effect.mapError(persistently(read), (error) => ended(job, "Unresolved", live, error))

/** The same when what was sent has settled. */
export const lookLater = <A>(
  job: Job,
  read: Effect.Effect<A, ApiError | ClientError>,
  live: ReadonlyArray<string>,
  stoppedBy?: Stop
): Effect.Effect<A, ReconciliationError> => Effect.zipRight(settled(job, live, stoppedBy), look(job, read, live))

/** Goes on with one round less, if any is left. */
export const again = <A, E>(
  job: Job,
  rounds: number,
  live: ReadonlyArray<string>,
  stoppedBy: Stop,
  next: (rounds: number) => Effect.Effect<A, E>
): Effect.Effect<A, E | ReconciliationError> =>
  rounds <= 0 ? ended(job, "Unresolved", live, stoppedBy) : next(rounds - 1)
