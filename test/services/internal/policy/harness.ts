import { Wacht } from "effect-wacht"
import { Emulator, type Fault } from "effect-wacht/testing"
import * as Cause from "effect/Cause"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as Exit from "effect/Exit"
import * as TestClock from "effect/TestClock"
import { makeVirtualClock } from "../../../simulation/virtualClock.js"

/** All services over an emulator of their own. */
export const Services = Layer.unwrapEffect(Effect.map(Emulator.Emulator, ({ apiKey }) => Wacht.layer({ apiKey }))).pipe(
  Layer.provideMerge(Emulator.layer())
)

/** Runs an effect to its end while the clock of the test goes on. */
export const elapse = <A, E, R>(self: Effect.Effect<A, E, R>, duration: `${number} minutes` = "10 minutes") =>
  Effect.gen(function* () {
    const fiber = yield* Effect.fork(self)
    yield* TestClock.adjust(duration)
    return yield* Fiber.join(fiber)
  })

/** Lets the next requests of an operation go wrong. */
export const fail = (operation: Fault.OperationName, fault: Fault.Fault, times = 1) =>
  Effect.flatMap(Emulator.Emulator, ({ failNext }) => failNext(fault, { operation }, times))

/** How often an operation was sent. */
export const sent = (operation: string) =>
  Effect.flatMap(Emulator.Emulator, ({ requests }) =>
    Effect.map(requests, (all) => all.filter((request) => request.operation === operation).length)
  )

/** A call that fails with each of these errors in turn, then succeeds; and the moments at which it was made. */
export const failing = <E>(...errors: ReadonlyArray<E>) => {
  const times: Array<number> = []
  const call: Effect.Effect<number, E> = Effect.flatMap(Clock.currentTimeMillis, (now) => {
    const error = errors[times.length]
    times.push(now)
    return error === undefined ? Effect.succeed(times.length) : Effect.fail(error)
  })
  const delays = () => times.slice(1).map((time, index) => time - (times[index] ?? 0))
  return { call, times, delays }
}

/** The milliseconds that an effect takes. */
export const timed = <A, E, R>(self: Effect.Effect<A, E, R>) =>
  Effect.gen(function* () {
    const began = yield* Clock.currentTimeMillis
    const exit = yield* Effect.exit(self)
    return { millis: (yield* Clock.currentTimeMillis) - began, exit }
  })

/** Runs a whole test on a clock that goes on by itself: for thousands of calls. */
export const onVirtualTime = async <A, E>(test: Effect.Effect<A, E>): Promise<void> => {
  const exit = await makeVirtualClock(0).run(test)
  if (Exit.isFailure(exit)) throw Cause.squash(exit.cause)
}
