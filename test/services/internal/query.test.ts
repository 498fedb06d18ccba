import { assert, it } from "@effect/vitest"
import * as fc from "fast-check"
import { queryString } from "../../../src/services/internal/query.js"

it("a query is read back as it was, by whoever takes a plus for a blank and whoever does not", () => {
  const text = fc.string({ unit: fc.constantFrom("a", "b", " ", "+", "&", "=", "%", "#", "?", "é", "😀") })
  fc.assert(
    fc.property(fc.dictionary(text, fc.option(text, { nil: undefined })), (values) => {
      const given = Object.entries(values).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]]))
      const written = queryString(values)
      assert.deepStrictEqual([...new URLSearchParams(written)], given)
      const parts = written === "" ? [] : written.slice(1).split("&")
      assert.deepStrictEqual(
        parts.map((part) => part.split("=").map(decodeURIComponent)),
        given
      )
      assert.strictEqual(new URL(`https://a.example/${written}`).href, `https://a.example/${written}`)
    })
  )
})
