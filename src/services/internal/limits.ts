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
 * When the whole must be over, in milliseconds of the `Clock`; none by default. Asked for each time: a context outlives the effect that the
 * limit was put around, in a fiber, a cache or a layer that was made inside of it, and there it binds no longer.
 */
export class Deadline extends Context.Reference<Deadline>()("effect-wacht/Deadline", {
  defaultValue: () => (): number => Infinity
}) {}

/** How many milliseconds are left until the deadline in scope. */
export const timeLeft: Effect.Effect<number> = Effect.zipWith(
  Deadline,
  Clock.currentTimeMillis,
  (deadline, now) => deadline() - now
)

/** Whether a repeated call takes a 404 for done, where an earlier attempt of the same call may have acted. */
export class AcceptsRepeatAnswer extends Context.Reference<AcceptsRepeatAnswer>()("effect-wacht/AcceptsRepeatAnswer", {
  defaultValue: (): boolean => false
}) {}
