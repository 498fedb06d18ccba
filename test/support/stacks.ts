/**
 * Effect gives a failure that is no error, such as the value under a mistaken `Effect.flip`, a stack that names no place but has its JSON.
 * Vitest 3 looks for the "@" of other engines there, by an expression that takes a minute for 500 characters with quotes, and hours for
 * 1000: a test that fails would hang the run.
 */
import * as Predicate from "effect/Predicate"
import { afterEach } from "vitest"

const place = /^\s*at .*\S:\d+/m

/** Takes away stacks without a place, of causes too. */
export const dropPlaceless = (error: unknown): void => {
  if (!Predicate.isRecord(error)) return
  if (typeof error["stack"] === "string" && !place.test(error["stack"])) delete error["stack"]
  dropPlaceless(error["cause"])
}

afterEach(({ task }) => task.result?.errors?.forEach((error) => dropPlaceless(error)))
