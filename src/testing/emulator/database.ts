/** What the database does with a value that it is asked to look for or to keep. */
import * as Effect from "effect/Effect"
import * as Failure from "./Failure.js"

const holdsNul = (value: unknown): boolean => {
  if (typeof value === "string") return value.includes("\u0000")
  return typeof value === "object" && value !== null && Object.values(value).some(holdsNul)
}

/** The value, unless there is text with a NUL in it: the database takes none, which no check before it notices. */
export const taken = <A>(value: A): Effect.Effect<A, Failure.Failure> =>
  holdsNul(value) ? Effect.fail(Failure.unexpected) : Effect.succeed(value)
