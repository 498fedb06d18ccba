import { assert, describe, it } from "@effect/vitest"
import { readFileSync } from "node:fs"
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
    const manifest = JSON.parse(readFileSync(new URL("../../package.json", import.meta.url), "utf8"))
    const sources = Object.values<{ readonly types?: string } | null>(manifest.exports).flatMap((entry) =>
      entry?.types === undefined ? [] : [entry.types.replace("./dist/", "src/").replace(".d.ts", ".ts")]
    )
    // The index gathers the others under names, and WachtError is reached through it alone.
    const expected = [...sources.filter((name) => name !== "src/index.ts"), "src/errors/WachtError.ts"]
    assert.sameMembers(config.entryPoints, expected)
  })
})
