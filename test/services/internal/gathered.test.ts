import { assert, it } from "@effect/vitest"
import * as fc from "fast-check"
import { collectGarbage } from "../../support/gc.js"
import { Gathered } from "../../../src/services/internal/gathered.js"

it("the chunks of a body are put together in their order, whatever their sizes", () => {
  const size = fc.oneof(fc.nat(3), fc.nat(2000), fc.constantFrom(1023, 1024, 1025, 16_383, 16_384, 16_385))
  const many = fc.array(fc.record({ size, times: fc.integer({ min: 1, max: 200 }) }), { maxLength: 8 })
  fc.assert(
    fc.property(many, (groups) => {
      const gathered = new Gathered()
      let text = ""
      for (const { size, times } of groups) {
        for (let index = 0; index < times; index++) {
          const piece = String.fromCharCode(97 + (index % 26)).repeat(size)
          text += piece
          const chunk = new TextEncoder().encode(piece)
          gathered.add(chunk)
        }
      }
      assert.strictEqual(gathered.size, text.length)
      assert.isTrue(gathered.text() === text)
    }),
    { numRuns: 200 }
  )
})

it("a body of single bytes takes little more than its bytes", () => {
  const gathered = new Gathered()
  collectGarbage()
  const before = process.memoryUsage().heapUsed
  for (let index = 0; index < 2_000_000; index++) gathered.add(new Uint8Array(1))
  collectGarbage()
  assert.isBelow(process.memoryUsage().heapUsed - before, 20_000_000)
  assert.strictEqual(gathered.text().length, 2_000_000)
})
