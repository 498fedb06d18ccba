// One comparison alone, for work on the kernel: `npx tsx bench/calls.ts app 64 15 UndiciClient`.
import { fork } from "node:child_process"
import { fileURLToPath } from "node:url"
import { casesOf } from "./cases.js"
import { callTable } from "./report.js"
import { inOwnProcess, rounds, type Runner } from "./rounds.js"

const [kind = "app", atOnceText = "64", count = "15", only = ""] = process.argv.slice(2)
const atOnce = Number(atOnceText)
const server = fork(fileURLToPath(new URL("server.ts", import.meta.url)), { execArgv: ["--import", "tsx"] })
const baseUrl = await new Promise<string>((resolve) => {
  server.once("message", (url) => resolve(String(url)))
})
const runners: Array<Runner> = []
for (const [index, one] of casesOf(kind, baseUrl).entries()) {
  if (index === 0 || new RegExp(only).test(one.name)) runners.push(await inOwnProcess(kind, index, baseUrl))
}
const times = kind === "stream" ? 1 : kind === "keys" ? 100 : atOnce === 1 ? 1500 : 5120
const measured = await rounds(runners, { rounds: Number(count), times, atOnce, warmUp: times * 10 })
process.stdout.write(`${callTable(`${kind}, ${atOnce} at once`, measured)}\n`)
process.exit(0)
