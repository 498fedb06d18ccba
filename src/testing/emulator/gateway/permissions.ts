/** What a caller must be allowed to do, and whether it is. */
import { trim } from "../text.js"

const and = " AND "
const or = " OR "

/**
 * Judges `required_permissions` against the effective permissions. The entries are joined textually: there is no
 * precedence between entries other than that of the words inside them, so `["a OR b", "c"]` means a, or b and c.
 */
export const isPermitted = (required: ReadonlyArray<string>, effective: ReadonlySet<string>): boolean => {
  const entries = required.map(trim).filter((entry) => entry !== "")
  return holds(entries.join(and), effective)
}

const holds = (joined: string, effective: ReadonlySet<string>): boolean => {
  const has = (part: string) => effective.has(trim(part))
  if (!joined.includes(and) && !joined.includes(or)) {
    // only here a comma separates, and parentheses are characters: with a word between permissions a comma belongs to their names
    return joined
      .split(",")
      .filter((part) => trim(part) !== "")
      .every(has)
  }
  const expression = withoutOuterParentheses(joined)
  // grouping is not understood: what is left of it makes the whole unsatisfiable
  if (/[()]/.test(expression)) return false
  return expression.split(or).some((alternative) => alternative.split(and).every(has))
}

/** The inside of parentheses that enclose the whole expression. */
const withoutOuterParentheses = (expression: string): string => {
  const partners = partnersOf(expression)
  let start = 0
  let end = expression.length - 1
  while (partners.get(start) === end) {
    start++
    end--
    while (expression[start] === " ") start++
    while (expression[end] === " ") end--
  }
  return expression.slice(start, end + 1)
}

/** Where each opening parenthesis is closed. */
const partnersOf = (text: string): ReadonlyMap<number, number> => {
  const partners = new Map<number, number>()
  const open: Array<number> = []
  for (let index = 0; index < text.length; index++) {
    if (text[index] === "(") open.push(index)
    const partner = text[index] === ")" ? open.pop() : undefined
    if (partner !== undefined) partners.set(partner, index)
  }
  return partners
}
