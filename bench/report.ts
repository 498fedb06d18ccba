// Tables of what was measured.
import { readFileSync } from "node:fs"
import { cpus, loadavg } from "node:os"
import type { Measured } from "./rounds.js"

/** One line of the table of goals. */
export interface Row {
  readonly what: string
  readonly floor: string
  readonly must: ReadonlyArray<number>
  readonly aim: ReadonlyArray<number>
  readonly own: ReadonlyArray<number>
  /** Less is better. */
  readonly isCost?: boolean
}

const round = (value: number): string => (Math.abs(value) >= 10 ? value.toFixed(1) : value.toFixed(2))

const verdict = ({ aim, isCost, must, own }: Row): string => {
  const meets = (goals: ReadonlyArray<number>) =>
    own.every((value, index) => {
      const goal = goals[index] ?? Number.NaN
      return isCost === true ? value <= goal + 0.05 : value >= goal
    })
  return meets(aim) ? "aim" : meets(must) ? "must" : "missed"
}

/** The table of goals. */
export const table = (rows: ReadonlyArray<Row>): string =>
  [
    "| what | floor | must | aim | measured | reached |",
    "|---|---|---|---|---|---|",
    ...rows.map((row) => {
      const cells = [row.must, row.aim, row.own].map((values) => values.map(round).join(" / "))
      return `| ${row.what} | ${row.floor} | ${cells.join(" | ")} | ${verdict(row)} |`
    })
  ].join("\n")

/** One comparison. */
export const callTable = (title: string, measured: ReadonlyArray<Measured>): string =>
  [
    `### ${title}`,
    "",
    "| who | µs | times as fast as the first | processor µs | the first's processor time over it |",
    "|---|---|---|---|---|",
    ...measured.map(
      ({ cpu, cpuRatio, micros, name, ratio }) =>
        `| ${name} | ${micros.toFixed(0)} | ${ratio.toFixed(2)} | ${cpu.toFixed(0)} | ${cpuRatio.toFixed(2)} |`
    )
  ].join("\n")

const versionOf = (name: string): string => {
  const text = readFileSync(new URL(`../node_modules/${name}/package.json`, import.meta.url), "utf8")
  return `${name} ${(JSON.parse(text) as { readonly version: string }).version}`
}

const packages = ["effect", "@effect/platform", "@effect/platform-node", "undici", "@wacht/backend", "stripe", "openai"]

/** The page that is kept. */
export const resultsPage = (
  rows: ReadonlyArray<Row>,
  parts: ReadonlyArray<readonly [string, ReadonlyArray<Measured>]>
): string => `# Results of \`npm run bench\`

${new Date().toISOString().slice(0, 10)}, Node ${process.version}, ${cpus().length} processors (${cpus()[0]?.model ?? "unknown"}), load average ${loadavg()[0]?.toFixed(1) ?? "?"}.
${packages.map(versionOf).join(", ")}.

Ratios are of the same run: all cases take turns in every round, a ratio is the median of the rounds' own ratios. Over 1 is faster than the
first. The server and every client have processes of their own on the same machine. Processor time is the client's alone.

${table(rows)}

${parts.map(([title, measured]) => callTable(title, measured)).join("\n\n")}
`
