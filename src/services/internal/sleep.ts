/**
 * Waiting for as long as it takes.
 */
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import { longestTimer } from "./alarm.js"

/** In naps, by what has passed: from a sleep of more than 24.8 days the live clock never wakes. */
export const sleep = (millis: number): Effect.Effect<void> =>
  millis > longestTimer
    ? Effect.flatMap(Effect.timed(Effect.sleep(longestTimer)), ([passed]) =>
        sleep(Math.ceil(millis - Duration.toMillis(passed)))
      )
    : Effect.sleep(millis)
