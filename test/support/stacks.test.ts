import { assert, it } from "@effect/vitest"
import { Fixtures } from "effect-wacht/testing"
import * as Cause from "effect/Cause"
import { dropPlaceless } from "./stacks.js"

const prettyOf = (failure: unknown) => Cause.prettyErrors(Cause.fail(failure)).map((error) => ({ stack: error.stack }))

it("a stack is dropped where it names no place, a cause's too", () => {
  const [value] = prettyOf(Fixtures.apiKeyWithSecret())
  const [error] = prettyOf(Fixtures.notFoundError())
  assert.isString(value?.stack)
  const whole = { ...error }
  const outer = { ...error, cause: { ...value, cause: { ...error } } }
  dropPlaceless(outer)
  assert.deepStrictEqual(outer, { ...whole, cause: { cause: whole } })
})
