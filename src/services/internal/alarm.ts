/**
 * A timer of a fiber's own clock.
 */
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as DefaultServices from "effect/DefaultServices"
import * as Duration from "effect/Duration"
import * as Exit from "effect/Exit"
import { constVoid } from "effect/Function"
import * as Runtime from "effect/Runtime"

const liveClock = Context.get(DefaultServices.liveServices, Clock.Clock)

/** The longest delay of `setTimeout`, and of a sleep on the live clock; a longer limit is as good as none. */
export const longestTimer = 2_147_483_647

/** Runs `ring` after `millis`; gives what calls it off. */
const after = <R>(millis: number, clock: Clock.Clock, runtime: () => Runtime.Runtime<R>, ring: () => void) => {
  if (millis > longestTimer) return constVoid
  if (clock === liveClock) {
    const timeout = setTimeout(ring, millis)
    return () => clearTimeout(timeout)
  }
  // A test's clock moves by its own rules: only sleeping on it follows it.
  const sleeper = Runtime.runFork(runtime(), clock.sleep(Duration.millis(millis)))
  sleeper.addObserver((exit) => {
    if (Exit.isSuccess(exit)) ring()
  })
  return () => sleeper.unsafeInterruptAsFork(sleeper.id())
}

/** Rings once, when its time is up. */
export class Alarm {
  /** When it rings, by its clock. */
  end: number
  #millis: number
  #set: (millis: number) => void = constVoid
  #callOff: () => void = constVoid

  constructor(
    millis: number,
    readonly clock: Clock.Clock
  ) {
    this.#millis = millis
    this.end = clock.unsafeCurrentTimeMillis() + millis
  }

  start<R>(runtime: () => Runtime.Runtime<R>, ring: () => void): void {
    this.#set = (millis) => {
      this.#callOff()
      this.#callOff = after(millis, this.clock, runtime, ring)
    }
    this.#set(this.#millis)
  }

  /** It rings no later than after `millis` from now, also where it has not started yet. */
  hurry(millis: number): void {
    const end = this.clock.unsafeCurrentTimeMillis() + millis
    if (end >= this.end) return
    this.end = end
    this.#millis = millis
    this.#set(millis)
  }

  /** It rings no more. */
  callOff(): void {
    this.#callOff()
    this.#set = constVoid
  }
}
