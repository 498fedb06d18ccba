// Writes docs/api.md from the descriptors: `npx tsx scripts/api-docs.ts`; a test holds it current.
import * as fs from "node:fs"
import { apiKeysOperations } from "../src/services/internal/operations/apiKeys.js"
import { gatewayOperations } from "../src/services/internal/operations/gateway.js"
import { oauthOperations } from "../src/services/internal/operations/oauth.js"

const file = new URL("../docs/api.md", import.meta.url)

interface Row {
  readonly name: string
  readonly method: string
  readonly path: string
  readonly repeat: string
  readonly repeatAnswer: RegExp | undefined
  readonly errors: object
}

const safety = (row: Row): string =>
  ({
    safe: "yes",
    idempotent: row.repeatAnswer !== undefined ? "yes, a repeat answers 404" : "yes",
    unsafe: "**no**",
    metered: "only when asked"
  })[row.repeat] ?? row.repeat

const classes: ReadonlyArray<readonly [number, string]> = [
  [400, "Validation"],
  [403, "Authorization"],
  [404, "NotFound"],
  [409, "Conflict"]
]

/** The names of an operation's error classes, the union that all calls share last. */
export const errorsOf = (row: Pick<Row, "repeat" | "errors">): ReadonlyArray<string> => [
  ...classes.filter(([status]) => status in row.errors).map(([, name]) => `${name}Error`),
  row.repeat === "unsafe" ? "UnsafeCallError" : "CallError"
]

const errors = (row: Row): string =>
  errorsOf(row)
    .map((name) => (name.endsWith("CallError") ? `\`${name}\`` : name.slice(0, -"Error".length)))
    .join(", ")

const table = (service: string, rows: ReadonlyArray<Row>): string =>
  [
    `## ${service}`,
    "",
    "| operation | route | may be repeated | errors |",
    "|---|---|---|---|",
    ...rows.map((row) => `| \`${row.name}\` | \`${row.method} ${row.path}\` | ${safety(row)} | ${errors(row)} |`),
    ""
  ].join("\n")

export const render = (): string =>
  [
    "# The operations",
    "",
    "Made from the descriptors by `npx tsx scripts/api-docs.ts`; a test holds it current.",
    "",
    "`CallError` = Authentication, RateLimit, Server, UnexpectedStatus, Transport, Timeout, Encode, Decode.",
    "`UnsafeCallError` = Authentication, RateLimit, UnexpectedStatus, Transport, Encode, OutcomeUnknown.",
    "Each name stands for the class of that name with `Error` behind it.",
    "",
    "`Contract: section N` in a method's comment is the section of the API's contract, as recorded from the server, that its facts come from. The",
    "contract's machine-readable half, its examples and the recordings are in the repository's `test/contract`.",
    "",
    table("ApiKeys", Object.values(apiKeysOperations)),
    table("OAuth", Object.values(oauthOperations)),
    table("Gateway", Object.values(gatewayOperations)),
    "## Any other route of the platform",
    "",
    "```ts",
    fs
      .readFileSync(new URL("../examples/any-route.ts", import.meta.url), "utf8")
      .replace(/^import .*\n/gm, "")
      .trim(),
    "```",
    "",
    '`safety` says whether the call may be repeated, `response` is the shape of the answer (`Schema.Void` ignores it), `query` and `body` (none with `GET`) are optional. It fails with Validation, Authorization, NotFound and Conflict errors and `CallError`, of `safety: "unsafe"` with `UnsafeCallError` in its place.',
    ""
  ].join("\n")

if (process.argv[1]?.endsWith("api-docs.ts") === true) fs.writeFileSync(file, render())
