import { assert, layer } from "@effect/vitest"
import { ApiKeys } from "effect-wacht"
import { Fixtures } from "effect-wacht/testing"
import { Effect, Layer } from "effect"
import { findOrCreate } from "./errors.js"

// Only what the test needs is given; any other method would die, and say which.
const Fresh = Layer.mock(ApiKeys.ApiKeys)({
  getApiAuthApp: () => Effect.fail(Fixtures.notFoundError()),
  createApiAuthApp: (input) => Effect.succeed(Fixtures.apiAuthApp({ appSlug: input.appSlug, name: input.name }))
})

layer(Fresh)("where no app exists", (it) => {
  it.effect("one is created", () =>
    Effect.gen(function* () {
      const app = yield* findOrCreate("reports")
      assert.strictEqual(app.appSlug, "reports")
    })
  )
})

const Refused = Layer.mock(ApiKeys.ApiKeys)({
  getApiAuthApp: () => Effect.fail(Fixtures.notFoundError()),
  createApiAuthApp: () => Effect.fail(Fixtures.authorizationError())
})

layer(Refused)("on a plan that lacks the feature", (it) => {
  it.effect("the typed error stays", () =>
    Effect.gen(function* () {
      const error = yield* Effect.flip(findOrCreate("reports"))
      assert.strictEqual(error._tag, "AuthorizationError")
    })
  )
})
