import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { fuzzAnswers } from "./fuzzAnswers.js"
import { fuzzPaths, parameters, targets } from "./fuzzPaths.js"
import { nastyTexts } from "./hostile.js"

const seed = 20260614

describe("hostile input", () => {
  it.live("in a path stays one segment of its route, or is refused before a request exists", () =>
    Effect.gen(function* () {
      assert.isAtLeast(new Set(nastyTexts).size, 60)
      assert.isAbove(targets.length, 35)
      assert.strictEqual(parameters.length, 8)
      const { problems, values } = yield* fuzzPaths(seed, 450)
      assert.deepStrictEqual(problems, [])
      assert.isAbove(values, 8000)
    })
  )

  it.live("in an answer ends in a value or a typed error", () =>
    Effect.gen(function* () {
      const { answers, problems, values } = yield* fuzzAnswers(seed, { mutated: 600, random: 600 })
      assert.deepStrictEqual(problems, [])
      assert.strictEqual(answers, 1200)
      assert.isAbove(values, 30)
    })
  )
})
