/**
 * The bytes of one answer, as they come.
 *
 * Nobody has to read them: up to a mark they are kept, from there on the connection is paused until somebody does.
 */
import * as Chunk from "effect/Chunk"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import type { Dispatcher } from "undici"
import { concatBytes } from "../../../services/internal/bytes.js"

/** What may wait unread, as in a `Readable` of Node. */
const highWaterMark = 65_536

/** What a request fails with that was ended from this side. */
export const aborted = new Error("the request was aborted")
const wasRead = new Error("the body was read before")

type State = "open" | "ended" | "failed"

/** What a dispatcher throws here would end the process, out of a timer; and who aborts does not listen any more. */
const stop = (controller: Dispatcher.DispatchController): void => {
  try {
    controller.abort(aborted)
  } catch {
    return
  }
}

/** Fails with the plain cause. For the kernel it is as a `Readable` of Node. */
export class AnswerBody implements AsyncIterable<Uint8Array> {
  /** Whether it can be read again. What keeps a body may long be over for everybody but the engine's collector, and a list is large. */
  readonly #isKept: boolean
  #controller: Dispatcher.DispatchController | undefined
  #chunks: Array<Uint8Array> = []
  #unread = 0
  #state: State = "open"
  #cause: unknown
  #isAborted = false
  #gatherers = 0
  #isRead = false
  #waiting: Array<() => void> = []

  constructor(isKept: boolean) {
    this.#isKept = isKept
  }

  start(controller: Dispatcher.DispatchController): void {
    if (this.#isAborted) stop(controller)
    else this.#controller = controller
  }

  push(chunk: Uint8Array): void {
    if (this.#state !== "open") return
    this.#chunks.push(chunk)
    this.#unread += chunk.length
    if (this.#gatherers === 0) this.#offer()
  }

  #offer(): void {
    if (this.#waiting.length > 0) this.#wake()
    else if (this.#unread >= highWaterMark) this.#controller?.pause()
  }

  end(): void {
    if (this.#state !== "open") return
    this.#state = "ended"
    this.#controller = undefined
    this.#wake()
  }

  fail(cause: unknown): void {
    if (this.#state !== "open") return
    this.#state = "failed"
    this.#controller = undefined
    this.#cause = cause
    this.#wake()
  }

  /** Ends the connection, unless the answer is complete. */
  destroy(): void {
    this.#isAborted = true
    const controller = this.#controller
    // First, for while it aborts a dispatcher may still say how the answer ends, and that is too late.
    this.fail(aborted)
    if (controller !== undefined) stop(controller)
  }

  #wake(): void {
    const waiting = this.#waiting
    this.#waiting = []
    for (const resume of waiting) resume()
  }

  /** Whether all of it is here: then whoever reads does not wait. */
  get isComplete(): boolean {
    return this.#state === "ended"
  }

  /**
   * Until there is more, or no more. Whoever is interrupted here aborts, if the platform's signal is the reader's; a reader whose scope stays open only leaves.
   * `resume` of the controller may give bytes, or the end, before it returns: who waits has to stand in the list by then.
   */
  #more<A, E>(isReady: () => boolean, next: () => Effect.Effect<A, E>): Effect.Effect<A, E> {
    return Effect.async((resume) => {
      if (isReady()) return resume(Effect.suspend(next))
      const waiter = () => resume(Effect.suspend(next))
      this.#waiting.push(waiter)
      this.#controller?.resume()
      return Effect.sync(() => {
        this.#waiting = this.#waiting.filter((other) => other !== waiter)
      })
    })
  }

  #concat(): Uint8Array {
    const [first, second] = this.#chunks
    const all = first !== undefined && second === undefined ? first : concatBytes(this.#chunks)
    this.#chunks = this.#isKept ? [all] : []
    this.#isRead = !this.#isKept
    return all
  }

  /** All of it, as often as asked where it is kept. */
  bytes(): Effect.Effect<Uint8Array, unknown> {
    if (this.#isRead) return Effect.fail(wasRead)
    if (this.#state === "ended") return Effect.succeed(this.#concat())
    if (this.#state === "failed") return Effect.fail(this.#cause)
    this.#gatherers++
    return Effect.onInterrupt(
      this.#more(
        () => this.#state !== "open",
        () => this.bytes()
      ),
      () =>
        Effect.sync(() => {
          this.#gatherers--
          // Who gathers waits for the end, others for what has come meanwhile.
          if (this.#gatherers === 0) this.#offer()
        })
    )
  }

  /** The next bytes, once; `None` at the end. Nothing is asked of the server while nobody pulls. */
  pull(): Effect.Effect<Chunk.Chunk<Uint8Array>, Option.Option<unknown>> {
    this.#isRead = true
    if (this.#chunks.length > 0) {
      const chunks = this.#chunks
      this.#chunks = []
      this.#unread = 0
      return Effect.succeed(Chunk.unsafeFromArray(chunks))
    }
    if (this.#state === "ended") return Effect.fail(Option.none())
    if (this.#state === "failed") return Effect.fail(Option.some(this.#cause))
    return this.#more(
      () => this.#chunks.length > 0 || this.#state !== "open",
      () => this.pull()
    )
  }

  [Symbol.asyncIterator](): AsyncIterator<Uint8Array> {
    return { next: () => this.#next() }
  }

  #next(): Promise<IteratorResult<Uint8Array>> {
    this.#isRead = true
    return new Promise((resolve, reject) => {
      const settle = () => {
        const value = this.#chunks.shift()
        if (value !== undefined) {
          this.#unread -= value.length
          return resolve({ done: false, value })
        }
        if (this.#state === "ended") return resolve({ done: true, value })
        if (this.#state === "failed") return reject(this.#cause)
        this.#waiting.push(settle)
        this.#controller?.resume()
      }
      settle()
    })
  }
}
