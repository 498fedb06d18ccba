import * as Effect from "effect/Effect"

/** A small seeded generator: a run is repeated by its seed. */
export class Seeded {
  private state: number

  constructor(readonly seed: number) {
    this.state = seed >>> 0
  }

  /** From 0 up to 1. */
  next(): number {
    this.state = (this.state + 0x6d2b79f5) >>> 0
    let mixed = this.state
    mixed = Math.imul(mixed ^ (mixed >>> 15), mixed | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }

  below(bound: number): number {
    return Math.floor(this.next() * bound)
  }

  pick<A>(values: ReadonlyArray<A>): A {
    const value = values[this.below(values.length)]
    if (value === undefined) throw new Error("nothing to pick from")
    return value
  }

  is(probability: number): boolean {
    return this.next() < probability
  }
}

/** From the environment, so that a failed run can be repeated; else a new one. */
export const seedOf = (given: string | undefined): number =>
  given === undefined || !/^\d+$/.test(given) ? Math.floor(Math.random() * 2 ** 31) : Number(given)

/** Lets timers and sockets have their turn. */
export const breathe = Effect.promise(() => new Promise((resolve) => setImmediate(resolve)))
