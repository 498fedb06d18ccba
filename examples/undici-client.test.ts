import { assert, it } from "@effect/vitest"
import { ApiKeys, Wacht } from "effect-wacht"
import * as UndiciClient from "effect-wacht/UndiciClient"
import { Effect, Layer } from "effect"

export const Live = Wacht.layerConfig().pipe(Layer.provide(UndiciClient.layer))

it.effect("a program runs over undici; what is missing in its environment is named", () =>
  Effect.gen(function* () {
    const program = Effect.flatMap(ApiKeys.ApiKeys, (keys) => keys.getApiAuthApp("reports"))
    const error = yield* Effect.flip(Effect.provide(program, Live))
    assert.include(String(error), "WACHT_API_KEY")
  })
)
