/** Calls that are interrupted at any moment: nothing may stay open. */
import { Policy, RequestPolicy, Wacht } from "effect-wacht"
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as Supervisor from "effect/Supervisor"
import { Seeded } from "../security/random.js"
import { ListeningTracer } from "../security/sinks.js"
import { operationCases, services } from "./calls.js"
import { type ClientName, clients } from "./matrix.js"
import { answer, dribble, head, type Respond, startFaultServer } from "./server.js"

const json = { "content-type": "application/json" }

/** The answers that a call can be interrupted in. */
const responses: Readonly<Record<string, Respond>> = {
  never: () => undefined,
  stalled: (socket) => void socket.write(`${head(200, { ...json, "content-length": "4000" })}{"data":[`),
  trickling: (socket) => {
    socket.write(head(200, { ...json, "content-length": "4000" }))
    dribble(socket, () => "[", 5)
  },
  late: (socket) => void setTimeout(() => answer(socket, 404, json, "{}"), 10),
  busy: (socket) => answer(socket, 503, json, "{}"),
  large: (socket) => answer(socket, 200, json, `[${" ".repeat(200_000)}]`),
  "never an error's words": (socket) => void socket.write(`${head(500, { ...json, "content-length": "4000" })}{`)
}

export interface InterruptionReport {
  readonly points: number
  /** How many calls were really interrupted; the others were over before. */
  readonly interrupted: number
  readonly requests: number
  readonly openSockets: number
  readonly openSpans: number
  readonly openFibers: number
  readonly defects: number
}

const nextRound: Effect.Effect<void> = Effect.promise(() => new Promise((resolve) => setImmediate(resolve)))

const pause = (random: Seeded): Effect.Effect<void> => {
  switch (random.below(6)) {
    case 0:
      return Effect.void
    case 1:
      return Effect.repeatN(Effect.yieldNow(), random.below(40))
    case 2:
      return nextRound
    case 3:
      return Effect.sleep(random.below(25))
    default:
      // Rounds of the event loop rather than time: on a busy machine a timer ends before anything has arrived.
      return Effect.repeatN(nextRound, random.below(60))
  }
}

/** Interrupts `points` calls of one client. */
export const interrupt = (client: ClientName, points: number, seed: number): Effect.Effect<InterruptionReport> =>
  Effect.gen(function* () {
    const random = new Seeded(seed)
    const server = yield* Effect.acquireRelease(
      Effect.promise(() =>
        startFaultServer(
          new Map(Object.entries(responses).map(([name, respond]) => [encodeURIComponent(name), respond]))
        )
      ),
      ({ close }) => Effect.promise(close)
    )
    const http = yield* Layer.build(clients[client])
    const sdks = yield* Effect.forEach(Object.keys(responses), (name) => {
      const baseUrl = `${server.url}/${encodeURIComponent(name)}/x`
      const layer = Wacht.layer({ apiKey: Redacted.make("backend_0QzVx2L7mB4kTnW8"), baseUrl, gatewayUrl: baseUrl })
      return Effect.provide(services, layer.pipe(Layer.provide(Layer.succeedContext(http))))
    })
    const tracer = new ListeningTracer({ keep: false })
    const supervisor = yield* Supervisor.track
    const policy = Policy.fromOptions({ base: "5 millis" })
    let interrupted = 0
    let defects = 0
    const one = Effect.gen(function* () {
      const call = random.pick(operationCases).call(random.pick(sdks))
      const fiber = yield* Effect.fork(random.is(0.5) ? RequestPolicy.withPolicy(call, policy) : call)
      yield* pause(random)
      const exit = yield* Fiber.interrupt(fiber)
      if (Exit.isInterrupted(exit)) interrupted++
      if (Exit.isFailure(exit) && Cause.isDie(exit.cause)) defects++
    })
    yield* Effect.forEach(Array.from({ length: points }), () => one, { concurrency: 48, discard: true }).pipe(
      Effect.supervised(supervisor),
      Effect.withTracer(tracer.tracer)
    )
    // The other side learns of a closed connection a little later.
    for (let round = 0; round < 400 && server.openSockets() > 0; round++) yield* Effect.sleep("25 millis")
    const fibers = (yield* supervisor.value).filter((fiber) => fiber.unsafePoll() === null)
    return {
      points,
      interrupted,
      requests: server.requests.get("x") ?? 0,
      openSockets: server.openSockets(),
      openSpans: tracer.started - tracer.ended,
      openFibers: fibers.length,
      defects
    }
  }).pipe(Effect.scoped, Effect.orDie)
