import { assert, layer } from "@effect/vitest"
import { ApiKeys, Gateway, Policy } from "effect-wacht"
import { Emulator, Fault } from "effect-wacht/testing"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Metric from "effect/Metric"
import * as MetricState from "effect/MetricState"
import * as Redacted from "effect/Redacted"
import * as TestClock from "effect/TestClock"
import { example } from "../support/contract.js"
import { clientOf, layerOf, stub, toResponse } from "../support/sdk.js"

type Level = number | { readonly count: number; readonly sum: number; readonly buckets: ReadonlyMap<number, number> }

/** What all metrics of the SDK say, by name and labels. */
const metrics = Effect.map(Metric.snapshot, (pairs) => {
  const levels = new Map<string, Level>()
  for (const { metricKey, metricState } of pairs) {
    if (!metricKey.name.startsWith("effect_wacht_")) continue
    const labels = metricKey.tags.map(({ key, value }) => `${key}=${value}`).sort()
    const name = [metricKey.name.slice("effect_wacht_".length), ...labels].join(" ")
    if (MetricState.isCounterState(metricState)) levels.set(name, Number(metricState.count))
    if (MetricState.isGaugeState(metricState)) levels.set(name, Number(metricState.value))
    if (MetricState.isHistogramState(metricState)) {
      levels.set(name, { count: metricState.count, sum: metricState.sum, buckets: new Map(metricState.buckets) })
    }
  }
  return levels
})

const minusNumber = (after: Level | undefined, before: Level | undefined): number =>
  (typeof after === "number" ? after : 0) - (typeof before === "number" ? before : 0)

/** How much the counters rose while an effect ran; metrics are global, so only the rise is this test's. */
const rise = <A, E, R>(effect: Effect.Effect<A, E, R>) =>
  Effect.gen(function* () {
    const before = yield* metrics
    yield* effect
    const after = yield* metrics
    const risen: Record<string, number> = {}
    for (const [name, level] of after) {
      if (/^(errors|retries)_total /.test(name)) risen[name] = minusNumber(level, before.get(name))
    }
    return Object.fromEntries(Object.entries(risen).filter(([, by]) => by !== 0))
  })

const histogram = (operation: string) =>
  Effect.map(metrics, (levels) => {
    const level = levels.get(`call_duration_milliseconds operation=${operation}`)
    return level === undefined || typeof level === "number"
      ? { count: 0, sum: 0, buckets: new Map<number, number>() }
      : level
  })

/** A check that the gateway answers with these limits. */
const checkAnswered = (limits: ReadonlyArray<{ rule: string; remaining: number; limit: number }>) => {
  const body = JSON.stringify({ ...JSON.parse(example("checkAuthz.response")), rate_limits: limits })
  return Effect.flatMap(Gateway.Gateway, (gateway) =>
    gateway.checkAuthz({ principal: { type: "api_key", value: Redacted.make("k") }, resource: "/", method: "GET" })
  ).pipe(Effect.provide(layerOf(stub(() => ({ status: 200, body })).client)))
}

layer(Emulator.layerWacht())("the metrics", (it) => {
  it.effect("measure every call, with the time of all its attempts", () =>
    Effect.gen(function* () {
      const keys = yield* ApiKeys.ApiKeys
      const emulator = yield* Emulator.Emulator
      yield* keys.createApiAuthApp({ appSlug: "reports", name: "Reports", keyPrefix: "acme" })
      const before = yield* histogram("getApiAuthApp")
      yield* keys.getApiAuthApp("reports")
      yield* emulator.failNext(Fault.delay("100 millis"), { operation: "getApiAuthApp" }, 3)
      for (let call = 0; call < 3; call++) {
        const fiber = yield* Effect.fork(keys.getApiAuthApp("reports"))
        yield* TestClock.adjust("100 millis")
        yield* Fiber.join(fiber)
      }
      const after = yield* histogram("getApiAuthApp")
      assert.strictEqual(after.count - before.count, 4)
      assert.strictEqual(after.sum - before.sum, 300)
      // buckets are cumulative: one call took no time, three took 100 ms
      const within = (millis: number) => (after.buckets.get(millis) ?? 0) - (before.buckets.get(millis) ?? 0)
      assert.deepStrictEqual([within(1), within(64), within(128), within(16_384)], [1, 1, 4, 4])
    })
  )

  it.effect("take a call for one of no time where the clock was set back meanwhile", () =>
    Effect.gen(function* () {
      const operation = "listRateLimitSchemes"
      yield* TestClock.setTime(10_000)
      const before = yield* histogram(operation)
      const client = clientOf((_, request) =>
        Effect.as(TestClock.setTime(1000), toResponse(request, { status: 200, body: '{"schemes":[],"total":0}' }))
      )
      const list = Effect.flatMap(ApiKeys.ApiKeys, (keys) => keys.listRateLimitSchemes())
      assert.deepStrictEqual(yield* Effect.provide(list, layerOf(client)), [])
      const after = yield* histogram(operation)
      assert.deepStrictEqual([after.count - before.count, after.sum - before.sum], [1, 0])
    })
  )

  it.effect("count failures by operation and error, and nothing for a success or a denial", () =>
    Effect.gen(function* () {
      const keys = yield* ApiKeys.ApiKeys
      const gateway = yield* Gateway.Gateway
      const emulator = yield* Emulator.Emulator
      const risen = yield* rise(
        Effect.gen(function* () {
          yield* keys.getApiAuthApp("reports")
          const { secret } = yield* keys.createApiKey("reports", { name: "denied" })
          const denied = yield* gateway.checkAuthz({
            principal: { type: "api_key", value: secret },
            resource: "/",
            method: "GET",
            requiredPermissions: ["not:given"]
          })
          assert.isFalse(denied.allowed)
          yield* Effect.flip(keys.getApiAuthApp("nothing"))
          yield* Effect.flip(keys.getApiAuthApp("nothing"))
          yield* Effect.flip(keys.getApiAuthApp(".."))
          yield* emulator.failNext(Fault.status(502))
          yield* Effect.flip(keys.listApiKeys("reports"))
          yield* emulator.failNext(Fault.loseAfter)
          yield* Effect.flip(keys.createApiKey("reports", { name: "lost" }))
          yield* emulator.failNext(Fault.delay("1 hour"))
          const slow = yield* Effect.fork(keys.listApiKeys("reports"))
          yield* TestClock.adjust("1 second")
          yield* Fiber.interrupt(slow)
        })
      )
      assert.deepStrictEqual(risen, {
        "errors_total error=NotFoundError operation=getApiAuthApp": 2,
        "errors_total error=EncodeError operation=getApiAuthApp": 1,
        "errors_total error=ServerError operation=listApiKeys": 1,
        "errors_total error=OutcomeUnknownError operation=createApiKey": 1,
        "errors_total error=Interrupted operation=listApiKeys": 1
      })
    })
  )

  it.effect("count repeats by what was repeated, and show what is left of the budget", () =>
    Effect.gen(function* () {
      const keys = yield* ApiKeys.ApiKeys
      const emulator = yield* Emulator.Emulator
      const budget = yield* Policy.makeRetryBudget({ capacity: 100, retryCost: 14, timeoutRetryCost: 5 })
      const policy = Policy.fromOptions({ attempts: 3, base: 0, throttledBase: 0, budget })
      const level = Effect.map(metrics, (levels) => levels.get("retry_budget_tokens"))
      const calls = yield* histogram("listApiKeys")
      const risen = yield* rise(
        Effect.gen(function* () {
          yield* emulator.failNext(Fault.status(503))
          yield* emulator.failNext(Fault.status(429))
          yield* Effect.flip(Policy.withPolicy(policy)(keys.listApiKeys("nothing")))
          assert.strictEqual(yield* level, 100 - 14 - 5)
          yield* emulator.failNext(Fault.loseBefore)
          yield* Policy.withPolicy(policy)(keys.listApiKeys("reports"))
          // a success gives back what its repeats cost
          assert.strictEqual(yield* level, 100 - 14 - 5)
          yield* Policy.withPolicy(policy)(keys.listApiKeys("reports"))
          assert.strictEqual(yield* level, 100 - 14 - 5 + 1)
          // one that may have acted is not repeated
          yield* emulator.failNext(Fault.loseAfter)
          yield* Effect.flip(Policy.withPolicy(policy)(keys.createApiKey("reports", { name: "lost" })))
        })
      )
      assert.deepStrictEqual(risen, {
        "retries_total error=ServerError operation=listApiKeys": 1,
        "retries_total error=RateLimitError operation=listApiKeys": 1,
        "retries_total error=TransportError operation=listApiKeys": 1,
        "errors_total error=NotFoundError operation=listApiKeys": 1,
        "errors_total error=OutcomeUnknownError operation=createApiKey": 1
      })
      // three calls, however many requests
      assert.strictEqual((yield* histogram("listApiKeys")).count - calls.count, 3)
    })
  )

  it.effect("show what a gateway check left of each rule", () =>
    Effect.gen(function* () {
      const keys = yield* ApiKeys.ApiKeys
      const gateway = yield* Gateway.Gateway
      yield* keys.createRateLimitScheme({
        slug: "small",
        name: "Small",
        rules: [
          { unit: "minute", duration: 1, maxRequests: 3, mode: "per_key" },
          { unit: "hour", duration: 1, maxRequests: 10, mode: "per_key" }
        ]
      })
      yield* keys.createApiAuthApp({
        appSlug: "limited",
        name: "Limited",
        keyPrefix: "acme",
        rateLimitSchemeSlug: "small"
      })
      const key = yield* keys.createApiKey("limited", { name: "nightly" })
      const check = gateway.checkAuthz({
        principal: { type: "api_key", value: key.secret },
        resource: "/v1/reports",
        method: "GET"
      })
      const remaining = Effect.map(metrics, (levels) =>
        [...levels]
          .filter(([name]) => name.startsWith("rate_limit_remaining "))
          .map(([name, left]) => `${name}: ${left}`)
      )
      yield* check
      assert.deepStrictEqual((yield* remaining).sort(), [
        "rate_limit_remaining rule=10/3600s: 9",
        "rate_limit_remaining rule=3/60s: 2"
      ])
      yield* check
      yield* check
      assert.deepStrictEqual((yield* remaining).sort(), [
        "rate_limit_remaining rule=10/3600s: 7",
        "rate_limit_remaining rule=3/60s: 0"
      ])
    })
  )

  it.effect("show the lowest of rules of one name: it is the one that denies", () =>
    Effect.gen(function* () {
      const none = { rule: "77/60s", remaining: 0, limit: 77 }
      const some = { ...none, remaining: 3 }
      for (const limits of [
        [none, some],
        [some, none]
      ]) {
        yield* checkAnswered([{ rule: "77/60s", remaining: 9, limit: 77 }])
        yield* checkAnswered(limits)
        assert.strictEqual((yield* metrics).get("rate_limit_remaining rule=77/60s"), 0)
      }
    })
  )

  it.effect("tell a defect from an interruption, and count no repeat that was interrupted before it", () =>
    Effect.gen(function* () {
      const keys = yield* ApiKeys.ApiKeys
      const emulator = yield* Emulator.Emulator
      const risen = yield* rise(
        Effect.gen(function* () {
          yield* Effect.exit(Policy.withPolicy(() => Effect.die("a bug"))(keys.listApiKeys("reports")))
          yield* emulator.failNext(Fault.status(503, { headers: { "retry-after": "30" } }))
          const policy = Policy.fromOptions({ attempts: 3 })
          const waiting = yield* Effect.fork(Policy.withPolicy(policy)(keys.listApiKeys("reports")))
          yield* TestClock.adjust("10 seconds")
          yield* Fiber.interrupt(waiting)
        })
      )
      assert.deepStrictEqual(risen, {
        "errors_total error=Defect operation=listApiKeys": 1,
        "errors_total error=Interrupted operation=listApiKeys": 1
      })
    })
  )

  it.effect("have a bound beyond the longest call that the recommended policy allows", () =>
    Effect.gen(function* () {
      const { buckets } = yield* histogram("getApiAuthApp")
      assert.isAbove(Math.max(...[...buckets.keys()].filter(Number.isFinite)), 60_000)
    })
  )

  it.effect("call nothing a rule that an answer only calls so", () =>
    Effect.gen(function* () {
      const rules = ["customer@example.com", "9/9ms", "9/9s of somebody", "1234567890123/9s", "9/1234567890123s", ""]
      const before = yield* metrics
      yield* checkAnswered(rules.map((rule) => ({ rule, remaining: 1, limit: 9 })))
      const added = [...(yield* metrics).keys()].filter((name) => name.startsWith("rate_limit") && !before.has(name))
      assert.deepStrictEqual(added, ["rate_limit_remaining rule=9/9ms"])
    })
  )

  it.effect("show 16 rules of one check at most, and 256 in all", () =>
    Effect.gen(function* () {
      let made = 0
      /** The rules that are shown once a check was answered with so many, each unlike any before. */
      const shownAfter = (count: number) =>
        Effect.gen(function* () {
          yield* checkAnswered(
            Array.from({ length: count }, () => ({ rule: `${++made}/7s`, remaining: 1, limit: made }))
          )
          return [...(yield* metrics).keys()].filter((name) => name.startsWith("rate_limit_remaining "))
        })
      const first = yield* shownAfter(20)
      assert.lengthOf(
        first.filter((name) => name.endsWith("/7s")),
        16
      )
      for (let check = 0; check < 20; check++) yield* shownAfter(16)
      const all = yield* shownAfter(1)
      assert.include(all, "rate_limit_remaining rule=other")
      assert.lengthOf(all, 257)
    })
  )

  it.effect("bear no label but operations, errors and rules", () =>
    Effect.map(Metric.snapshot, (pairs) => {
      for (const { metricKey } of pairs.filter(({ metricKey }) => metricKey.name.startsWith("effect_wacht_"))) {
        for (const { key, value } of metricKey.tags) {
          assert.include(["operation", "error", "rule"], key)
          assert.match(value, /^(\w+|\d+\/\d+m?s)$/)
        }
      }
    })
  )

  // Last, as metrics are global.
  it.effect("have the labels with which an app tags its own", () =>
    Effect.gen(function* () {
      const keys = yield* ApiKeys.ApiKeys
      const failed = Effect.tagMetrics(Effect.flip(keys.getApiAuthApp("nobody")), "tenant", "acme")
      assert.deepStrictEqual(yield* rise(failed), {
        "errors_total error=NotFoundError operation=getApiAuthApp tenant=acme": 1
      })
      const emulator = yield* Emulator.Emulator
      yield* emulator.failNext(Fault.status(503))
      const repeated = Policy.withPolicy(keys.listRateLimitSchemes(), Policy.fromOptions({ base: 0 }))
      assert.deepStrictEqual(yield* rise(Effect.tagMetrics(repeated, "tenant", "acme")), {
        "retries_total error=ServerError operation=listRateLimitSchemes tenant=acme": 1
      })
      const check = checkAnswered([{ rule: "9/9ms", remaining: 1, limit: 9 }])
      yield* Effect.tagMetrics(check, "tenant", "acme")
      const levels = yield* metrics
      assert.include([...levels.keys()], "call_duration_milliseconds operation=listRateLimitSchemes tenant=acme")
      assert.strictEqual(levels.get("rate_limit_remaining rule=9/9ms tenant=acme"), 1)
    })
  )
})
