import { assert, describe, it } from "@effect/vitest"
import { Policy } from "effect-wacht"
import * as Effect from "effect/Effect"
import { type Case, runMatrix } from "./matrix.js"

/** One of each safety, with and without a result, a repeat answer, a form, a raw id. */
const representatives = new Set([
  "getRateLimitScheme",
  "updateOAuthApp",
  "deleteApiAuthApp",
  "createApiKey",
  "createOAuthApp",
  "checkAuthz"
])

/** What every operation is tried with. */
const forAll = new Set([
  "reset before headers",
  "wrong shape",
  "HTML 502",
  "429 without a delay",
  "401",
  "403",
  "404",
  "409"
])

/** The representatives with every client, all others with the one that most of the world runs. */
const isInCore = ({ client, operation, variant }: Case): boolean =>
  client === "wrapped"
    ? operation.name === "createApiKey"
    : representatives.has(operation.name) || (client === "fetch" && forAll.has(variant.name))

/** In milliseconds: the slowest takes 4 s, and one that nothing ends 36. */
const tooLong = 25_000

const policy = Policy.fromOptions({ base: "1 millis", throttledBase: "1 millis" })

describe("faults on real sockets", () => {
  it.live(
    "end in time with the right error, its status and the server's words, under a policy",
    () =>
      Effect.gen(function* () {
        const report = yield* runMatrix(
          { policy, concurrency: 16 },
          (current) => current.isPolicyOn && isInCore(current) && current.variant.needsLimit !== true
        )
        const wrong = report.results.flatMap(({ client, operation, problems, variant }) =>
          problems.map((problem) => `${variant.name} | ${operation.name} | ${client}: ${problem}`)
        )
        assert.deepStrictEqual(wrong, [])
        assert.isBelow(Math.max(...report.results.map(({ millis }) => millis)), tooLong)
        assert.strictEqual(new Set(report.results.map(({ variant }) => variant.kind)).size, 20)
        assert.strictEqual(new Set(report.results.map(({ operation }) => operation.name)).size, 36)
        assert.strictEqual(report.strayRequests, 0, "requests at a redirect's target")
        assert.strictEqual(report.openSockets, 0, "sockets left open")
      }),
    240_000
  )

  it.live(
    "end at the attempt's limit, with a policy and without one",
    () =>
      Effect.gen(function* () {
        const report = yield* runMatrix(
          { attemptLimit: "1 second", policy, concurrency: 250 },
          (current) => representatives.has(current.operation.name) && current.variant.needsLimit === true
        )
        const wrong = report.results.flatMap(({ client, operation, problems, variant }) =>
          problems.map((problem) => `${variant.name} | ${operation.name} | ${client}: ${problem}`)
        )
        assert.deepStrictEqual(wrong, [])
        assert.isBelow(Math.max(...report.results.map(({ millis }) => millis)), tooLong)
        assert.deepStrictEqual(
          [...new Set(report.results.map(({ variant }) => variant.kind))],
          ["no headers", "slow headers", "stalled body", "trickling body"]
        )
        assert.strictEqual(report.openSockets, 0, "sockets left open")
      }),
    240_000
  )
})
