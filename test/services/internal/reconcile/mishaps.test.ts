import * as HttpClient from "@effect/platform/HttpClient"
import * as HttpClientError from "@effect/platform/HttpClientError"
import { assert, describe, it } from "@effect/vitest"
import { Wacht } from "effect-wacht"
import { Emulator } from "effect-wacht/testing"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import { onVirtualTime } from "../policy/harness.js"
import { type Kind, kinds } from "./kinds.js"

/** When a request acts that has no answer: never, at once, or when the caller has long begun to look. */
const fates = [undefined, "0 seconds", "29 seconds"] as const

/** What befalls a job: the request after some that were answered has no answer, as its connection is lost or its caller crashes. */
interface Mishap {
  readonly after: number
  readonly acts: (typeof fates)[number]
  readonly isCrash: boolean
}

/** A network with these mishaps, one after the other. */
const makeNetwork = (client: HttpClient.HttpClient, mishaps: ReadonlyArray<Mishap>) => {
  let met = 0
  let answered = 0
  let crash: Effect.Effect<unknown> = Effect.void
  const network = HttpClient.transform(client, (effect, request) =>
    Effect.suspend(() => {
      const mishap = mishaps[met]
      if (mishap === undefined || answered++ < mishap.after) return effect
      met++
      answered = 0
      const late = mishap.acts === undefined ? Effect.void : Effect.forkDaemon(Effect.delay(effect, mishap.acts))
      const lost = new HttpClientError.RequestError({ request, reason: "Transport", cause: new Error("lost") })
      return Effect.zipRight(late, mishap.isCrash ? Effect.zipRight(crash, Effect.never) : Effect.fail(lost))
    })
  )
  /** Nothing where it crashed. */
  const run = <A, E, R>(job: Effect.Effect<A, E, R>) =>
    Effect.gen(function* () {
      const crashed = yield* Deferred.make<void>()
      crash = Deferred.succeed(crashed, undefined)
      const ended = Effect.asSome(Effect.either(job))
      return yield* Effect.raceFirst(ended, Effect.as(Deferred.await(crashed), Option.none()))
    })
  return { network, run, areMet: () => met === mishaps.length }
}

/** Runs a job until it has a result; whether all mishaps came to pass. */
const experiment = ({ live, prepare }: Kind, mishaps: ReadonlyArray<Mishap>) =>
  Effect.gen(function* () {
    const { apiKey, state } = yield* Emulator.Emulator
    const client = yield* HttpClient.HttpClient
    const over = (client: HttpClient.HttpClient) =>
      Effect.provide(
        Wacht.layer({ apiKey }).pipe(Layer.orDie, Layer.provide(Layer.succeed(HttpClient.HttpClient, client)))
      )
    const job = yield* over(client)(prepare)
    const { areMet, network, run } = makeNetwork(client, mishaps)
    const told = JSON.stringify(mishaps)
    // The run after one that crashed may find that somebody was faster.
    for (let count = 0; count < 2 * mishaps.length + 2; count++) {
      const before = live(yield* state)
      const ended = yield* run(over(network)(job(count > 0)))
      if (Option.isNone(ended)) continue
      const alive = live(yield* state)
      if (Either.isRight(ended.value)) {
        assert.deepStrictEqual(
          alive.map(({ has }) => has),
          [ended.value.right],
          told
        )
        return areMet()
      }
      const error = ended.value.left
      if (error._tag === "ReconciliationError") {
        assert.includeMembers(
          [...(error.live ?? [])],
          alive.map(({ id }) => id),
          told
        )
      } else {
        // It could not even look.
        assert.strictEqual(error._tag, "TransportError", told)
        assert.deepStrictEqual(alive, before, told)
      }
    }
    return assert.fail(`no result: ${told}`)
  }).pipe(Effect.provide(Emulator.layer()))

/** Every way in which a job can meet up to so many mishaps more; how many that are. */
const explore = (kind: Kind, deep: number, mishaps: ReadonlyArray<Mishap> = []): Effect.Effect<number, unknown> =>
  Effect.gen(function* () {
    let count = 1
    if (deep === 0) return count
    for (const isCrash of [true, false]) {
      for (const acts of fates) {
        for (let after = 0; ; after++) {
          const more = [...mishaps, { after, acts, isCrash }]
          if (!(yield* experiment(kind, more))) break
          count += yield* explore(kind, deep - 1, more)
        }
      }
    }
    return count
  })

describe("a job whose requests are lost or whose runs crash, at any two places", () => {
  for (const [name, kind] of Object.entries(kinds)) {
    it(`${name} ends with one live thing, and it in hand`, () =>
      onVirtualTime(
        Effect.map(explore(kind, 2), (ways) => {
          assert.isAbove(ways, 40)
        })
      ))
  }
})
