/**
 * Every TypeScript block of the README and the docs stands, line by line, in a file of `examples/`, where it is type-checked and run.
 */
import { assert, describe, it } from "@effect/vitest"
import * as fs from "node:fs"
import * as path from "node:path"

const root = path.resolve(import.meta.dirname, "../..")

const normalize = (text: string): string =>
  text
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "")
    .join("\n")

const examples = fs
  .readdirSync(path.join(root, "examples"), { recursive: true, encoding: "utf8" })
  .filter((name) => name.endsWith(".ts"))
  .map((name) => normalize(fs.readFileSync(path.join(root, "examples", name), "utf8")))

const documents = [
  "README.md",
  "SECURITY.md",
  ...fs.readdirSync(path.join(root, "docs")).map((name) => path.join("docs", name))
].filter((name) => name.endsWith(".md") && fs.existsSync(path.join(root, name)))

const blocks = documents.flatMap((document) =>
  [...fs.readFileSync(path.join(root, document), "utf8").matchAll(/^```(?:ts|typescript)\n([\s\S]*?)^```/gm)].map(
    (match, index) => ({ document, index, text: match[1] ?? "" })
  )
)

describe("the TypeScript of the documentation", () => {
  it("is found", () => {
    assert.isAtLeast(blocks.length, 4)
  })

  for (const { document, index, text } of blocks) {
    it(`block ${index + 1} of ${document} stands in an example`, () => {
      assert.isTrue(
        examples.some((example) => example.includes(normalize(text))),
        text
      )
    })
  }
})
