/**
 * `npm run audit-proof`: reads a trail of a million rows from an emulator in another process, while rows arrive and pages fail,
 * and counts what was lost, what came twice and how the heap grew. Ends with status 1 unless that is 0, 0 and under 64 MiB.
 */
import * as NodeHttpClient from "@effect/platform-node/NodeHttpClient"
import * as NodeRuntime from "@effect/platform-node/NodeRuntime"
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import { parseArgs } from "node:util"
import { Wacht } from "../../src/index.js"
import { credential } from "./rows.js"
import { prove } from "./prove.js"
import { startServer } from "./start.js"

const { values } = parseArgs({
  options: {
    rows: { type: "string", default: "1000000" },
    "offset-rows": { type: "string", default: "200000" },
    failing: { type: "string", default: "0.03" },
    prefetch: { type: "string", default: "1" }
  }
})
const mebibyte = 2 ** 20
const allowedGrowth = 64 * mebibyte

const run = (audit: "meant" | "plainClickHouse", rows: number) =>
  Effect.gen(function* () {
    const started = Date.now()
    const url = yield* startServer({ rows, failing: Number(values.failing), audit })
    yield* Console.log(`${audit}: ${rows} rows on ${url}, up after ${((Date.now() - started) / 1000).toFixed(1)} s`)
    const services = Wacht.layer({ apiKey: Redacted.make(credential), baseUrl: url, gatewayUrl: url }).pipe(
      Layer.provide(NodeHttpClient.layerUndici)
    )
    const proof = yield* Effect.provide(prove({ rows, prefetch: Number(values.prefetch) }), services)
    const { arrived, failures, grown, lost, pages, seconds, strange, tailed, twice } = proof
    yield* Console.log(
      [
        `  stream: ${lost} lost, ${twice} twice, ${strange} outside the window`,
        `  tail:   ${arrived} rows arrived meanwhile, ${tailed.missed} missed, ${tailed.twice} twice, ${tailed.disordered} out of order`,
        `  ${pages} pages and ${failures} failures (${proof.kinds}), ${seconds.toFixed(1)} s, ${Math.round(rows / seconds)} rows/s`,
        `  heap growth after collection: ${(grown / mebibyte).toFixed(1)} MiB at most`
      ].join("\n")
    )
    const isClean = lost + twice + strange + tailed.missed + tailed.twice + tailed.disordered === 0
    return isClean && arrived > 0 && grown < allowedGrowth
  }).pipe(Effect.scoped)

const program = Effect.gen(function* () {
  const byDate = yield* run("meant", Number(values.rows))
  const byOffset = Number(values["offset-rows"]) === 0 || (yield* run("plainClickHouse", Number(values["offset-rows"])))
  yield* Console.log(byDate && byOffset ? "proven" : "NOT proven")
  process.exitCode = byDate && byOffset ? 0 : 1
})

NodeRuntime.runMain(program)
