/** Ids and random text, drawn from Effect's `Random` (a seeded run repeats) or, where asked, from Web Crypto. */
import * as Effect from "effect/Effect"
import * as Random from "effect/Random"
import * as Moment from "./Moment.js"
import type { World } from "./World.js"

const int64 = { least: -(2n ** 63n), most: 2n ** 63n - 1n }

/** The canonical digits of a signed 64-bit decimal; a sign and leading zeros are tolerated. */
export const parseId = (text: string): string | undefined => {
  if (!/^[+-]?\d+$/.test(text) || text.length > 400) return undefined
  const value = BigInt(text.startsWith("+") ? text.slice(1) : text)
  return value < int64.least || value > int64.most ? undefined : String(value)
}

/** Whether a world can have this id: written as it would be shown, and not so great that none could come after it. */
export const isWorldId = (text: string): boolean => parseId(text) === text && BigInt(text) < int64.most - 2n ** 48n

/** A signed 32-bit decimal. */
export const parseInt32 = (text: string): number | undefined => {
  if (!/^[+-]?\d+$/.test(text)) return undefined
  const value = Number(text)
  return value < -2_147_483_648 || value > 2_147_483_647 ? undefined : value
}

/** Ids start here, above every number that a double can hold exactly. */
const base = 100_000_000_000_000_000n
const epoch = 1_767_225_600_000_000n
const span = 2n ** 37n

const randomInt = (world: World, bound: number): Effect.Effect<number> =>
  world.options.secure
    ? Effect.sync(() => (crypto.getRandomValues(new Uint32Array(1))[0] ?? 0) % bound)
    : Random.nextIntBetween(0, bound)

/**
 * A new 64-bit id, always above every id before it; its decimal text has 18 digits. One that nobody shall foresee has milliseconds and 22
 * random bits, any other is a random step above the last: with the clock in it no run would repeat.
 */
export const nextId = (world: World, moment: Moment.Moment): Effect.Effect<string> =>
  Effect.map(randomInt(world, 2 ** 22), (random) => {
    const since = Moment.max(Moment.floorDiv(moment - epoch, 1000n), 0n) % span
    const made = base + (since << 22n) + BigInt(random)
    const after = world.lastId > base ? world.lastId : base
    world.lastId = world.options.secure && made > after ? made : after + 1n + BigInt(random)
    return String(world.lastId)
  })

/** The 64 letters of keys, secrets and client ids. */
const urlSafe = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
export const lowerCase = "abcdefghijklmnopqrstuvwxyz0123456789"

/** Text of `length` letters out of `alphabet`. */
export const randomText = (world: World, length: number, alphabet: string = urlSafe): Effect.Effect<string> =>
  Effect.gen(function* () {
    let text = ""
    if (world.options.secure) {
      for (const value of crypto.getRandomValues(new Uint32Array(length))) text += alphabet[value % alphabet.length]
      return text
    }
    while (text.length < length) text += alphabet[yield* Random.nextIntBetween(0, alphabet.length)]
    return text
  })

/**
 * Text that is not `taken`. Tests that share an emulator may each begin with the same seed: what was drawn before gets an id into it, of which
 * there is but one.
 */
export const freeText = (
  world: World,
  moment: Moment.Moment,
  length: number,
  isTaken: (text: string) => boolean,
  alphabet?: string
): Effect.Effect<string> =>
  Effect.flatMap(randomText(world, length, alphabet), (text) => {
    if (!isTaken(text)) return Effect.succeed(text)
    return Effect.map(nextId(world, moment), (id) => {
      const mark = BigInt(id).toString(36)
      return text.slice(mark.length) + mark
    })
  })
