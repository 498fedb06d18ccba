import * as HttpClient from "@effect/platform/HttpClient"
import { assert, it } from "@effect/vitest"
import { WachtClient } from "effect-wacht"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import { collectGarbage } from "../support/gc.js"

class Caller extends Context.Tag("Caller")<Caller, object>() {}

it.live(
  "a client holds on to nothing of the scope in which it was built, which can be the first caller's of a LayerMap",
  () =>
    Effect.gen(function* () {
      const build = Effect.suspend(() => {
        const caller = {}
        return WachtClient.make({ apiKey: Redacted.make("k") }).pipe(
          Effect.provideService(Caller, caller),
          Effect.map((client) => ({ client, caller: new WeakRef(caller) }))
        )
      })
      const { caller, client } = yield* Effect.provideService(
        build,
        HttpClient.HttpClient,
        HttpClient.make(() => Effect.never)
      )
      yield* Effect.sleep(1)
      collectGarbage()
      assert.isUndefined(caller.deref())
      assert.isFunction(client.request)
    })
)
