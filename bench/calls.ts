// The calls alone, for work on the kernel: `npx tsx bench/calls.ts 64`.
import { fork } from "node:child_process"
import { fileURLToPath } from "node:url"
import { makeClients } from "./clients.js"
import { callTable } from "./report.js"
import { rounds } from "./rounds.js"

const [atOnceText = "64", roundsText = "9", only = ""] = process.argv.slice(2)
const atOnce = Number(atOnceText)
const server = fork(fileURLToPath(new URL("server.ts", import.meta.url)), { execArgv: ["--import", "tsx"] })
const baseUrl = await new Promise<string>((resolve) => server.once("message", (url) => resolve(String(url))))
const clients = makeClients(baseUrl)
const route = process.env["ROUTE"] === "keys" ? "keys" : "app"
const cases = clients.cases(route).filter((one, index) => index === 0 || new RegExp(only).test(one.name))
const times = route === "keys" ? 100 : atOnce === 1 ? 800 : 2560
console.log(
  callTable(`at once: ${atOnce}`, await rounds(cases, { rounds: Number(roundsText), times, atOnce, warmUp: times * 3 }))
)
await clients.close()
server.disconnect()
process.exit(0)
