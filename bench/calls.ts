// One comparison alone, of the built package: `TSX_TSCONFIG_PATH=bench/tsconfig.json npx tsx bench/calls.ts app 64 15 UndiciClient`.
import { compare, startServer } from "./compare.js"
import { callTable } from "./report.js"

const [kind = "app", atOnceText = "64", count = "15", only = ""] = process.argv.slice(2)
const atOnce = Number(atOnceText)
const { baseUrl } = await startServer()
const times = kind === "stream" ? 1 : kind === "keys" ? 100 : atOnce === 1 ? 1500 : 5120
const options = { rounds: Number(count), times, atOnce, warmUp: times * 10 }
const measured = await compare(kind, baseUrl, options, (name) => new RegExp(only).test(name))
process.stdout.write(`${callTable(`${kind}, ${atOnce} at once`, measured)}\n`)
process.exit(0)
