import { assert, describe, it } from "@effect/vitest"
import { execFileSync } from "node:child_process"
import { existsSync, readFileSync } from "node:fs"
import { fileURLToPath } from "node:url"
import { builtinModules } from "node:module"
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

/** Whether a node is this global, also as a member of `globalThis`. */
const isGlobal = (node: ts.Node, name: string): boolean =>
  ts.isIdentifier(node) ? node.text === name : name !== "globalThis" && isMember(node, "globalThis", name)

/** Whether a node is this member of a global, in dots, in brackets or taken apart; any member where none is named. */
const isMember = (node: ts.Node, object: string, member?: string): boolean => {
  const isIt = (name: ts.Node) =>
    member === undefined || ((ts.isIdentifier(name) || ts.isStringLiteralLike(name)) && name.text === member)
  if (ts.isPropertyAccessExpression(node)) return isGlobal(node.expression, object) && isIt(node.name)
  if (ts.isElementAccessExpression(node)) return isGlobal(node.expression, object) && isIt(node.argumentExpression)
  if (!ts.isVariableDeclaration(node) || node.initializer === undefined || !isGlobal(node.initializer, object))
    return false
  return ts.isObjectBindingPattern(node.name) && node.name.elements.some((one) => isIt(one.propertyName ?? one.name))
}

/** The module that a piece of syntax names, in whatever way. */
const moduleOf = (node: ts.Node): string | undefined => {
  const named =
    ts.isImportDeclaration(node) || ts.isExportDeclaration(node)
      ? node.moduleSpecifier
      : ts.isExternalModuleReference(node)
        ? node.expression
        : ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument)
          ? node.argument.literal
          : ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword
            ? node.arguments[0]
            : undefined
  return named !== undefined && ts.isStringLiteralLike(named) ? named.text : undefined
}

const outOf = (node: ts.Node): ts.Node => (ts.isParenthesizedExpression(node.parent) ? outOf(node.parent) : node.parent)

/** What a piece of syntax breaks, if anything. */
const broken = (node: ts.Node, file: string): string | undefined => {
  if (node.kind === ts.SyntaxKind.AnyKeyword) return "any"
  if (ts.isAsExpression(node)) {
    if (node.type.kind === ts.SyntaxKind.UnknownKeyword && ts.isAsExpression(outOf(node))) return "as unknown as"
  }
  if (ts.isNonNullExpression(node)) return "non-null !"
  if (ts.isTypeAssertionExpression(node)) return "a cast by brackets"
  if (isMember(node, "Date", "now")) return "Date.now"
  if (isMember(node, "Math", "random")) return "Math.random"
  if (isMember(node, "performance", "now")) return "performance.now"
  if (isMember(node, "URL", "canParse")) return "URL.canParse"
  if (ts.isNewExpression(node) && isGlobal(node.expression, "Date") && !node.arguments?.length) return "new Date()"
  if (isCommand(file)) return undefined
  if (ts.isThrowStatement(node)) return "throw"
  if (isMember(node, "process", "env")) return "process.env"
  if (isMember(node, "console")) return "console"
  const name = moduleOf(node)
  if (name === undefined) return undefined
  if (name.startsWith("node:") || builtinModules.includes(name)) return "a Node built-in"
  if (/^(effect|@effect\/platform)(\/index)?$/.test(name)) return "a barrel"
  if (name.startsWith(".") && !name.endsWith(".js")) return "a relative import without .js"
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
