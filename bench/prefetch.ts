// Reading ahead: the audit stream of 20 pages of 1,000 rows whose every answer takes 20 ms, for a consumer that takes as long for a page.
// `TSX_TSCONFIG_PATH=bench/tsconfig.json npx tsx bench/prefetch.ts`
import * as HttpClient from "@effect/platform/HttpClient"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Stream from "effect/Stream"
import * as ApiKeys from "effect-wacht/ApiKeys"
import * as UndiciClient from "effect-wacht/UndiciClient"
import { sdkRuntime } from "./clients.js"
import { startServer } from "./compare.js"
import { median } from "./rounds.js"
import { window } from "./stream.js"

const wait = Effect.sleep(20)
const Slow = Layer.effect(
  HttpClient.HttpClient,
  Effect.map(HttpClient.HttpClient, HttpClient.transformResponse(Effect.zipLeft(wait)))
).pipe(Layer.provide(UndiciClient.layer))

const { baseUrl } = await startServer()
const runtime = sdkRuntime(baseUrl, Slow)
const read = (prefetch: number) =>
  ApiKeys.streamApiAuditLogs("audit-app", window, { prefetch }).pipe(Stream.runForEachChunk(() => wait))

const times = new Map<number, Array<number>>()
for (let round = 0; round < 7; round++) {
  for (const prefetch of [0, 1, 2]) {
    const start = performance.now()
    await runtime.runPromise(read(prefetch))
    times.set(prefetch, [...(times.get(prefetch) ?? []), performance.now() - start])
  }
}
for (const [prefetch, taken] of times) {
  process.stdout.write(`prefetch ${prefetch}: ${median(taken).toFixed(0)} ms\n`)
}
process.exit(0)
