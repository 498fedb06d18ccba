import { assert, layer } from "@effect/vitest"
import { ApiKeys, Wacht } from "effect-wacht"
import { Emulator, Fault } from "effect-wacht/testing"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as TestClock from "effect/TestClock"
import { byHand, listOnce, rotate } from "./policy-parts.js"

const Emulated = Layer.unwrapEffect(Effect.map(Emulator.Emulator, ({ apiKey }) => Wacht.layer({ apiKey }))).pipe(
  Layer.provideMerge(Emulator.layer())
)

layer(Emulated)("the examples of policies", (it) => {
  const elapse = <A, E, R>(self: Effect.Effect<A, E, R>) =>
    Effect.gen(function* () {
      const fiber = yield* Effect.fork(self)
      yield* TestClock.adjust("2 minutes")
      return yield* Fiber.join(fiber)
    })

  it.effect("get over an outage", () =>
    Effect.gen(function* () {
      const { failNext } = yield* Emulator.Emulator
      for (const program of [listOnce, byHand]) {
        yield* failNext(Fault.status(503), {}, 2)
        assert.deepStrictEqual(yield* elapse(program), [])
      }
    })
  )

  it.effect("rotate a key whose answer is lost", () =>
    Effect.gen(function* () {
      const { failNext } = yield* Emulator.Emulator
      const keys = yield* ApiKeys.ApiKeys
      yield* keys.createApiAuthApp({ appSlug: "app", name: "App", keyPrefix: "sk" })
      const { id } = yield* keys.createApiKey("app", { name: "key" })
      yield* failNext(Fault.loseAfter, { operation: "rotateApiKey" })
      const rotated = yield* elapse(rotate("app", id))
      const live = yield* keys.listApiKeys("app")
      assert.deepStrictEqual(
        live.map((key) => key.id),
        [rotated.id]
      )
    })
  )
})
