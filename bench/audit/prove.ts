/** Streams and tails a trail of known rows, and counts. */
import type * as Chunk from "effect/Chunk"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Redacted from "effect/Redacted"
import * as Schedule from "effect/Schedule"
import * as Stream from "effect/Stream"
import { ApiKeys, Gateway, Policy, RequestPolicy } from "../../src/index.js"
import { AuditPosition } from "../../src/schemas/index.js"
import { appSlug, numberOf, secret } from "./rows.js"

export interface ProofOptions {
  readonly rows: number
  readonly prefetch: number
  /** The size of a page. */
  readonly limit?: number
}

/** The heap after a collection; 0 growth is all that can be told without `--expose-gc`. */
const heapUsed = (): number => {
  globalThis.gc?.()
  return process.memoryUsage().heapUsed
}

/** Repeats a page that failed, and counts how often and in which ways. */
const countingPolicy = (failures: Map<string, number>): RequestPolicy.CallPolicy => {
  const retry = Policy.retryTransient({ attempts: 10, base: "1 milli", throttledBase: "1 milli" })
  return (call) =>
    retry(
      Effect.tapError(call, (error) =>
        Effect.sync(() => {
          const tag = typeof error === "object" && error !== null && "_tag" in error ? String(error._tag) : "unknown"
          failures.set(tag, (failures.get(tag) ?? 0) + 1)
        })
      )
    )
}

/** What follows the gateway's own rows; they must come in the order of the trail, each once. */
const followed = (ids: Array<string>, disorder: { count: number }) => {
  let last: AuditPosition | undefined
  return ApiKeys.tailApiAuditLogs(appSlug, { lag: "2 seconds", interval: "1 second" }).pipe(
    Stream.runForEachChunk((chunk) =>
      Effect.sync(() => {
        for (const { position, row } of chunk) {
          ids.push(row.requestId)
          if (last !== undefined && AuditPosition.Order(last, position) >= 0) disorder.count++
          last = position
        }
      })
    )
  )
}

export const prove = ({ limit, prefetch, rows }: ProofOptions) =>
  Effect.gen(function* () {
    const gateway = yield* Gateway.Gateway
    const failures = new Map<string, number>()
    const policy = countingPolicy(failures)

    const written: Array<string> = []
    const write = gateway.checkAuthz({
      principal: { type: "api_key", value: Redacted.make(secret) },
      resource: "/v1/new",
      method: "GET"
    })
    const writing = yield* Effect.fork(
      Effect.replicateEffect(
        Effect.repeat(
          Effect.tap(write, ({ requestId }) => Effect.sync(() => written.push(requestId))),
          Schedule.spaced("10 millis")
        ),
        4,
        { concurrency: "unbounded", discard: true }
      )
    )
    const ids: Array<string> = []
    const disorder = { count: 0 }
    const tailing = yield* Effect.fork(RequestPolicy.withPolicy(followed(ids, disorder), policy))
    // The tail gives the rows of its own start on: those before it are not its own.
    yield* Effect.sleep("100 millis")
    const first = written.length

    const seen = new Uint8Array(rows)
    let pages = 0
    let twice = 0
    let strange = 0
    const before = heapUsed()
    let grown = 0
    const started = performance.now()
    // The window ends when the stream starts, give or take a turn of the event loop.
    const latest = Date.now() + 20
    yield* ApiKeys.streamApiAuditLogs(appSlug, limit === undefined ? {} : { limit }, { prefetch }).pipe(
      Stream.runForEachChunk((chunk: Chunk.Chunk<ApiKeys.ApiAuditEntry>) =>
        Effect.sync(() => {
          pages++
          for (const { row } of chunk) {
            const number = numberOf(row.requestId, rows)
            if (number === undefined) strange += row.timestamp.utc.epochMillis > latest ? 1 : 0
            else if (seen[number] === 0) seen[number] = 1
            else twice++
          }
          if (pages % 50 === 0) grown = Math.max(grown, heapUsed() - before)
        })
      ),
      (stream) => RequestPolicy.withPolicy(stream, policy)
    )
    const seconds = (performance.now() - started) / 1000
    grown = Math.max(grown, heapUsed() - before)

    yield* Fiber.interrupt(writing)
    yield* Effect.sleep("4 seconds")
    yield* Fiber.interrupt(tailing)
    const tailed = new Set(ids)
    return {
      lost: seen.reduce((count, value) => count + (value === 0 ? 1 : 0), 0),
      twice,
      strange,
      pages,
      seconds,
      grown,
      arrived: written.length,
      failures: [...failures.values()].reduce((sum, count) => sum + count, 0),
      kinds: [...failures].map(([tag, count]) => `${tag} ${count}`).join(", "),
      tailed: {
        missed: written.slice(first).filter((id) => !tailed.has(id)).length,
        twice: ids.length - tailed.size,
        disordered: disorder.count
      }
    }
  })
