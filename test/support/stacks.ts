/**
 * Effect gives a failure that is no error, such as the value under a mistaken `Effect.flip`, a stack that names no place but has its JSON.
 * Vitest 3 looks for the "@" of other engines there, by an expression that takes a minute for 500 characters with quotes, and hours for
 * 1000: a test that fails would hang the run.
 */
import { afterEach } from "vitest"

interface Thrown {
  stack?: string | undefined
  cause?: Thrown | undefined
}

const place = /^\s*at .*\S:\d+/m

/** Takes away stacks without a place, of causes too. */
export const dropPlaceless = (error: Thrown | undefined): void => {
  if (error === undefined) return
  if (error.stack !== undefined && !place.test(error.stack)) delete error.stack
  dropPlaceless(error.cause)
}

afterEach(({ task }) => task.result?.errors?.forEach(dropPlaceless))
