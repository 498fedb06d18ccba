/** The matrix: every variant of every kind of fault, every operation, every client. */
import "../support/ownFetch.js"
import * as FetchHttpClient from "@effect/platform/FetchHttpClient"
import * as HttpClient from "@effect/platform/HttpClient"
import * as NodeHttpClient from "@effect/platform-node/NodeHttpClient"
import { Policy, RequestPolicy, Wacht } from "effect-wacht"
import type { WachtError } from "effect-wacht/errors"
import * as UndiciClient from "effect-wacht/UndiciClient"
import dns from "node:dns"
import { inspect } from "node:util"
import * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import type * as Scope from "effect/Scope"
import { type OperationCase, operationCases, type Services, services } from "./calls.js"
import { differences, expectedOf } from "./oracle.js"
import { closedPort, type FaultServer, type Respond, startFaultServer } from "./server.js"
import { answer as respondWith } from "./server.js"
import { bodyMark, makeVariants, type Variant } from "./variants.js"

export const clients = {
  fetch: FetchHttpClient.layer,
  undici: NodeHttpClient.layerUndici,
  "node:http": NodeHttpClient.layer,
  /** The SDK's own. */
  dispatcher: UndiciClient.layer,
  /** The same with something around it, as many have: then the SDK uses it as any other. */
  wrapped: Layer.provide(
    Layer.effect(
      HttpClient.HttpClient,
      Effect.map(
        HttpClient.HttpClient,
        HttpClient.tapRequest(() => Effect.void)
      )
    ),
    UndiciClient.layer
  )
} as const

export type ClientName = keyof typeof clients

export const clientNames: ReadonlyArray<ClientName> = ["fetch", "undici", "node:http", "dispatcher", "wrapped"]

export interface Case {
  readonly variant: Variant
  readonly operation: OperationCase
  readonly client: ClientName
  /** Under the recommended policy, or under none. */
  readonly isPolicyOn: boolean
}

export interface Result extends Case {
  readonly millis: number
  /** What the server saw. */
  readonly requests: number
  readonly exit: Exit.Exit<unknown, WachtError>
  readonly isHang: boolean
  /** Nothing where all is as it must be. */
  readonly problems: ReadonlyArray<string>
}

export interface Settings {
  /** Of cases that only a limit can end; none means the SDK's own 30 s. On a busy machine it can end an attempt too early; that one is tried again. */
  readonly attemptLimit?: Duration.DurationInput
  readonly policy: RequestPolicy.CallPolicy
  readonly concurrency: number
}

const apiKey = "backend_9QzVx2L7mB4kTnW8sYdH3cRfJ6pGaEu1XyKvC5tNhMq"

/** A name that no resolver knows, without asking one: names under `.invalid` never reach the network from here. */
const refuseInvalidNames = Effect.acquireRelease(
  Effect.sync(() => {
    const original = dns.lookup
    const failed = (hostname: string) =>
      Object.assign(new Error(`getaddrinfo ENOTFOUND ${hostname}`), {
        code: "ENOTFOUND",
        syscall: "getaddrinfo",
        hostname
      })
    Object.assign(dns, {
      lookup: (hostname: string, ...rest: ReadonlyArray<unknown>) => {
        const callback = rest.at(-1)
        if (!hostname.endsWith(".invalid")) return Reflect.apply(original, dns, [hostname, ...rest])
        if (typeof callback === "function") process.nextTick(() => callback(failed(hostname)))
        return undefined
      }
    })
    return original
  }),
  (original) => Effect.sync(() => Object.assign(dns, { lookup: original }))
)

const hangAfter = Duration.seconds(100)

/** Whatever an error shows of itself, at any depth. */
const shown = (exit: Exit.Exit<unknown, WachtError>): string =>
  Exit.isFailure(exit) ? `${inspect(exit, { depth: Infinity, showHidden: true })}${JSON.stringify(exit)}` : ""

const sameText = (a: unknown, b: unknown): boolean =>
  inspect(a, { depth: Infinity, sorted: true }) === inspect(b, { depth: Infinity, sorted: true })

interface World {
  readonly server: FaultServer
  readonly elsewhere: FaultServer
  readonly closed: number
  readonly caseOf: Map<string, OperationCase>
  readonly contexts: Readonly<Record<ClientName, Layer.Layer<HttpClient.HttpClient>>>
}

const connect = (world: World, client: ClientName, baseUrl: string): Effect.Effect<Services, unknown, Scope.Scope> =>
  Effect.flatMap(
    Layer.build(
      Wacht.layer({ apiKey: Redacted.make(apiKey), baseUrl, gatewayUrl: baseUrl }).pipe(
        Layer.provide(world.contexts[client])
      )
    ),
    (context) => Effect.provide(services, context)
  )

const runOnce = (world: World, settings: Settings, current: Case, id: string): Effect.Effect<Result> =>
  Effect.gen(function* () {
    const { client, isPolicyOn, operation, variant } = current
    world.caseOf.set(id, operation)
    const baseUrl =
      variant.elsewhere === "closed port"
        ? `http://127.0.0.1:${world.closed}`
        : variant.elsewhere === "unknown name"
          ? "https://nowhere.invalid"
          : `${world.server.url}/${encodeURIComponent(variant.name)}/${id}`
    const sdk = yield* Effect.orDie(connect(world, client, baseUrl))
    const isLate = variant.needsLimit === true
    const limited = (call: Effect.Effect<unknown, WachtError>) =>
      isLate && settings.attemptLimit !== undefined ? Policy.attemptTimeout(settings.attemptLimit)(call) : call
    const began = yield* Clock.currentTimeMillis
    const call = limited(operation.call(sdk))
    const outcome = yield* (isPolicyOn ? RequestPolicy.withPolicy(call, settings.policy) : call).pipe(
      Effect.exit,
      Effect.timeoutOption(hangAfter)
    )
    const exit = Option.getOrElse(outcome, () => Exit.die("hang") as Exit.Exit<unknown, WachtError>)
    const ended = yield* Clock.currentTimeMillis
    const requests = world.server.requests.get(id) ?? 0
    const expected = expectedOf(operation, variant.meaning, isPolicyOn)
    const problems = [...differences(expected, operation, exit)]
    // A limit may end an attempt before its request arrived, and what is repeated depends on the client where a cut is not seen by all.
    const isOpen = isLate || variant.meaning._tag === "Cut"
    const isCountRight = isOpen ? requests <= expected.requests : requests === expected.requests
    if (!isCountRight) problems.push(`${requests} requests instead of ${expected.requests}`)
    if (shown(exit).includes(bodyMark)) problems.push("the error quotes a 2xx")
    if (shown(exit).includes(apiKey)) problems.push("the error shows the key")
    if (variant.meaning._tag === "Exact" && Exit.isSuccess(exit)) {
      const healthy = yield* connect(world, client, `${world.server.url}/healthy/${id}`).pipe(Effect.orDie)
      const value = yield* Effect.exit(operation.call(healthy))
      if (!Exit.isSuccess(value) || !sameText(value.value, exit.value)) problems.push("an id was changed")
    }
    return { ...current, millis: ended - began, requests, exit, isHang: Option.isNone(outcome), problems }
  }).pipe(Effect.scoped)

/** What a limit ended too early is tried again, with more time and few at once. */
const again = (world: World, settings: Settings, result: Result, id: string): Effect.Effect<Result> =>
  result.problems.length > 0 && result.variant.needsLimit === true && settings.attemptLimit !== undefined
    ? runOnce(world, { ...settings, attemptLimit: Duration.times(settings.attemptLimit, 5) }, result, id)
    : Effect.succeed(result)

const makeWorld: Effect.Effect<World & { readonly variants: ReadonlyArray<Variant> }, never, Scope.Scope> = Effect.gen(
  function* () {
    yield* refuseInvalidNames
    const start = (variants: ReadonlyMap<string, Respond>) =>
      Effect.acquireRelease(
        Effect.promise(() => startFaultServer(variants)),
        (server) => Effect.promise(server.close)
      )
    const elsewhere = yield* start(new Map())
    const caseOf = new Map<string, OperationCase>()
    const answerOf = (id: string) => ({
      status: caseOf.get(id)?.status ?? 500,
      body: caseOf.get(id)?.answer ?? ""
    })
    const variants = makeVariants({ elsewhere: elsewhere.url, answerOf })
    const healthy: Respond = (socket, { id }) => {
      const { body, status } = answerOf(id)
      respondWith(socket, status, { "content-type": "application/json" }, body)
    }
    const server = yield* start(
      new Map([
        ["healthy", healthy],
        ...variants.map(({ name, respond }) => [encodeURIComponent(name), respond] as const)
      ])
    )
    const closed = yield* Effect.promise(closedPort)
    const built = yield* Effect.all({
      fetch: Layer.build(clients.fetch),
      undici: Layer.build(clients.undici),
      "node:http": Layer.build(clients["node:http"]),
      dispatcher: Layer.build(clients.dispatcher),
      wrapped: Layer.build(clients.wrapped)
    })
    const contexts = {
      fetch: Layer.succeedContext(built.fetch),
      undici: Layer.succeedContext(built.undici),
      "node:http": Layer.succeedContext(built["node:http"]),
      dispatcher: Layer.succeedContext(built.dispatcher),
      wrapped: Layer.succeedContext(built.wrapped)
    }
    return { server, elsewhere, closed, caseOf, contexts, variants }
  }
)

export interface Report {
  readonly results: ReadonlyArray<Result>
  /** Requests at an origin that a redirect pointed to. */
  readonly strayRequests: number
  /** Connections that were still open when all calls had ended, after some time. */
  readonly openSockets: number
}

/** Waits until the other side noticed that the connections are gone. */
const settled = (server: FaultServer): Effect.Effect<number> =>
  Effect.iterate(0, {
    while: (round) => round < 200 && server.openSockets() > 0,
    body: (round) => Effect.as(Effect.sleep("25 millis"), round + 1)
  }).pipe(Effect.map(() => server.openSockets()))

/** Runs the cases that `choose` wants. */
export const runMatrix = (settings: Settings, choose: (current: Case) => boolean): Effect.Effect<Report> =>
  Effect.gen(function* () {
    const world = yield* makeWorld
    const cases = world.variants
      .flatMap((variant) =>
        operationCases.flatMap((operation) =>
          clientNames.flatMap((client) =>
            [true, false].map((isPolicyOn) => ({ variant, operation, client, isPolicyOn }))
          )
        )
      )
      .filter(choose)
    const { concurrency } = settings
    const first = yield* Effect.forEach(cases, (one, index) => runOnce(world, settings, one, `case${index}`), {
      concurrency
    })
    const results = yield* Effect.forEach(first, (one, index) => again(world, settings, one, `case${index}-again`), {
      concurrency: Math.min(concurrency, 24)
    })
    const openSockets = yield* settled(world.server)
    return { results, strayRequests: [...world.elsewhere.requests.values()].length, openSockets }
  }).pipe(Effect.scoped)
