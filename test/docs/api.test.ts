import { assert, describe, it } from "@effect/vitest"
import * as fs from "node:fs"
import * as path from "node:path"
import { errorsOf, render } from "../../scripts/api-docs.js"
import { apiKeysOperations } from "../../src/services/internal/operations/apiKeys.js"
import { gatewayOperations } from "../../src/services/internal/operations/gateway.js"
import { oauthOperations } from "../../src/services/internal/operations/oauth.js"

const root = path.resolve(import.meta.dirname, "../..")
const read = (file: string) => fs.readFileSync(path.join(root, file), "utf8")

/** Of Markdown in its forms, and of HTML. */
const links = /(?:\]\(|^\[[^\]]+\]: |href="|src=")(?!https?:)([^)#\s"]*)(?:#([^)\s"]+))?/gm

/** What the headings of a document can be linked by. */
const anchorsOf = (markdown: string): ReadonlyArray<string> =>
  [...markdown.matchAll(/^#+ (.+)$/gm)].map(([, heading = ""]) =>
    heading
      .toLowerCase()
      .replace(/[^\w\- ]/g, "")
      .replaceAll(" ", "-")
  )

describe("the documentation", () => {
  it("has a table of all operations that is current", () => {
    assert.strictEqual(read("docs/api.md"), render())
  })

  it("says of every method its operation's route, whether it may be repeated, and its errors", () => {
    const words: Readonly<Record<string, string>> = { unsafe: "Unsafe: ", metered: "Never repeated unless asked: " }
    for (const [service, operations] of [
      ["ApiKeys", apiKeysOperations],
      ["OAuth", oauthOperations],
      ["Gateway", gatewayOperations]
    ] as const) {
      const source = read(`src/services/${service}.ts`)
      for (const operation of Object.values(operations)) {
        const { method, name, path, repeat, repeatAnswer } = operation
        const [before = ""] = source.split(`  readonly ${name}: `)
        const comment = before.slice(before.lastIndexOf("/**")).replace(/\s+\*\s+/g, " ")
        assert.include(comment, `\`${method} ${path}\``, name)
        assert.include(comment, words[repeat] ?? "Safe to repeat", name)
        if (repeatAnswer !== undefined) assert.include(comment, "a repeat answers 404", name)
        const errors = errorsOf(operation).map((error) => `\`${error}\``)
        assert.include(comment, ` Errors: ${errors.join(", ")}. Contract: section `, name)
      }
    }
  })

  it("says of every operation what becomes of it in a migration", () => {
    const migrating = read("docs/migrating.md")
    const operations = [...render().matchAll(/^\| `(\w+)`/gm)].map((match) => match[1])
    assert.strictEqual(operations.length, 36)
    for (const operation of operations) assert.match(migrating, new RegExp(`^\\| \`\\w+\\.${operation}\` \\|`, "m"))
  })

  it("links only to what is there", () => {
    const documents = ["README.md", ...fs.readdirSync(path.join(root, "docs")).map((name) => `docs/${name}`)]
    for (const document of documents.filter((name) => name.endsWith(".md"))) {
      for (const [link, target = "", anchor] of read(document).matchAll(links)) {
        const file = target === "" ? document : path.join(path.dirname(document), target)
        assert.isTrue(fs.existsSync(path.join(root, file)), `${document} -> ${target}`)
        if (anchor !== undefined) assert.include(anchorsOf(read(file)), anchor, `${document}: ${link}`)
      }
    }
  })
})
