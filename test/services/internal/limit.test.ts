import { assert, describe, it } from "@effect/vitest"
import { Policy, type WachtError } from "effect-wacht"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Option from "effect/Option"
import * as Stream from "effect/Stream"
import * as TestClock from "effect/TestClock"
import * as Headers from "@effect/platform/Headers"
import * as HttpClient from "@effect/platform/HttpClient"
import * as HttpClientResponse from "@effect/platform/HttpClientResponse"
import { classOfStatus, routeOf } from "../../support/contract.js"
import {
  clientOf,
  invoke,
  layerOf,
  type OperationName,
  operationNames,
  operations,
  someArguments,
  toResponse
} from "../../support/sdk.js"

const never = clientOf(() => Effect.never)

/** Headers come, a first piece of the body perhaps, and then nothing. */
const stalling = (status: number) =>
  clientOf((_, request) =>
    Effect.sync(() =>
      HttpClientResponse.fromWeb(
        request,
        new Response(new ReadableStream({ start: (controller) => controller.enqueue(new TextEncoder().encode("{")) }), {
          status
        })
      )
    )
  )

const outcomeOf = (name: OperationName, client: typeof never) =>
  Effect.flatMap(invoke, (call) => call(name, ...someArguments(name))).pipe(
    Effect.provide(layerOf(client)),
    Effect.flip,
    Effect.fork
  )

const checkTimeout = (name: OperationName, error: WachtError.WachtError, status: Option.Option<number>) => {
  if (operations[name].repeat === "unsafe") {
    if (error._tag !== "OutcomeUnknownError") return assert.fail(error._tag)
    assert.strictEqual(error.reason, "Timeout")
    assert.deepStrictEqual(error.status, status)
    return
  }
  if (error._tag !== "TimeoutError") return assert.fail(error._tag)
  assert.strictEqual(error.limit, "attempt")
  assert.strictEqual(Duration.toMillis(error.duration), 30_000)
  assert.strictEqual(error.isRetryable, operations[name].repeat !== "metered")
}

describe("an attempt ends after 30 seconds unless told otherwise", () => {
  it.effect.each(operationNames)("%s without an answer", (name) =>
    Effect.gen(function* () {
      const fiber = yield* outcomeOf(name, never)
      yield* TestClock.adjust("29999 millis")
      assert.deepStrictEqual(yield* Fiber.poll(fiber), Option.none())
      yield* TestClock.adjust("1 millis")
      checkTimeout(name, yield* Fiber.join(fiber), Option.none())
    })
  )

  it.effect.each(operationNames.filter((name) => operations[name].output.wantsBody))("%s with half a body", (name) =>
    Effect.gen(function* () {
      const fiber = yield* outcomeOf(name, stalling(200))
      yield* TestClock.adjust("29 seconds")
      assert.deepStrictEqual(yield* Fiber.poll(fiber), Option.none())
      yield* TestClock.adjust("1 seconds")
      checkTimeout(name, yield* Fiber.join(fiber), Option.some(200))
    })
  )

  it.effect("the words of an error are not waited for as long: the status decides", () =>
    Effect.forEach(["getApiAuthApp", "createApiKey", "deleteApiAuthApp"] as const, (name) =>
      Effect.gen(function* () {
        for (const status of [404, 503]) {
          const fiber = yield* outcomeOf(name, stalling(status))
          yield* TestClock.adjust("5 seconds")
          assert.strictEqual((yield* Fiber.join(fiber))._tag, classOfStatus(routeOf(name), status))
        }
      })
    )
  )

  it.effect("a body that nobody reads is not waited for", () =>
    Effect.gen(function* () {
      const call = yield* invoke.pipe(Effect.provide(layerOf(stalling(200))))
      const fiber = yield* Effect.fork(call("deleteApiAuthApp", "a"))
      yield* TestClock.adjust("1 seconds")
      assert.isUndefined(yield* Fiber.join(fiber))
      const hurried = yield* Effect.fork(Policy.attemptTimeout("500 millis")(call("deleteApiAuthApp", "a")))
      yield* TestClock.adjust("500 millis")
      assert.isUndefined(yield* Fiber.join(hurried))
    })
  )
})

it.effect("an error whose body never comes is not waited for longer where its client never leaves the body", () =>
  Effect.gen(function* () {
    // No body that could be asked for its chunks: the stream is read, in a fiber that does not end.
    const opaque = {
      source: { value: undefined },
      status: { value: 404 },
      headers: { value: Headers.empty },
      stream: { value: Stream.ensuring(Stream.never, Effect.never) }
    }
    const client = HttpClient.transformResponse(
      stalling(404),
      Effect.map((response): HttpClientResponse.HttpClientResponse => Object.create(response, opaque))
    )
    const fiber = yield* outcomeOf("getApiAuthApp", client)
    yield* TestClock.adjust("5 seconds")
    assert.isTrue(Option.isNone(yield* Fiber.poll(fiber)))
    yield* TestClock.adjust("1 seconds")
    assert.strictEqual((yield* Fiber.join(fiber))._tag, "NotFoundError")
  })
)

it.effect("a 204 in place of a value says so at once, though its body never comes", () =>
  Effect.gen(function* () {
    // No `Response` of the web can be made so.
    const client = HttpClient.transformResponse(
      stalling(200),
      Effect.map((response): HttpClientResponse.HttpClientResponse =>
        Object.create(response, { status: { value: 204 } })
      )
    )
    const fiber = yield* outcomeOf("getApiAuthApp", client)
    yield* TestClock.adjust("1 seconds")
    const error = yield* Fiber.join(fiber)
    assert.strictEqual(error._tag, "DecodeError")
  })
)

describe("a limit on the clock of the system", () => {
  /** Answers some milliseconds later. */
  const slow = clientOf((_, request) =>
    Effect.delay(
      Effect.sync(() => toResponse(request, { status: 404 })),
      20
    )
  )
  const call = invoke.pipe(Effect.flatMap((call) => Effect.flip(call("getApiAuthApp", "a"))))

  it.live("that is longer than any timer ends nothing", () =>
    Effect.gen(function* () {
      const error = yield* Effect.provide(Policy.attemptTimeout("60 days")(call), layerOf(slow))
      assert.strictEqual(error._tag, "NotFoundError")
    })
  )

  it.live("leaves no timer behind, for which a program would wait before it ends", () =>
    Effect.gen(function* () {
      const timers = () => process.getActiveResourcesInfo().filter((name) => name === "Timeout").length
      const before = timers()
      yield* Effect.provide(call, layerOf(slow))
      assert.isAtMost(timers(), before)
    })
  )
})
