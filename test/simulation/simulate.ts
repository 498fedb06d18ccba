/**
 * Experiments by seed and number: the same pair is the same experiment, whichever came before.
 */
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import { keys } from "./keys.js"
import { others } from "./others.js"
import type { Outcome, Violation } from "./outcome.js"
import { makeVirtualClock } from "./virtualClock.js"
import { makeExperiment, makeWorld } from "./world.js"

/** What became of many experiments. */
export interface Summary {
  runs: number
  inHand: number
  named: number
  crashes: number
  superseded: number
  requests: number
  readonly scenarios: Record<string, number>
  readonly violations: Array<Violation & { readonly index: number }>
}

/** Nothing yet. */
export const emptySummary = (): Summary => ({
  runs: 0,
  inHand: 0,
  named: 0,
  crashes: 0,
  superseded: 0,
  requests: 0,
  scenarios: {},
  violations: []
})

/** Both together. */
export const add = (a: Summary, b: Summary): Summary => {
  const scenarios = { ...a.scenarios }
  for (const [name, count] of Object.entries(b.scenarios)) scenarios[name] = (scenarios[name] ?? 0) + count
  return {
    runs: a.runs + b.runs,
    inHand: a.inHand + b.inHand,
    named: a.named + b.named,
    crashes: a.crashes + b.crashes,
    superseded: a.superseded + b.superseded,
    requests: a.requests + b.requests,
    scenarios,
    violations: [...a.violations, ...b.violations]
  }
}

const note = (summary: Summary, index: number, outcome: Outcome, requests: number): void => {
  summary.runs++
  summary.inHand += outcome.inHand
  summary.named += outcome.named
  summary.crashes += outcome.crashes
  summary.superseded += outcome.superseded
  summary.requests += requests
  summary.scenarios[outcome.scenario] = (summary.scenarios[outcome.scenario] ?? 0) + 1
  for (const violation of outcome.violations) summary.violations.push({ ...violation, index })
}

/** An emulator forgets nothing: a new one after this many. */
const perWorld = 250
/** Worlds side by side, each with its own time, so that their turns go together. */
const lanes = 8
const start = Date.UTC(2026, 0, 1)

const inOneWorld = async (seed: number, from: number, to: number): Promise<Summary> => {
  const summary = emptySummary()
  const clock = makeVirtualClock(start)
  const exit = await clock.run(
    Effect.gen(function* () {
      const world = yield* makeWorld(clock)
      for (let index = from; index < to; index++) {
        const experiment = makeExperiment(world, seed, index)
        const outcome = yield* Effect.exit(experiment.dice() < 0.8 ? keys(experiment) : others(experiment))
        if (Exit.isSuccess(outcome)) note(summary, index, outcome.value, experiment.acts.length)
        else summary.violations.push({ kind: "wrong answer", detail: Cause.pretty(outcome.cause), index })
      }
    }).pipe(Effect.withTracerEnabled(false))
  )
  if (Exit.isFailure(exit)) throw new Error(Cause.pretty(exit.cause))
  return summary
}

/** Runs the experiments `from` to `to`, without the latter. */
export const simulate = async (seed: number, from: number, to: number): Promise<Summary> => {
  let summary = emptySummary()
  let next = from
  const lane = async () => {
    while (next < to) {
      const first = next
      next = Math.min(to, first + perWorld)
      const part = await inOneWorld(seed, first, next)
      summary = add(summary, part)
    }
  }
  await Promise.all(Array.from({ length: lanes }, lane))
  return summary
}
