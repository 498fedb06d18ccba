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
import { checkPath } from "../checkPath.js"
import { checkDuration } from "../duration.js"
import { timeLeft } from "../limits.js"
import { retry } from "../policy/retry.js"
import { refuse } from "../refuse.js"
import { sleep } from "../sleep.js"
import type { ReconcileOptions } from "./options.js"

/** One job, which may have several runs. */
export interface Job {
  readonly operation: string
  /** What it is about, for warnings. */
  readonly subject: string
  readonly marker: Option.Option<string>
  readonly settleMillis: number
  readonly rounds: number
  /** Whether a request was sent that makes a key or kills one. */
  hasSent: boolean
}

/** What can stop a repair. */
export type Stop = ApiError | ClientError | OutcomeUnknownError

/** Makes a job of the options, and of what its requests will have in their paths. */
export const makeJob = (
  operation: string,
  path: Readonly<Record<string, string>>,
  { rounds = 5, settle = "30 seconds" }: ReconcileOptions,
  marker?: string
): Either.Either<Job, EncodeError> =>
  Either.gen(function* () {
    const settled = yield* checkDuration(operation, "settle", settle, 0)
    if (!(rounds >= 0)) return yield* Either.left(refuse(operation, "rounds", "0 or more"))
    yield* checkPath(operation, path, ["keyId", "recordId"])
    return {
      operation,
      // Quoted: a slug may hold a line feed.
      subject: Object.values(path)
        .map((name) => JSON.stringify(name))
        .join(", "),
      marker: Option.fromNullable(marker),
      settleMillis: Duration.toMillis(settled),
      rounds: Math.floor(rounds),
      hasSent: false
    }
  })

const words: Readonly<Record<ReconciliationReason, string>> = {
  Taken: "another caller was faster and may hold the secret",
  Several: "more than one is alive, and nothing tells which is meant",
  None: "it was rotated, and its successor is not listed",
  Revoked: "somebody revoked it meanwhile",
  Expired: "its time was over before anybody held it",
  Different: "an earlier run made it, with other ",
  Unresolved: "the repair was cut short"
}

/** Sends a request that makes a key or kills one. */
export const send = <A, E>(job: Job, request: Effect.Effect<A, E>): Effect.Effect<A, E> =>
  Effect.suspend(() => {
    job.hasSent = true
    return request
  })

const byMarker = (job: Job): string =>
  Option.match(job.marker, { onNone: () => "", onSome: (marker) => `; marker: ${marker}` })

/** The service whose operation a job repairs. */
export type ServiceName = "ApiKeys" | "OAuth"

/** Runs a job under a span of its own. */
export const spanned = <A, E>(service: ServiceName, job: Job, self: Effect.Effect<A, E>): Effect.Effect<A, E> =>
  Effect.withSpan(self, `effect-wacht.${service}.${job.operation}Reconciled`, { captureStackTrace: false })

/** Runs a job that ends with a key. An interruption has no error that could name what it leaves alive, so a warning does. */
export const run = <A, E>(service: ServiceName, job: Job, self: Effect.Effect<A, E>): Effect.Effect<A, E> =>
  spanned(
    service,
    job,
    Effect.onInterrupt(self, () =>
      job.hasSent
        ? Effect.logWarning(
            `${job.operation} of ${job.subject} was interrupted: what it sent may act, and nobody has what that makes. A later run takes it up${byMarker(job)}`
          )
        : Effect.void
    )
  )

/** The job's typed end. */
export const ended = (
  job: Job,
  reason: ReconciliationReason,
  live: ReadonlyArray<string>,
  stoppedBy?: Stop,
  /** What is different, or more of the reason. */
  fields: ReadonlyArray<string> = []
): ReconciliationError =>
  new ReconciliationError({
    operation: job.operation,
    message: [
      words[reason],
      fields.join(", "),
      stoppedBy === undefined ? "" : `; stopped by ${stoppedBy._tag}: ${stoppedBy.message}`,
      reason === "Unresolved" ? "; last seen alive: " : "; alive: ",
      live.length === 0 ? "none" : live.join(", "),
      reason === "Unresolved" && job.hasSent ? ", without what a lost request may have made" : "",
      byMarker(job)
    ].join(""),
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
  Effect.flatMap(timeLeft, (left) => {
    if (left <= job.settleMillis) return ended(job, "Unresolved", live, stoppedBy, [": no time was left to settle"])
    const wait = sleep(job.settleMillis)
    return stoppedBy === undefined
      ? wait
      : Effect.zipRight(
          Effect.logWarning(
            `${job.operation} of ${job.subject}: ${stoppedBy.message}; looking after ${Duration.format(job.settleMillis)} what became of it${byMarker(job)}`
          ),
          wait
        )
  })

/** A step that is safe to repeat, on which all depends: its transient failures are sat out. */
export const persistently = <A, E>(step: Effect.Effect<A, E>): Effect.Effect<A, E> =>
  retry(step, { repeatsTransient: true, base: "1 second" })

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

/** What was made while a run only waited, a run that is alive may hold. If none does, the next run finds it there from the start. */
export const isMadeMeanwhile = (before: ReadonlyArray<string>, now: ReadonlyArray<string>): boolean =>
  now.length === 1 && now.some((id) => !before.includes(id))

/** Goes on with one round less, if any is left. */
export const again = <A, E>(
  job: Job,
  rounds: number,
  live: ReadonlyArray<string>,
  stoppedBy: Stop,
  next: (rounds: number) => Effect.Effect<A, E>
): Effect.Effect<A, E | ReconciliationError> =>
  rounds <= 0 ? ended(job, "Unresolved", live, stoppedBy) : next(rounds - 1)
