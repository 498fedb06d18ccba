/**
 * The members of what is given to what is derived from operations.
 */
import * as Either from "effect/Either"
import type { EncodeError } from "../../errors/ClientError.js"
import { refusedInput } from "../../errors/internal/failure.js"

/** Refuses a member that is not known, as operations do: ignored, a misspelt `startDate` would leave rows out unseen. */
export const checkMembers = <Given extends object>(
  name: string,
  given: Given,
  known: ReadonlyArray<keyof Given & string>
): Either.Either<void, EncodeError> => {
  const names: ReadonlyArray<string> = known
  const issues = Object.keys(given)
    .filter((field) => !names.includes(field))
    .map((field) => ({ field, rule: "unknown", allowed: `no such field; there are ${names.join(", ")}` }) as const)
  return issues.length === 0 ? Either.void : Either.left(refusedInput(name, issues))
}
