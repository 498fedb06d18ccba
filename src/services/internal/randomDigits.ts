/**
 * Text that nobody else makes.
 */
import * as Effect from "effect/Effect"
import * as Random from "effect/Random"

/** So many hexadecimal digits. */
export const randomDigits = (count: number): Effect.Effect<string> =>
  Effect.map(Effect.replicateEffect(Random.nextIntBetween(0, 16), count), (numbers) =>
    numbers.map((number) => number.toString(16)).join("")
  )
