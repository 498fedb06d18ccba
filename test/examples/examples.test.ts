import { assert, describe, it } from "@effect/vitest"
import { ApiKeys } from "effect-wacht"
import { Emulator } from "effect-wacht/testing"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import { spawnSync } from "node:child_process"
import { findOrCreate } from "../../examples/errors.js"
import { guard } from "../../examples/guard.js"
import { issueKey } from "../../examples/quickstart.js"

const reports = Effect.flatMap(ApiKeys.ApiKeys, (keys) =>
  keys.createApiAuthApp({ appSlug: "reports", name: "Reports", keyPrefix: "acme" })
)

describe("the examples", () => {
  it.effect("quickstart issues a key", () =>
    Effect.gen(function* () {
      yield* reports
      const secret = yield* issueKey
      assert.match(Redacted.value(secret), /^acme_[\w-]{43}$/)
    }).pipe(Effect.provide(Emulator.layerWacht()))
  )

  it.effect("errors finds what it created before", () =>
    Effect.gen(function* () {
      const first = yield* findOrCreate("acme-reports")
      const second = yield* findOrCreate("acme-reports")
      assert.strictEqual(second.createdAt.text, first.createdAt.text)
    }).pipe(Effect.provide(Emulator.layerWacht()))
  )

  it.effect("guard lets a key with the permission pass, and tells a denial from a bad credential", () =>
    Effect.gen(function* () {
      yield* reports
      const keys = yield* ApiKeys.ApiKeys
      const good = yield* issueKey
      const plain = yield* keys.createApiKey("reports", { name: "no permission" })
      assert.strictEqual(
        (yield* guard(Redacted.value(good), "/v1")).pipe((option) => option._tag),
        "Some"
      )
      const denied = yield* Effect.flip(guard(Redacted.value(plain.secret), "/v1"))
      assert.deepInclude(denied, { _tag: "Unauthorized", reason: "permission_denied" })
      const unknown = yield* Effect.flip(guard(`acme_${"x".repeat(43)}`, "/v1"))
      assert.deepInclude(unknown, { _tag: "Unauthorized", reason: "unknown, revoked or expired" })
    }).pipe(Effect.provide(Emulator.layerWacht()))
  )

  it("the demo tells its story and ends well", () => {
    const { status, stdout } = spawnSync(process.execPath, ["node_modules/tsx/dist/cli.mjs", "examples/provision.ts"], {
      encoding: "utf8"
    })
    assert.strictEqual(status, 0, stdout)
    assert.include(stdout, "120 allowed, then denied, rate_limited by 120/60s")
    assert.include(stdout, "refused with 401: Invalid API key")
    assert.include(stdout, "secret <redacted>")
    assert.notMatch(stdout, /acme_live_[\w-]{43}/)
    assert.notInclude(stdout, "\u001b")
  })
})
