import * as FetchHttpClient from "@effect/platform/FetchHttpClient"
import { assert, describe, it } from "@effect/vitest"
import { ApiKeys, Gateway, OAuth, Wacht, WachtClient } from "effect-wacht"
import type { WachtError } from "effect-wacht/errors"
import * as ConfigProvider from "effect/ConfigProvider"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import * as Tracer from "effect/Tracer"
import { type ClientName, clientNames, clients } from "../faults/matrix.js"
import { answer, type Seen, startFaultServer } from "../faults/server.js"
import { operationCases, services } from "../faults/calls.js"
import { written } from "./sinks.js"

const apiKey = Redacted.make("backend_0QzVx2L7mB4kTnW8")

const injected = "x-evil: 1"

/** A server that keeps what it read. */
const listening = Effect.gen(function* () {
  const seen: Array<Seen> = []
  const server = yield* Effect.acquireRelease(
    Effect.promise(() =>
      startFaultServer(
        new Map([
          [
            "v",
            (socket, request) => {
              seen.push(request)
              answer(socket, 404, { "content-type": "application/json" }, '{"errors":[{"message":"no","code":404}]}')
            }
          ]
        ])
      )
    ),
    ({ close }) => Effect.promise(close)
  )
  return { seen, url: `${server.url}/v/x` }
})

const connected = (client: ClientName, url: string) =>
  Layer.orDie(Wacht.layer({ apiKey, baseUrl: url, gatewayUrl: url })).pipe(Layer.provide(clients[client]))

describe("a line break that ends up in a header", () => {
  it.effect("is refused in a key, given or from the environment, and not echoed", () =>
    Effect.gen(function* () {
      const secret = "CANARY-0QzVx2L7mB4kTnW8"
      for (const end of ["\r\n", "\n", "\r", "\0", "\u2028", "\u0100", "\u007f", "\x1b"]) {
        for (const key of [`${secret}${end}`, `${end}${secret}`, `${secret}${end}${injected}`]) {
          const layers = [
            Wacht.layer({ apiKey: Redacted.make(key) }),
            Wacht.layerConfig().pipe(
              Layer.provide(Layer.setConfigProvider(ConfigProvider.fromMap(new Map([["WACHT_API_KEY", key]]))))
            )
          ]
          for (const layer of layers) {
            const exit = yield* Effect.exit(
              Effect.scoped(Layer.build(layer.pipe(Layer.provide(FetchHttpClient.layer))))
            )
            assert.strictEqual(exit._tag === "Failure" ? exit.cause._tag : "", "Fail")
            const text = (yield* written(exit)).join("\n")
            assert.isFalse(text.includes(secret))
            assert.isFalse(text.includes(injected))
          }
        }
      }
    })
  )

  for (const client of clientNames) {
    it.live(`is no header, wherever in a call it stands (${client})`, () =>
      Effect.gen(function* () {
        const { seen, url } = yield* listening
        const evil = `a\r\n${injected}\r\n\r\nGET /evil HTTP/1.1`
        const parent = Tracer.externalSpan({ traceId: evil, spanId: evil })
        yield* Effect.gen(function* () {
          const { gateway, keys, oauth } = yield* services
          const calls: ReadonlyArray<Effect.Effect<unknown, WachtError>> = [
            keys.getApiAuthApp(evil),
            keys.listApiAuthApps({ search: evil }),
            keys.createApiKey("app", { name: evil, metadata: { [evil]: evil } }),
            oauth.createOAuthApp({
              slug: evil,
              name: evil,
              description: evil,
              logo: { data: new TextEncoder().encode(evil), contentType: "image/png" }
            }),
            gateway.checkAuthz({
              principal: { type: "api_key", value: Redacted.make(evil) },
              resource: evil,
              method: "GET",
              clientIp: evil,
              userAgent: evil
            })
          ]
          for (const call of calls) {
            const exit = yield* Effect.exit(Effect.withParentSpan(call, parent))
            assert.strictEqual(exit._tag === "Failure" ? exit.cause._tag : "", "Fail", String(exit))
          }
        }).pipe(Effect.provide(connected(client, url)))
        assert.strictEqual(seen.length, 5)
        for (const { headers, target } of seen) {
          assert.isFalse(headers.has("x-evil"))
          assert.isFalse(target.startsWith("/evil"))
        }
      }).pipe(Effect.scoped)
    )
  }

  it.live("is refused as the type of a logo", () =>
    Effect.gen(function* () {
      const oauth = yield* OAuth.OAuth
      const contentType = `image/png\r\n${injected}` as "image/png"
      const error = yield* Effect.flip(
        oauth.createOAuthApp({ slug: "a", name: "b", logo: { data: new Uint8Array(1), contentType } })
      )
      assert.strictEqual(error._tag, "EncodeError")
      assert.isFalse(error.message.includes(injected))
    }).pipe(Effect.provide(connected("fetch", "http://127.0.0.1:9")))
  )
})

describe("keys of JSON that are names of the language", () => {
  const hostile =
    '{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}},"toString":"x","a":[{"__proto__":null}]}'

  const isClean = (): void => {
    assert.isFalse("polluted" in {})
    assert.strictEqual(typeof {}.toString, "function")
  }

  const replying = (body: string) => {
    const bodies: Array<string> = []
    const fetch: typeof globalThis.fetch = (_, init) => {
      const sent: unknown = init?.body
      bodies.push(sent instanceof Uint8Array ? new TextDecoder().decode(sent) : "")
      return Promise.resolve(new Response(body))
    }
    const layer = Layer.orDie(Wacht.layer({ apiKey })).pipe(
      Layer.provide(FetchHttpClient.layer),
      Layer.provide(Layer.succeed(FetchHttpClient.Fetch, fetch))
    )
    return { bodies, layer }
  }

  const recorded = (name: string): string => operationCases.find((operation) => operation.name === name)?.answer ?? ""

  it.effect("survive in metadata, both ways, and change nothing else", () =>
    Effect.gen(function* () {
      const { bodies, layer } = replying(
        recorded("createApiKey").replace('"metadata":{"team":"data"}', `"metadata":${hostile}`)
      )
      const metadata: unknown = JSON.parse(hostile)
      const key = yield* Effect.flatMap(ApiKeys.ApiKeys, (keys) =>
        keys.createApiKey("app", { name: "x", metadata })
      ).pipe(Effect.provide(layer))
      assert.strictEqual(JSON.stringify(key.metadata), hostile)
      assert.include(bodies[0], `"metadata":${hostile}`)
      isClean()
    })
  )

  it.effect("change nothing as members of any answer, or as headers of a decision", () =>
    Effect.gen(function* () {
      for (const operation of operationCases.filter(({ answer: text }) => text.startsWith("{"))) {
        const body = operation.answer
          .replace(/\{/g, '{"__proto__":{"polluted":1},"constructor":{"polluted":1},')
          .replaceAll(",}", "}")
        const { layer } = replying(body)
        const exit = yield* Effect.exit(Effect.flatMap(services, operation.call).pipe(Effect.provide(layer)))
        // The headers of a decision are texts, all of them.
        const expected = operation.name === "checkAuthz" ? "Fail" : ""
        assert.strictEqual(exit._tag === "Failure" ? exit.cause._tag : "", expected, operation.name)
        isClean()
      }
      const decision = recorded("checkAuthz").replace('"headers":{', '"headers":{"__proto__":"x","constructor":"y",')
      const { layer } = replying(decision)
      const { headers } = yield* Effect.flatMap(Gateway.Gateway, (gateway) =>
        gateway.checkAuthz({ principal: { type: "api_key", value: apiKey }, resource: "/", method: "GET" })
      ).pipe(Effect.provide(layer))
      assert.strictEqual(headers["constructor"], "y")
      assert.strictEqual(headers["x-wacht-app-slug"], "partner-api")
      isClean()
    })
  )

  it.effect("are a shape that was not expected, where something else belongs", () =>
    Effect.gen(function* () {
      for (const value of [
        '{"toString":1,"valueOf":1}',
        '[{"toString":null,"valueOf":null}]',
        '{"__proto__":null,"toString":{}}'
      ]) {
        const { layer } = replying(recorded("checkAuthz").replace('"allowed":true', `"allowed":${value}`))
        const error = yield* Effect.flatMap(Gateway.Gateway, (gateway) =>
          gateway.checkAuthz({ principal: { type: "api_key", value: apiKey }, resource: "/", method: "GET" })
        ).pipe(Effect.provide(layer), Effect.flip)
        assert.strictEqual(error._tag, "DecodeError")
      }
    })
  )

  it.effect("are no parameters of a path", () =>
    Effect.gen(function* () {
      const { layer } = replying("{}")
      const client = yield* Effect.provide(WachtClient.WachtClient, layer)
      for (const name of ["constructor", "toString", "__proto__"]) {
        const error = yield* Effect.flip(
          client.request({
            method: "GET",
            path: `/x/{${name}}`,
            params: {},
            safety: "safe",
            response: Schema.Unknown
          })
        )
        assert.strictEqual(error._tag, "EncodeError")
      }
    })
  )
})

describe("the template of a call that no service covers", () => {
  it.live("cannot leave the platform's host, or its own route", () =>
    Effect.gen(function* () {
      const asked: Array<URL> = []
      const fetch: typeof globalThis.fetch = (input) => {
        asked.push(new URL(String(input)))
        return Promise.resolve(new Response("{}"))
      }
      const layer = Layer.orDie(Wacht.layer({ apiKey })).pipe(
        Layer.provide(FetchHttpClient.layer),
        Layer.provide(Layer.succeed(FetchHttpClient.Fetch, fetch))
      )
      const client = yield* Effect.provide(WachtClient.WachtClient, layer)
      const ask = (path: string, params: Readonly<Record<string, string>> = {}) =>
        Effect.either(
          client.request({ method: "GET", path: path as "/x", params, safety: "safe", response: Schema.Unknown })
        )
      const refused: ReadonlyArray<readonly [string, Readonly<Record<string, string>>]> = [
        ["@evil.example/x", {}],
        [".evil.example/x", {}],
        [":8080/x", {}],
        ["x", {}],
        ["", {}],
        ["//evil.example/x", {}],
        ["/a/../b", {}],
        ["/a/..", {}],
        ["/a/%2e%2E/b", {}],
        ["/a/.{x}", { x: "." }],
        ["/a/b/%2{x}%2{x}/c", { x: "e" }],
        ["/a/%", {}],
        ["/a\\..\\b", {}],
        ["/a?x=1", {}],
        ["/a#b", {}],
        ["/a\r\nb", {}],
        ["/a b", {}],
        ["/{x}{y}", { x: ".", y: "." }],
        ["/{x}%2e", { x: "." }]
      ]
      for (const [path, params] of refused) {
        const result = yield* ask(path, params)
        assert.strictEqual(
          result._tag === "Left" ? result.left._tag : `sent ${asked.at(-1)?.href}`,
          "EncodeError",
          path
        )
      }
      assert.strictEqual(asked.length, 0)
      yield* ask("/deployments/{id}/x.json", { id: "a/b" })
      assert.strictEqual(asked[0]?.href, "https://api.wacht.dev/deployments/a%2Fb/x.json")
    })
  )
})
