/// <reference types="node" />
/** The server behind the command. */
import * as NodeHttpServer from "@effect/platform-node/NodeHttpServer"
import * as NodeRuntime from "@effect/platform-node/NodeRuntime"
import * as HttpServer from "@effect/platform/HttpServer"
import * as Clock from "effect/Clock"
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import { constVoid } from "effect/Function"
import * as Predicate from "effect/Predicate"
import * as Random from "effect/Random"
import * as Redacted from "effect/Redacted"
import { readFile } from "node:fs/promises"
import { createServer } from "node:http"
import { dirname, join } from "node:path"
import process from "node:process"
import * as Emulator from "../Emulator.js"
import * as Moment from "../emulator/Moment.js"
import { EmulatorConfigError } from "../emulator/seed.js"
import type { Arguments } from "./arguments.js"
import { parseExact } from "./exactJson.js"
import { decodeFaults } from "./faultsFile.js"

const refuse = (message: string) => new EmulatorConfigError({ message })

const readText = (option: string, file: string) =>
  Effect.tryPromise({ try: () => readFile(file, "utf8"), catch: () => refuse(`${option}: ${file} cannot be read`) })

const parseJson = (option: string, text: string): Effect.Effect<unknown, EmulatorConfigError> =>
  Effect.try({ try: () => parseExact(text), catch: () => refuse(`${option} is not JSON`) })

const readJson = (option: string, file: string) =>
  Effect.flatMap(readText(option, file), (text) => parseJson(`${option}: ${file}`, text))

const memberText = (value: unknown, name: string): string | undefined => {
  const member = Predicate.isReadonlyRecord(value) ? value[name] : undefined
  return typeof member === "string" ? member : undefined
}

/** The world and the audit rows beside it. */
const readWorld = (file: string) =>
  Effect.gen(function* () {
    const world = yield* readJson("--world", file)
    if (!Predicate.isReadonlyRecord(world)) return yield* refuse(`--world: ${file} is not a JSON object`)
    const rowsFile = memberText(world["audit"], "rows_file")
    if (rowsFile === undefined) return { world, auditRows: undefined }
    const lines = yield* readText("--world: audit.rows_file", join(dirname(file), rowsFile))
    const rows = lines.split("\n").map((line, index) => ({ line, where: `${rowsFile}: line ${index + 1}` }))
    const auditRows = yield* Effect.forEach(
      rows.filter(({ line }) => line.trim() !== ""),
      ({ line, where }) =>
        Effect.filterOrFail(parseJson(where, line), Predicate.isReadonlyRecord, () =>
          refuse(`${where} is not a JSON object`)
        )
    )
    return { world, auditRows }
  })

interface StartingClock {
  readonly clock: Clock.Clock
  readonly begin: () => void
}

/**
 * A clock that shows `start` and goes on from `begin`: a recording's first exchange came at its `recorded_from`,
 * however long the server has waited for it.
 */
const clockFrom = (start: Moment.Moment): StartingClock => {
  const real = Clock.make()
  const first = start * 1000n
  let ahead: bigint | undefined
  const unsafeCurrentTimeNanos = () => (ahead === undefined ? first : real.unsafeCurrentTimeNanos() + ahead)
  const unsafeCurrentTimeMillis = () => Number(unsafeCurrentTimeNanos() / 1_000_000n)
  return {
    clock: {
      [Clock.ClockTypeId]: Clock.ClockTypeId,
      unsafeCurrentTimeNanos,
      unsafeCurrentTimeMillis,
      currentTimeNanos: Effect.sync(unsafeCurrentTimeNanos),
      currentTimeMillis: Effect.sync(unsafeCurrentTimeMillis),
      sleep: (duration) => real.sleep(duration)
    },
    begin: () => {
      ahead ??= first - real.unsafeCurrentTimeNanos()
    }
  }
}

/** A server that closes with the scope. `begin` is called before the first request is handled. */
const listen = (option: string, port: number, host: string, begin: () => void) =>
  Effect.gen(function* () {
    // the contract sets slugs, queries and credentials no limit, Node's own of 16 KiB would answer 431
    const server = createServer({ maxHeaderSize: 1 << 18 }).once("request", begin)
    const listening = yield* Effect.mapError(
      NodeHttpServer.make(() => server, { port, host }),
      ({ cause }) => refuse(`${option}, --host: ${cause instanceof Error ? cause.message : String(cause)}`)
    )
    // the server only closes once its connections have: those that are idle or stalled would hold it open
    yield* Effect.addFinalizer(() => Effect.sync(() => server.closeAllConnections()))
    return listening
  })

const serve = (
  options: Arguments,
  file: Effect.Effect.Success<ReturnType<typeof readWorld>> | undefined,
  begin: () => void
) =>
  Effect.gen(function* () {
    const { gatewayPort, host, port } = options
    const platform = yield* listen("--port", port, host, begin)
    const gateway = gatewayPort === undefined ? undefined : yield* listen("--gateway-port", gatewayPort, host, begin)
    const faults =
      options.faults === undefined ? [] : yield* Effect.flatMap(readJson("--faults", options.faults), decodeFaults)
    const emulator = yield* Effect.provideService(
      Emulator.serve(
        {
          ...file,
          actor: options.actor,
          windows: options.windows,
          audit: options.audit,
          auditCap: options.auditCap,
          secure: options.seed === undefined
        },
        gateway
      ),
      HttpServer.HttpServer,
      platform
    )
    for (const { fault, matcher, times } of faults) yield* emulator.failNext(fault, matcher, times)
    const { apiKey, gatewayUrl, platformUrl } = emulator
    const where = gateway === undefined ? `${platformUrl} (platform and gateway)` : `${platformUrl} and ${gatewayUrl}`
    yield* Console.log(`effect-wacht-emulator listens on ${where}; Ctrl-C ends it`)
    yield* Console.log(
      `WACHT_API_URL=${platformUrl}\nWACHT_GATEWAY_URL=${gatewayUrl}\nWACHT_API_KEY=${Redacted.value(apiKey)}`
    )
    return yield* Effect.never
  })

const program = (options: Arguments) =>
  Effect.gen(function* () {
    const file = options.world === undefined ? undefined : yield* readWorld(options.world)
    const recorded = memberText(file?.world, "recorded_from")
    const now = options.now ?? (recorded === undefined ? "real" : (Moment.parse(recorded) ?? "real"))
    const starting = now === "real" ? undefined : clockFrom(now)
    const served = Effect.scoped(serve(options, file, starting?.begin ?? constVoid))
    const clocked = starting === undefined ? served : Effect.withClock(served, starting.clock)
    return yield* options.seed === undefined ? clocked : Effect.withRandom(clocked, Random.make(options.seed))
  })

export const run = (options: Arguments): void => {
  const main = Effect.catchAll(program(options), ({ message }) =>
    Effect.zipRight(
      Console.error(`effect-wacht-emulator: ${message}`),
      Effect.sync(() => {
        process.exitCode = 1
      })
    )
  )
  NodeRuntime.runMain(main, { disablePrettyLogger: true })
}
