/**
 * The emulator in a process of its own, with many audit rows and with pages that fail at random.
 * Prints its URL once it listens: `tsx bench/audit/server.ts --rows 1000000 --failing 0.03 --audit meant`.
 */
import * as NodeHttpServer from "@effect/platform-node/NodeHttpServer"
import * as NodeRuntime from "@effect/platform-node/NodeRuntime"
import * as Effect from "effect/Effect"
import { createServer } from "node:http"
import { parseArgs } from "node:util"
import { Emulator } from "../../src/testing/index.js"
import { failAtRandom } from "./faults.js"
import { makeRows, world } from "./rows.js"

const { values } = parseArgs({
  options: {
    rows: { type: "string", default: "1000000" },
    failing: { type: "string", default: "0" },
    audit: { type: "string", default: "meant" }
  }
})
const audit = values.audit === "plainClickHouse" ? "plainClickHouse" : "meant"

const program = Effect.gen(function* () {
  const emulator = yield* Emulator.serve({
    world,
    auditRows: makeRows(Number(values.rows), Date.now()),
    auditCap: 2_000_000,
    audit
  })
  if (Number(values.failing) > 0) yield* failAtRandom(emulator, Number(values.failing), audit)
  process.send?.(emulator.platformUrl)
  return yield* Effect.never
})

NodeRuntime.runMain(
  program.pipe(Effect.scoped, Effect.provide(NodeHttpServer.layerServer(createServer, { port: 0, host: "127.0.0.1" })))
)
