import { assert, describe, it } from "@effect/vitest"
import * as Chunk from "effect/Chunk"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Option from "effect/Option"
import type { Dispatcher } from "undici"
import { aborted, AnswerBody } from "../../../../src/clients/internal/undici/AnswerBody.js"

/** More than may wait unread. */
const large = new Uint8Array(70_000)

const begin = (isKept = true) => {
  const body = new AnswerBody(isKept)
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

const most = 65_536
const some = new Uint8Array(40_000)

const pulled = (body: AnswerBody) => Effect.map(body.pull(), Chunk.toReadonlyArray)
const next = (body: AnswerBody) => Effect.tryPromise(() => body[Symbol.asyncIterator]().next())

/** So many bytes more, and then the connection waits. */
const takes = ({ body, controller }: ReturnType<typeof begin>, more: number) => {
  body.push(new Uint8Array(more - 1))
  assert.isFalse(controller.paused)
  body.push(new Uint8Array(1))
  assert.isTrue(controller.paused)
}

describe("an answer that nobody reads", () => {
  it("lets the connection wait from a mark on, and not before", () => {
    takes(begin(), most)
  })

  it.effect("is counted anew where all of it was read", () =>
    Effect.gen(function* () {
      const begun = begin()
      const { body } = begun
      for (const read of [pulled(body), next(body)]) {
        body.push(some)
        yield* read
      }
      takes(begun, most)
    })
  )

  it.effect("counts what a reader has left", () =>
    Effect.gen(function* () {
      const begun = begin()
      const { body, controller } = begun
      body.push(some)
      body.push(some)
      assert.isTrue(controller.paused)
      controller.resume()
      yield* next(body)
      takes(begun, most - some.length)
    })
  )
})

describe("an answer that is over", () => {
  it.effect("stays as it ended, whatever a dispatcher says later", () =>
    Effect.gen(function* () {
      const cause = new Error("reset")
      const ends: ReadonlyArray<readonly [unknown, (body: AnswerBody) => void]> = [
        [cause, (body) => body.fail(cause)],
        [aborted, (body) => body.destroy()]
      ]
      for (const [expected, end] of ends) {
        const { body } = begin()
        end(body)
        body.push(some)
        body.end()
        body.fail(new Error("later"))
        body.destroy()
        assert.isFalse(body.isComplete)
        assert.strictEqual(yield* Effect.flip(body.bytes()), expected)
        assert.deepStrictEqual(yield* Effect.flip(body.pull()), Option.some(expected))
        assert.strictEqual((yield* Effect.flip(next(body))).error, expected)
      }
      const { body } = begin()
      body.push(some)
      body.end()
      body.push(some)
      body.fail(cause)
      assert.isTrue(body.isComplete)
      assert.strictEqual((yield* body.bytes()).length, some.length)
    })
  )

  it.effect("is given to who asked before it was, and looks only then", () =>
    Effect.gen(function* () {
      const { body } = begin()
      const [piece, all] = [pulled(body), body.bytes()]
      body.push(some)
      assert.deepStrictEqual(yield* piece, [some])
      const end = body.pull()
      body.end()
      assert.deepStrictEqual(yield* Effect.flip(end), Option.none())
      assert.strictEqual(String(yield* Effect.flip(all)), "Error: the body was read before")
    })
  )

  it.effect("is read as often as asked where it is kept, and once where it is not", () =>
    Effect.gen(function* () {
      for (const isKept of [true, false]) {
        const { body } = begin(isKept)
        body.push(new Uint8Array([1]))
        body.push(new Uint8Array([2, 3]))
        body.end()
        for (const _ of isKept ? [1, 2, 3] : [1]) {
          assert.deepStrictEqual(yield* body.bytes(), new Uint8Array([1, 2, 3]))
        }
        if (!isKept) assert.strictEqual(String(yield* Effect.flip(body.bytes())), "Error: the body was read before")
      }
    })
  )

  it.effect("is not read whole where a part of it was", () =>
    Effect.gen(function* () {
      for (const read of [pulled, next]) {
        const { body } = begin()
        body.push(some)
        yield* read(body)
        body.push(some)
        body.end()
        assert.strictEqual(String(yield* Effect.flip(body.bytes())), "Error: the body was read before")
      }
    })
  )

  it("tells its dispatcher to stop, once, also one that comes late", () => {
    const reasons: Array<unknown> = []
    const { body, controller } = begin()
    const late = new AnswerBody(true)
    late.destroy()
    body.start({ ...controller, abort: (reason) => void reasons.push(reason) })
    late.start({ ...controller, abort: (reason) => void reasons.push(reason) })
    body.destroy()
    body.destroy()
    assert.deepStrictEqual(reasons, [aborted, aborted])
    assert.strictEqual(aborted.message, "the request was aborted")
  })
})
