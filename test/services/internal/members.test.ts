import { assert, describe, it } from "@effect/vitest"
import * as Either from "effect/Either"
import { checkMembers } from "../../../src/services/internal/members.js"

interface Given {
  readonly from?: string
  readonly limit?: number
}

const check = (given: Given) => checkMembers<Given>("readAll", given, ["from", "limit"])

describe("checkMembers", () => {
  it("takes what is known, all of it or none", () => {
    for (const given of [{}, { from: "a" }, { from: "a", limit: 1 }]) {
      assert.deepStrictEqual(check(given), Either.void)
    }
  })

  it("names every member that is not known, and which there are", () => {
    const given = { from: "a", fro: "b", limits: undefined }
    const allowed = "no such field; there are from, limit"
    assert.containsSubset(Either.getLeft(check(given)), {
      value: {
        _tag: "EncodeError",
        operation: "readAll",
        issues: [
          { field: "fro", rule: "unknown", allowed },
          { field: "limits", rule: "unknown", allowed }
        ]
      }
    })
  })

  it("names no more of them than an operation would", () => {
    const given = Object.fromEntries(Array.from({ length: 1000 }, (_, index) => [`${"x".repeat(1000)}${index}`, 1]))
    const { issues } = Either.getOrThrow(Either.flip(check(given)))
    assert.strictEqual(issues.length, 50)
    assert.isTrue(issues.every(({ field }) => field.length === 200))
  })
})
