import ts from "typescript"

/** Every module that a file names, in `import`, `export … from`, `import(…)` and the types `import("…")`. */
export const importsOf = (fileName, text) => {
  const found = []
  const add = (node) => {
    if (node !== undefined && ts.isStringLiteral(node)) found.push(node.text)
  }
  const visit = (node) => {
    if (ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) add(node.moduleSpecifier)
    else if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument)) add(node.argument.literal)
    else if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword) add(node.arguments[0])
    ts.forEachChild(node, visit)
  }
  visit(ts.createSourceFile(fileName, text, ts.ScriptTarget.ES2022, false))
  return found
}
