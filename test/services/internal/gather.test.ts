import { HttpClient, HttpClientRequest, HttpClientResponse } from "@effect/platform"
import { assert, describe, it } from "@effect/vitest"
import * as Context from "effect/Context"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as Logger from "effect/Logger"
import * as LogLevel from "effect/LogLevel"
import type { ServerResponse } from "node:http"
import { gather } from "../../../src/services/internal/gather.js"
import { Gathered } from "../../../src/services/internal/gathered.js"
import { clients, loopback } from "../../support/loopback.js"

const piece = "é0123456789".repeat(2000)

/** A server whose body has no length, and what happens when its connection ends. */
const serve = (answer: (response: ServerResponse) => void) =>
  Effect.gen(function* () {
    const closed = yield* Deferred.make<void>()
    const server = yield* loopback((response) => {
      response.on("close", () => Deferred.unsafeDone(closed, Effect.void))
      response.writeHead(200)
      answer(response)
    })
    return { url: server.url, isClosed: Effect.timeout(Deferred.await(closed), "5 seconds") }
  })

const endless = (response: ServerResponse): void => {
  if (!response.destroyed && response.write(piece)) setImmediate(endless, response)
  else response.once("drain", () => endless(response))
}

/** As the kernel has an answer, and as the platform wraps one: that shows no more than its stream. */
const ways = {
  bare: (client: HttpClient.HttpClient, url: string) => HttpClient.withScope(client).get(url),
  wrapped: (client: HttpClient.HttpClient, url: string) => client.get(url)
}

describe.each(Object.entries(clients))("a body without a length, over %s", (name, client) => {
  describe.each(Object.entries(ways))("%s", (_, get) => {
    const answerOf = (url: string) =>
      Effect.flatMap(Layer.build(client), (context) => get(Context.get(context, HttpClient.HttpClient), url))

    it.scopedLive("is read to its end", () =>
      Effect.gen(function* () {
        // One that is read late is longer than what waits unread.
        for (const [pieces, later] of [
          [0, 0],
          [1, 0],
          [40, 0],
          [40, 50]
        ] as const) {
          const server = yield* serve((response) => {
            for (let index = 0; index < pieces; index++) response.write(piece)
            setTimeout(() => response.end("."), 5)
          })
          const answer = yield* Effect.delay(Effect.succeed(yield* answerOf(server.url)), later)
          const gathered = yield* gather(answer, 10_000_000, new Gathered())
          assert.isTrue(gathered.text() === `${piece.repeat(pieces)}.`, `${name}, ${pieces}`)
        }
      })
    )

    it.scopedLive("is left beyond the limit, and its connection ends", () =>
      Effect.gen(function* () {
        const server = yield* serve(endless)
        const gathered = yield* gather(yield* answerOf(server.url), 1_000_000, new Gathered())
        assert.isAbove(gathered.size, 1_000_000)
        assert.isBelow(gathered.size, 2_000_000)
        yield* server.isClosed
      })
    )

    it.scopedLive("is left by who is interrupted, and its connection ends", () =>
      Effect.gen(function* () {
        const server = yield* serve((response) => void response.write("{"))
        const gathered = new Gathered()
        const fiber = yield* Effect.fork(gather(yield* answerOf(server.url), 10, gathered))
        yield* Effect.repeat(Effect.sleep("5 millis"), { until: () => gathered.size > 0 })
        yield* Fiber.interrupt(fiber)
        assert.strictEqual(gathered.text(), "{")
        yield* server.isClosed
      })
    )

    it.scopedLive("that breaks off is a ResponseError, and what has come is there", () =>
      Effect.gen(function* () {
        const server = yield* serve((response) => response.write("{", () => setTimeout(() => response.destroy(), 20)))
        const gathered = new Gathered()
        const error = yield* Effect.flip(gather(yield* answerOf(server.url), 10, gathered))
        assert.strictEqual(error.reason, "Decode")
        assert.strictEqual(gathered.text(), "{")
      })
    )
  })
})

/** An answer that shows no more than its stream. */
const opaque = (response: HttpClientResponse.HttpClientResponse): HttpClientResponse.HttpClientResponse =>
  Object.create(response, {
    source: { value: undefined },
    stream: { value: response.stream },
    // Asked only when it is read: an answer of the platform keeps what it was read as.
    text: { get: () => response.text }
  })

describe("a body of somebody's own", () => {
  const request = HttpClientRequest.get("http://localhost/")
  const answerOf = (body: BodyInit | null) => HttpClientResponse.fromWeb(request, new Response(body))
  const bytes = new TextEncoder().encode("{}")

  it.effect("may be none", () =>
    Effect.gen(function* () {
      for (const response of [answerOf(null), opaque(answerOf(null))]) {
        assert.strictEqual((yield* gather(response, 10, new Gathered())).size, 0)
      }
    })
  )

  it.effect("may be a text alone, as of a fetch without streams", () =>
    Effect.gen(function* () {
      const textOnly = Object.assign(Object.create(null), {
        status: 200,
        headers: new Headers(),
        text: async () => "{}"
      })
      const response = HttpClientResponse.fromWeb(request, textOnly)
      assert.strictEqual((yield* gather(response, 10, new Gathered())).text(), "{}")
    })
  )

  it.effect("whose stream breaks off nowhere is logged: its error holds the request", () =>
    Effect.gen(function* () {
      const lines: Array<unknown> = []
      const logger = Logger.make(({ message }) => void lines.push(message))
      const broken = opaque(
        answerOf(new ReadableStream({ start: (controller) => controller.error(new Error("gone")) }))
      )
      const exit = yield* Effect.exit(gather(broken, 10, new Gathered())).pipe(
        Effect.provide(Logger.replace(Logger.defaultLogger, logger)),
        Logger.withMinimumLogLevel(LogLevel.All)
      )
      assert.isTrue(Exit.isFailure(exit))
      assert.deepStrictEqual(lines, [])
    })
  )

  it.effect("is cancelled where it is left, and only there", () =>
    Effect.gen(function* () {
      let cancelled = 0
      const cancel = () => void cancelled++
      const of = (start: (controller: ReadableStreamDefaultController) => void) =>
        answerOf(new ReadableStream({ start, cancel }))
      const ended = of((controller) => (controller.enqueue(bytes), controller.close()))
      assert.strictEqual((yield* gather(ended, 2, new Gathered())).text(), "{}")
      assert.strictEqual(cancelled, 0)
      yield* gather(
        of((controller) => controller.enqueue(bytes)),
        1,
        new Gathered()
      )
      assert.strictEqual(cancelled, 1)
      const fiber = yield* Effect.fork(
        gather(
          of(() => undefined),
          1,
          new Gathered()
        )
      )
      yield* Effect.yieldNow()
      yield* Fiber.interrupt(fiber)
      assert.strictEqual(cancelled, 2)
    })
  )

  it.effect("that cannot be left, or is somebody else's, is no defect", () =>
    Effect.gen(function* () {
      const stubborn = new ReadableStream({
        start: (controller) => controller.enqueue(bytes),
        cancel: () => Promise.reject(new Error("no"))
      })
      assert.strictEqual((yield* gather(answerOf(stubborn), 1, new Gathered())).size, 2)
      const taken = new Response("{}")
      taken.body?.getReader()
      const error = yield* Effect.flip(gather(HttpClientResponse.fromWeb(request, taken), 10, new Gathered()))
      assert.strictEqual(error._tag, "ResponseError")
    })
  )
})
