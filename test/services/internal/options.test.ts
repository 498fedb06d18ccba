import { assert, describe, it } from "@effect/vitest"
import * as FetchHttpClient from "@effect/platform/FetchHttpClient"
import * as HttpClient from "@effect/platform/HttpClient"
import * as HttpClientRequest from "@effect/platform/HttpClientRequest"
import { Wacht, WachtClient } from "effect-wacht"
import * as Cause from "effect/Cause"
import * as ConfigProvider from "effect/ConfigProvider"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Exit from "effect/Exit"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import { inspect } from "node:util"
import { checkUrl } from "../../../src/services/internal/options.js"
import { apiKey, stub } from "../../support/sdk.js"

const canary = "canary_canary_canary"

const refusal = (options: WachtClient.Options) =>
  Effect.map(Effect.exit(Effect.provide(WachtClient.make(options), FetchHttpClient.layer)), (exit) =>
    Exit.isFailure(exit) ? Option.getOrUndefined(Cause.failureOption(exit.cause)) : undefined
  )

const badUrls = [
  "",
  " ",
  "api.wacht.dev",
  "/relative",
  "//api.wacht.dev",
  "https://",
  "https://:80",
  "ftp://api.wacht.dev",
  "javascript:alert(1)",
  "data:text/plain,x",
  "file:///etc/passwd",
  "ws://localhost",
  "http://api.wacht.dev",
  "http://localhost.evil.example",
  "http://evil-localhost",
  "http://127.0.0.1.evil.example",
  "http://10.0.0.1",
  "http://[::2]",
  `https://user:${canary}@api.wacht.dev`,
  `https://${canary}@api.wacht.dev`,
  `https://:${canary}@api.wacht.dev`,
  `https://api.wacht.dev?key=${canary}`,
  "https://api.wacht.dev?",
  "https://api.wacht.dev/#",
  `https://api.wacht.dev#${canary}`
]

const badKeys = [
  "",
  " ",
  "\t",
  "\n",
  `${canary}\r\nx-evil: 1`,
  `${canary}\n`,
  `\u0000${canary}`,
  `${canary}\u007f`,
  `${canary}é\u0100`,
  `${canary}😀`
]

describe("options", () => {
  it.effect("a bad URL is refused by name, never by value", () =>
    Effect.gen(function* () {
      for (const option of ["baseUrl", "gatewayUrl"] as const) {
        for (const url of badUrls) {
          const error = yield* refusal({ apiKey, [option]: url })
          assert.isDefined(error, url)
          assert.include(String(error), option)
          assert.notInclude(inspect(error, { depth: 10 }), "canary")
          if (url.trim().length > 8) assert.notInclude(inspect(error, { depth: 10 }), url)
        }
      }
    })
  )

  it("a URL of a host that is no ASCII is taken, however often", () => {
    const taken = Array.from({ length: 20_000 }, () => checkUrl("baseUrl", "https://é.example"))
    assert.isTrue(taken.every(Either.isRight))
  })

  it.effect("a refusal says what is allowed", () =>
    Effect.gen(function* () {
      for (const [baseUrl, allowed] of [
        ["a.example", "be an absolute URL"],
        ["http://a.example", "use https, or http on loopback"],
        ["https://a.example?b", "hold no credentials, query or hash"]
      ] as const) {
        const error = yield* refusal({ apiKey, baseUrl })
        assert.deepInclude(error, { path: ["baseUrl"], message: `baseUrl must ${allowed}` })
      }
      assert.deepInclude(yield* refusal({ apiKey: Redacted.make("\n") }), {
        path: ["apiKey"],
        message: "apiKey must be a header value: Latin-1, not empty, without control characters"
      })
    })
  )

  it.effect("a bad key is refused by name, never by value", () =>
    Effect.gen(function* () {
      for (const key of badKeys) {
        const error = yield* refusal({ apiKey: Redacted.make(key) })
        assert.isDefined(error, JSON.stringify(key))
        assert.include(String(error), "apiKey")
        assert.notInclude(inspect(error, { depth: 10 }), "canary")
      }
    })
  )

  it.effect("a key that is none, as of a variable that is not set, is refused by name", () =>
    Effect.gen(function* () {
      const wiped = Redacted.make(canary)
      Redacted.unsafeWipe(wiped)
      const keys: ReadonlyArray<unknown> = [
        undefined,
        canary,
        Redacted.make(undefined),
        Redacted.make({ key: canary }),
        wiped
      ]
      for (const key of keys) {
        const error = yield* refusal({ apiKey: key as typeof apiKey })
        assert.include(String(error), "apiKey must be a Redacted text")
        assert.notInclude(inspect(error, { depth: 10 }), "canary")
      }
    })
  )

  it.effect("a bad size is refused by name", () =>
    Effect.gen(function* () {
      for (const maxAnswerBytes of [0, -1, Number.NaN]) {
        assert.include(String(yield* refusal({ apiKey, maxAnswerBytes })), "maxAnswerBytes must be a positive number")
      }
    })
  )

  it.effect("what is right is taken", () =>
    Effect.gen(function* () {
      const urls = [
        "https://api.wacht.dev",
        "https://api.wacht.dev/",
        "https://proxy.example:8443/wacht/",
        "http://localhost:4010",
        "http://wacht.localhost",
        "http://127.0.0.1:1",
        "http://127.1.2.3",
        "http://[::1]:4010",
        new URL("https://api.wacht.dev")
      ]
      for (const baseUrl of urls)
        assert.isUndefined(yield* refusal({ apiKey, baseUrl, gatewayUrl: baseUrl }), String(baseUrl))
      for (const key of ["k", "aa_key-with.all:kinds/of+signs=", "Latin-1 \u0080\u00e9\u00ff", "a\ttab"]) {
        assert.isUndefined(yield* refusal({ apiKey: Redacted.make(key) }), key)
      }
    })
  )

  it.effect("a slash at the end or a path of the base is kept in order", () => {
    const { client, seen } = stub(() => ({ status: 404 }))
    const urlWith = (baseUrl: string) =>
      Effect.gen(function* () {
        const wacht = yield* WachtClient.make({ apiKey, baseUrl })
        seen.length = 0
        yield* Effect.either(
          wacht.request({ method: "GET", path: "/a/{b}", params: { b: "c" }, safety: "safe", response: Schema.Unknown })
        )
        return seen[0]?.url.href
      }).pipe(Effect.provideService(HttpClient.HttpClient, client))
    return Effect.gen(function* () {
      assert.strictEqual(yield* urlWith("https://a.example"), "https://a.example/a/c")
      assert.strictEqual(yield* urlWith("https://a.example///"), "https://a.example/a/c")
      assert.strictEqual(yield* urlWith("https://a.example/b/c/"), "https://a.example/b/c/a/c")
    })
  })
})

const build = (environment: ReadonlyArray<readonly [string, string]>) =>
  Layer.build(Wacht.layerConfig()).pipe(
    Effect.scoped,
    Effect.provide(FetchHttpClient.layer),
    Effect.withConfigProvider(ConfigProvider.fromMap(new Map(environment))),
    Effect.exit,
    Effect.map((exit) =>
      Exit.isFailure(exit) ? String(Option.getOrUndefined(Cause.failureOption(exit.cause))) : "built"
    )
  )

describe("layerConfig", () => {
  it.effect("names what is missing", () =>
    Effect.gen(function* () {
      assert.include(yield* build([]), "WACHT_API_KEY")
      assert.include(yield* build([["WACHT_API_URL", "https://a.example"]]), "WACHT_API_KEY")
    })
  )

  it.effect("takes either name of the key, and both URLs", () =>
    Effect.gen(function* () {
      assert.strictEqual(yield* build([["WACHT_API_KEY", "k"]]), "built")
      assert.strictEqual(yield* build([["WACHT_BACKEND_API_KEY", "k"]]), "built")
      const { client, seen } = stub(() => ({ status: 404 }))
      const environment = new Map([
        ["WACHT_API_KEY", "first_key"],
        ["WACHT_BACKEND_API_KEY", "second_key"],
        ["WACHT_API_URL", "http://localhost:4010/"]
      ])
      yield* Effect.flatMap(WachtClient.WachtClient, ({ request }) =>
        Effect.either(request({ method: "GET", path: "/x", safety: "safe", response: Schema.Unknown }))
      ).pipe(
        Effect.provide(Layer.provide(WachtClient.layerConfig(), Layer.succeed(HttpClient.HttpClient, client))),
        Effect.withConfigProvider(ConfigProvider.fromMap(environment))
      )
      assert.strictEqual(seen[0]?.url.href, "http://localhost:4010/x")
      assert.strictEqual(seen[0]?.headers.authorization, "Bearer first_key")
    })
  )

  it.effect("takes the options that no environment holds", () =>
    Effect.gen(function* () {
      const { client, seen } = stub(() => ({ status: 200, body: '"too long"' }))
      const marked = HttpClient.mapRequest(HttpClientRequest.setHeader("x-marked", "yes"))
      const options = { maxAnswerBytes: 5, transformClient: marked }
      const layers: ReadonlyArray<Layer.Layer<WachtClient.WachtClient, unknown, HttpClient.HttpClient>> = [
        WachtClient.layerConfig(options),
        Wacht.layerConfig(options)
      ]
      for (const layer of layers) {
        const error = yield* Effect.flatMap(WachtClient.WachtClient, ({ request }) =>
          Effect.flip(request({ method: "GET", path: "/x", safety: "safe", response: Schema.Unknown }))
        ).pipe(
          Effect.provide(Layer.provide(layer, Layer.succeed(HttpClient.HttpClient, client))),
          Effect.withConfigProvider(ConfigProvider.fromMap(new Map([["WACHT_API_KEY", "k"]])))
        )
        assert.deepInclude(error, { _tag: "DecodeError", reason: "TooLarge" })
      }
      assert.deepStrictEqual(
        seen.map(({ headers }) => headers["x-marked"]),
        ["yes", "yes"]
      )
    })
  )

  it.effect("names the variable that is bad, never its value", () =>
    Effect.gen(function* () {
      const url = yield* build([
        ["WACHT_API_KEY", "k"],
        ["WACHT_API_URL", `https://${canary}@a.example`]
      ])
      assert.include(url, "WACHT_API_URL")
      assert.notInclude(url, "canary")
      const gateway = yield* build([
        ["WACHT_API_KEY", "k"],
        ["WACHT_GATEWAY_URL", canary]
      ])
      assert.include(gateway, "WACHT_GATEWAY_URL")
      assert.notInclude(gateway, "canary")
      const key = yield* build([["WACHT_API_KEY", `${canary}\n`]])
      assert.include(key, "WACHT_API_KEY")
      assert.notInclude(key, "canary")
      const empty = yield* build([
        ["WACHT_API_KEY", ""],
        ["WACHT_BACKEND_API_KEY", "k"]
      ])
      assert.include(empty, "WACHT_API_KEY")
      const second = yield* build([["WACHT_BACKEND_API_KEY", `${canary}\n`]])
      assert.include(second, "WACHT_BACKEND_API_KEY")
      assert.notInclude(second, "canary")
    })
  )
})
