/**
 * Time that only goes on when nobody has anything left to do.
 */
import * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import type * as Exit from "effect/Exit"
import * as Logger from "effect/Logger"

interface Sleeper {
  readonly at: number
  readonly order: number
  wake: (() => void) | undefined
}

const isBefore = (a: Sleeper, b: Sleeper): boolean => (a.at === b.at ? a.order < b.order : a.at < b.at)

/** The earliest first. */
class Queue {
  readonly #heap: Array<Sleeper> = []
  add(sleeper: Sleeper): void {
    const heap = this.#heap
    let index = heap.push(sleeper) - 1
    while (index > 0) {
      const above = (index - 1) >> 1
      const parent = heap[above]
      if (parent === undefined || !isBefore(sleeper, parent)) break
      heap[index] = parent
      index = above
    }
    heap[index] = sleeper
  }
  next(): Sleeper | undefined {
    const heap = this.#heap
    const first = heap[0]
    const last = heap.pop()
    if (first === undefined || last === undefined || first === last) return first
    let index = 0
    for (;;) {
      const left = heap[2 * index + 1]
      const right = heap[2 * index + 2]
      const at = right !== undefined && left !== undefined && isBefore(right, left) ? 2 * index + 2 : 2 * index + 1
      const child = heap[at]
      if (child === undefined || !isBefore(child, last)) break
      heap[index] = child
      index = at
    }
    heap[index] = last
    return first
  }
}

/** A clock, and the loop that moves it. */
export interface VirtualClock {
  readonly clock: Clock.Clock
  /** Work that is under way outside of fibers: time stands still until `done` was called. */
  readonly begin: () => void
  readonly done: () => void
  /** Runs an effect to its end on this clock. */
  readonly run: <A, E>(effect: Effect.Effect<A, E>) => Promise<Exit.Exit<A, E>>
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

/** Makes a clock that starts at a moment, in milliseconds. */
export const makeVirtualClock = (start: number): VirtualClock => {
  const queue = new Queue()
  let now = start
  let order = 0
  let busy = 0
  const unsafeCurrentTimeNanos = () => BigInt(Math.round(now * 1000)) * 1000n
  const clock: Clock.Clock = {
    [Clock.ClockTypeId]: Clock.ClockTypeId,
    unsafeCurrentTimeMillis: () => now,
    currentTimeMillis: Effect.sync(() => now),
    unsafeCurrentTimeNanos,
    currentTimeNanos: Effect.sync(unsafeCurrentTimeNanos),
    sleep: (duration) =>
      Effect.async<void>((resume) => {
        // As on the live clock, whose timers hold no more.
        if (Duration.toMillis(duration) > 2 ** 31 - 1) return
        const sleeper: Sleeper = {
          at: now + Duration.toMillis(duration),
          order: order++,
          wake: () => resume(Effect.void)
        }
        queue.add(sleeper)
        return Effect.sync(() => {
          sleeper.wake = undefined
        })
      })
  }
  return {
    clock,
    begin: () => void busy++,
    done: () => void busy--,
    run: async <A, E>(effect: Effect.Effect<A, E>) => {
      let exit: Exit.Exit<A, E> | undefined
      // As under `it.effect`, nothing is printed.
      const quiet = Effect.provide(effect, Logger.remove(Logger.defaultLogger))
      Effect.runFork(Effect.withClock(quiet, clock)).addObserver((result) => {
        exit = result
      })
      for (;;) {
        // Everything but timers runs in microtasks, which are over by then.
        await turn()
        if (exit !== undefined) return exit
        if (busy > 0) continue
        let sleeper = queue.next()
        while (sleeper !== undefined && sleeper.wake === undefined) sleeper = queue.next()
        if (sleeper === undefined) throw new Error("everybody waits and nobody sleeps")
        now = Math.max(now, sleeper.at)
        sleeper.wake?.()
      }
    }
  }
}
