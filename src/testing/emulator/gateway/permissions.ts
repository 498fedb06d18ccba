/** What a caller must be allowed to do, and whether it is. */

const and = " AND "
const or = " OR "

/**
 * Judges `required_permissions` against the effective permissions. The entries are joined textually: there is no
 * precedence between entries other than that of the words inside them, so `["a OR b", "c"]` means a, or b and c.
 */
export const isPermitted = (required: ReadonlyArray<string>, effective: ReadonlySet<string>): boolean => {
  const entries = required.map((entry) => entry.trim()).filter((entry) => entry !== "")
  return entries.length === 0 || holds(withoutOuterParentheses(entries.join(and)), effective)
}

const holds = (expression: string, effective: ReadonlySet<string>): boolean => {
  const has = (part: string) => effective.has(part.trim())
  if (!expression.includes(and) && !expression.includes(or)) {
    // only here a comma separates: with a word between permissions it belongs to their names
    return expression
      .split(",")
      .filter((part) => part.trim() !== "")
      .every(has)
  }
  // grouping is not understood: what is left of it makes the whole unsatisfiable
  if (/[()]/.test(expression)) return false
  return expression.split(or).some((alternative) => alternative.split(and).every(has))
}

/** The inside of parentheses that enclose the whole expression. */
const withoutOuterParentheses = (expression: string): string => {
  let inside = expression
  while (inside.startsWith("(") && closes(inside) === inside.length - 1) inside = inside.slice(1, -1).trim()
  return inside
}

/** Where the parenthesis that the text begins with is closed. */
const closes = (text: string): number => {
  let depth = 0
  for (let index = 0; index < text.length; index++) {
    if (text[index] === "(") depth++
    else if (text[index] === ")" && --depth === 0) return index
  }
  return -1
}
