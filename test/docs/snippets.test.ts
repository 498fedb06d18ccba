/**
 * Every TypeScript block of the README, of the docs and of the comments of what the package exports stands, line by line, in a file of
 * `examples/`, where it is type-checked and run. The emulator's own modules show lines of its sources: nothing else can use them.
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

const read = (name: string): string => fs.readFileSync(path.join(root, name), "utf8")

const filesOf = (folder: string): ReadonlyArray<string> =>
  fs
    .readdirSync(path.join(root, folder), { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".ts"))
    .map((name) => `${folder}/${name.replaceAll(path.sep, "/")}`)
    .sort()

const sources = filesOf("src")

const isOfEmulator = (name: string): boolean => name.startsWith("src/testing/emulator/")

const inLines = (text: string): string => `\n${normalize(text)}\n`

const examples = filesOf("examples").map((name) => inLines(read(name)))

const emulator = sources.filter(isOfEmulator).map((name) => inLines(read(name)))

const documents = [
  "README.md",
  "SECURITY.md",
  ...fs.readdirSync(path.join(root, "docs")).map((name) => path.join("docs", name))
].filter((name) => name.endsWith(".md") && fs.existsSync(path.join(root, name)))

const blocksOf = (document: string, markdown: string) =>
  [...markdown.matchAll(/^[ \t]*```(?:tsx?|typescript)\b[^\n]*\n([\s\S]*?)^[ \t]*```/gm)].map((match, index) => ({
    document,
    index,
    text: match[1] ?? ""
  }))

/** The comments of a source, as the Markdown that they are. */
const commentsOf = (source: string): string =>
  [...source.matchAll(/\/\*\*([\s\S]*?)\*\//g)].map(([, comment = ""]) => comment.replace(/^ *\* ?/gm, "")).join("\n")

const documented = documents.flatMap((name) => blocksOf(name, read(name)))

const commented = sources.flatMap((name) => blocksOf(name, commentsOf(read(name))))

describe("the TypeScript of the documentation", () => {
  it("is found", () => {
    assert.isAtLeast(documented.length, 4)
    assert.isAtLeast(commented.filter(({ document }) => !isOfEmulator(document)).length, 4)
    assert.isAtLeast(commented.filter(({ document }) => isOfEmulator(document)).length, 3)
  })

  for (const { document, index, text } of [...documented, ...commented]) {
    it(`block ${index + 1} of ${document} stands ${isOfEmulator(document) ? "in a source" : "in an example"}`, () => {
      const files = isOfEmulator(document) ? emulator : examples
      assert.isTrue(
        files.some((file) => file.includes(inLines(text))),
        text
      )
    })
  }
})
