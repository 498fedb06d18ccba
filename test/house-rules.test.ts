import { assert, describe, it } from "@effect/vitest"
import { execFileSync } from "node:child_process"
import { existsSync, readFileSync } from "node:fs"
import { fileURLToPath } from "node:url"
import ts from "typescript"

const root = fileURLToPath(new URL("..", import.meta.url))

/** Every file of the repository, without the ones that git ignores. */
const tracked = execFileSync("git", ["ls-files", "--cached", "--others", "--exclude-standard"], {
  cwd: root,
  encoding: "utf8",
  maxBuffer: 16 * 1024 * 1024
})
  .trim()
  .split("\n")
  .filter((file) => existsSync(`${root}/${file}`))

const read = (file: string): string => readFileSync(`${root}/${file}`, "utf8")
const sources = tracked.filter((file) => /^src\/.*\.ts$/.test(file))
const isCommand = (file: string): boolean => file.startsWith("src/testing/bin/")

const mostLines = 300

/** What stands against a rule, each with the reason why nothing better was found. */
const exceptions: Readonly<Record<string, string>> = {
  "src/schemas/internal/wire.ts as unknown as":
    "a proxy that forwards to the schema it makes late has no type of its own"
}

/** Files over the limit, each with the reason why it is better whole. */
const longFiles: Readonly<Record<string, string>> = {
  "src/services/OAuth.ts": "one interface that reads as the documentation of 18 operations",
  "src/services/ApiKeys.ts": "one interface that reads as the documentation of 17 operations"
}

const isCallOf = (node: ts.Node, object: string, member: string): boolean =>
  ts.isPropertyAccessExpression(node) &&
  ts.isIdentifier(node.expression) &&
  node.expression.text === object &&
  node.name.text === member

/** What a piece of syntax breaks, if anything. */
const broken = (node: ts.Node, file: string): string | undefined => {
  if (node.kind === ts.SyntaxKind.AnyKeyword) return "any"
  if (ts.isAsExpression(node)) {
    if (node.type.kind === ts.SyntaxKind.UnknownKeyword && ts.isAsExpression(node.parent)) return "as unknown as"
  }
  if (ts.isNonNullExpression(node)) return "non-null !"
  if (ts.isTypeAssertionExpression(node)) return "a cast by brackets"
  if (isCallOf(node, "Date", "now")) return "Date.now"
  if (isCallOf(node, "Math", "random")) return "Math.random"
  if (isCommand(file)) return undefined
  if (ts.isThrowStatement(node)) return "throw"
  if (isCallOf(node, "process", "env")) return "process.env"
  if (ts.isPropertyAccessExpression(node) && ts.isIdentifier(node.expression) && node.expression.text === "console") {
    return "console"
  }
  if ((ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) && node.moduleSpecifier !== undefined) {
    const name = ts.isStringLiteral(node.moduleSpecifier) ? node.moduleSpecifier.text : ""
    if (name.startsWith("node:")) return "a Node built-in"
    if (name === "effect" || name === "@effect/platform") return "a barrel"
    if (name.startsWith(".") && !name.endsWith(".js")) return "a relative import without .js"
  }
  return undefined
}

const breaches = (file: string): ReadonlyArray<string> => {
  const text = read(file)
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.ES2022, true)
  const found: Array<string> = []
  const visit = (node: ts.Node): void => {
    const what = broken(node, file)
    if (what !== undefined) {
      const { line } = source.getLineAndCharacterOfPosition(node.getStart(source))
      if (!(`${file} ${what}` in exceptions)) found.push(`${file}:${line + 1} ${what}`)
    }
    ts.forEachChild(node, visit)
  }
  visit(source)
  for (const [index, line] of text.split("\n").entries()) {
    if (/@ts-(ignore|expect-error|nocheck)|eslint-disable|oxlint-disable(?!.* -- )/.test(line)) {
      found.push(`${file}:${index + 1} a silenced check`)
    }
  }
  return found
}

describe("the house rules", () => {
  it("hold in every source", () => {
    assert.isAbove(sources.length, 100)
    assert.deepStrictEqual(sources.flatMap(breaches), [])
  })

  it(`keep every source within ${mostLines} lines`, () => {
    const long = sources.filter((file) => read(file).split("\n").length > mostLines)
    assert.deepStrictEqual([...long].sort(), Object.keys(longFiles).sort())
  })

  it("leave no machine and no registry in any file", () => {
    // Not written as they are, or this file would be the first to break the rule.
    const places = ["work", "root", "home", "Users"].map((folder) => `/${folder}/`)
    const hosts = ["npmjs.", "yarnpkg.", "npm.pkg."].flatMap((name) =>
      ["com", "org", "github"].map((end) => name + end)
    )
    const isText = (file: string) => !/\.(png|ico|woff2?)$/.test(file)
    const found = tracked.filter(isText).flatMap((file) => {
      const text = read(file)
      return [...places, ...hosts].filter((name) => text.includes(name)).map((name) => `${file}: ${name}`)
    })
    assert.deepStrictEqual(found, [])
  })

  it("keep lock files free of addresses", () => {
    const locks = tracked.filter((file) => /(^|\/)package-lock\.json$/.test(file))
    assert.include(locks, "package-lock.json")
    for (const file of locks) assert.notInclude(read(file), `"resolved"`, file)
  })
})
