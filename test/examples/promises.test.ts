import { assert, describe, it, vi } from "@effect/vitest"
import { ApiKeys } from "effect-wacht"
import { Emulator } from "effect-wacht/testing"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as ManagedRuntime from "effect/ManagedRuntime"
import { findApp, issue, makeRuntime, promisesOf } from "../../examples/promises.js"

describe("the example of promises", () => {
  it("gives what a service of promises gives, and rejects with the errors themselves", async () => {
    const runtime = ManagedRuntime.make(Emulator.layerWacht())
    const run = promisesOf(runtime)
    assert.isUndefined(await findApp(run, "reports"))
    await run(
      Effect.flatMap(ApiKeys.ApiKeys, (keys) =>
        keys.createApiAuthApp({ appSlug: "reports", name: "Reports", keyPrefix: "acme" })
      )
    )
    assert.strictEqual((await findApp(run, "reports"))?.appSlug, "reports")
    const { key, secret } = await issue(run, "reports", "nightly")
    assert.match(secret, /^acme_[\w-]{43}$/)
    const json: unknown = JSON.parse(JSON.stringify(key))
    assert.containsSubset(json, { name: "nightly", key_prefix: "acme", expires_at: null })
    assert.notInclude(JSON.stringify(json), secret)
    const refused = await findApp(run, "..").then(
      () => "found",
      (error: unknown) => error
    )
    assert.containsSubset(refused, { _tag: "EncodeError" })
    await runtime.dispose()
  })

  it("ends with the signal that it is given", async () => {
    const runtime = ManagedRuntime.make(Layer.empty)
    const stopped = new AbortController()
    const promise = promisesOf(runtime)(Effect.never, stopped.signal).then(
      () => "done",
      (error: unknown) => String(error)
    )
    stopped.abort()
    assert.include(await promise, "Interrupted")
  })

  it("has a client of the environment's key", async () => {
    vi.stubEnv("WACHT_API_KEY", "wsk_live_example_example")
    const runtime = makeRuntime()
    const keys = await promisesOf(runtime)(ApiKeys.ApiKeys)
    assert.isFunction(keys.getApiAuthApp)
    await runtime.dispose()
    vi.unstubAllEnvs()
  })
})
