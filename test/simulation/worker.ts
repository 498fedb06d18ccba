/**
 * One caller: runs a job, crashes, and runs it again until it has a result.
 */
import type { ReconciliationError } from "effect-wacht/errors"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Option from "effect/Option"
import type { ApiKeys, OAuth } from "effect-wacht"
import type { Experiment } from "./world.js"

/** What a caller ended with. */
export interface Result<A> {
  readonly result: Either.Either<
    A,
    { readonly _tag: string; readonly live: ReadonlyArray<string>; readonly reason: string }
  >
  readonly at: number
  readonly crashes: number
}

const isReconciliation = (error: { readonly _tag: string }): error is ReconciliationError =>
  error._tag === "ReconciliationError"

/** `job` is given how often it was run before, and a marker that an error told. */
export const work = <A>(
  experiment: Experiment,
  name: string,
  job: (
    run: number,
    marker: Option.Option<string>
  ) => Effect.Effect<A, { readonly _tag: string }, ApiKeys.ApiKeys | OAuth.OAuth>,
  mayCrash: boolean
): Effect.Effect<Result<A>> =>
  Effect.gen(function* () {
    const { asRun, dice, int, world } = experiment
    let crashes = 0
    let marker = Option.none<string>()
    for (let run = 0; ; run++) {
      const willCrash = mayCrash && crashes < 3 && dice() < 0.5
      const attempt = Effect.either(asRun(`${name}/${run}`, job(run, marker)))
      const ended = willCrash
        ? yield* Effect.timeoutOption(attempt, dice() < 0.5 ? int(200) : int(150_000))
        : Option.some(yield* attempt)
      const at = world.clock.clock.unsafeCurrentTimeMillis()
      if (Option.isNone(ended)) {
        crashes++
        // It is started again at once, or after a while.
        if (dice() < 0.3) yield* Effect.sleep(int(60_000))
        continue
      }
      if (Either.isRight(ended.value)) return { result: Either.right(ended.value.right), at, crashes }
      const error = ended.value.left
      const told = isReconciliation(error) ? error : undefined
      // What was cut short, and what certainly did not act, is run again, as an operator would.
      const isOver = told !== undefined && told.reason !== "Unresolved"
      if (isOver && (dice() < 0.7 || run > 8)) {
        return { result: Either.left({ _tag: error._tag, live: told.live, reason: told.reason }), at, crashes }
      }
      if (run > 60)
        return { result: Either.left({ _tag: error._tag, live: told?.live ?? [], reason: "GaveUp" }), at, crashes }
      if (told !== undefined) marker = told.marker
      yield* Effect.sleep(int(5_000))
    }
  })
