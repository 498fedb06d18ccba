/**
 * A network that loses, delays and repeats nothing: each request acts once within `settle` of being sent, or never, whatever its sender
 * sees of it and whether or not its sender still lives.
 */
import * as HttpClient from "@effect/platform/HttpClient"
import * as HttpClientError from "@effect/platform/HttpClientError"
import type * as HttpClientRequest from "@effect/platform/HttpClientRequest"
import * as HttpClientResponse from "@effect/platform/HttpClientResponse"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as FiberRef from "effect/FiberRef"
import type { Engine } from "../../src/testing/emulator/Engine.js"
import type { VirtualClock } from "./virtualClock.js"

/** Numbers from 0 to 1, the same for the same seed. */
export type Dice = () => number

/** One run of a job, or somebody else. */
export interface Actor {
  readonly name: string
  /** When it began. */
  readonly since: number
  /** Whether it ever was left without the answer to a request that may have acted. */
  wasInDoubt: boolean
  /** Its way to the server. */
  readonly send: Send
}

/** Sends a request and waits for what is seen of its answer. */
export type Send = (
  request: HttpClientRequest.HttpClientRequest,
  url: URL,
  actor: Actor
) => Effect.Effect<HttpClientResponse.HttpClientResponse, HttpClientError.HttpClientError>

/** Who sends what a fiber sends. */
export const currentActor: FiberRef.FiberRef<Actor> = FiberRef.unsafeMake<Actor>({
  name: "nobody",
  since: 0,
  wasInDoubt: false,
  send: () => Effect.dieMessage("nobody sends nothing")
})

/** The client of whoever a fiber is. */
export const clientOfActor: HttpClient.HttpClient = HttpClient.make((request, url) =>
  Effect.flatMap(FiberRef.get(currentActor), (actor) => actor.send(request, url, actor))
)

/** A request that acted. */
export interface Act {
  readonly actor: Actor
  readonly method: string
  readonly path: string
  readonly status: number
  readonly text: string
  readonly at: number
  /** Whether its sender was in doubt before it sent this. */
  readonly wasInDoubt: boolean
  /** Whether its sender read the answer. */
  isAnswered: boolean
}

/** How bad it is. */
export interface Weather {
  readonly settleMillis: number
  /** The share of requests to which something happens. */
  readonly trouble: number
  /** The share of requests that travel for seconds rather than milliseconds. */
  readonly slow: number
}

class Broken extends Error {
  constructor(
    message: string,
    readonly code: string
  ) {
    super(message)
  }
}

const reset = new Broken("socket hang up", "ECONNRESET")
const refusal = new Broken("connect ECONNREFUSED", "ECONNREFUSED")

type Seen = "answer" | "reset" | "silence" | "bad gateway" | "half"

interface Fate {
  readonly acts: boolean
  readonly isRefused: boolean
  readonly actAfter: number
  readonly seen: Seen
  readonly seenAfter: number
}

const pick = <A>(dice: Dice, items: readonly [A, ...ReadonlyArray<A>]): A =>
  items[Math.floor(dice() * items.length)] ?? items[0]

const draw = (dice: Dice, weather: Weather): Fate => {
  const travel = () => (dice() < weather.slow ? dice() * (weather.settleMillis - 1) : dice() * 50)
  const actAfter = travel()
  const seenAfter = travel()
  if (dice() >= weather.trouble) return { acts: true, isRefused: false, actAfter, seen: "answer", seenAfter }
  if (dice() < 0.1) return { acts: false, isRefused: true, actAfter, seen: "reset", seenAfter }
  const seen = pick(dice, ["reset", "silence", "bad gateway", "half"] as const)
  return { acts: dice() < 0.6, isRefused: false, actAfter, seen, seenAfter }
}

interface Carried {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly text: string
}

const encoder = new TextEncoder()

/** An answer without the streams of a real one, which would be half of the whole work. */
const response = (
  request: HttpClientRequest.HttpClientRequest,
  { headers, status, text }: Carried
): HttpClientResponse.HttpClientResponse => {
  const source = {
    status,
    headers: new Headers({ ...headers, "content-length": String(encoder.encode(text).length) }),
    body: null,
    text: () => Promise.resolve(text)
  }
  return HttpClientResponse.fromWeb(request, source as unknown as Response)
}

/** Carries a request out. */
export type Carry = (request: HttpClientRequest.HttpClientRequest, url: URL) => Effect.Effect<Carried>

/** Carries requests straight to an emulator. */
export const carryTo =
  (engine: Engine): Carry =>
  (request, url) =>
    engine
      .exchange("platform", {
        method: request.method,
        path: url.pathname,
        query: url.search.slice(1),
        headers: request.headers,
        body: request.body._tag === "Uint8Array" ? request.body.body : new Uint8Array(),
        clientAddress: "127.0.0.1"
      })
      .pipe(
        Effect.map((outcome): Carried =>
          outcome._tag === "Answered"
            ? { status: outcome.answer.status, headers: outcome.answer.headers, text: outcome.answer.body }
            : { status: 500, headers: {}, text: "" }
        )
      )

/** A way through the network. `onAct` sees every request that acted, in the order in which they did. */
export const makeNetwork =
  (carry: Carry, { begin, clock, done }: VirtualClock, dice: Dice, weather: Weather, onAct: (act: Act) => void): Send =>
  (request, url, actor) =>
    Effect.gen(function* () {
      const fate = draw(dice, weather)
      const lost = (cause: Broken) => new HttpClientError.RequestError({ request, reason: "Transport", cause })
      if (fate.isRefused) return yield* Effect.fail(lost(refusal))
      const wasInDoubt = actor.wasInDoubt
      const carried = yield* Deferred.make<Carried & { readonly act: Act }>()
      const run = Effect.gen(function* () {
        yield* Effect.sleep(fate.actAfter)
        begin()
        const answer = yield* carry(request, url)
        const act: Act = {
          actor,
          method: request.method,
          path: url.pathname,
          status: answer.status,
          text: answer.text,
          at: clock.unsafeCurrentTimeMillis(),
          wasInDoubt,
          isAnswered: false
        }
        onAct(act)
        done()
        yield* Deferred.succeed(carried, { ...answer, act })
      })
      if (fate.acts) yield* Effect.forkDaemon(Effect.interruptible(run))
      // Until the answer is in hand nobody knows.
      if (request.method !== "GET") actor.wasInDoubt = true
      switch (fate.seen) {
        case "answer": {
          const answer = yield* Deferred.await(carried)
          yield* Effect.sleep(fate.seenAfter)
          actor.wasInDoubt = wasInDoubt
          answer.act.isAnswered = true
          return response(request, answer)
        }
        case "half": {
          if (!fate.acts) return yield* Effect.fail(lost(reset))
          const answer = yield* Deferred.await(carried)
          yield* Effect.sleep(fate.seenAfter)
          return response(request, { ...answer, text: answer.text.slice(0, answer.text.length / 2) })
        }
        case "bad gateway":
          yield* Effect.sleep(fate.seenAfter)
          return response(request, {
            status: 502,
            headers: { "content-type": "text/html" },
            text: "<title>502</title>"
          })
        case "silence":
          return yield* Effect.never
        case "reset":
          yield* Effect.sleep(fate.seenAfter)
          return yield* Effect.fail(lost(reset))
      }
    })
