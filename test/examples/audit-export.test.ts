import { assert, describe, it } from "@effect/vitest"
import { ApiKeys, Gateway } from "effect-wacht"
import { Emulator, Fault } from "effect-wacht/testing"
import * as Arr from "effect/Array"
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Option from "effect/Option"
import * as TestClock from "effect/TestClock"
import { Archive, exportAuditLogs, watchDenials } from "../../examples/audit-export.js"
import { printBlocked } from "../../examples/audit-print.js"

const now = Date.parse("2026-11-23T10:00:00Z")

/** An app whose keys may call once a minute, and a check of its key. */
const provision = Effect.gen(function* () {
  const keys = yield* ApiKeys.ApiKeys
  const gateway = yield* Gateway.Gateway
  const rules = [{ unit: "minute", duration: 1, maxRequests: 1 }] as const
  yield* keys.createRateLimitScheme({ slug: "slow", name: "Slow", rules })
  yield* keys.createApiAuthApp({ appSlug: "reports", name: "Reports", keyPrefix: "acme", rateLimitSchemeSlug: "slow" })
  const { secret } = yield* keys.createApiKey("reports", { name: "nightly" })
  return gateway.checkAuthz({ principal: { type: "api_key", value: secret }, resource: "/v1", method: "GET" })
})

describe("the audit export", () => {
  it.effect("stores every row once, over a crash", () =>
    Effect.gen(function* () {
      yield* TestClock.setTime(now)
      yield* Effect.repeatN(yield* provision, 24)
      yield* TestClock.adjust("1 second")
      const stored: Array<string> = []
      let position = Option.none<string>()
      let pages = 0
      const archive = Archive.of({
        store: (rows, at) => {
          if (++pages === 2) return Effect.die("disk full")
          stored.push(...rows)
          position = Option.some(at)
          return Effect.void
        },
        position: Effect.sync(() => position)
      })
      const emulator = yield* Emulator.Emulator
      const run = exportAuditLogs("reports", { limit: 10 }).pipe(Effect.provideService(Archive, archive))
      const crash = yield* Effect.exit(run)
      assert.strictEqual(crash._tag, "Failure")
      assert.strictEqual(stored.length, 10)
      yield* run
      const { auditRows } = yield* emulator.state
      assert.strictEqual(new Set(auditRows.map(({ requestId }) => requestId)).size, 25)
      assert.strictEqual(new Set(stored).size, 25)
      assert.deepStrictEqual(
        stored.map((line) => line.split(" ")[1]),
        Arr.reverse(auditRows).map(({ outcome }) => outcome)
      )
    }).pipe(Effect.provide(Emulator.layerWacht()))
  )

  it.effect("prints denials", () =>
    Effect.gen(function* () {
      yield* TestClock.setTime(now)
      yield* Effect.repeatN(yield* provision, 2)
      yield* TestClock.adjust("1 second")
      const printed: Array<ReadonlyArray<unknown>> = []
      const console = yield* Console.consoleWith(Effect.succeed)
      const log = (...line: ReadonlyArray<unknown>) => Effect.sync(() => void printed.push(line))
      yield* Effect.withConsole(printBlocked, { ...console, log })
      assert.deepStrictEqual(
        printed.map(([moment, path]) => [typeof moment, path]),
        [
          ["string", "GET /v1"],
          ["string", "GET /v1"]
        ]
      )
    }).pipe(Effect.provide(Emulator.layerWacht()))
  )

  it.effect("watches denials, those from before a restart too", () =>
    Effect.gen(function* () {
      yield* TestClock.setTime(now)
      const check = yield* provision
      const { failNext } = yield* Emulator.Emulator
      const stored: Array<string> = []
      let position = Option.none<string>()
      const archive = Archive.of({
        store: (rows, at) =>
          Effect.sync(() => {
            stored.push(...rows)
            position = Option.some(at)
          }),
        position: Effect.sync(() => position)
      })
      const watch = Effect.fork(Effect.provideService(watchDenials("reports", new Date(now)), Archive, archive))
      const stopped = yield* watch
      yield* TestClock.adjust("5 seconds")
      yield* Fiber.interrupt(stopped)
      yield* Effect.repeatN(check, 2)
      yield* TestClock.adjust("1 second")
      const fiber = yield* watch
      for (let step = 0; step < 8; step++) yield* TestClock.adjust("5 seconds")
      const lines = ["nightly was refused GET /v1", "nightly was refused GET /v1"]
      assert.deepStrictEqual(stored, lines)
      // Nothing comes, and then nothing can be read for longer than the policy repeats.
      yield* TestClock.adjust("1 minute")
      const quiet = position
      yield* TestClock.adjust("1 minute")
      assert.notDeepEqual(position, quiet)
      yield* failNext(Fault.status(503), { operation: "getApiAuditLogs" }, 8)
      yield* TestClock.adjust("1 minute")
      // One that is let through, and one that is not.
      yield* Effect.repeatN(check, 1)
      yield* TestClock.adjust("5 minutes")
      assert.deepStrictEqual(stored, [...lines, "nightly was refused GET /v1"])
      yield* Fiber.interrupt(fiber)
    }).pipe(Effect.provide(Emulator.layerWacht()))
  )
})
