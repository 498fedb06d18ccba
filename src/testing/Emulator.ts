/**
 * The whole API, stateful, in this process: an `HttpClient` that reaches no network, and a service to look into the
 * emulator and to steer it.
 *
 * Built from the API's contract alone; it shares no schema and no code with the SDK and can disagree with it.
 *
 * @since 0.1.0
 */
import * as HttpClient from "@effect/platform/HttpClient"
import * as HttpMiddleware from "@effect/platform/HttpMiddleware"
import * as HttpServer from "@effect/platform/HttpServer"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import type * as Redacted from "effect/Redacted"
import type * as Scope from "effect/Scope"
import { file as builtIn } from "./emulator/defaultWorld.js"
import type { Engine } from "./emulator/Engine.js"
import * as httpClient from "./emulator/httpClient.js"
import { httpApp } from "./emulator/httpServer.js"
import type { Host } from "./emulator/Kernel.js"
import type { Options } from "./emulator/options.js"
import { makeEngine } from "./emulator/options.js"
import { EmulatorConfigError } from "./emulator/seed.js"
import type { SeenRequest } from "./emulator/faults.js"
import * as snapshots from "./emulator/snapshot.js"
import type { Snapshot, SnapshotError } from "./emulator/snapshot.js"
import type { World } from "./emulator/World.js"
import type { Encoded } from "./emulator/WorldFile.js"
import * as Wacht from "../services/Wacht.js"
import type { Fault, Matcher } from "./Fault.js"

/**
 * What `state` is made of, entity by entity, as stored. Moments are microseconds since the epoch, ids decimal text.
 *
 * @since 0.1.0
 * @category entities
 */
export type * as Entities from "./emulator/entities/index.js"
export type { SeenRequest } from "./emulator/faults.js"
export type { Host } from "./emulator/Kernel.js"
export type { Options } from "./emulator/options.js"
// What `failNext` takes, in this module too: a declaration that was made with this one alone finds a name in no other.
export type { Fault, Matcher } from "./Fault.js"
export { EmulatorConfigError } from "./emulator/seed.js"
export type { Options as WorldOptions } from "./emulator/World.js"
export { type JsonValue, type Snapshot, SnapshotError } from "./emulator/snapshot.js"

/**
 * A world as written in a file: what exists before the first request.
 *
 * @since 0.1.0
 * @category models
 */
export type WorldFile = Encoded

/**
 * The small world of an emulator that was given none, to be spread into one of your own.
 *
 * @since 0.1.0
 * @category worlds
 */
export const defaultWorld: WorldFile = builtIn

type View<A> =
  A extends Map<infer K, infer V> ? ReadonlyMap<K, View<V>> : A extends Array<infer V> ? ReadonlyArray<V> : A

/**
 * Everything that an emulator knows, live: it changes with the emulator; what has to stay is read out, or taken by `snapshot`. `state.apiKeys.get(id)`.
 *
 * @since 0.1.0
 * @category models
 */
export type State = { readonly [K in keyof World]: View<World[K]> }

/**
 * What a test can see of an emulator and do to it.
 *
 * @since 0.1.0
 * @category models
 */
export interface Service {
  /** The credential of the chosen actor, which `layerWacht` uses. */
  readonly apiKey: Redacted.Redacted
  /** Where the two APIs are found: by the in-process client, or on the server. */
  readonly platformUrl: string
  readonly gatewayUrl: string
  /** The latest requests (at most 1000), oldest first, with the start of their bodies. */
  readonly requests: Effect.Effect<ReadonlyArray<SeenRequest>>
  readonly clearRequests: Effect.Effect<void>
  /** The state of every entity. */
  readonly state: Effect.Effect<State>
  /** Lets the next matching request go wrong, or the next `times` ones: none where that is below 1, or no number. */
  readonly failNext: (fault: Fault, matcher?: Matcher, times?: number) => Effect.Effect<void>
  /** Lets every matching request go wrong until `clearFaults`. */
  readonly failEvery: (fault: Fault, matcher?: Matcher) => Effect.Effect<void>
  readonly clearFaults: Effect.Effect<void>
  /** The whole world as a JSON value, secrets in clear text included. */
  readonly snapshot: Effect.Effect<Snapshot>
  /**
   * Puts the world back as it was. Requests seen, faults and options stay; so does the clock: under an earlier one than the snapshot's, limits
   * and copies of keys are as of a time that is still to come.
   */
  readonly restore: (snapshot: Snapshot) => Effect.Effect<void, SnapshotError>
}

/**
 * The emulator of a layer.
 *
 * @since 0.1.0
 * @category tags
 */
export class Emulator extends Context.Tag("effect-wacht/testing/Emulator")<Emulator, Service>() {}

const platformUrl = "https://api.wacht.dev"
const gatewayUrl = "https://gateway.wacht.dev"

const toService = (engine: Engine, apiKey: Redacted.Redacted, urls: { platform: string; gateway: string }): Service => {
  const addRule = (fault: Fault, matcher: Matcher, times: number) =>
    Effect.sync(() => {
      if (times >= 1) engine.rules.push({ fault, matcher, times })
    })
  return {
    apiKey,
    platformUrl: urls.platform,
    gatewayUrl: urls.gateway,
    requests: Effect.sync(() => [...engine.seen]),
    clearRequests: Effect.sync(() => {
      engine.seen.length = 0
    }),
    state: Effect.sync((): State => engine.world),
    failNext: (fault, matcher = {}, times = 1) => addRule(fault, matcher, times),
    failEvery: (fault, matcher = {}) => addRule(fault, matcher, Number.POSITIVE_INFINITY),
    clearFaults: Effect.sync(() => {
      engine.rules.length = 0
    }),
    snapshot: engine.alone(Effect.sync(() => snapshots.take(engine.world))),
    restore: (snapshot) => engine.alone(snapshots.restore(engine.world, snapshot))
  }
}

/**
 * An emulator with a world of its own, and the `HttpClient` that reaches it: `https://api.wacht.dev` and
 * `https://gateway.wacht.dev` in this process, no other host.
 *
 * @since 0.1.0
 * @category layers
 */
export const layer = (options: Options = {}): Layer.Layer<Emulator | HttpClient.HttpClient, EmulatorConfigError> =>
  Layer.scopedContext(
    Effect.zipWith(makeEngine(options), Effect.scope, ({ apiKey, engine }, scope) =>
      Context.make(Emulator, toService(engine, apiKey, { platform: platformUrl, gateway: gatewayUrl })).pipe(
        Context.add(
          HttpClient.HttpClient,
          httpClient.make(
            engine,
            new Map([
              [platformUrl, "platform"],
              [gatewayUrl, "gateway"]
            ]),
            (delayed) => Effect.flatMap(Effect.forkIn(Effect.interruptible(delayed), scope), Fiber.join)
          )
        )
      )
    )
  )

/**
 * The SDK's services over an emulator of their own, ready to use, and the emulator itself.
 *
 * @since 0.1.0
 * @category layers
 */
export const layerWacht = (
  options: Options = {}
): Layer.Layer<Wacht.Services | Emulator | HttpClient.HttpClient, EmulatorConfigError> =>
  Layer.unwrapEffect(
    Effect.map(Emulator, ({ apiKey, gatewayUrl, platformUrl }) =>
      Wacht.layer({ apiKey, baseUrl: platformUrl, gatewayUrl })
    )
  ).pipe(
    Layer.mapError(() => new EmulatorConfigError({ message: "actor: the credential is no legal header value" })),
    Layer.provideMerge(layer(options))
  )

/** Where a client on this machine reaches a server: one that listens on every address is reached on loopback. */
const urlOf = (address: HttpServer.Address): string => {
  if (address._tag === "UnixAddress") return HttpServer.formatAddress(address)
  const { hostname, port } = address
  const host = hostname === "0.0.0.0" ? "127.0.0.1" : hostname === "::" ? "::1" : hostname
  return `http://${host.includes(":") ? `[${host}]` : host}:${port}`
}

/**
 * Serves an emulator on the `HttpServer` of the context until the scope closes: both APIs on one port, unless `gateway` is a server for the
 * gateway alone. On one port a request without a credential to a path that neither has counts as the gateway's.
 *
 * @since 0.1.0
 * @category constructors
 */
export const serve = (
  options: Options = {},
  gateway?: HttpServer.HttpServer
): Effect.Effect<Service, EmulatorConfigError, HttpServer.HttpServer | Scope.Scope> =>
  Effect.gen(function* () {
    const { apiKey, engine } = yield* makeEngine(options)
    // a server only closes once its connections have
    const closed = yield* Effect.acquireRelease(Effect.makeLatch(), (latch) => latch.open)
    const serveHost = (host?: Host) =>
      HttpServer.serveEffect(httpApp(engine, closed.await, host)).pipe(
        // a span for every request would be the emulator's, not the test's
        HttpMiddleware.withTracerDisabledWhenEffect(() => true),
        Effect.zipRight(HttpServer.addressWith((address) => Effect.succeed(urlOf(address))))
      )
    if (gateway === undefined) {
      const url = yield* serveHost()
      return toService(engine, apiKey, { platform: url, gateway: url })
    }
    return toService(engine, apiKey, {
      platform: yield* serveHost("platform"),
      gateway: yield* Effect.provideService(serveHost("gateway"), HttpServer.HttpServer, gateway)
    })
  })
