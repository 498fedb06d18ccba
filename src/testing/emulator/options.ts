/** The options of an emulator, and what is made of them. */
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import * as Trail from "./audit/trail.js"
import * as defaultWorld from "./defaultWorld.js"
import type { Engine } from "./Engine.js"
import * as Engines from "./Engine.js"
import * as seed from "./seed.js"
import { EmulatorConfigError } from "./seed.js"
import type * as World from "./World.js"
import { defaultOptions } from "./World.js"
import type { Encoded, EncodedAuditRow } from "./WorldFile.js"

/**
 * How an emulator starts. Without a `world` it has a small friendly one.
 *
 * @since 0.1.0
 * @category models
 */
export interface Options {
  /** The parsed content of a `world.json`. */
  readonly world?: Encoded | Readonly<Record<string, unknown>> | undefined
  /** The rows of its audit trail, parsed. */
  readonly auditRows?: ReadonlyArray<EncodedAuditRow | Readonly<Record<string, unknown>>> | undefined
  /** The name in the world's `actors` whose credential is used; by default the first active one. */
  readonly actor?: string | undefined
  /** `meant`: rate limits count in sliding windows; `observed`: with the quirks of the recorded server. */
  readonly windows?: "meant" | "observed" | undefined
  /** `plainClickHouse`: the audit routes answer the 500s of an unmodified database. */
  readonly audit?: "meant" | "plainClickHouse" | undefined
  /** How many audit rows are kept; the oldest are dropped beyond it. 100,000 by default. */
  readonly auditCap?: number | undefined
  /** Ids and secrets from Web Crypto and fresh RSA keys, instead of `Random` and a fixed set. */
  readonly secure?: boolean | undefined
}

const check = (options: Options): Effect.Effect<World.Options, EmulatorConfigError> => {
  const chosen: World.Options = {
    windows: options.windows ?? defaultOptions.windows,
    audit: options.audit ?? defaultOptions.audit,
    auditCap: options.auditCap ?? defaultOptions.auditCap,
    secure: options.secure ?? defaultOptions.secure
  }
  const refuse = (message: string) => Effect.fail(new EmulatorConfigError({ message }))
  if (!["meant", "observed"].includes(chosen.windows)) return refuse('windows: "meant" or "observed" is expected')
  if (!["meant", "plainClickHouse"].includes(chosen.audit))
    return refuse('audit: "meant" or "plainClickHouse" is expected')
  if (!Number.isSafeInteger(chosen.auditCap) || chosen.auditCap < 0)
    return refuse("auditCap: a whole number of rows, 0 or more, is expected")
  return Effect.succeed(chosen)
}

const chooseActor = (world: World.World, name: string | undefined) => {
  const keys = [...world.backendKeys.values()]
  const key =
    name === undefined ? keys.find(({ state }) => state === "active") : keys.find(({ actor }) => actor === name)
  if (key !== undefined) return Effect.succeed(Redacted.make(key.credential))
  const message =
    name === undefined
      ? "world: actors has none whose state is active"
      : `actor: the world has no ${name}, but ${keys.map(({ actor }) => actor).join(", ")}`
  return Effect.fail(new EmulatorConfigError({ message }))
}

export interface Made {
  readonly engine: Engine
  readonly apiKey: Redacted.Redacted
}

/** A fresh world and its engine. */
export const makeEngine = (options: Options): Effect.Effect<Made, EmulatorConfigError> =>
  Effect.gen(function* () {
    const chosen = yield* check(options)
    const world = yield* seed.fromFile(options.world === undefined ? defaultWorld.file : options.world, chosen)
    if (options.auditRows !== undefined) yield* Trail.fill(world, yield* seed.auditRows(world, options.auditRows))
    const apiKey = yield* chooseActor(world, options.actor)
    return { engine: Engines.make(world), apiKey }
  })
