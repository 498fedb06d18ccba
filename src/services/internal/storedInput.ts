/**
 * What is stored, as an input that sends it again.
 */
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Record from "effect/Record"
import type { EncodeError } from "../../errors/ClientError.js"

/** What an input has for it: nothing where it is `None`. */
export const valueOf = (stored: unknown): unknown => (Option.isOption(stored) ? Option.getOrUndefined(stored) : stored)

/** `None` is left out. A word that this version does not know cannot be sent, and must not be lost silently. */
export const storedInput = <Input>(
  isInput: (u: unknown) => u is Input,
  stored: object,
  refused: () => EncodeError
): Effect.Effect<Input, EncodeError> => {
  const input: unknown = Record.map({ ...stored }, valueOf)
  return isInput(input) ? Effect.succeed(input) : refused()
}
