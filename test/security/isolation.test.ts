import * as FetchHttpClient from "@effect/platform/FetchHttpClient"
import * as HttpClient from "@effect/platform/HttpClient"
import * as HttpClientRequest from "@effect/platform/HttpClientRequest"
import { assert, describe, it } from "@effect/vitest"
import { Policy, RequestPolicy, Wacht } from "effect-wacht"
import * as Context from "effect/Context"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as FiberRef from "effect/FiberRef"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import { defaultArguments, type OperationCase, operationCases, type Services, services } from "../faults/calls.js"

interface Asked {
  readonly url: URL
  readonly authorization: string | undefined
  readonly tenant: string | undefined
  readonly redirect: string | undefined
}

interface Client {
  readonly name: string
  readonly key: string
  readonly sdk: Services
  readonly hosts: { readonly platform: string; readonly gateway: string }
}

/** Answers every request late, so that many calls are on their way at once, and keeps what was asked. */
const recorder = (asked: Array<Asked>): typeof globalThis.fetch => {
  return async (input, init) => {
    const headers = new Headers(init?.headers)
    asked.push({
      url: new URL(String(input)),
      authorization: headers.get("authorization") ?? undefined,
      tenant: headers.get("x-tenant") ?? undefined,
      redirect: init?.redirect
    })
    await new Promise((resolve) => setImmediate(resolve))
    return new Response(JSON.stringify({ errors: [{ message: "no", code: 404 }] }), { status: 404 })
  }
}

const makeClient = (name: string): Effect.Effect<Client, never, HttpClient.HttpClient> => {
  const hosts = { platform: `https://platform-${name}.example`, gateway: `https://gateway-${name}.example` }
  const key = `backend_of_${name}_0QzVx2L7mB4kTnW8`
  return Effect.scoped(
    Layer.build(
      Wacht.layer({
        apiKey: Redacted.make(key),
        baseUrl: hosts.platform,
        gatewayUrl: hosts.gateway,
        transformClient: HttpClient.mapRequest(HttpClientRequest.setHeader("x-tenant", name))
      })
    )
  ).pipe(
    Effect.orDie,
    Effect.flatMap((context) => Effect.provide(services, context)),
    Effect.map((sdk) => ({ name, key, sdk, hosts }))
  )
}

const withFetch = (asked: Array<Asked>) =>
  FetchHttpClient.layer.pipe(Layer.provide(Layer.succeed(FetchHttpClient.Fetch, recorder(asked))))

/** Whether a request is one of this client's, in every respect. */
const isOwn = (
  { hosts, key, name }: Client,
  operation: OperationCase,
  { authorization, tenant, url }: Asked
): boolean => {
  const isGateway = operation.name === "checkAuthz"
  return (
    url.origin === (isGateway ? hosts.gateway : hosts.platform) &&
    authorization === (isGateway ? undefined : `Bearer ${key}`) &&
    tenant === name
  )
}

describe("two clients in one program", () => {
  it.live("never use each other's key, host or settings, in any form of any call", () =>
    Effect.gen(function* () {
      const asked: Array<Asked> = []
      const clients = yield* Effect.provide(Effect.all([makeClient("a"), makeClient("b")]), withFetch(asked))
      const calls = operationCases.flatMap((operation) =>
        operation.forms(defaultArguments).flatMap((call) => clients.map((client) => ({ operation, call, client })))
      )
      const wrong: Array<string> = []
      yield* Effect.forEach(
        calls,
        ({ call, client, operation }) =>
          Effect.gen(function* () {
            const before = asked.length
            yield* Effect.ignore(call(client.sdk))
            assert.isAbove(asked.length, before)
          }).pipe(Effect.as(operation)),
        { concurrency: 1 }
      )
      asked.forEach((request, index) => {
        const current = calls[index]
        if (current === undefined || !isOwn(current.client, current.operation, request)) {
          wrong.push(`${current?.operation.name}: ${request.url.href}`)
        }
      })
      assert.strictEqual(asked.length, calls.length)
      assert.deepStrictEqual(wrong, [])
    })
  )

  it.live("nor when hundreds of calls are on their way at once", () =>
    Effect.gen(function* () {
      const asked: Array<Asked> = []
      const clients = yield* Effect.provide(Effect.all([makeClient("a"), makeClient("b")]), withFetch(asked))
      const calls = operationCases.flatMap(({ call }) => clients.map(({ sdk }) => Effect.ignore(call(sdk))))
      yield* Effect.all([...calls, ...calls], { concurrency: "unbounded", discard: true })
      assert.strictEqual(asked.length, calls.length * 2)
      assert.lengthOf(
        asked.filter(({ tenant }) => tenant === "a"),
        calls.length
      )
      for (const { authorization, tenant, url } of asked) {
        assert.include(["a", "b"], tenant)
        assert.match(url.hostname, new RegExp(`^(platform|gateway)-${tenant}\\.example$`))
        if (authorization !== undefined) assert.include(authorization, `backend_of_${tenant}_`)
      }
    })
  )

  it.live("nor when one is used where the other one is provided", () =>
    Effect.gen(function* () {
      const asked: Array<Asked> = []
      const [a, b] = yield* Effect.provide(Effect.all([makeClient("a"), makeClient("b")]), withFetch(asked))
      const other = RequestPolicy.withPolicy(b.sdk.keys.listRateLimitSchemes(), (call) => call)
      const policy: RequestPolicy.CallPolicy = (call) => Effect.zipRight(Effect.ignore(other), call)
      yield* Effect.ignore(RequestPolicy.withPolicy(a.sdk.keys.getApiAuthApp("x"), policy))
      assert.strictEqual(asked.length, 2)
      const hosts = asked.map(({ tenant, url }) => `${url.hostname} ${tenant}`)
      assert.sameMembers(hosts, ["platform-a.example a", "platform-b.example b"])
    })
  )
})

describe("a call and its caller's fiber", () => {
  it.live("share no setting: tracing and redirects of the caller's own requests stay as they were", () =>
    Effect.gen(function* () {
      const asked: Array<Asked> = []
      const init: RequestInit = { redirect: "follow", headers: { "x-init": "kept" } }
      const layer = Layer.merge(withFetch(asked), Layer.succeed(FetchHttpClient.RequestInit, init))
      yield* Effect.gen(function* () {
        const { sdk } = yield* makeClient("a")
        for (const limit of [Duration.seconds(1), Duration.days(1000), Duration.infinity]) {
          yield* Effect.ignore(Policy.attemptTimeout(limit)(sdk.keys.listRateLimitSchemes()))
          assert.strictEqual(asked.at(-1)?.redirect, "manual")
          const isDisabled = yield* FiberRef.get(HttpClient.currentTracerDisabledWhen)
          assert.isFalse(isDisabled(HttpClientRequest.get("https://example.org")))
          const context = yield* FiberRef.get(FiberRef.currentContext)
          assert.isTrue(Context.unsafeGet(context, FetchHttpClient.RequestInit) === init)
          const client = yield* HttpClient.HttpClient
          yield* client.get("https://example.org/")
          assert.strictEqual(asked.at(-1)?.redirect, "follow")
        }
      }).pipe(Effect.provide(layer))
    })
  )
})
