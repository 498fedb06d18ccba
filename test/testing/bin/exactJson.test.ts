/** The numbers of a file that a world is read from. */
import { assert, describe, it } from "@effect/vitest"
import { parseExact } from "../../../src/testing/bin/exactJson.js"

describe("JSON of a file", () => {
  it("has as bigints the integers that a double would round, wherever they stand, and numbers for all others", () => {
    const big = 9007199254740993n
    for (const [text, expected] of [
      ["[9007199254740993]", [big]],
      ["[1,-9007199254740993]", [1, -big]],
      ['{"a":9007199254740993,"b":7}', { a: big, b: 7 }],
      ['{"a":\n9007199254740993,"b":1.5}', { a: big, b: 1.5 }],
      ["[9007199254740991,9007199254740993.0,1e30]", [9007199254740991, 9007199254740992, 1e30]],
      ['["9007199254740993"]', ["9007199254740993"]]
    ] as const)
      assert.deepStrictEqual(parseExact(text), expected, text)
  })

  it("has them rounded where it holds what the API does not take in", () => {
    const text = `[9007199254740993,${"[".repeat(200)}${"]".repeat(200)}]`
    assert.deepStrictEqual(parseExact(text), JSON.parse(text))
  })
})
