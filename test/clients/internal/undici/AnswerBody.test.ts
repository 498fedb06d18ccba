import { assert, describe, it } from "@effect/vitest"
import * as Chunk from "effect/Chunk"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import type { Dispatcher } from "undici"
import { AnswerBody } from "../../../../src/clients/internal/undici/AnswerBody.js"

/** More than may wait unread. */
const large = new Uint8Array(70_000)

const begin = () => {
  const body = new AnswerBody(true)
  let isPaused = false
  const controller: Dispatcher.DispatchController = {
    aborted: false,
    get paused() {
      return isPaused
    },
    reason: null,
    abort: () => undefined,
    pause: () => void (isPaused = true),
    resume: () => void (isPaused = false)
  }
  body.start(controller)
  return { body, controller }
}

describe("a reader that leaves an answer", () => {
  it.effect("leaves the connection to another who waits for all of it", () =>
    Effect.gen(function* () {
      const { body, controller } = begin()
      const one = yield* Effect.fork(body.bytes())
      const other = yield* Effect.fork(body.bytes())
      yield* Effect.yieldNow()
      body.push(large)
      yield* Fiber.interrupt(one)
      assert.isFalse(controller.paused)
      body.end()
      assert.strictEqual((yield* Fiber.join(other)).length, large.length)
    })
  )

  it.effect("gives what came meanwhile to one who reads as it comes", () =>
    Effect.gen(function* () {
      const { body } = begin()
      const one = yield* Effect.fork(body.bytes())
      const other = yield* Effect.fork(body.pull())
      yield* Effect.yieldNow()
      body.push(large)
      yield* Fiber.interrupt(one)
      assert.deepStrictEqual(Chunk.toReadonlyArray(yield* Fiber.join(other)), [large])
    })
  )

  it.effect("lets the connection wait where nobody is left", () =>
    Effect.gen(function* () {
      const { body, controller } = begin()
      const one = yield* Effect.fork(body.bytes())
      yield* Effect.yieldNow()
      body.push(large)
      assert.isFalse(controller.paused)
      yield* Fiber.interrupt(one)
      assert.isTrue(controller.paused)
    })
  )
})
