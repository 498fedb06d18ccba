// A process of its own: what 100,000 calls leave in the heap.
import * as UndiciClient from "effect-wacht/UndiciClient"
import { fromEffect, sdkCall, sdkRuntime } from "./clients.js"

const [baseUrl = "", times = "100000"] = process.argv.slice(2)
const runtime = sdkRuntime(baseUrl, UndiciClient.layer)
const { run } = fromEffect("", runtime, sdkCall("app"))

const settled = async (): Promise<number> => {
  for (let i = 0; i < 5; i++) {
    globalThis.gc?.()
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
  return process.memoryUsage().heapUsed
}

await run(5000, 64)
const before = await settled()
await run(Number(times), 64)
const after = await settled()
process.stdout.write(String((after - before) / 1024 / 1024))
await runtime.dispose()
