import * as NodeHttpServer from "@effect/platform-node/NodeHttpServer"
import * as FetchHttpClient from "@effect/platform/FetchHttpClient"
import * as HttpServer from "@effect/platform/HttpServer"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import { createServer } from "node:http"
import { ApiKeys, Wacht } from "effect-wacht"
import { Emulator, Fault } from "effect-wacht/testing"
import { ListeningTracer } from "../../security/sinks.js"

const server = NodeHttpServer.layerServer(createServer, { port: 0, host: "127.0.0.1" })

/** The SDK over real sockets to an emulator that is served in this program. */
const services = (emulator: Emulator.Service) =>
  Wacht.layer({ apiKey: emulator.apiKey, baseUrl: emulator.platformUrl, gatewayUrl: emulator.gatewayUrl }).pipe(
    Layer.provide(FetchHttpClient.layer)
  )

/** One call as it comes, of a client that leaves at `signal`; what became of it. */
const call = (emulator: Emulator.Service, method: string, init?: RequestInit) =>
  Effect.promise(async () => {
    const authorization = `Bearer ${Redacted.value(emulator.apiKey)}`
    const headers = { authorization, "content-type": "application/json" }
    try {
      const answer = await fetch(`${emulator.platformUrl}/api-auth/apps`, { method, headers, ...init })
      return `${answer.status} ${await answer.text()}`
    } catch {
      return "lost"
    }
  })

const running = Effect.sync(() => Array.from(Fiber.unsafeRoots()).length)
/** Waits until `isSo`; for ever where it never is. */
const until = (isSo: Effect.Effect<boolean>) => Effect.repeat(Effect.delay(isSo, 5), { until: (so) => so })

describe("an emulator served in a program", () => {
  it.scopedLive("answers the SDK, lets itself be steered, and stops with its scope", () =>
    Effect.gen(function* () {
      const url = yield* Effect.gen(function* () {
        const emulator = yield* Emulator.serve()
        assert.match(emulator.platformUrl, /^http:\/\/127\.0\.0\.1:\d+$/)
        yield* Effect.gen(function* () {
          const keys = yield* ApiKeys.ApiKeys
          yield* keys.createApiAuthApp({ appSlug: "shop", name: "Shop", keyPrefix: "sk" })
          yield* emulator.failNext(Fault.loseAfter, { operation: "createApiKey" })
          const error = yield* Effect.flip(keys.createApiKey("shop", { name: "k" }))
          assert.strictEqual(error._tag, "OutcomeUnknownError")
          assert.lengthOf(yield* keys.listApiKeys("shop"), 1)
          yield* emulator.failNext(Fault.stallBody)
          const stalled = yield* Effect.timeoutOption(keys.listApiKeys("shop"), "200 millis")
          assert.strictEqual(stalled._tag, "None")
          yield* emulator.failNext(Fault.html())
          assert.strictEqual((yield* Effect.flip(keys.listApiKeys("shop")))._tag, "ServerError")
        }).pipe(Effect.provide(services(emulator)))
        return emulator.platformUrl
      }).pipe(Effect.scoped, Effect.provide(server))
      const refused = yield* Effect.flip(Effect.tryPromise(() => fetch(url)))
      assert.include(String(refused.error), "fetch failed")
    })
  )

  for (const [name, fault, hasActed] of [
    ["delay", Fault.delay("1 hour"), false],
    ["stallBody", Fault.stallBody, true]
  ] as const)
    it.scopedLive(`stops with its scope though a client waits for a ${name}`, () =>
      Effect.gen(function* () {
        const body = JSON.stringify({ app_slug: "late", name: "Late", key_prefix: "sk" })
        const [waiting, state] = yield* Effect.gen(function* () {
          const emulator = yield* Emulator.serve()
          yield* emulator.failEvery(fault)
          const waiting = yield* Effect.forkDaemon(call(emulator, "POST", { body }))
          yield* until(Effect.map(emulator.requests, ({ length }) => length > 0))
          return [waiting, emulator.state] as const
        }).pipe(Effect.scoped, Effect.provide(server), Effect.disconnect)
        assert.strictEqual(yield* Fiber.join(waiting), "lost")
        assert.strictEqual((yield* state).apiAuthApps.size === 1, hasActed)
      })
    )

  for (const [name, fault] of Object.entries({
    refuseConnection: Fault.refuseConnection,
    loseBefore: Fault.loseBefore,
    loseAfter: Fault.loseAfter,
    cutBody: Fault.cutBody
  }))
    for (const method of ["GET", "HEAD"])
      it.scopedLive(`keeps nothing of a ${method} that ${name} befell`, () =>
        Effect.gen(function* () {
          const emulator = yield* Emulator.serve()
          yield* emulator.failEvery(fault)
          const before = yield* running
          const answers = yield* Effect.all(Array.from({ length: 5 }, () => call(emulator, method)))
          // To HEAD there is no body that could be cut.
          assert.deepStrictEqual([...new Set(answers)], [name === "cutBody" && method === "HEAD" ? "200 " : "lost"])
          yield* until(Effect.map(running, (now) => now <= before))
        }).pipe(Effect.provide(server))
      )

  for (const also of [undefined, Fault.stallBody, Fault.loseAfter])
    it.scopedLive(`acts after a delay though its caller has left, and is gone (${also?._tag})`, () =>
      Effect.gen(function* () {
        const emulator = yield* Emulator.serve()
        yield* emulator.failEvery(Fault.delay("100 millis"))
        if (also !== undefined) yield* emulator.failEvery(also)
        const before = yield* running
        const leaving = new AbortController()
        const body = JSON.stringify({ app_slug: "late", name: "Late", key_prefix: "sk" })
        const left = yield* Effect.fork(call(emulator, "POST", { body, signal: leaving.signal }))
        yield* until(Effect.map(emulator.requests, ({ length }) => length > 0))
        leaving.abort()
        assert.strictEqual(yield* Fiber.join(left), "lost")
        yield* until(Effect.map(emulator.state, ({ apiAuthApps }) => apiAuthApps.size === 1))
        yield* until(Effect.map(running, (now) => now <= before))
      }).pipe(Effect.provide(server))
    )

  it.scopedLive("gives the media type of a fault, however its header is written", () =>
    Effect.gen(function* () {
      const emulator = yield* Emulator.serve()
      yield* emulator.failNext(Fault.status(503, { headers: { "Content-Type": "text/plain" } }))
      const answer = yield* Effect.promise(() => fetch(emulator.platformUrl))
      assert.strictEqual(answer.headers.get("content-type"), "text/plain")
    }).pipe(Effect.provide(server))
  )

  it.scopedLive("minds no credential at any path of the gateway's", () =>
    Effect.gen(function* () {
      const emulator = yield* Emulator.serve()
      const headers = { authorization: "Bearer x" }
      const answer = yield* Effect.promise(() => fetch(`${emulator.platformUrl}/v1/authz/other`, { headers }))
      assert.deepStrictEqual([answer.status, yield* Effect.promise(() => answer.text())], [404, ""])
    }).pipe(Effect.provide(server))
  )

  it.scopedLive("takes in pieces as much as is allowed, and not a byte more", () =>
    Effect.gen(function* () {
      const emulator = yield* Emulator.serve()
      const whole = new Uint8Array(2_097_152).fill(0x20)
      for (const [pieces, status] of [
        [[whole], "400"],
        [[whole, Uint8Array.of(0x20)], "413"]
      ] as const) {
        const body = new ReadableStream<Uint8Array>({
          start(controller) {
            for (const piece of pieces) controller.enqueue(piece)
            controller.close()
          }
        })
        const init = { body, duplex: "half" } as const
        assert.strictEqual((yield* call(emulator, "POST", init)).slice(0, 3), status)
      }
    }).pipe(Effect.provide(server))
  )

  it.scopedLive("answers word by word, and adds no media type to what has none", () =>
    Effect.gen(function* () {
      const emulator = yield* Emulator.serve()
      for (const [body, headers] of [
        ["é {", {}],
        ["", {}],
        ["x", { "Content-Type": "text/csv" }]
      ] as const) {
        yield* emulator.failNext(Fault.respond({ status: 418, body, headers }))
        const answer = yield* Effect.promise(() => fetch(emulator.platformUrl))
        const [type = null] = Object.values(headers)
        assert.deepStrictEqual([answer.status, answer.headers.get("content-type")], [418, type])
        assert.strictEqual(yield* Effect.promise(() => answer.text()), body)
      }
    }).pipe(Effect.provide(server))
  )

  for (const host of [undefined, "0.0.0.0"]) {
    it.scopedLive(`is reached by the SDK where it listens on every address (${host})`, () =>
      Effect.gen(function* () {
        const emulator = yield* Emulator.serve()
        const list = Effect.flatMap(ApiKeys.ApiKeys, (keys) => keys.listApiAuthApps())
        assert.lengthOf((yield* Effect.provide(list, services(emulator))).data, 0)
        const [request] = yield* emulator.requests
        assert.strictEqual(request?.clientAddress, "127.0.0.1", "also where it came as one of IPv6")
      }).pipe(
        Effect.provide(NodeHttpServer.layerServer(createServer, host === undefined ? { port: 0 } : { port: 0, host }))
      )
    )
  }

  it.scoped("says where it is reached", () =>
    Effect.gen(function* () {
      for (const [hostname, host] of [
        ["0.0.0.0", "127.0.0.1"],
        ["::", "[::1]"],
        ["::1", "[::1]"],
        ["10.0.0.7", "10.0.0.7"],
        ["localhost", "localhost"]
      ] as const) {
        const server = HttpServer.make({
          serve: () => Effect.void,
          address: { _tag: "TcpAddress", hostname, port: 4010 }
        })
        const { platformUrl } = yield* Effect.provideService(Emulator.serve(), HttpServer.HttpServer, server)
        assert.strictEqual(platformUrl, `http://${host}:4010`)
      }
      const socket = HttpServer.make({
        serve: () => Effect.void,
        address: { _tag: "UnixAddress", path: "/run/w.sock" }
      })
      const { gatewayUrl } = yield* Effect.provideService(Emulator.serve(), HttpServer.HttpServer, socket)
      assert.strictEqual(gatewayUrl, "unix:///run/w.sock")
    })
  )

  it.scopedLive("makes no span of a request: those of a test's tracer are the test's own", () => {
    const { spans, tracer } = new ListeningTracer()
    return Effect.gen(function* () {
      const emulator = yield* Emulator.serve()
      yield* Effect.withSpan(
        Effect.promise(() => fetch(emulator.platformUrl)),
        "own"
      )
      assert.deepStrictEqual(
        spans.map(({ name }) => name),
        ["own"]
      )
    }).pipe(Effect.provide(server), Effect.withTracer(tracer))
  })
})
