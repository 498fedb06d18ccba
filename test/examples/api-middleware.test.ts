import { HttpApi, HttpApiBuilder, HttpApiEndpoint, HttpApiGroup, HttpServer } from "@effect/platform"
import { assert, describe, it } from "@effect/vitest"
import { ApiKeys, Gateway } from "effect-wacht"
import { Emulator, Fault } from "effect-wacht/testing"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import { Caller, Guard, GuardLive } from "../../examples/api-middleware.js"

const api = HttpApi.make("reports").add(
  HttpApiGroup.make("reports")
    .add(HttpApiEndpoint.get("whoami", "/whoami").addSuccess(Schema.Struct({ app: Schema.String })))
    .middleware(Guard)
)

const reports = HttpApiBuilder.group(api, "reports", (handlers) =>
  handlers.handle("whoami", () => Effect.map(Caller, ({ appSlug }) => ({ app: appSlug })))
)

/** Calls the API with a key. */
const serve = Effect.gen(function* () {
  const gateway = yield* Gateway.Gateway
  const layers = HttpApiBuilder.api(api).pipe(
    Layer.provide(reports),
    Layer.provide(GuardLive(["reports:read"])),
    Layer.provide(Layer.succeed(Gateway.Gateway, gateway)),
    Layer.merge(HttpServer.layerContext)
  )
  const { handler } = yield* Effect.acquireRelease(
    Effect.sync(() => HttpApiBuilder.toWebHandler(layers)),
    ({ dispose }) => Effect.promise(dispose)
  )
  return (key: string) =>
    Effect.promise(async () => {
      const headers = { authorization: `Bearer ${key}`, "user-agent": "a caller" }
      const answer = await handler(new Request("http://localhost/whoami?page=2", { headers }))
      return { status: answer.status, headers: answer.headers, body: await answer.json() }
    })
})

/** A key of an app that may be called twice a minute. */
const issue = (permissions: ReadonlyArray<string>) =>
  Effect.gen(function* () {
    const keys = yield* ApiKeys.ApiKeys
    const rule = { unit: "minute", duration: 1, maxRequests: 2 } as const
    yield* keys.createRateLimitScheme({ slug: "two", name: "Two", rules: [rule] })
    yield* keys.createApiAuthApp({ appSlug: "a", name: "A", keyPrefix: "acme", rateLimitSchemeSlug: "two" })
    return yield* keys.createApiKey("a", { name: "k", permissions, metadata: { plan: "secret plan" } })
  })

describe("api-middleware", () => {
  it.scoped("lets a good key through until its limit, and tells the caller no more than the limits", () =>
    Effect.gen(function* () {
      const call = yield* serve
      const { secret } = yield* issue(["reports:read"])
      const first = yield* call(Redacted.value(secret))
      assert.deepStrictEqual([first.status, first.body], [200, { app: "a" }])
      assert.strictEqual(first.headers.get("x-ratelimit-60s-remaining"), "1")
      yield* call(Redacted.value(secret))
      const third = yield* call(Redacted.value(secret))
      assert.deepStrictEqual([third.status, third.body], [429, { _tag: "TooManyRequests" }])
      assert.strictEqual(third.headers.get("retry-after"), "60")
      for (const { headers } of [first, third]) {
        const told = [...headers.keys()].filter((name) => name.startsWith("x-"))
        assert.deepStrictEqual(told.sort(), ["x-ratelimit-60s-limit", "x-ratelimit-60s-remaining"])
      }
      const keys = yield* ApiKeys.ApiKeys
      const { data } = yield* keys.getApiAuditLogs("a")
      assert.deepStrictEqual(
        data.map(({ path, userAgent }) => [path, Option.getOrNull(userAgent)]),
        Array.from({ length: 3 }, () => ["GET /whoami", "a caller"])
      )
    }).pipe(Effect.provide(Emulator.layerWacht()))
  )

  it.scoped("keeps a bad key, one without the permission, and a gateway that does not answer apart", () =>
    Effect.gen(function* () {
      const call = yield* serve
      const { secret } = yield* issue([])
      const unknown = yield* call(`acme_${"x".repeat(43)}`)
      assert.deepStrictEqual([unknown.status, unknown.body], [401, { _tag: "Unauthorized" }])
      const forbidden = yield* call(Redacted.value(secret))
      assert.deepStrictEqual([forbidden.status, forbidden.body], [403, { _tag: "Forbidden" }])
      const { failEvery } = yield* Emulator.Emulator
      yield* failEvery(Fault.loseBefore, { operation: "checkAuthz" })
      const nobody = yield* call(Redacted.value(secret))
      assert.deepStrictEqual([nobody.status, nobody.body], [503, { _tag: "Unavailable" }])
    }).pipe(Effect.provide(Emulator.layerWacht()))
  )
})
