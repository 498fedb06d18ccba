import { assert, it } from "@effect/vitest"
import { ApiKeys, Policy } from "effect-wacht"
import { Fixtures, Rules } from "effect-wacht/testing"
import { Effect, Fiber, TestClock } from "effect"

// The SDK runs as it is, with its checks, its policies and its errors; only the network is replaced.
const Throttled = Rules.layerWacht([
  Rules.on(Rules.operation("listApiKeys"), Rules.status(429, { headers: { "retry-after": "5" } })).pipe(Rules.once),
  Rules.on(Rules.operation("listApiKeys"), Rules.value([Fixtures.apiKey({ name: "mine" })])),
  Rules.on(Rules.operation("createApiKey"), Rules.lostAfterSending)
])

it.effect("waits for the server's hint, then reads the keys", () =>
  Effect.gen(function* () {
    const keys = yield* ApiKeys.ApiKeys
    const reading = yield* Effect.fork(keys.listApiKeys("reports").pipe(Policy.retryTransient()))
    yield* TestClock.adjust("10 seconds")
    const [key] = yield* Fiber.join(reading)
    assert.strictEqual(key?.name, "mine")

    const lost = yield* Effect.flip(keys.createApiKey("reports", { name: "nightly" }))
    assert.strictEqual(lost._tag, "OutcomeUnknownError") // nobody knows whether there is a key now

    const { requests } = yield* Rules.Rules
    const sent = yield* requests
    assert.deepStrictEqual(
      sent.map(({ method, params }) => [method, params.appSlug]),
      [
        ["GET", "reports"],
        ["GET", "reports"],
        ["POST", "reports"]
      ]
    )
    const [body] = sent.slice(-1).map(({ json }) => json)
    assert.deepInclude(body, { value: { name: "nightly" } })
  }).pipe(Effect.provide(Throttled))
)
