import { assert, describe, it } from "@effect/vitest"
import { fileURLToPath } from "node:url"
import { undocumented } from "../../scripts/lib/undocumented.mjs"

describe("the documentation in the sources", () => {
  it("gives every public export words, @since and @category", () => {
    const { count, found } = undocumented(fileURLToPath(new URL("../..", import.meta.url)))
    assert.isAbove(count, 300)
    assert.deepStrictEqual(found, [])
  })

  // Nothing else in the tests runs `npm run docs`, which reads this file.
  it("is what the reference is made of", async () => {
    const file = new URL("../../typedoc.config.mjs", import.meta.url)
    const { default: config } = await import(file.href)
    assert.include(config.entryPoints, "src/services/ApiKeys.ts")
  })
})
