// One call in a loop, for a profiler: `node --cpu-prof --import tsx bench/profile.ts undici 64`.
import * as FetchHttpClient from "@effect/platform/FetchHttpClient"
import * as NodeHttpClient from "@effect/platform-node/NodeHttpClient"
import * as UndiciClient from "effect-wacht/UndiciClient"
import { fromEffect, sdkCall, sdkRuntime } from "./clients.js"
import { startServer } from "./compare.js"

const layers = { undici: NodeHttpClient.layerUndici, fetch: FetchHttpClient.layer, own: UndiciClient.layer }
const [layer = "undici", atOnce = "64", times = "30000"] = process.argv.slice(2)
const { baseUrl, stop } = await startServer()
const runtime = sdkRuntime(baseUrl, layers[layer as keyof typeof layers])
const { run } = fromEffect("", runtime, sdkCall("app"))
await run(5000, Number(atOnce))
const before = process.cpuUsage()
const began = performance.now()
await run(Number(times), Number(atOnce))
const { user, system } = process.cpuUsage(before)
console.log(
  layer,
  atOnce,
  "cpu per call",
  ((user + system) / Number(times)).toFixed(1),
  "µs; wall",
  (((performance.now() - began) * 1000) / Number(times)).toFixed(1)
)
await runtime.dispose()
stop()
process.exit(0)
