import { assert } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { invoke, layerOf, type OperationName, stub } from "./sdk.js"

/** The error of an operation that refuses its input: nothing was sent. */
export const refusalOf = (name: OperationName, ...args: ReadonlyArray<unknown>) => {
  const { client, seen } = stub(() => ({ status: 200, body: "{}" }))
  return Effect.gen(function* () {
    const error = yield* Effect.flip((yield* invoke)(name, ...args))
    assert.deepStrictEqual(seen, [])
    return error._tag === "EncodeError" ? error : assert.fail(error._tag)
  }).pipe(Effect.provide(layerOf(client)))
}
