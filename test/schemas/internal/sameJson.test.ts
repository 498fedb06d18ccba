import { assert, describe, it } from "@effect/vitest"
import * as FastCheck from "effect/FastCheck"
import * as JSONSchema from "effect/JSONSchema"
import { JsonInput } from "../../../src/schemas/internal/rules.js"
import { sameJson } from "../../../src/schemas/internal/sameJson.js"

describe("two JSON values say the same", () => {
  it("exactly where their texts with sorted keys are the same", () => {
    const sorted = (value: unknown): string =>
      JSON.stringify(value, (_, item: unknown) =>
        typeof item === "object" && item !== null && !Array.isArray(item)
          ? Object.fromEntries(Object.entries(item).sort(([a], [b]) => (a < b ? -1 : 1)))
          : item
      )
    const value = FastCheck.jsonValue({ maxDepth: 2 }).map((value): unknown => JSON.parse(JSON.stringify(value)))
    FastCheck.assert(
      FastCheck.property(value, value, (one, other) => {
        FastCheck.pre(!sorted([one, other]).includes("__proto__"))
        return sameJson(one, structuredClone(one)) && sameJson(one, other) === (sorted(one) === sorted(other))
      })
    )
  })

  it("and no list is an object, no null one, no missing key an undefined one", () => {
    assert.isTrue(sameJson({ a: 1, b: [1, { c: null }] }, { b: [1, { c: null }], a: 1 }))
    for (const [one, other] of [
      [[], {}],
      [{}, null],
      [[1], { 0: 1 }],
      [{ a: undefined }, { b: undefined }],
      [{ toString: 1 }, { a: 1 }],
      [{ a: 1 }, { a: 1, b: 2 }],
      ["1", 1]
    ]) {
      assert.isFalse(sameJson(one, other))
      assert.isFalse(sameJson(other, one))
    }
  })

  it("however deep they are nested", () => {
    const deep = (): unknown => JSON.parse("[".repeat(100_000) + "]".repeat(100_000))
    assert.isTrue(sameJson(deep(), deep()))
  })
})

describe("any JSON", () => {
  it("is of each of its types in a JSON Schema", () => {
    const type = ["string", "number", "boolean", "object", "array", "null"]
    assert.containsSubset(JSONSchema.make(JsonInput), { type })
  })
})
