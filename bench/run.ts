// The benchmark: `npm run bench` (`-- --quick` for a first look). Prints a table and writes bench/RESULTS.md and docs/benchmark.svg.
import { execFileSync } from "node:child_process"
import { writeFileSync } from "node:fs"
import { fileURLToPath } from "node:url"
import type { Kind } from "./cases.js"
import { compare, startServer } from "./compare.js"
import { decoding } from "./decoding.js"
import { importCost } from "./imports.js"
import { plot } from "./plot.js"
import { callTable, type Row, resultsPage, table } from "./report.js"
import { type Measured, ratioOf } from "./rounds.js"
import { sizes } from "./size.js"

const isQuick = process.argv.includes("--quick")
const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url))
const count = isQuick ? 3 : 9

const { baseUrl, stop } = await startServer()
const say = (text: string) => process.stderr.write(`${text}\n`)

const measure = (kind: Kind, options: Omit<Parameters<typeof compare>[2], "rounds">) => {
  say(`${kind}, ${options.atOnce} at once`)
  return compare(kind, baseUrl, { ...options, rounds: count })
}

const one = await measure("app", { times: 1500, atOnce: 1, warmUp: 10_000 })
const many = await measure("app", { times: 5120, atOnce: 64, warmUp: 38_400 })
const unsized = await measure("unsized", { times: 1500, atOnce: 1, warmUp: 10_000 })
const refusals = await measure("missing", { times: 1500, atOnce: 1, warmUp: 10_000 })
const lists = await measure("keys", { times: 100, atOnce: 1, warmUp: 1500 })
const spans = await measure("spans", { times: 5120, atOnce: 64, warmUp: 38_400 })
const streams = await measure("stream", { times: 1, atOnce: 1, warmUp: 8 })
say("decoding")
const decoded = await decoding(count)
say("import, sizes, heap")
const imported = importCost(isQuick ? 3 : 9)
const weights = await sizes()
const calls = isQuick ? 10_000 : 100_000
const heap = Number(
  execFileSync(process.execPath, ["--expose-gc", "--import", "tsx", here("heap.ts"), baseUrl, String(calls)], {
    encoding: "utf8"
  })
)
stop()

const find = (measured: ReadonlyArray<Measured>, name: string): Measured => {
  const found = measured.find((one) => one.name.includes(name))
  if (found === undefined) throw new Error(`nothing measured of ${name}`)
  return found
}
const ratio = (measured: ReadonlyArray<Measured>, name: string): number => find(measured, name).ratio
const both = (name: string) => [ratio(one, name), ratio(many, name)]
const vendor = find(many, "@wacht/backend")

const rows: ReadonlyArray<Row> = [
  {
    what: "one GET, stock undici layer, against raw fetch + JSON.parse: one at a time / 64 at once",
    floor: "0.63 / 0.46",
    must: [0.8, 0.75],
    aim: [1, 1],
    own: both("stock undici layer")
  },
  {
    what: "the same over the stock fetch layer",
    floor: "0.43 / 0.32",
    must: [0.5, 0.4],
    aim: [0.62, 0.5],
    own: both("stock fetch layer")
  },
  {
    what: "the same over `effect-wacht/UndiciClient`",
    floor: "–",
    must: [1.15, 1.4],
    aim: [1.6, 2.8],
    own: both("effect-wacht/UndiciClient")
  },
  {
    what: "against `@wacht/backend`, small GET, 64 at once: stock undici / UndiciClient",
    floor: "–",
    must: [1, 1.3],
    aim: [1.15, 2.5],
    own: [ratioOf(find(many, "stock undici layer"), vendor), ratioOf(find(many, "effect-wacht/UndiciClient"), vendor)]
  },
  {
    what: "list of 100 keys decoded, UndiciClient, against raw fetch + JSON.parse",
    floor: "0.32",
    must: [0.55],
    aim: [0.85],
    own: [ratio(lists, "effect-wacht/UndiciClient")]
  },
  {
    what: "audit page of 1,000 rows: JSON.parse / (parse + decode)",
    floor: "0.15",
    must: [0.45],
    aim: [0.65],
    own: [ratio(decoded.audit, "compiled")]
  },
  {
    what: "audit stream end to end, against a fetch + JSON.parse loop over the same pages",
    floor: "–",
    must: [0.6],
    aim: [1],
    own: [ratio(streams, "UndiciClient")]
  },
  { what: "own import cost over loaded peers, ms", floor: "–", must: [30], aim: [12], own: [imported], isCost: true },
  {
    what: "own code, minified + gzip, peers external, KiB: all / one service",
    floor: "–",
    must: [20, 12],
    aim: [14, 9],
    own: [weights.all, weights.one],
    isCost: true
  },
  {
    what: "an app with one operation, peers included, gzip, KiB",
    floor: "98",
    must: [110],
    aim: [100],
    own: [weights.app],
    isCost: true
  },
  {
    what: `heap after ${calls.toLocaleString("en")} calls, MiB`,
    floor: "–",
    must: [5],
    aim: [0],
    own: [heap],
    isCost: true
  }
]

const parts = [
  ["One GET of 420 bytes, one at a time", one],
  ["One GET of 420 bytes, 64 at once", many],
  ["The same one at a time, without a length: as behind a proxy that packs or rewrites bodies", unsized],
  ["A refusal, 404, one at a time", refusals],
  ["A list of 100 keys, 73 KB, one at a time", lists],
  ["The span of a call, 64 at once, over UndiciClient", spans],
  ["A page of 1,000 audit rows, 400 KB, without a network", decoded.audit],
  ["A list of 100 keys, without a network", decoded.keys],
  ["20 pages of 1,000 audit rows", streams]
] as const

process.stdout.write(`${table(rows)}\n\n${parts.map(([title, measured]) => callTable(title, measured)).join("\n\n")}\n`)
if (!isQuick) {
  writeFileSync(here("RESULTS.md"), resultsPage(rows, parts))
  writeFileSync(here("../docs/benchmark.svg"), plot(one, many))
}
process.exit(0)
