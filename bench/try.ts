import { fork } from "node:child_process"
import { makeClients } from "./clients.js"
import { rounds } from "./rounds.js"
const server = fork(new URL("./server.ts", import.meta.url).pathname)
const baseUrl = await new Promise<string>((resolve) => server.once("message", (m) => resolve(String(m))))
const clients = makeClients(baseUrl)
const only = process.argv[2] ?? "."
for (const [atOnce, times] of [
  [1, 300],
  [64, 1280]
] as const) {
  const cases = clients.cases("app").filter((c, i) => i === 0 || new RegExp(only).test(c.name))
  const m = await rounds(cases, { rounds: Number(process.argv[3] ?? 9), times, atOnce })
  console.log(`--- ${atOnce} at once`)
  for (const one of m)
    console.log(
      one.name.padEnd(60),
      one.micros.toFixed(0).padStart(6),
      one.ratio.toFixed(2),
      "cpu",
      one.cpu.toFixed(0).padStart(5),
      one.cpuRatio.toFixed(2)
    )
}
await clients.close()
server.disconnect()
process.exit(0)
