import { assert, describe, it } from "@effect/vitest"
import { ApiKeys, Gateway, Policy, RequestPolicy } from "effect-wacht"
import { Emulator } from "effect-wacht/testing"
import * as Effect from "effect/Effect"
import * as Logger from "effect/Logger"
import * as Redacted from "effect/Redacted"
import * as Stream from "effect/Stream"
import * as TestClock from "effect/TestClock"
import { failAtRandom } from "../../../../bench/audit/faults.js"
import { appSlug, makeRows, numberOf, secret, world } from "../../../../bench/audit/rows.js"
import { collectGarbage } from "../../../support/gc.js"

// `npm run audit-proof` does the same with a million rows, a server in another process and a tail beside.
const count = 20_000
const now = Date.parse("2026-11-23T10:00:00Z")
// All rows of this run would take 15 MiB.
const allowedGrowth = 12 * 2 ** 20

const heapUsed = (): number => {
  collectGarbage()
  return process.memoryUsage().heapUsed
}

const check = Effect.flatMap(Gateway.Gateway, (gateway) =>
  gateway.checkAuthz({
    principal: { type: "api_key", value: Redacted.make(secret) },
    resource: "/v1/new",
    method: "GET"
  })
)

/** Reads the whole trail; a row arrives with every page. */
const read = Effect.fn(function* (audit: "meant" | "plainClickHouse") {
  yield* failAtRandom(yield* Emulator.Emulator, 0.2, audit)
  const seen = new Uint8Array(count)
  const found = { lost: 0, twice: 0, strange: 0, pages: 0, failures: 0, grown: 0 }
  const retry = Policy.retryTransient({ attempts: 20, base: 0, throttledBase: 0 })
  const policy: RequestPolicy.CallPolicy = (call) =>
    retry(Effect.tapError(call, () => Effect.sync(() => found.failures++)))
  const before = heapUsed()
  yield* ApiKeys.streamApiAuditLogs(appSlug, { limit: 500 }).pipe(
    Stream.runForEachChunk((chunk) => {
      found.pages++
      for (const { row } of chunk) {
        const number = numberOf(row.requestId, count)
        if (number === undefined) found.strange++
        else if (seen[number] === 0) seen[number] = 1
        else found.twice++
      }
      if (found.pages % 10 === 0) found.grown = Math.max(found.grown, heapUsed() - before)
      return Effect.zipRight(TestClock.adjust("1 second"), check)
    }),
    (stream) => RequestPolicy.withPolicy(stream, policy)
  )
  found.lost = seen.reduce((sum, times) => sum + (times === 0 ? 1 : 0), 0)
  return found
})

describe("a trail of 20,000 rows, hundreds of them in one microsecond, a fifth of the pages failing", () => {
  for (const audit of ["meant", "plainClickHouse"] as const) {
    it.effect(`is read without loss, repetition or growth (${audit})`, () =>
      Effect.gen(function* () {
        yield* TestClock.setTime(now)
        const auditRows = makeRows(count, now)
        const found = yield* Effect.provide(read(audit), Emulator.layerWacht({ world, auditRows, audit }))
        assert.deepInclude(found, { lost: 0, twice: 0, strange: 0 })
        assert.isAtLeast(found.pages, 40)
        assert.isAtLeast(found.failures, 5)
        assert.isBelow(found.grown, allowedGrowth)
      }).pipe(Effect.provide(Logger.replace(Logger.defaultLogger, Logger.none)))
    )
  }
})
