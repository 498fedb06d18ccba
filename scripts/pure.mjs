// Marks the calls that make a module's own constants as free of side effects, so that a bundler can leave out what an app does not use.
// Every call in src/ that is made when a module loads only builds a value; those inside functions are left as they are.
import { readdirSync, readFileSync, writeFileSync } from "node:fs"
import ts from "typescript"

const mark = "/*#__PURE__*/ "

/** Where the calls of an expression begin; a chain of calls begins in one place. */
const callsOf = (root, file) => {
  const starts = new Set()
  const visit = (node) => {
    if (ts.isFunctionLike(node)) return
    if (ts.isCallExpression(node) || ts.isNewExpression(node)) starts.add(node.getStart(file))
    ts.forEachChild(node, visit)
  }
  visit(root)
  return starts
}

/** The same code with marks. */
const markPure = (code) => {
  const file = ts.createSourceFile("module.js", code, ts.ScriptTarget.ES2022, true)
  const starts = new Set()
  const add = (node) => {
    for (const start of node === undefined ? [] : callsOf(node, file)) starts.add(start)
  }
  for (const statement of file.statements) {
    if (ts.isVariableStatement(statement)) {
      for (const { initializer } of statement.declarationList.declarations) add(initializer)
    } else if (ts.isClassDeclaration(statement)) {
      for (const { types } of statement.heritageClauses ?? []) for (const { expression } of types) add(expression)
    }
  }
  let marked = code
  for (const start of [...starts].sort((a, b) => b - a)) marked = marked.slice(0, start) + mark + marked.slice(start)
  return marked
}

/** Marks every module of a folder. */
export const markFolder = (folder) => {
  for (const name of readdirSync(folder, { recursive: true, encoding: "utf8" })) {
    if (!name.endsWith(".js")) continue
    const path = `${folder}/${name}`
    writeFileSync(path, markPure(readFileSync(path, "utf8")))
  }
}
