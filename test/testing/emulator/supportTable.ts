/** The support table of docs/emulator.md, made of the results of a conformance run. */
import { readFileSync } from "node:fs"

interface Result {
  readonly operation: string
  readonly ok: boolean
}
interface Route {
  readonly id: string
  readonly method: string
  readonly path: string
}

const start = "<!-- conformance: written by `npm run conformance -- --write-docs` -->"
const end = "<!-- /conformance -->"

const contract: { readonly routes: ReadonlyArray<Route> } = JSON.parse(
  readFileSync(new URL("../../contract/contract.json", import.meta.url), "utf8")
)

export const supportTable = (results: ReadonlyArray<Result>): string => {
  const count = (operation: string) => {
    const own = results.filter((result) => result.operation === operation)
    return `${own.filter(({ ok }) => ok).length} / ${own.length}`
  }
  const rows = contract.routes.map(({ id, method, path }) => `| \`${id}\` | \`${method} ${path}\` | ${count(id)} |`)
  const agree = results.filter(({ ok }) => ok).length
  return [
    "| Operation | Route | Recorded exchanges that agree |",
    "|---|---|---|",
    ...rows,
    `| unknown paths and wrong methods | | ${count("(routing)")} |`,
    `| **all** | | **${agree} / ${results.length}** |`
  ].join("\n")
}

/** The page with the table put in. */
export const withTable = (page: string, table: string): string => {
  const [before = "", rest = ""] = page.split(start)
  const [, after = ""] = rest.split(end)
  return `${before}${start}\n\n${table}\n\n${end}${after}`
}

export const page = new URL("../../../docs/emulator.md", import.meta.url)
