/**
 * Durations among the options of what is derived from operations.
 */
import * as Duration from "effect/Duration"
import * as Either from "effect/Either"
import * as Option from "effect/Option"
import type { EncodeError } from "../../errors/ClientError.js"
import { refuse } from "./refuse.js"

/** Below 0, or with no number in it; both count as 0 everywhere in Effect. */
const isNegative = (input: Duration.DurationInput): boolean => {
  if (typeof input === "string") return input.startsWith("-")
  if (typeof input !== "object") return !(input >= 0)
  return !Duration.isDuration(input) && !(input[0] * 1e9 + input[1] >= 0)
}

/** A finite duration of `least` milliseconds or more. */
export const checkDuration = (
  name: string,
  field: string,
  input: Duration.DurationInput,
  least: number
): Either.Either<Duration.Duration, EncodeError> =>
  Either.fromOption(
    Option.filter(
      Duration.decodeUnknown(input),
      (found) => Duration.isFinite(found) && Duration.toMillis(found) >= least && !isNegative(input)
    ),
    () => refuse(name, field, `a finite duration of ${least} ms or more`)
  )
