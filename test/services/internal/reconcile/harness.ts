import { ApiKeys, Wacht } from "effect-wacht"
import type { ApiKey } from "effect-wacht/schemas"
import { Emulator, type Fault } from "effect-wacht/testing"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as TestClock from "effect/TestClock"

/** All services over an emulator of their own. */
export const Services = Layer.unwrapEffect(Effect.map(Emulator.Emulator, ({ apiKey }) => Wacht.layer({ apiKey }))).pipe(
  Layer.provideMerge(Emulator.layer())
)

/** Runs an effect to its end while the clock of the test goes on. */
export const elapse = <A, E, R>(self: Effect.Effect<A, E, R>) =>
  Effect.gen(function* () {
    const fiber = yield* Effect.fork(self)
    yield* TestClock.adjust("10 minutes")
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

/** An app with nothing in it. */
export const makeApp = (appSlug: string) =>
  Effect.flatMap(ApiKeys.ApiKeys, (keys) => keys.createApiAuthApp({ appSlug, name: appSlug, keyPrefix: "acme" }))

/** The ids of the keys that are alive. */
export const alive = (appSlug: string) =>
  Effect.flatMap(ApiKeys.ApiKeys, (keys) =>
    Effect.map(keys.listApiKeys(appSlug), (all: ReadonlyArray<ApiKey>) => all.map(({ id }) => String(id)))
  )

/** The secret that the emulator holds for a key. */
export const secretOf = (id: string) =>
  Effect.flatMap(Emulator.Emulator, ({ state }) => Effect.map(state, ({ apiKeys }) => apiKeys.get(id)?.secret))
