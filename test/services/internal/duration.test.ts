import { assert, describe, it } from "@effect/vitest"
import * as Duration from "effect/Duration"
import * as Either from "effect/Either"
import { checkDuration } from "../../../src/services/internal/duration.js"

const millis = (input: unknown, least: number) =>
  Either.map(checkDuration("readAll", "lag", input as Duration.DurationInput, least), Duration.toMillis)

describe("checkDuration", () => {
  it("takes what lasts long enough, however it is written", () => {
    for (const [input, expected] of [
      [5, 5],
      ["5 millis", 5],
      [5_000_000n, 5],
      [[0, 5_000_000], 5],
      [[1, -995_000_000], 5],
      [Duration.millis(5), 5],
      ["2 minutes", 120_000],
      ["40 days", 3_456_000_000]
    ] as const) {
      assert.deepStrictEqual(millis(input, 5), Either.right(expected))
    }
    for (const input of [0, -0, "0 seconds", 0n, [0, 0], Duration.zero]) {
      assert.deepStrictEqual(millis(input, 0), Either.right(0))
    }
  })

  it("refuses what is too short, endless or no duration, and says what is allowed", () => {
    for (const input of [4, "4 millis", 4_999_999n, [0, 4_999_999], Duration.millis(4), 0]) {
      assert.containsSubset(millis(input, 5), {
        left: {
          operation: "readAll",
          issues: [{ field: "lag", rule: "rule", allowed: "a finite duration of 5 ms or more" }]
        }
      })
    }
    for (const input of [Infinity, "Infinity", Duration.infinity, [Infinity, 0], "soon", "", null, {}, [1], "5"]) {
      assert.isTrue(Either.isLeft(millis(input, 0)), String(input))
    }
  })

  it("refuses what is below 0, which Effect takes for 0", () => {
    for (const input of [-1, Number.NaN, "-1 seconds", "-0.5 millis", -1n, [-1, 0], [0, -1], [1, -1e9 - 1], [NaN, 0]]) {
      assert.isTrue(Either.isLeft(millis(input, 0)), String(input))
    }
  })
})
