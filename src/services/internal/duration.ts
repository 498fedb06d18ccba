/**
 * Durations among the options of what is derived from operations.
 */
import * as Duration from "effect/Duration"
import * as Either from "effect/Either"
import * as Option from "effect/Option"
import type { EncodeError } from "../../errors/ClientError.js"
import { refuse } from "./refuse.js"

/** A finite duration of `least` milliseconds or more. A number below 0 counts as 0 everywhere in Effect, so it is looked at before. */
export const checkDuration = (
  name: string,
  field: string,
  input: Duration.DurationInput,
  least: number
): Either.Either<Duration.Duration, EncodeError> =>
  Either.fromOption(
    Option.filter(
      typeof input === "number" && !(input >= 0) ? Option.none() : Duration.decodeUnknown(input),
      (found) => Duration.isFinite(found) && Duration.toMillis(found) >= least
    ),
    () => refuse(name, field, `a finite duration of ${least} ms or more`)
  )
