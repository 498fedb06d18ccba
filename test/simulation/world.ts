/**
 * One emulator, reached by its owner without trouble and by jobs over the network.
 */
import * as HttpClient from "@effect/platform/HttpClient"
import { ApiKeys, OAuth, Policy, Wacht } from "effect-wacht"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Random from "effect/Random"
import type * as Redacted from "effect/Redacted"
import { makeEngine } from "../../src/testing/emulator/options.js"
import type { World as State } from "../../src/testing/emulator/World.js"
import {
  type Act,
  type Actor,
  type Carry,
  carryTo,
  clientOfActor,
  currentActor,
  type Dice,
  makeNetwork,
  type Weather
} from "./network.js"
import { makeOwner, type Owner } from "./owner.js"
import type { VirtualClock } from "./virtualClock.js"

/** The services that a job or an owner uses. */
export type Services = Context.Context<ApiKeys.ApiKeys | OAuth.OAuth>

/** How long a request may take to act. */
export const settleMillis = 30_000

/** Whole numbers of 32 bits, mixed. */
const mix = (seed: number): number => {
  let value = Math.imul(seed ^ (seed >>> 16), 0x45d9f3b)
  value = Math.imul(value ^ (value >>> 16), 0x45d9f3b)
  return (value ^ (value >>> 16)) >>> 0
}

/** Dice for one run of one seed. */
const makeDice = (seed: number, index: number): Dice => {
  let state = mix(mix(seed) + Math.imul(index + 1, 0x9e3779b9))
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let value = Math.imul(state ^ (state >>> 15), state | 1)
    value ^= value + Math.imul(value ^ (value >>> 7), value | 61)
    return ((value ^ (value >>> 14)) >>> 0) / 4_294_967_296
  }
}

/** What all runs of one emulator share. */
export interface World {
  readonly clock: VirtualClock
  readonly apiKey: Redacted.Redacted
  readonly state: State
  readonly carry: Carry
  readonly owner: Owner
  /** The SDK, as everybody uses it: who it is sends through his own network. */
  readonly services: Services
}

const servicesOver = (apiKey: Redacted.Redacted, client: HttpClient.HttpClient): Effect.Effect<Services> =>
  Layer.build(Wacht.layer({ apiKey })).pipe(
    Effect.map(Context.pick(ApiKeys.ApiKeys, OAuth.OAuth)),
    Effect.provideService(HttpClient.HttpClient, client),
    Effect.scoped,
    Effect.orDie
  )

/** Makes a world. */
export const makeWorld = (clock: VirtualClock): Effect.Effect<World> =>
  Effect.gen(function* () {
    const { apiKey, engine } = yield* Effect.orDie(makeEngine({}))
    const carry = carryTo(engine)
    return {
      clock,
      apiKey,
      state: engine.world,
      carry,
      owner: makeOwner(carry, apiKey),
      services: yield* servicesOver(apiKey, clientOfActor)
    }
  })

/** One experiment: its own dice, its own weather, and everything that acted. */
export interface Experiment {
  readonly index: number
  readonly world: World
  readonly dice: Dice
  readonly state: State
  readonly acts: Array<Act>
  /** A run of a job, as a process of its own: it shares nothing with others but the server. */
  readonly asRun: <A, E>(name: string, job: Effect.Effect<A, E, ApiKeys.ApiKeys | OAuth.OAuth>) => Effect.Effect<A, E>
  /** Somebody who has no trouble. */
  readonly owner: Owner
  readonly int: (bound: number) => number
}

/** Makes an experiment. */
export const makeExperiment = (world: World, seed: number, index: number): Experiment => {
  const dice = makeDice(seed, index)
  const weather: Weather = {
    settleMillis,
    trouble: [0.05, 0.2, 0.5][Math.floor(dice() * 3)] ?? 0.2,
    slow: [0.02, 0.3][Math.floor(dice() * 2)] ?? 0.3
  }
  const acts: Array<Act> = []
  const send = makeNetwork(world.carry, world.clock, dice, weather, (act) => acts.push(act))
  const random = Random.make(dice())
  const withPolicy = dice() < 0.3
  return {
    index,
    world,
    dice,
    state: world.state,
    acts,
    owner: world.owner,
    int: (bound) => Math.floor(dice() * bound),
    asRun: (name, job) => {
      const policied = withPolicy ? Policy.withPolicy(job, Policy.standard) : job
      return Effect.suspend(() => {
        const actor: Actor = { name, since: world.clock.clock.unsafeCurrentTimeMillis(), wasInDoubt: false, send }
        return policied.pipe(
          Effect.provide(world.services),
          Effect.withRandom(random),
          Effect.locally(currentActor, actor)
        )
      })
    }
  }
}
