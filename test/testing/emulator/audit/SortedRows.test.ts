import { assert, it } from "@effect/vitest"
import { SortedRows } from "../../../../src/testing/emulator/audit/SortedRows.js"
import { base, row } from "./harness.js"

it("sorted rows keep no more of what was dropped than what is still there, be it little or much", () => {
  for (const live of [1, 3, 2000]) {
    const list = new SortedRows()
    for (let inserted = 1; inserted < 4 * live + 10; inserted++) {
      list.insert(row({ timestamp: base + BigInt(inserted - 1) }))
      if (inserted <= live) continue
      list.dropFirst()
      assert.strictEqual(list.length, live)
      const [first, last] = [list.at(0)?.timestamp, list.at(live - 1)?.timestamp]
      assert.deepStrictEqual([first, last], [base + BigInt(inserted - live), base + BigInt(inserted - 1)])
      const kept: unknown = Reflect.get(list, "rows")
      assert.isAtMost(Array.isArray(kept) ? kept.length : Infinity, 2 * live)
    }
  }
})
