import { assert, describe, it } from "@effect/vitest"
import * as Either from "effect/Either"
import * as FastCheck from "effect/FastCheck"
import * as Redacted from "effect/Redacted"
import { freeQuery } from "../../../src/services/internal/free.js"

describe("a query whose shape nobody knows", () => {
  it("is any flat one, written as text", () => {
    const value = FastCheck.oneof(
      FastCheck.string({ unit: FastCheck.constantFrom("a", "&", "é") }),
      FastCheck.boolean(),
      FastCheck.double({ noNaN: true, noDefaultInfinity: true }),
      FastCheck.constant(undefined)
    )
    FastCheck.assert(
      FastCheck.property(FastCheck.dictionary(FastCheck.constantFrom("a", "b", "c"), value), (query) => {
        const expected = Object.entries(query).flatMap(([name, value]) =>
          value === undefined ? [] : [[name, String(value)]]
        )
        assert.deepStrictEqual(freeQuery(query), Either.right(Object.fromEntries(expected)))
      })
    )
  })

  it("is refused with all that is wrong in it", () => {
    const query = Object({ a: Number.NaN, b: Redacted.make("secret"), c: null, d: "\0", e: 1 })
    const kinds = { rule: "type", allowed: "text, a finite number or a boolean" } as const
    assert.deepStrictEqual(
      freeQuery(query),
      Either.left([
        { field: "a", ...kinds },
        { field: "b", ...kinds },
        { field: "c", ...kinds },
        { field: "d", rule: "rule", allowed: "well-formed Unicode without NUL" }
      ])
    )
  })
})
