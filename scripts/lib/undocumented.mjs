import { readFileSync } from "node:fs"
import { join } from "node:path"
import ts from "typescript"

/** The sources behind the public entry points, by the exports map. */
export const entrySources = (root) => {
  const { exports } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"))
  return Object.values(exports).flatMap((entry) =>
    entry?.types ? [join(root, entry.types.replace("dist/", "src/").replace(/\.d\.ts$/, ".ts"))] : []
  )
}

const text = (comment) => (typeof comment === "string" ? comment : (ts.getTextOfJSDocComment(comment) ?? "")).trim()

/** What the comment of a declaration lacks. */
const lacks = (node, needsCategory) => {
  const owner = ts.isVariableDeclaration(node) ? node.parent.parent : node
  const comments = ts.getJSDocCommentsAndTags(owner).filter(ts.isJSDoc)
  const comment = comments.at(-1)
  if (comment === undefined) return ["a comment"]
  const tags = (comment.tags ?? []).map((tag) => tag.tagName.text)
  const [example] = (comment.tags ?? []).filter((tag) => tag.tagName.text === "example")
  return [
    ...(text(comment.comment) === "" && example === undefined ? ["words"] : []),
    ...(tags.includes("since") ? [] : ["@since"]),
    ...(needsCategory && !tags.includes("category") ? ["@category"] : [])
  ]
}

/** Every public export whose documentation lacks something: `src/x.ts:12 name: @since`. */
export const undocumented = (root) => {
  const entries = entrySources(root)
  const { config } = ts.readConfigFile(join(root, "tsconfig.build.json"), ts.sys.readFile)
  const { options } = ts.parseJsonConfigFileContent(config, ts.sys, root)
  const program = ts.createProgram(entries, { ...options, noEmit: true, skipLibCheck: true })
  const checker = program.getTypeChecker()
  const found = new Set()
  const seen = new Set()
  let count = 0

  const place = (node) => {
    const source = node.getSourceFile()
    const { line } = source.getLineAndCharacterOfPosition(node.getStart(source))
    return `${source.fileName.slice(join(root, "/").length)}:${line + 1}`
  }
  const add = (node, name, missing) => {
    if (missing.length > 0) found.add(`${place(node)} ${name}: ${missing.join(", ")}`)
  }
  const visitModule = (symbol) => {
    if (seen.has(symbol)) return
    seen.add(symbol)
    for (const exported of checker.getExportsOfModule(symbol)) visit(exported)
  }
  const visit = (symbol) => {
    for (const declaration of symbol.declarations ?? []) {
      // `export * as Name from "…"` is an export of its own, with words of its own
      if (ts.isNamespaceExport(declaration)) add(declaration, symbol.name, lacks(declaration.parent, true))
    }
    const target = symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol
    if (target.flags & ts.SymbolFlags.ValueModule) return visitModule(target)
    if (seen.has(target)) return
    seen.add(target)
    for (const declaration of target.declarations ?? []) {
      if (!declaration.getSourceFile().fileName.startsWith(join(root, "src/"))) continue
      count += 1
      add(declaration, symbol.name, lacks(declaration, true))
    }
  }
  for (const entry of entries) {
    const source = program.getSourceFile(entry)
    const symbol = source && checker.getSymbolAtLocation(source)
    if (symbol === undefined) {
      found.add(`${entry}: no module`)
      continue
    }
    const [head] = source.statements
    const comments = head === undefined ? [] : ts.getJSDocCommentsAndTags(head).filter(ts.isJSDoc)
    const full = source.getFullText().trimStart()
    if (!full.startsWith("/**") || !/@since/.test(full.slice(0, full.indexOf("*/")))) {
      found.add(`${place(source)} the module: ${comments.length === 0 ? "a comment" : "@since"}`)
    }
    visitModule(symbol)
  }
  return { count, found: [...found].sort() }
}
