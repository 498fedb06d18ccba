/**
 * The time limits in scope, which the kernel enforces on every call.
 */
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"

/** How long one attempt may take, in milliseconds; 30 s where nothing is set. */
export class AttemptLimit extends Context.Reference<AttemptLimit>()("effect-wacht/AttemptLimit", {
  defaultValue: (): number => 30_000
}) {}

/**
 * A moment by which the whole must be over, in milliseconds of the `Clock`, and the one around it. A context outlives the effect that the limit
 * was put around, in a fiber, a cache or a layer that was made inside of it: there it binds no longer, and `end` is infinite.
 */
export interface Limit {
  end: number
  outer?: Limit | undefined
}

/** The nearest end of all around. */
export const nearest = (limit: Limit): number => {
  let { end } = limit
  // A loop: a recursion of the caller's may lie tens of thousands deep.
  for (let { outer } = limit; outer !== undefined; { outer } = outer) end = Math.min(end, outer.end)
  return end
}

/** When the whole must be over; never by default. */
export class Deadline extends Context.Reference<Deadline>()("effect-wacht/Deadline", {
  defaultValue: (): Limit => ({ end: Infinity })
}) {}

/** How many milliseconds are left until the deadline in scope. */
export const timeLeft: Effect.Effect<number> = Effect.zipWith(
  Deadline,
  Clock.currentTimeMillis,
  (deadline, now) => nearest(deadline) - now
)

/** Whether a repeated call takes a 404 for done, where an earlier attempt of the same call may have acted. */
export class AcceptsRepeatAnswer extends Context.Reference<AcceptsRepeatAnswer>()("effect-wacht/AcceptsRepeatAnswer", {
  defaultValue: (): boolean => false
}) {}
