import { FetchHttpClient, HttpClient, HttpClientRequest } from "@effect/platform"
import { NodeHttpClient } from "@effect/platform-node"
import { assert, describe, it } from "@effect/vitest"
import { ApiKeys, Gateway, OAuth, Policy, Wacht, type WachtClient } from "effect-wacht"
import { KeyId } from "effect-wacht/schemas"
import * as Context from "effect/Context"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as FiberRef from "effect/FiberRef"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import type { ServerResponse } from "node:http"
import { version } from "../../src/services/internal/version.js"
import { example } from "../support/contract.js"
import { clientNames, clients, type Loopback, loopback, type Received } from "../support/loopback.js"

const apiKey = Redacted.make("example_backend_KEYKEYKEYKEYKEYKEYKEY")
const keyId = KeyId.make("77636080333005047")

const answerJson = (body: string) => (response: ServerResponse) => {
  response.writeHead(200, { "content-type": "application/json" })
  response.end(body)
}

const over = (
  client: Layer.Layer<HttpClient.HttpClient>,
  server: Loopback,
  options?: Partial<WachtClient.Options>
): Layer.Layer<Wacht.Services> =>
  Layer.orDie(Wacht.layer({ apiKey, baseUrl: server.url, gatewayUrl: server.url, ...options })).pipe(
    Layer.provide(client)
  )

/** The services for as long as the test: undici's pool ends with its layer. */
const services = (client: Layer.Layer<HttpClient.HttpClient>, server: Loopback) =>
  Effect.map(Layer.build(over(client, server)), (context) => ({
    keys: Context.get(context, ApiKeys.ApiKeys),
    oauth: Context.get(context, OAuth.OAuth)
  }))

/** Every byte there is, line ends, and what looks like a boundary. */
const logo = new Uint8Array([
  ...Array.from({ length: 256 }, (_, index) => index),
  ...new TextEncoder().encode("\r\n--effect-wacht-\r\n\r\n--\r\n"),
  13,
  10
])

interface Part {
  readonly head: string
  readonly bytes: Buffer
}

/** Taken apart by hand, on bytes. */
const partsOf = ({ body, headers }: Received): ReadonlyArray<Part> => {
  const boundary = /^multipart\/form-data; boundary=(\S+)$/.exec(headers["content-type"] ?? "")?.[1] ?? ""
  assert.match(boundary, /^[\w-]{20,70}$/)
  const parts: Array<Part> = []
  let at = body.indexOf(`--${boundary}\r\n`)
  assert.strictEqual(at, 0)
  for (;;) {
    const start = at + boundary.length + 4
    const next = body.indexOf(`\r\n--${boundary}`, start)
    const split = body.indexOf("\r\n\r\n", start)
    parts.push({ head: body.subarray(start, split).toString("utf8"), bytes: body.subarray(split + 4, next) })
    at = next + 2
    if (body.subarray(at + boundary.length + 2).toString("utf8") === "--\r\n") return parts
  }
}

describe.each(clientNames)("over %s", (name) => {
  const client = clients[name]

  it.scopedLive("a form with a logo arrives byte by byte", () =>
    Effect.gen(function* () {
      const server = yield* loopback(answerJson(example("createOAuthApp.response")))
      yield* Effect.flatMap(OAuth.OAuth, (oauth) =>
        oauth.createOAuthApp({
          slug: "s",
          name: 'Quotes " and \r\n lines – ünïcode',
          supportedScopes: ["b", "a"],
          scopeDefinitions: [{ scope: "a", displayName: "A", description: "" }],
          allowDynamicClientRegistration: false,
          logo: { data: logo, contentType: "image/png" }
        })
      ).pipe(Effect.provide(over(client, server)))
      const [request] = server.received
      if (request === undefined) return assert.fail("nothing arrived")
      assert.strictEqual(request.headers["content-length"], String(request.body.length))
      const parts = partsOf(request)
      const named = (part: string) => parts.find(({ head }) => head.includes(`name="${part}"`))
      assert.strictEqual(named("name")?.bytes.toString("utf8"), 'Quotes " and \r\n lines – ünïcode')
      assert.strictEqual(named("supported_scopes")?.bytes.toString("utf8"), "b,a")
      assert.strictEqual(named("allow_dynamic_client_registration")?.bytes.toString("utf8"), "false")
      assert.deepStrictEqual(JSON.parse(named("scope_definitions")?.bytes.toString("utf8") ?? ""), [
        { scope: "a", display_name: "A", description: "" }
      ])
      assert.deepStrictEqual(new Uint8Array(named("logo")?.bytes ?? []), logo)
      assert.include(named("logo")?.head, "Content-Type: image/png")
      assert.include(named("logo")?.head, 'filename="logo.png"')
      assert.strictEqual(parts.length, 6)
    })
  )

  it.scopedLive("a form over 2 MiB is refused before anything is sent, one of exactly as much is not", () =>
    Effect.gen(function* () {
      const server = yield* loopback(answerJson(example("createOAuthApp.response")))
      const { oauth } = yield* services(client, server)
      const create = (size: number) =>
        oauth.createOAuthApp({ slug: "s", name: "N", logo: { data: new Uint8Array(size), contentType: "image/png" } })
      yield* create(1000)
      const overhead = (server.received[0]?.body.length ?? 0) - 1000
      const error = yield* Effect.flip(create(2_097_152 - overhead + 1))
      assert.strictEqual(error._tag, "EncodeError")
      assert.include(error.message, "2097152")
      assert.strictEqual(server.received.length, 1)
      yield* create(2_097_152 - overhead)
      assert.strictEqual(server.received[1]?.body.length, 2_097_152)
    })
  )

  it.scopedLive("an answer may begin with the mark of UTF-8, with a length and without", () =>
    Effect.gen(function* () {
      const body = Buffer.from('\uFEFF{"keys":[]}')
      for (const headers of [{ "content-length": String(body.length) }, {}]) {
        const server = yield* loopback((response) => {
          response.writeHead(200, headers)
          response.end(body)
        })
        const { keys } = yield* services(client, server)
        assert.deepStrictEqual(yield* keys.listApiKeys("a"), [])
      }
    })
  )

  it.scopedLive("a redirect is never followed", () =>
    Effect.gen(function* () {
      const elsewhere = yield* loopback(answerJson("{}"))
      let location = ""
      let status = 302
      const server = yield* loopback((response) => {
        response.writeHead(status, { location })
        response.end()
      })
      const { keys } = yield* services(client, server)
      for (const target of [`${elsewhere.url}/stolen`, `${server.url}/moved`, "/moved", "..//x"]) {
        for (const code of [301, 302, 303, 307, 308]) {
          location = target
          status = code
          const failures = [
            Effect.flip(keys.listRateLimitSchemes()),
            Effect.flip(Effect.asVoid(keys.createApiKey("a", { name: "k" })))
          ]
          for (const failure of failures) {
            const before = server.received.length
            const error = yield* failure
            if (error._tag !== "UnexpectedStatusError") return assert.fail(error._tag)
            assert.strictEqual(error.status, code)
            assert.deepStrictEqual(error.location, Option.some(target))
            assert.isFalse(error.isRetryable)
            assert.strictEqual(server.received.length, before + 1)
          }
        }
      }
      assert.deepStrictEqual(elsewhere.received, [])
    })
  )

  it.scopedLive("the headers are the SDK's own, and transformClient changes them", () =>
    Effect.gen(function* () {
      const server = yield* loopback(answerJson('{"schemes":[],"total":0}'))
      const list = Effect.flatMap(ApiKeys.ApiKeys, (keys) => keys.listRateLimitSchemes())
      yield* Effect.provide(list, over(client, server))
      yield* Effect.provide(
        list,
        over(client, server, {
          transformClient: HttpClient.mapRequest(
            HttpClientRequest.setHeaders({
              "user-agent": "mine/1",
              accept: "application/vnd.mine+json",
              "x-mine": "yes"
            })
          )
        })
      )
      const [own, changed] = server.received
      assert.strictEqual(own?.headers["user-agent"], `effect-wacht/${version}`)
      assert.strictEqual(own?.headers.accept, "application/json")
      assert.strictEqual(own?.headers["accept-encoding"], "identity")
      assert.strictEqual(own?.headers.authorization, `Bearer ${Redacted.value(apiKey)}`)
      assert.isUndefined(own?.headers["content-type"])
      assert.strictEqual(changed?.headers["user-agent"], "mine/1")
      assert.strictEqual(changed?.headers.accept, "application/vnd.mine+json")
      assert.strictEqual(changed?.headers["x-mine"], "yes")
    })
  )

  it.scopedLive("the gateway gets no key of ours, and traces go along once", () =>
    Effect.gen(function* () {
      const server = yield* loopback(answerJson(example("checkAuthz.response")))
      yield* Effect.flatMap(Gateway.Gateway, (gateway) =>
        gateway.checkAuthz({
          principal: { type: "api_key", value: Redacted.make("someone_elses") },
          resource: "/",
          method: "GET"
        })
      ).pipe(Effect.withSpan("caller"), Effect.provide(over(client, server)))
      const [request] = server.received
      assert.isUndefined(request?.headers.authorization)
      assert.match(String(request?.headers.traceparent), /^00-[0-9a-f]{32}-[0-9a-f]{16}-01$/)
      assert.strictEqual(request?.headers["content-type"], "application/json")
    })
  )

  it.scopedLive("a 204 that claims a body of 2 bytes leaves the connection usable", () =>
    Effect.gen(function* () {
      const server = yield* loopback((response, { method }) => {
        if (method === "DELETE") {
          response.writeHead(204, { "content-type": "application/json", "content-length": "2" })
          response.end()
        } else answerJson('{"schemes":[],"total":0}')(response)
      })
      const { keys } = yield* services(client, server)
      for (let index = 0; index < 5; index++) {
        assert.isUndefined(yield* keys.deleteRateLimitScheme("s"))
        assert.deepStrictEqual(yield* keys.listRateLimitSchemes(), [])
      }
    })
  )

  it.scopedLive("paths arrive as they were written", () =>
    Effect.gen(function* () {
      const server = yield* loopback((response) => {
        response.writeHead(404)
        response.end()
      })
      const { keys } = yield* services(client, server)
      const slugs = [
        "a/b c?x#é",
        "..%2f..",
        "...",
        "\\..\\",
        "@evil.example",
        "a\r\nHost: evil",
        "%",
        "+&=;",
        "日本😀",
        " "
      ]
      for (const slug of slugs) {
        server.received.length = 0
        const error = yield* Effect.flip(keys.rotateApiKey(slug, keyId))
        assert.strictEqual(error._tag, "NotFoundError")
        // a writing method without a body says so, and is not sent in chunks
        assert.strictEqual(server.received[0]?.headers["content-length"], "0")
        assert.isUndefined(server.received[0]?.headers["transfer-encoding"])
        assert.strictEqual(
          server.received[0]?.target,
          `/api-auth/apps/${encodeURIComponent(slug)}/keys/${keyId}/rotate`
        )
      }
    })
  )

  it.scopedLive("what operations without a result are sent is ignored", () =>
    Effect.gen(function* () {
      const bodies = ["", "{}", "null", "<html>", "not json", "x".repeat(300_000)]
      let body = ""
      const server = yield* loopback((response) => answerJson(body)(response))
      const { keys } = yield* services(client, server)
      for (const text of bodies) {
        body = text
        assert.isUndefined(yield* keys.revokeApiKey("a", keyId))
      }
      assert.strictEqual(server.received[0]?.body.toString("utf8"), "{}")
    })
  )
})

describe("a pool of node:http that keeps its connections", () => {
  for (const status of [200, 204]) {
    it.scopedLive(`gets each back after an answer ${status} that nobody wants to read`, () =>
      Effect.gen(function* () {
        const server = yield* loopback((response) => {
          response.writeHead(status)
          response.end()
        })
        const agent = NodeHttpClient.makeAgentLayer({ keepAlive: true, maxSockets: 2 })
        const { keys } = yield* services(NodeHttpClient.layerWithoutAgent.pipe(Layer.provide(agent)), server)
        const remove = Policy.attemptTimeout("2 seconds")(keys.deleteRateLimitScheme("s"))
        yield* Effect.replicateEffect(remove, 5, { discard: true })
        assert.strictEqual(server.received.length, 5)
      })
    )
  }
})

describe("settings of fetch", () => {
  const redirecting = loopback((response) => {
    response.writeHead(302, { location: "/moved" })
    response.end()
  })
  const settings: RequestInit = { headers: { "x-baked": "kept" }, redirect: "follow", cache: "no-store" }

  const check = (server: Loopback, call: Effect.Effect<unknown, { readonly _tag: string }>) =>
    Effect.gen(function* () {
      assert.strictEqual((yield* Effect.flip(call))._tag, "UnexpectedStatusError")
      assert.strictEqual(server.received.length, 1)
      assert.strictEqual(server.received[0]?.headers["x-baked"], "kept")
      assert.strictEqual(server.received[0]?.headers.authorization, `Bearer ${Redacted.value(apiKey)}`)
    })

  it.scopedLive("baked below its layer survive, but for the redirects", () =>
    Effect.gen(function* () {
      const server = yield* redirecting
      const baked = Layer.provide(FetchHttpClient.layer, Layer.succeed(FetchHttpClient.RequestInit, settings))
      const { keys } = yield* services(baked, server)
      yield* check(server, keys.listRateLimitSchemes())
    })
  )

  it.scopedLive("survive a transformClient too", () =>
    Effect.gen(function* () {
      const server = yield* redirecting
      const baked = Layer.provide(FetchHttpClient.layer, Layer.succeed(FetchHttpClient.RequestInit, settings))
      const transformClient = (client: HttpClient.HttpClient) =>
        client.pipe(
          HttpClient.mapRequest(HttpClientRequest.setHeader("x-mine", "yes")),
          HttpClient.tap(() => Effect.void)
        )
      const list = Effect.flatMap(ApiKeys.ApiKeys, (keys) => keys.listRateLimitSchemes())
      yield* check(server, Effect.provide(list, over(baked, server, { transformClient })))
      assert.strictEqual(server.received[0]?.headers["x-mine"], "yes")
    })
  )

  it.scopedLive("given around a call survive as well", () =>
    Effect.gen(function* () {
      const server = yield* redirecting
      const { keys } = yield* services(FetchHttpClient.layer, server)
      yield* check(
        server,
        keys.listRateLimitSchemes().pipe(Effect.provideService(FetchHttpClient.RequestInit, settings))
      )
    })
  )

  it.scopedLive("are the caller's again after the call", () =>
    Effect.gen(function* () {
      const server = yield* redirecting
      const { keys } = yield* services(FetchHttpClient.layer, server)
      const seeAfter = <A, E>(call: Effect.Effect<A, E>) =>
        Effect.ignore(call).pipe(
          Effect.zipRight(Effect.serviceOption(FetchHttpClient.RequestInit)),
          Effect.zip(FiberRef.get(HttpClient.currentTracerDisabledWhen)),
          Effect.provideService(FetchHttpClient.RequestInit, settings)
        )
      const isDisabled = yield* FiberRef.get(HttpClient.currentTracerDisabledWhen)
      for (const limit of [Duration.seconds(30), Duration.infinity]) {
        const after = yield* seeAfter(keys.listRateLimitSchemes().pipe(Policy.attemptTimeout(limit)))
        assert.deepStrictEqual(after, [Option.some(settings), isDisabled])
      }
    })
  )
})
