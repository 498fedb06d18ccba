import * as FetchHttpClient from "@effect/platform/FetchHttpClient"
import * as Cookies from "@effect/platform/Cookies"
import * as HttpBody from "@effect/platform/HttpBody"
import * as HttpClient from "@effect/platform/HttpClient"
import * as HttpClientRequest from "@effect/platform/HttpClientRequest"
import type * as HttpClientResponse from "@effect/platform/HttpClientResponse"
import * as NodeHttpClient from "@effect/platform-node/NodeHttpClient"
import * as UrlParams from "@effect/platform/UrlParams"
import { assert, describe, it } from "@effect/vitest"
import * as Chunk from "effect/Chunk"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as FiberRef from "effect/FiberRef"
import * as Layer from "effect/Layer"
import * as Logger from "effect/Logger"
import * as LogLevel from "effect/LogLevel"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import * as Schedule from "effect/Schedule"
import * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"
import * as ApiKeys from "effect-wacht/ApiKeys"
import * as UndiciClient from "effect-wacht/UndiciClient"
import * as Wacht from "effect-wacht/Wacht"
import { createRequire } from "node:module"
import { inspect } from "node:util"
import { Agent, type Dispatcher, RetryAgent } from "undici"
import { collectGarbage } from "../support/gc.js"
import { certificate, startSecureServer } from "./secureServer.js"
import { startServer, type TestServer } from "./server.js"

interface Echo {
  readonly method: string
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

const encode = (text: string): Uint8Array => new TextEncoder().encode(text)

/** A test over real sockets, so in real time. */
const test = (
  name: string,
  body: (client: HttpClient.HttpClient, server: TestServer) => Effect.Effect<void, unknown, Scope.Scope>
) =>
  it.scopedLive(name, () =>
    Effect.gen(function* () {
      const server = yield* startServer
      const client = yield* HttpClient.HttpClient
      yield* body(HttpClient.mapRequest(client, HttpClientRequest.prependUrl(server.url)), server)
    }).pipe(Effect.provide(UndiciClient.layer))
  )

/** Read twice: whatever was sent, an answer can be. */
const echoOf = (response: HttpClientResponse.HttpClientResponse): Effect.Effect<Echo, unknown> =>
  Effect.map(Effect.zipRight(response.text, response.json), (json) => json as Echo)

const echo = (client: HttpClient.HttpClient, body: HttpBody.HttpBody): Effect.Effect<Echo, unknown> =>
  Effect.flatMap(client.execute(HttpClientRequest.setBody(HttpClientRequest.post("/echo"), body)), echoOf)

const isClosed = (server: TestServer) =>
  Effect.timeout(
    Effect.promise(() => server.closed),
    "5 seconds"
  )

const { version }: { readonly version: string } = createRequire(import.meta.url)("undici/package.json")

/** Before 7.11 undici's retries do not go on for a call that is over. */
const goesOn = !/^7\.(?:\d|10)\./.test(version)

/** What the controllers of our own dispatchers do: nothing. */
const idle: Dispatcher.DispatchController = {
  aborted: false,
  paused: false,
  reason: null,
  abort: () => undefined,
  pause: () => undefined,
  resume: () => undefined
}

const poll = Schedule.spaced("10 millis")

const usedBytes = Effect.sync(() => (collectGarbage(), process.memoryUsage().arrayBuffers))

/** Until no more bytes are held than that: the engine sweeps them after a collection, in its own time. */
const isHeld = (most: number) =>
  Effect.timeout(Effect.repeat(usedBytes, { schedule: poll, until: (used) => used <= most }), "5 seconds")

/** Until the server has a request beyond those that it had. */
const isAsked = (server: TestServer, before = 0) =>
  Effect.sync(() => server.requests() > before).pipe(
    Effect.repeat({ schedule: poll, until: (asked) => asked }),
    Effect.timeout("5 seconds")
  )

/** Until the connection takes no more of the endless answer, which has to be long before it is full of it. */
const isPaused = (server: TestServer) =>
  Effect.sync(server.written).pipe(
    Effect.flatMap((before) =>
      Effect.delay(
        Effect.sync(() => [before, server.written()] as const),
        "200 millis"
      )
    ),
    Effect.repeat({ until: ([before, after]) => after === before || after > 64_000_000 }),
    Effect.map(([, after]) => {
      assert.isAbove(after, 0)
      assert.isBelow(after, 32_000_000)
    })
  )

describe("the body of a request", () => {
  test("is left out", (client) =>
    Effect.gen(function* () {
      const seen = yield* Effect.flatMap(client.get("/echo?a=b%20c"), echoOf)
      assert.strictEqual(seen.method, "GET")
      assert.strictEqual(seen.url, "/echo?a=b%20c")
      assert.strictEqual(seen.body, "")
      assert.isUndefined(seen.headers["transfer-encoding"])
    }))

  test("is bytes, with their length and type", (client) =>
    Effect.gen(function* () {
      const seen = yield* echo(client, HttpBody.unsafeJson({ é: 1 }))
      assert.strictEqual(seen.body, '{"é":1}')
      assert.strictEqual(seen.headers["content-length"], "8")
      assert.strictEqual(seen.headers["content-type"], "application/json")
    }))

  test("is whatever undici takes", (client) =>
    Effect.gen(function* () {
      assert.strictEqual((yield* echo(client, HttpBody.raw("text"))).body, "text")
      const failed = yield* Effect.flip(
        client.execute(HttpClientRequest.setBody(HttpClientRequest.post("/echo"), HttpBody.raw(7)))
      )
      assert.strictEqual(failed._tag, "RequestError")
    }))

  test("is a form", (client) =>
    Effect.gen(function* () {
      const form = new FormData()
      form.set("name", "vé")
      form.set("file", new File(["content"], "f.txt", { type: "text/plain" }))
      const seen = yield* echo(client, HttpBody.formData(form))
      assert.match(seen.headers["content-type"] ?? "", /^multipart\/form-data; ?boundary=/)
      assert.include(seen.body, 'name="name"')
      assert.include(seen.body, "vé")
      assert.include(seen.body, 'filename="f.txt"')
    }))

  test("is a stream, sent as it comes", (client) =>
    Effect.gen(function* () {
      const stream = Stream.fromIterable(["one ", "two ", "three"]).pipe(Stream.map(encode), Stream.rechunk(1))
      const seen = yield* echo(client, HttpBody.stream(stream, "text/plain"))
      assert.strictEqual(seen.body, "one two three")
      assert.strictEqual(seen.headers["transfer-encoding"], "chunked")
      const logged: Array<unknown> = []
      const sized = yield* echo(client, HttpBody.stream(stream, "text/plain", 13)).pipe(
        Logger.withMinimumLogLevel(LogLevel.All),
        Effect.provide(
          Logger.replace(
            Logger.defaultLogger,
            Logger.make(({ message }) => logged.push(message))
          )
        )
      )
      assert.deepStrictEqual(logged, [])
      assert.strictEqual(sized.headers["content-length"], "13")
    }))

  test("is a stream that runs with what its caller's fiber holds", (client) =>
    Effect.gen(function* () {
      const caller = FiberRef.unsafeMake("nobody")
      const stream = Stream.fromEffect(Effect.map(FiberRef.get(caller), encode))
      const seen = yield* Effect.locally(echo(client, HttpBody.stream(stream)), caller, "somebody")
      assert.strictEqual(seen.body, "somebody")
    }))

  test("is a stream that fails: so does the request, and the connection ends", (client, server) =>
    Effect.gen(function* () {
      const stream = Stream.concat(Stream.make(encode("begun")), Stream.fail("broken"))
      const error = yield* Effect.flip(echo(client, HttpBody.stream(stream)))
      assert.containsSubset(error, { _tag: "RequestError", cause: "broken" })
      yield* isClosed(server)
    }))

  test("is a stream that is let go of at its end, not at that of the answer", (client) =>
    Effect.gen(function* () {
      const finalized = yield* Deferred.make<void>()
      const whole = Stream.ensuring(Stream.make(encode("whole")), Deferred.succeed(finalized, undefined))
      const request = HttpClientRequest.setBody(HttpClientRequest.post("/no-headers"), HttpBody.stream(whole))
      const fiber = yield* Effect.fork(client.execute(request))
      yield* Effect.timeout(Deferred.await(finalized), "5 seconds")
      assert.deepStrictEqual(yield* Fiber.poll(fiber), Option.none())
      yield* Fiber.interrupt(fiber)
    }))

  test("is a stream whose finalizers run when the call is interrupted, fails, or is answered before its end", (client, server) =>
    Effect.gen(function* () {
      for (const path of ["/no-headers", "/early", "/reset"]) {
        const finalized = yield* Deferred.make<void>()
        const endless = Stream.make(encode("begun")).pipe(
          Stream.concat(Stream.never),
          Stream.ensuring(Deferred.succeed(finalized, undefined))
        )
        const request = HttpClientRequest.setBody(HttpClientRequest.post(path), HttpBody.stream(endless))
        const before = server.requests()
        const fiber = yield* Effect.fork(Effect.flatMap(client.execute(request), (response) => response.text))
        if (path === "/no-headers") {
          yield* isAsked(server, before)
          yield* Fiber.interrupt(fiber)
          yield* isClosed(server)
        } else if (path === "/early") {
          assert.strictEqual(yield* Fiber.join(fiber), "too large")
        } else {
          assert.isTrue(Exit.isFailure(yield* Fiber.await(fiber)))
        }
        yield* Effect.timeout(Deferred.await(finalized), "5 seconds")
      }
    }))
})

describe("an answer", () => {
  test("is read in any form, as often as asked", (client) =>
    Effect.gen(function* () {
      const response = yield* client.get("/json")
      assert.strictEqual(response.status, 200)
      assert.strictEqual(yield* response.text, '{"a":"é"}')
      assert.deepStrictEqual(yield* response.json, { a: "é" })
      assert.deepStrictEqual(new Uint8Array(yield* response.arrayBuffer), encode('{"a":"é"}'))
      assert.strictEqual(response.headers["content-type"], "application/json")
      assert.strictEqual(response.headers["x-many"], "1, 2")
      assert.deepStrictEqual(Cookies.toRecord(response.cookies), { a: "1", b: "2" })
      assert.isTrue(Option.isNone(response.remoteAddress))
      const params = yield* Effect.flatMap(client.get("/params"), (response) => response.urlParamsBody)
      assert.deepStrictEqual(UrlParams.toRecord(params), { a: "1", b: "x y" })
      const form = yield* Effect.flatMap(client.get("/form"), (response) => response.formData)
      assert.strictEqual(form.get("name"), "value")
      assert.strictEqual(yield* Effect.flatMap(client.get("/bom"), (response) => response.text), "hi")
    }))

  test("may be empty", (client) =>
    Effect.gen(function* () {
      const response = yield* client.get("/empty")
      assert.strictEqual(response.status, 204)
      assert.strictEqual(yield* response.text, "")
      assert.isNull(yield* response.json)
      assert.strictEqual(Chunk.size(yield* Stream.runCollect((yield* client.get("/empty")).stream)), 0)
      assert.strictEqual(yield* Effect.flatMap(client.head("/json"), (response) => response.text), "")
    }))

  test("that is no JSON is a ResponseError", (client) =>
    Effect.gen(function* () {
      const error = yield* Effect.flip(Effect.flatMap(client.get("/large"), (response) => response.json))
      assert.strictEqual(error._tag === "ResponseError" ? error.reason : error._tag, "Decode")
    }))

  test("comes after interim ones, and redirects are not followed", (client) =>
    Effect.gen(function* () {
      const hinted = yield* client.get("/hints")
      assert.deepStrictEqual([hinted.status, yield* hinted.text], [200, "after the hints"])
      const redirect = yield* client.get("/redirect")
      assert.strictEqual(redirect.status, 307)
      assert.strictEqual(redirect.headers["location"], "/json")
    }))

  test("is larger than what waits unread, and is read whole, at once and later, also by a slow reader", (client) =>
    Effect.gen(function* () {
      for (const size of [65_535, 65_536, 70_000, 100_000, 200_000, 1_000_000]) {
        for (const later of [0, 30]) {
          const get = Effect.tap(client.get(`/large?size=${size}`), () => Effect.sleep(later))
          assert.strictEqual((yield* Effect.flatMap(get, (response) => response.text)).length, size)
          const read = yield* Effect.flatMap(get, (response) =>
            Stream.runFoldEffect(response.stream, 0, (sum, chunk) =>
              Effect.delay(Effect.succeed(sum + chunk.length), 3)
            )
          )
          assert.strictEqual(read, size)
        }
      }
    }))

  test("that is not there is empty, whatever length is named", (client) =>
    Effect.gen(function* () {
      for (const path of ["/not-modified", "/empty"]) {
        assert.strictEqual(yield* Effect.flatMap(client.get(path), (response) => response.text), "", path)
      }
    }))

  test("that nobody keeps is collected, and its connection ends", (client, server) =>
    Effect.gen(function* () {
      // A fiber of its own, which ends with the answer and is forgotten with it.
      yield* Effect.promise(async () => void (await Effect.runPromise(client.get("/endless"))))
      const collect = Effect.zipRight(Effect.sleep("50 millis"), Effect.sync(collectGarbage))
      yield* Effect.raceFirst(isClosed(server), Effect.forever(collect))
    }))

  test("is a stream with back-pressure, and leaving it ends the connection", (client, server) =>
    Effect.gen(function* () {
      const response = yield* client.get("/endless")
      const pulled = yield* Stream.runFold(Stream.take(response.stream, 20), 0, (size, chunk) => size + chunk.length)
      assert.isAbove(pulled, 0)
      yield* isClosed(server)
    }))

  test("is a stream that ends the connection where it is left, though the request's scope stays open", (client, server) =>
    Effect.gen(function* () {
      const response = yield* HttpClient.withScope(client).get("/endless")
      yield* Stream.runDrain(Stream.take(response.stream, 1))
      yield* isClosed(server)
    }))

  test("that nobody reads is not taken from the server", (client, server) =>
    Effect.gen(function* () {
      yield* client.get("/endless")
      yield* isPaused(server)
    }))

  test("that is printed before its end is not taken from the server for that", (client, server) =>
    Effect.gen(function* () {
      const response = yield* client.get("/endless")
      assert.notInclude(inspect(response), "xxx")
      assert.include(inspect(response), "text/plain")
      yield* isPaused(server)
    }))

  test("whose readers have all left is not taken from the server any more", (client, server) =>
    Effect.gen(function* () {
      // With a scope of its own the request outlives whoever reads its answer.
      const response = yield* HttpClient.withScope(client).get("/endless")
      const readers = Effect.all([response.text, response.arrayBuffer], { concurrency: "unbounded" })
      assert.isTrue(Option.isNone(yield* Effect.timeoutOption(readers, "20 millis")))
      yield* isPaused(server)
    }))

  it.scopedLive("that is over is not aborted where its stream ends", () =>
    Effect.gen(function* () {
      let aborts = 0
      const controller = { ...idle, abort: () => void aborts++ }
      const ends: ReadonlyArray<(handler: Dispatcher.DispatchHandler) => void> = [
        (handler) => handler.onResponseEnd?.(controller, {}),
        (handler) => handler.onResponseError?.(controller, new Error("gone"))
      ]
      for (const end of ends) {
        const dispatcher = new Agent().compose(() => (_, handler) => {
          handler.onRequestStart?.(controller, {})
          handler.onResponseStart?.(controller, 200, {}, "")
          end(handler)
          return true
        })
        const response = yield* UndiciClient.fromDispatcher(dispatcher).get("http://localhost/")
        yield* Effect.exit(Stream.runDrain(response.stream))
      }
      assert.strictEqual(aborts, 0)
    })
  )

  test("that was read is not kept by the scope of its request", (client) =>
    Effect.gen(function* () {
      const before = yield* usedBytes
      for (let index = 0; index < 10; index++) {
        const response = yield* HttpClient.withScope(client).get("/large?size=4000000")
        assert.strictEqual((yield* response.text).length, 4_000_000)
      }
      yield* isHeld(before + 20_000_000)
    }))

  it.scopedLive("that the SDK has read is not kept by what still holds its exchange", () =>
    Effect.gen(function* () {
      const held: Array<Dispatcher.DispatchHandler> = []
      const pieces = ['{"schemes":[],', `${" ".repeat(8_000_000)}"total":0}`]
      for (const texts of [pieces, [pieces.join("")]]) {
        const dispatcher = new Agent().compose(() => (_, handler) => {
          held.push(handler)
          handler.onRequestStart?.(idle, {})
          handler.onResponseStart?.(idle, 200, { "content-length": String(pieces.join("").length) }, "")
          for (const text of texts) handler.onResponseData?.(idle, Buffer.from(encode(text)))
          handler.onResponseEnd?.(idle, {})
          return true
        })
        const http = Layer.sync(HttpClient.HttpClient, () => UndiciClient.fromDispatcher(dispatcher))
        const layer = Layer.provide(Wacht.layer({ apiKey: Redacted.make("wsk_live_key") }), http)
        const list = Effect.flatMap(ApiKeys.ApiKeys, (keys) => keys.listRateLimitSchemes())
        const before = yield* usedBytes
        assert.deepStrictEqual(yield* Effect.provide(list, layer), [])
        yield* isHeld(before + 4_000_000)
      }
      assert.lengthOf(held, 2)
    })
  )

  test("is streamed once", (client) =>
    Effect.gen(function* () {
      const response = yield* client.get("/json")
      yield* Stream.runDrain(response.stream)
      assert.strictEqual((yield* Effect.flip(response.text)).reason, "Decode")
    }))

  test("is printed as the platform's own client for undici prints it, what comes still without its body", (client, server) =>
    Effect.gen(function* () {
      const shown = (client: HttpClient.HttpClient, path: string) =>
        Effect.map(
          Effect.tap(client.get(path), (response) => (path === "/json" ? response.text : Effect.void)),
          (response): Record<string, unknown> => JSON.parse(JSON.stringify(response))
        )
      const undici = yield* Effect.provide(HttpClient.HttpClient, yield* Layer.build(NodeHttpClient.layerUndici))
      const stock = HttpClient.mapRequest(undici, HttpClientRequest.prependUrl(server.url))
      const printed = yield* shown(client, "/json")
      assert.sameMembers(Object.keys(printed), Object.keys(yield* shown(stock, "/json")))
      assert.deepInclude(printed, { _id: "@effect/platform/HttpClientResponse", status: 200, body: { a: "é" } })
      const open = yield* shown(client, "/endless")
      assert.hasAllKeys(open, ["_id", "request", "status", "headers", "remoteAddress"])
      assert.isTrue(Cookies.isEmpty((yield* client.get("/params")).cookies))
    }))

  test("shows no secret", (client) =>
    Effect.gen(function* () {
      const request = HttpClientRequest.bearerToken(HttpClientRequest.get("/json"), "the-secret-token")
      const response = yield* client.execute(request)
      yield* response.text
      assert.notInclude(inspect(response, { depth: 10 }), "the-secret-token")
      assert.notInclude(JSON.stringify(response), "the-secret-token")
      assert.include(JSON.stringify(response), '"status":200')
    }))
})

describe("a failure", () => {
  test("before the answer is a RequestError, in its body a ResponseError", (client) =>
    Effect.gen(function* () {
      const reset = yield* Effect.flip(client.get("/reset"))
      assert.strictEqual(`${reset._tag} ${reset.reason}`, "RequestError Transport")
      const response = yield* client.get("/cut")
      const cut = yield* Effect.flip(response.text)
      assert.strictEqual(`${cut._tag} ${cut.reason}`, "ResponseError Decode")
      const streamed = yield* Effect.flip(Effect.flatMap(client.get("/cut"), (r) => Stream.runDrain(r.stream)))
      assert.strictEqual(`${streamed._tag} ${streamed.reason}`, "ResponseError Decode")
    }))

  test("to connect, or of the request itself, is a RequestError", (client) =>
    Effect.gen(function* () {
      const plain = yield* Effect.provide(HttpClient.HttpClient, UndiciClient.layer)
      const refused = yield* Effect.flip(plain.get("http://127.0.0.1:1/"))
      assert.strictEqual(`${refused._tag} ${refused.reason}`, "RequestError Transport")
      const invalid = yield* Effect.flip(plain.get("no url"))
      assert.strictEqual(`${invalid._tag} ${invalid.reason}`, "RequestError InvalidUrl")
      for (const headers of [{ "x-bad": "a\r\nb" }, { expect: "100-continue" }, { "content-length": "2" }]) {
        const request = HttpClientRequest.post("/echo", { body: HttpBody.text("text") })
        const header = yield* Effect.flip(client.execute(HttpClientRequest.setHeaders(request, headers)))
        assert.strictEqual(`${header._tag} ${header.reason}`, "RequestError Encode")
      }
    }))

  test("of a body that is shorter than it was said to be is no refusal: part of it was sent", (client, server) =>
    Effect.gen(function* () {
      const short = Stream.concat(Stream.make(encode("begun")), Stream.execute(Effect.orDie(isAsked(server))))
      const request = HttpClientRequest.setBody(
        HttpClientRequest.post("/echo"),
        HttpBody.stream(short, "text/plain", 100)
      )
      const error = yield* Effect.flip(client.execute(request))
      assert.strictEqual(`${error._tag} ${error.reason}`, "RequestError Transport")
    }))

  it.scopedLive("of a dispatcher that throws is a RequestError", () =>
    Effect.gen(function* () {
      const broken = new Agent().compose(() => (_options, _handler) => {
        throw new Error("no dispatch")
      })
      const error = yield* Effect.flip(UndiciClient.fromDispatcher(broken).get("http://localhost/"))
      assert.strictEqual(`${error._tag} ${error.reason}`, "RequestError Transport")
    })
  )
})

describe("an interruption", () => {
  for (const path of ["/no-headers", "/no-body", "/endless"]) {
    test(`closes the connection: ${path}`, (client, server) =>
      Effect.gen(function* () {
        const fiber = yield* Effect.fork(Effect.flatMap(client.get(path), (response) => response.text))
        yield* isAsked(server)
        yield* Fiber.interrupt(fiber)
        yield* isClosed(server)
      }))
  }

  it.scopedLive("keeps the headers of its request as they are, whatever a dispatcher does with those it is given", () =>
    Effect.gen(function* () {
      const server = yield* startServer
      const agent = yield* Effect.acquireRelease(
        Effect.sync(() => new Agent()),
        (agent) => Effect.promise(() => agent.destroy())
      )
      // As undici's ProxyAgent does.
      const writing = agent.compose((dispatch) => (options, handler) => {
        Object.assign(options.headers ?? {}, { "x-of-mine": "1" })
        return dispatch(options, handler)
      })
      const request = HttpClientRequest.get(`${server.url}/echo`)
      const client = HttpClient.withTracerPropagation(UndiciClient.fromDispatcher(writing), false)
      const { headers } = yield* Effect.flatMap(client.execute(request), echoOf)
      assert.strictEqual(headers["x-of-mine"], "1")
      assert.deepStrictEqual({ ...request.headers }, {})
    })
  )

  it.scopedLive("ends what a dispatcher goes on to fetch for it", () =>
    Effect.gen(function* () {
      const server = yield* startServer
      const agent = yield* Effect.acquireRelease(
        Effect.sync(() => new Agent()),
        (agent) => Effect.promise(() => agent.destroy())
      )
      const client = UndiciClient.fromDispatcher(new RetryAgent(agent, { minTimeout: 200 }))
      const text = Effect.flatMap(client.get(`${server.url}/resumed`), (response) => response.text)
      assert.isTrue(Option.isNone(yield* Effect.timeoutOption(text, "100 millis")))
      yield* goesOn ? isClosed(server) : Effect.sleep("500 millis")
      assert.strictEqual(server.requests(), goesOn ? 2 : 1)
    })
  )

  test("of the scope that a request was made in closes the connection", (client, server) =>
    Effect.gen(function* () {
      yield* Effect.scoped(HttpClient.withScope(client).get("/no-body"))
      yield* isClosed(server)
    }))

  test("of a scope that ended before the request was sent leaves it unsent", (client, server) =>
    Effect.gen(function* () {
      const request = HttpClientRequest.post("/echo", { body: HttpBody.formData(new FormData()) })
      const ended = yield* Scope.make()
      yield* Scope.close(ended, Exit.void)
      const ending = yield* Scope.make()
      for (const scope of [ended, ending]) {
        const fiber = yield* Effect.fork(Scope.extend(HttpClient.withScope(client).execute(request), scope))
        // Its form is being written.
        yield* Effect.yieldNow()
        yield* Scope.close(scope, Exit.void)
        const error = yield* Effect.flip(Fiber.join(fiber))
        assert.strictEqual(`${error._tag} ${error.reason}`, "RequestError Transport")
      }
      yield* client.get("/json")
      assert.strictEqual(server.requests(), 1)
    }))

  it.scopedLive("of a request that waits for a connection leaves it unsent", () =>
    Effect.gen(function* () {
      const server = yield* startServer
      const client = yield* UndiciClient.make({ connections: 1, pipelining: 1 })
      const first = yield* Effect.fork(client.get(`${server.url}/no-headers`))
      yield* isAsked(server)
      const waiting = yield* Effect.fork(client.post(`${server.url}/echo`))
      yield* Effect.sleep("20 millis")
      yield* Fiber.interrupt(waiting)
      yield* Fiber.interrupt(first)
      assert.strictEqual((yield* client.get(`${server.url}/json`)).status, 200)
      assert.strictEqual(server.requests(), 2)
    })
  )

  it.scopedLive("leaves a pool of two connections fit for the next call", () =>
    Effect.gen(function* () {
      const server = yield* startServer
      const client = yield* UndiciClient.make({ connections: 2, pipelining: 1 })
      yield* Effect.forEach(
        Array.from({ length: 20 }),
        () => Effect.timeoutOption(client.get(`${server.url}/no-headers`), "20 millis"),
        { concurrency: "unbounded" }
      )
      assert.strictEqual((yield* Effect.timeout(client.get(`${server.url}/json`), "5 seconds")).status, 200)
    })
  )
})

describe("a request", () => {
  it.scopedLive("waits for headers no longer than it is told to", () =>
    Effect.gen(function* () {
      const server = yield* startServer
      const client = yield* UndiciClient.make({ headersTimeout: 100 })
      const error = yield* Effect.flip(client.get(`${server.url}/no-headers`))
      assert.containsSubset(error, { reason: "Transport", cause: { code: "UND_ERR_HEADERS_TIMEOUT" } })
    })
  )

  for (const nothing of [undefined, null, "", 0, false]) {
    it.scopedLive(`fails where the stream of its body fails with ${JSON.stringify(nothing)}`, () =>
      Effect.gen(function* () {
        const server = yield* startServer
        const client = yield* UndiciClient.make()
        const body = Stream.concat(Stream.make(encode("a")), Stream.fail(nothing))
        const error = yield* Effect.flip(client.post(`${server.url}/echo`, { body: HttpBody.stream(body) }))
        assert.containsSubset(error, {
          _tag: "RequestError",
          cause: { message: "the stream of the body failed", cause: nothing }
        })
      })
    )
  }

  it.scopedLive("fails with what the stream of its body dies of", () =>
    Effect.gen(function* () {
      const server = yield* startServer
      const client = yield* UndiciClient.make()
      const body = Stream.concat(Stream.make(encode("a")), Stream.dieMessage("the file is gone"))
      const error = yield* Effect.flip(client.post(`${server.url}/echo`, { body: HttpBody.stream(body) }))
      assert.containsSubset(error, { _tag: "RequestError", cause: { message: "the file is gone" } })
    })
  )

  it.scopedLive("lets go of what its body's stream holds only after its last pull", () =>
    Effect.gen(function* () {
      const server = yield* startServer
      const client = yield* UndiciClient.make()
      const done: Array<string> = []
      const note = (what: string) => Effect.sync(() => done.push(what))
      const pulled = yield* Deferred.make<void>()
      const closed = yield* Deferred.make<void>()
      const pull = Effect.zipRight(Deferred.succeed(pulled, undefined), Effect.never)
      const body = Stream.acquireRelease(Effect.void, () =>
        Effect.zipRight(note("closed"), Deferred.succeed(closed, undefined))
      ).pipe(
        Stream.flatMap(() =>
          Stream.repeatEffect(Effect.onInterrupt(pull, () => Effect.delay(note("flushed"), "20 millis")))
        )
      )
      const fiber = yield* Effect.fork(client.post(`${server.url}/echo`, { body: HttpBody.stream(body) }))
      yield* Deferred.await(pulled)
      yield* Fiber.interrupt(fiber)
      yield* Deferred.await(closed)
      assert.deepStrictEqual(done, ["flushed", "closed"])
    })
  )

  it.scopedLive("has no time limit of its own, in its headers or its body", () =>
    Effect.gen(function* () {
      const server = yield* startServer
      const seen: Array<Dispatcher.DispatchOptions> = []
      const agent = yield* Effect.acquireRelease(
        Effect.sync(() => new Agent()),
        (agent) => Effect.promise(() => agent.destroy())
      )
      const client = UndiciClient.fromDispatcher(
        agent.compose((dispatch) => (options, handler) => {
          seen.push(options)
          return dispatch(options, handler)
        })
      )
      yield* Effect.flatMap(client.get(`${server.url}/json`), (response) => response.text)
      assert.deepStrictEqual(
        seen.map(({ bodyTimeout, headersTimeout }) => [headersTimeout, bodyTimeout]),
        [[0, 0]]
      )
    })
  )
})

describe("a pool", () => {
  it.scopedLive("ends with its scope", () =>
    Effect.gen(function* () {
      const server = yield* startServer
      const exit = yield* Effect.scoped(
        Effect.gen(function* () {
          const client = yield* UndiciClient.make({ connections: 1 })
          return yield* Effect.forkDaemon(client.get(`${server.url}/no-headers`))
        })
      ).pipe(Effect.flatMap(Fiber.await))
      assert.isTrue(Exit.isFailure(exit))
    })
  )

  it.scopedLive("has the connections that it was given", () =>
    Effect.gen(function* () {
      const server = yield* startServer
      const client = yield* UndiciClient.make({ connections: 2 })
      const texts = yield* Effect.forEach(
        Array.from({ length: 50 }),
        () => Effect.flatMap(client.get(`${server.url}/json`), (response) => response.text),
        { concurrency: "unbounded" }
      )
      assert.strictEqual(new Set(texts).size, 1)
      assert.strictEqual(server.connections(), 2)
    })
  )

  it.scopedLive("speaks HTTP/1.1, and HTTP/2 where it is asked to", () =>
    Effect.gen(function* () {
      const port = yield* startSecureServer
      const version = (options: UndiciClient.Options) =>
        UndiciClient.make({ connect: { ca: certificate }, ...options }).pipe(
          Effect.flatMap((client) => client.get(`https://localhost:${port}/`)),
          Effect.flatMap((response) => response.text),
          Effect.scoped
        )
      assert.strictEqual(yield* version({}), "1.1")
      assert.strictEqual(yield* version({ allowH2: true }), "2.0")
    })
  )
})

describe("tracing", () => {
  test("sends the span's traceparent, as every client of the platform", (client) =>
    Effect.gen(function* () {
      const seen = yield* Effect.flatMap(client.get("/echo"), echoOf)
      assert.match(seen.headers["traceparent"] ?? "", /^00-[0-9a-f]{32}-[0-9a-f]{16}-01$/)
      const off = yield* Effect.flatMap(HttpClient.withTracerDisabledWhen(client, () => true).get("/echo"), echoOf)
      assert.isUndefined(off.headers["traceparent"])
    }))
})

it.scopedLive("the spans of a layer's requests are named as it was told to", () =>
  Effect.gen(function* () {
    const server = yield* startServer
    const asked: Array<string> = []
    const names = Layer.succeed(HttpClient.SpanNameGenerator, ({ method }) => (asked.push(method), method))
    const layer = Layer.provide(UndiciClient.layer, names)
    yield* Effect.flatMap(HttpClient.HttpClient, (client) => client.get(`${server.url}/json`)).pipe(
      Effect.provide(layer)
    )
    assert.deepStrictEqual(asked, ["GET"])
  })
)

it.scopedLive("the platform's own options for requests are heeded, in scope and where the layer was built", () =>
  Effect.gen(function* () {
    const server = yield* startServer
    const options = { method: "POST", path: "/elsewhere", reset: true } as const
    const provided = Layer.succeed(NodeHttpClient.UndiciRequestOptions, options)
    const get = Effect.flatMap(HttpClient.HttpClient, (client) => client.get(`${server.url}/echo`))
    const connection = (layer: Layer.Layer<HttpClient.HttpClient>, self: typeof get) =>
      Effect.map(Effect.provide(Effect.flatMap(self, echoOf), layer), ({ headers, method, url }) => [
        method,
        url,
        headers["connection"]
      ])
    const heeded = ["GET", "/echo", "close"]
    assert.deepStrictEqual(yield* connection(UndiciClient.layer, Effect.provide(get, provided)), heeded)
    assert.deepStrictEqual(yield* connection(Layer.provide(UndiciClient.layer, provided), get), heeded)
    assert.deepStrictEqual(yield* connection(UndiciClient.layer, get), ["GET", "/echo", "keep-alive"])
  })
)

test("a server that changes the protocol is not spoken to, though it was asked to", (client, server) =>
  Effect.gen(function* () {
    const options = { method: "GET", path: "/", upgrade: "websocket" } as const
    const get = Effect.provideService(client.get("/"), NodeHttpClient.UndiciRequestOptions, options)
    const error = yield* Effect.flip(Effect.timeout(get, "5 seconds"))
    assert.strictEqual(error._tag, "RequestError")
    assert.include(String(error.cause), "status 101 changed the protocol")
    yield* isClosed(server)
  }))

describe("beside the platform's fetch client", () => {
  test("repeated calls give the same", (client, server) =>
    Effect.gen(function* () {
      const fetchClient = yield* Effect.provide(HttpClient.HttpClient, FetchHttpClient.layer)
      for (const path of ["/json", "/bom", "/empty", "/params", "/large", "/missing"]) {
        const own = yield* client.get(path)
        const other = yield* fetchClient.get(server.url + path)
        assert.strictEqual(own.status, other.status)
        assert.strictEqual(yield* own.text, yield* other.text)
      }
      yield* Effect.repeat(client.get("/json"), Schedule.recurs(3))
    }))
})
