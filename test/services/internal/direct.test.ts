import { assert, describe, it } from "@effect/vitest"
import * as HttpClient from "@effect/platform/HttpClient"
import * as NodeHttpClient from "@effect/platform-node/NodeHttpClient"
import { ApiKeys, Policy, Wacht } from "effect-wacht"
import * as UndiciClient from "effect-wacht/UndiciClient"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as Logger from "effect/Logger"
import * as LogLevel from "effect/LogLevel"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import * as TestClock from "effect/TestClock"
import * as Tracer from "effect/Tracer"
import { inspect } from "node:util"
import { Agent, type Dispatcher } from "undici"
import { classOfStatus, example, routeOf } from "../../support/contract.js"
import { loopback } from "../../support/loopback.js"
import { apiKey, invoke, layerOf, operationNames, operations, someArguments } from "../../support/sdk.js"

interface Asked {
  readonly options: Dispatcher.DispatchOptions
  readonly handler: Dispatcher.DispatchHandler
}

/** Ends nothing by itself: as undici with a request that waits for its connection, it hears of an abort and says nothing. */
class Controller implements Dispatcher.DispatchController {
  aborted = false
  paused = false
  reason: Error | null = null
  rawHeaders = null
  rawTrailers = null
  onAbort = (): void => undefined
  abort(reason: Error): void {
    this.aborted = true
    this.reason = reason
    this.onAbort()
  }
  pause(): void {
    this.paused = true
  }
  resume(): void {
    this.paused = false
  }
}

/** undici with the network left out: a test answers, with as much as it likes. */
const scripted = (answer: (asked: Asked, controller: Controller) => void) => {
  const asked: Array<Asked> = []
  const controllers: Array<Controller> = []
  const dispatcher = new Agent().compose(() => (options, handler) => {
    const one = { options, handler }
    const controller = new Controller()
    asked.push(one)
    controllers.push(controller)
    answer(one, controller)
    return true
  })
  return { asked, controllers, client: UndiciClient.fromDispatcher(dispatcher) }
}

const start = ({ handler }: Asked, controller: Controller, status: number, first = "") => {
  handler.onRequestStart?.(controller, {})
  handler.onResponseStart?.(controller, status, { "content-type": "application/json" }, "")
  if (first !== "") handler.onResponseData?.(controller, Buffer.from(first))
}

const silent = () => scripted(({ handler }, controller) => handler.onRequestStart?.(controller, {}))
/** Waits for its connection for ever. */
const queued = () => scripted(() => undefined)
const stalling = (status: number, first = "{") =>
  scripted((asked, controller) => start(asked, controller, status, first))

const getApp = Effect.flatMap(ApiKeys.ApiKeys, (keys) => keys.getApiAuthApp("a"))

describe("over a client that is asked directly, an attempt", () => {
  for (const [name, make] of [
    ["that nobody answers", silent],
    ["that waits for a connection", queued],
    ["whose body stops", () => stalling(200)]
  ] as const) {
    it.effect.each(operationNames.filter((name) => operations[name].output.wantsBody && name !== "createOAuthApp"))(
      `${name} ends after 30 seconds: %s`,
      (operation) =>
        Effect.gen(function* () {
          const { client, controllers } = make()
          const fiber = yield* Effect.flatMap(invoke, (call) => call(operation, ...someArguments(operation))).pipe(
            Effect.provide(layerOf(client)),
            Effect.flip,
            Effect.fork
          )
          yield* TestClock.adjust("29999 millis")
          assert.deepStrictEqual(yield* Fiber.poll(fiber), Option.none())
          yield* TestClock.adjust("1 millis")
          const error = yield* Fiber.join(fiber)
          assert.strictEqual(
            error._tag,
            operations[operation].repeat === "unsafe" ? "OutcomeUnknownError" : "TimeoutError"
          )
          assert.strictEqual(controllers.length, 1)
          if (make !== queued) assert.isTrue(controllers[0]?.aborted)
        })
    )
  }

  it.effect("that begins after its time, when a connection is free, is aborted then", () =>
    Effect.gen(function* () {
      const { asked, client } = queued()
      const fiber = yield* getApp.pipe(Effect.provide(layerOf(client)), Effect.flip, Effect.fork)
      yield* TestClock.adjust("30 seconds")
      assert.strictEqual((yield* Fiber.join(fiber))._tag, "TimeoutError")
      const late = new Controller()
      asked[0]?.handler.onRequestStart?.(late, {})
      assert.isTrue(late.aborted)
    })
  )

  it.live("leaves no timer behind, for which a program would wait before it ends", () =>
    Effect.gen(function* () {
      const timers = () => process.getActiveResourcesInfo().filter((name) => name === "Timeout").length
      const failing = scripted(({ handler }, controller) => handler.onResponseError?.(controller, new Error("gone")))
      const answering = scripted((asked, controller) => {
        start(asked, controller, 404, "{}")
        asked.handler.onResponseEnd?.(controller, {})
      })
      for (const [{ client }, tag] of [
        [failing, "TransportError"],
        [answering, "NotFoundError"]
      ] as const) {
        const before = timers()
        const error = yield* getApp.pipe(Effect.provide(layerOf(client)), Effect.flip)
        assert.strictEqual(error._tag, tag)
        assert.isAtMost(timers(), before)
      }
    })
  )

  it.effect("ends as soon as its caller is interrupted", () =>
    Effect.gen(function* () {
      for (const { client, controllers } of [silent(), stalling(200), stalling(503)]) {
        const fiber = yield* Effect.fork(Effect.provide(getApp, layerOf(client)))
        yield* Effect.yieldNow().pipe(Effect.repeatN(20))
        assert.isTrue(Exit.isInterrupted(yield* Fiber.interrupt(fiber)))
        assert.isTrue(controllers[0]?.aborted)
      }
    })
  )

  it.effect("of a caller that cannot be interrupted ends by its limit all the same, and not before", () =>
    Effect.gen(function* () {
      const cases = [
        [silent(), "TimeoutError", 30],
        [stalling(200), "TimeoutError", 30],
        // The words of an error are not waited for as long.
        [stalling(404), "NotFoundError", 5],
        [stalling(503), "ServerError", 5]
      ] as const
      for (const [{ client, controllers }, tag, seconds] of cases) {
        const ended = yield* Deferred.make<string>()
        const fiber = yield* Effect.flip(getApp).pipe(
          Effect.flatMap(({ _tag }) => Deferred.succeed(ended, _tag)),
          Effect.uninterruptible,
          Effect.provide(layerOf(client)),
          Effect.fork
        )
        yield* Effect.yieldNow().pipe(Effect.repeatN(20))
        yield* Effect.fork(Fiber.interrupt(fiber))
        yield* TestClock.adjust(`${seconds - 1} seconds`)
        assert.isFalse(yield* Deferred.isDone(ended))
        yield* TestClock.adjust("1 seconds")
        assert.strictEqual(yield* Deferred.await(ended), tag)
        assert.isTrue(controllers[0]?.aborted)
      }
    })
  )

  it.effect("without a result does not wait for a body that nobody reads, and ends its connection", () =>
    Effect.gen(function* () {
      const { client, controllers } = stalling(200)
      const call = yield* Effect.provide(invoke, layerOf(client))
      const fiber = yield* Effect.fork(call("deleteApiAuthApp", "a"))
      yield* TestClock.adjust("1 seconds")
      assert.isUndefined(yield* Fiber.join(fiber))
      assert.isTrue(controllers[0]?.aborted)
    })
  )

  it.effect("is decided by a status that is known, for every operation", () =>
    Effect.gen(function* () {
      for (const name of operationNames.filter((name) => name !== "createOAuthApp")) {
        for (const status of [404, 503]) {
          const call = yield* Effect.provide(invoke, layerOf(stalling(status).client))
          const fiber = yield* Effect.fork(Effect.flip(call(name, ...someArguments(name))))
          yield* TestClock.adjust("5 seconds")
          assert.strictEqual((yield* Fiber.join(fiber))._tag, classOfStatus(routeOf(name), status))
        }
      }
    })
  )

  it.effect("of which the words of an error break off says nothing of the request, in no log of Effect's own", () =>
    Effect.gen(function* () {
      const lines: Array<string> = []
      const logger = Logger.make(
        ({ cause, message }) => void lines.push(inspect([message, cause], { depth: Infinity }))
      )
      for (const status of [200, 503]) {
        const { client } = scripted((asked, controller) => {
          start(asked, controller, status, "{")
          setTimeout(() => asked.handler.onResponseError?.(controller, new Error("gone")), 1)
        })
        const error = yield* getApp.pipe(
          Effect.provide(layerOf(client)),
          Effect.flip,
          Effect.provide(Logger.replace(Logger.defaultLogger, logger)),
          Logger.withMinimumLogLevel(LogLevel.All)
        )
        assert.strictEqual(error._tag, status === 200 ? "TransportError" : "ServerError")
        assert.notInclude(inspect(error, { depth: Infinity, showHidden: true }), Redacted.value(apiKey))
      }
      assert.deepStrictEqual(lines, [])
    })
  )

  it.effect("ends by its limit whatever its dispatcher does while it aborts, or without a word of an answer", () =>
    Effect.gen(function* () {
      const onAbort = (act: (asked: Asked, controller: Controller) => void) =>
        scripted((asked, controller) => {
          controller.onAbort = () => act(asked, controller)
          start(asked, controller, 200)
        })
      const app = Buffer.from(example("getApiAuthApp.response"))
      const ends = [
        onAbort(() => assert.fail("while it aborts")),
        onAbort(({ handler }, controller) => handler.onResponseEnd?.(controller, {})),
        onAbort(({ handler }, controller) => {
          handler.onResponseData?.(controller, app)
          handler.onResponseEnd?.(controller, {})
        })
      ]
      for (const { client, controllers } of ends) {
        const fiber = yield* getApp.pipe(Effect.provide(layerOf(client)), Effect.flip, Effect.fork)
        yield* TestClock.adjust("30 seconds")
        assert.strictEqual((yield* Fiber.join(fiber))._tag, "TimeoutError")
        assert.isTrue(controllers[0]?.aborted)
        const interrupted = yield* Effect.fork(Effect.provide(getApp, layerOf(client)))
        yield* Effect.yieldNow().pipe(Effect.repeatN(20))
        assert.isTrue(Exit.isInterrupted(yield* Fiber.interrupt(interrupted)))
      }
      const { client } = scripted(({ handler }, controller) => {
        handler.onRequestStart?.(controller, {})
        handler.onResponseEnd?.(controller, {})
      })
      assert.strictEqual((yield* Effect.flip(Effect.provide(getApp, layerOf(client))))._tag, "TransportError")
    })
  )

  it.effect("is sent within the span of its call, for those who watch undici", () =>
    Effect.gen(function* () {
      const native = yield* Effect.tracer
      let active: string | undefined
      const tracer = Tracer.make({
        span: native.span.bind(native),
        context: (run, { currentSpan }) => {
          const outer = active
          active = currentSpan?._tag === "Span" ? currentSpan.name : undefined
          const value = run()
          active = outer
          return value
        }
      })
      const seen: Array<string | undefined> = []
      const { client } = scripted((asked, controller) => {
        seen.push(active)
        start(asked, controller, 200)
        asked.handler.onResponseError?.(controller, new Error("gone"))
      })
      yield* Effect.flip(getApp).pipe(
        Effect.withSpan("caller"),
        Effect.withTracer(tracer),
        Effect.provide(layerOf(client))
      )
      assert.deepStrictEqual(seen, ["effect-wacht.ApiKeys.getApiAuthApp"])
    })
  )
})

describe("a client that something was put around", () => {
  const app = example("getApiAuthApp.response")
  const server = loopback((response) => response.setHeader("content-type", "application/json").end(app))
  const sent = <E>(
    client: Layer.Layer<HttpClient.HttpClient, E>,
    transformClient?: (client: HttpClient.HttpClient) => HttpClient.HttpClient
  ) =>
    Effect.gen(function* () {
      const { received, url } = yield* server
      const options = transformClient === undefined ? {} : { transformClient }
      yield* getApp.pipe(
        Effect.provide(Layer.provide(Wacht.layer({ apiKey, baseUrl: url, gatewayUrl: url, ...options }), client))
      )
      return received[0]?.headers
    })

  const marked = HttpClient.mapRequest((request) => ({
    ...request,
    headers: { ...request.headers, "x-mark": "1" }
  }))

  it.scopedLive("is used with what is around it", () =>
    Effect.gen(function* () {
      assert.strictEqual((yield* sent(UndiciClient.layer, marked))?.["x-mark"], "1")
      const around = Layer.effect(HttpClient.HttpClient, Effect.map(HttpClient.HttpClient, marked))
      assert.strictEqual((yield* sent(Layer.provide(around, UndiciClient.layer)))?.["x-mark"], "1")
      // A copy of it is another client too.
      const copied = yield* sent(UndiciClient.layer, (client) => {
        const own = marked(client)
        return Object.create(client, {
          preprocess: { value: Reflect.get(own, "preprocess") },
          postprocess: { value: Reflect.get(own, "postprocess") }
        })
      })
      assert.strictEqual(copied?.["x-mark"], "1")
      assert.isDefined(copied?.["traceparent"])
      assert.isUndefined((yield* sent(UndiciClient.layer, HttpClient.withTracerPropagation(false)))?.["traceparent"])
    })
  )

  it.scopedLive("or nothing, heeds the platform's own options for requests, in scope and where it was built", () =>
    Effect.gen(function* () {
      const provided = Layer.succeed(NodeHttpClient.UndiciRequestOptions, { method: "GET", path: "", reset: true })
      assert.strictEqual((yield* sent(UndiciClient.layer))?.["connection"], "keep-alive")
      assert.strictEqual((yield* sent(Layer.provide(UndiciClient.layer, provided)))?.["connection"], "close")
      assert.strictEqual((yield* Effect.provide(sent(UndiciClient.layer), provided))?.["connection"], "close")
      assert.strictEqual((yield* Effect.provide(sent(UndiciClient.layer, marked), provided))?.["connection"], "close")
      // In the scope of the call alone.
      const { received, url } = yield* server
      const services = Wacht.layer({ apiKey, baseUrl: url, gatewayUrl: url })
      const built = yield* Layer.build(Layer.provide(services, UndiciClient.layer))
      yield* getApp.pipe(Effect.provide(provided), Effect.provide(built))
      yield* getApp.pipe(Effect.provide(built))
      assert.deepStrictEqual(
        received.map(({ headers }) => headers["connection"]),
        ["close", "keep-alive"]
      )
    })
  )
})

it.scopedLive("a call that its limit ended while it waited for a connection is never sent", () =>
  Effect.gen(function* () {
    const { received, url } = yield* loopback((response, { target }) => {
      if (target.endsWith("/fast")) response.end("{}")
    })
    const pool = yield* UndiciClient.make({ connections: 1, pipelining: 1 })
    const layer = Layer.provide(
      Wacht.layer({ apiKey, baseUrl: url, gatewayUrl: url }),
      Layer.succeed(HttpClient.HttpClient, pool)
    )
    const get = (slug: string, limit: "500 millis" | "100 millis" | "5 seconds") =>
      Effect.flatMap(ApiKeys.ApiKeys, (keys) => keys.getApiAuthApp(slug)).pipe(
        Policy.attemptTimeout(limit),
        Effect.flip
      )
    const tags = yield* Effect.gen(function* () {
      const first = yield* Effect.fork(get("slow", "500 millis"))
      yield* Effect.iterate(0, { while: () => received.length === 0, body: () => Effect.as(Effect.sleep(5), 0) })
      const second = yield* get("waiting", "100 millis")
      assert.strictEqual(received.length, 1)
      return [second._tag, (yield* Fiber.join(first))._tag, (yield* get("fast", "5 seconds"))._tag]
    }).pipe(Effect.provide(layer))
    assert.deepStrictEqual(tags, ["TimeoutError", "TimeoutError", "DecodeError"])
    assert.deepStrictEqual(
      received.map(({ target }) => target.split("/").at(-1)),
      ["slow", "fast"]
    )
  })
)
