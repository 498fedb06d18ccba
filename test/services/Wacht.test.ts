import * as HttpClient from "@effect/platform/HttpClient"
import { assert, describe, it } from "@effect/vitest"
import { ApiKeys, Gateway, OAuth, RequestPolicy, Wacht, WachtClient } from "effect-wacht"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as LayerMap from "effect/LayerMap"
import * as Redacted from "effect/Redacted"

/** The keys that requests are sent with, and the hosts that they are sent to. */
const makeHttp = () => {
  const keys: Array<string | undefined> = []
  const hosts: Array<string> = []
  const client = HttpClient.make(({ headers, url }) => {
    keys.push(headers["authorization"])
    hosts.push(new URL(url).hostname)
    return Effect.die("nobody answers")
  })
  return { keys, hosts, layer: Layer.succeed(HttpClient.HttpClient, client) }
}

const call = (service: ApiKeys.Service) => Effect.exit(service.listRateLimitSchemes())

/** One call of the platform and one of the gateway. */
const callBothHosts = Effect.gen(function* () {
  yield* Effect.exit((yield* OAuth.OAuth).listOAuthApps())
  const principal = { type: "api_key", value: Redacted.make("k") } as const
  yield* Effect.exit((yield* Gateway.Gateway).checkAuthz({ principal, resource: "/", method: "GET" }))
})

class First extends Context.Tag("First")<First, ApiKeys.Service>() {}
class Second extends Context.Tag("Second")<Second, ApiKeys.Service>() {}

/** What the services of two layers that are built together send. */
const both = (layerOf: (apiKey: Redacted.Redacted) => Layer.Layer<ApiKeys.ApiKeys, unknown, HttpClient.HttpClient>) => {
  const http = makeHttp()
  const first = Layer.provide(Layer.effect(First, ApiKeys.ApiKeys), layerOf(Redacted.make("first")))
  const second = Layer.provide(Layer.effect(Second, ApiKeys.ApiKeys), layerOf(Redacted.make("second")))
  return Effect.zipRight(Effect.flatMap(First, call), Effect.flatMap(Second, call)).pipe(
    Effect.provide(Layer.provide(Layer.merge(first, second), http.layer)),
    Effect.map(() => http.keys)
  )
}

const expected = ["Bearer first", "Bearer second"]

describe("two clients that are built together", () => {
  it.effect("have services of their own", () =>
    Effect.gen(function* () {
      assert.deepStrictEqual(yield* both((apiKey) => Wacht.layer({ apiKey })), expected)
      assert.deepStrictEqual(
        yield* both((apiKey) => Layer.provide(ApiKeys.layer, WachtClient.layer({ apiKey }))),
        expected
      )
    })
  )

  it.effect("ask the hosts of their own, and the vendor's gateway where only the platform's is given", () => {
    const http = makeHttp()
    const over = (options: Omit<WachtClient.Options, "apiKey">) =>
      Layer.effectDiscard(callBothHosts).pipe(
        Layer.provide([OAuth.layer, Gateway.layer]),
        Layer.provide(WachtClient.layer({ apiKey: Redacted.make("k"), ...options }))
      )
    return Effect.gen(function* () {
      const first = over({ baseUrl: "https://one.example" })
      const second = over({ baseUrl: "https://two.example", gatewayUrl: "https://three.example" })
      yield* Layer.build(Layer.provideMerge(second, first)).pipe(Effect.provide(http.layer), Effect.scoped)
      assert.deepStrictEqual(http.hosts, ["one.example", "gateway.wacht.dev", "two.example", "three.example"])
    })
  })

  it.effect("have them as tenants of a LayerMap", () => {
    const http = makeHttp()
    class Tenants extends LayerMap.Service<Tenants>()("Tenants", {
      lookup: (name: string) => Layer.provide(Wacht.layer({ apiKey: Redacted.make(name) }), http.layer),
      idleTimeToLive: "1 minute"
    }) {}
    const calls = Effect.zipRight(callBothHosts, Effect.flatMap(ApiKeys.ApiKeys, call))
    return Effect.gen(function* () {
      yield* Effect.provide(calls, Tenants.get("first"))
      yield* Effect.provide(calls, Tenants.get("second"))
      const sent = (key: string) => [`Bearer ${key}`, undefined, `Bearer ${key}`]
      assert.deepStrictEqual(http.keys, [...sent("first"), ...sent("second")])
    }).pipe(Effect.provide(Tenants.Default))
  })

  it.effect("have the policy and the HttpClient of a LayerMap's lookup, whoever comes first", () => {
    const seen: Array<string> = []
    const policy =
      (name: string): RequestPolicy.CallPolicy =>
      (call) =>
        Effect.suspend(() => {
          seen.push(name)
          return call
        })
    let made = 0
    const policies = Layer.unwrapEffect(Effect.sync(() => RequestPolicy.layer(policy(`lookup's ${++made}`))))
    const http = makeHttp()
    class Tenants extends LayerMap.Service<Tenants>()("Tenants", {
      lookup: (name: string) =>
        Wacht.layer({ apiKey: Redacted.make(name) }).pipe(Layer.provide([policies, http.layer])),
      idleTimeToLive: "1 minute"
    }) {}
    const from = (name: string) => Effect.provide(Effect.flatMap(ApiKeys.ApiKeys, call), Tenants.get(name))
    return Effect.gen(function* () {
      const caller = makeHttp()
      yield* RequestPolicy.withPolicy(Effect.provide(from("first"), caller.layer), policy("caller's"))
      yield* from("first")
      yield* from("second")
      assert.deepStrictEqual(seen, ["caller's", "lookup's 1", "lookup's 1"])
      assert.deepStrictEqual([http.keys.length, caller.keys.length], [3, 0])
    }).pipe(Effect.provide(Tenants.Default))
  })
})
