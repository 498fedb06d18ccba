/** One emulator: its world, its faults and what it has seen, whichever way requests reach it. */
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import { identity } from "effect/Function"
import type { Answer } from "./Answer.js"
import type { Request } from "./Call.js"
import { Failure } from "./Failure.js"
import type { Fault, FaultRule } from "./faults.js"
import { matches, SeenRequest } from "./faults.js"
import type { Host } from "./Kernel.js"
import * as Kernel from "./Kernel.js"
import type { World } from "./World.js"

/** What comes of a request. `part` of the answer's body is what arrives. */
export type Outcome =
  | { readonly _tag: "Answered"; readonly answer: Answer; readonly part: "whole" | "stalled" | "cut" }
  | { readonly _tag: "Lost" }
  | { readonly _tag: "Refused" }

export type Outlive = (delayed: Effect.Effect<Outcome>) => Effect.Effect<Outcome>

export interface Engine {
  readonly world: World
  /** `outlive` runs what a caller who leaves does not undo: it has been sent. */
  readonly exchange: (host: Host, request: Request, outlive?: Outlive) => Effect.Effect<Outcome>
  /** Runs while no request is being handled. */
  readonly alone: <A, E, R>(effect: Effect.Effect<A, E, R>) => Effect.Effect<A, E, R>
  readonly seen: Array<SeenRequest>
  readonly rules: Array<FaultRule>
}

/** The latest requests are kept, with the start of their bodies. */
const keptRequests = 1000
const keptBytes = 65_536
const nothing = new Uint8Array()

const toSeen = (host: Host, request: Request): SeenRequest => {
  const found = Kernel.find(host, request.method, request.path)
  const { body } = request
  return new SeenRequest(
    host,
    found instanceof Failure ? undefined : found.route.operation,
    { ...request, body: nothing },
    body.byteLength > keptBytes ? body.slice(0, keptBytes) : body
  )
}

export const make = (world: World): Engine => {
  const kernel = Kernel.make(world)
  const seen: Array<SeenRequest> = []
  const rules: Array<FaultRule> = []

  /** Every delay that applies, and the first fault of another kind. */
  const befalling = (request: SeenRequest): ReadonlyArray<Fault> => {
    const chosen: Array<Fault> = []
    let isDecided = false
    for (const [index, rule] of rules.entries()) {
      const isDelay = rule.fault._tag === "Delay"
      if ((!isDelay && isDecided) || !matches(rule.matcher, request)) continue
      isDecided ||= !isDelay
      rules[index] = { ...rule, times: rule.times - 1 }
      chosen.push(rule.fault)
    }
    for (let index = rules.length - 1; index >= 0; index--) if ((rules[index]?.times ?? 0) < 1) rules.splice(index, 1)
    return chosen
  }

  const answered = (answer: Answer, part: "whole" | "stalled" | "cut" = "whole"): Outcome => ({
    _tag: "Answered",
    answer,
    part
  })

  const exchange: Engine["exchange"] = (host, request, outlive = identity) =>
    Effect.suspend(() => {
      const view = toSeen(host, request)
      if (seen.push(view) > keptRequests) seen.shift()
      const act = kernel.handle(host, request)
      let wait = Duration.zero
      let outcome: Effect.Effect<Outcome> = Effect.map(act, (answer) => answered(answer))
      for (const fault of befalling(view)) {
        if (fault._tag === "Delay") wait = Duration.sum(wait, fault.duration)
        else outcome = apply(fault, act, host)
      }
      return Duration.toMillis(wait) > 0 ? outlive(Effect.delay(outcome, wait)) : outcome
    })

  const apply = (
    fault: Exclude<Fault, { readonly _tag: "Delay" }>,
    act: Effect.Effect<Answer>,
    host: Host
  ): Effect.Effect<Outcome> => {
    switch (fault._tag) {
      case "Answer": {
        const { body, headers, plain, status } = fault
        const isPlain = host === "gateway" && plain !== undefined && headers["content-type"] === "application/json"
        const outcome = answered(
          isPlain
            ? { status, headers: { ...headers, "content-type": "text/plain; charset=utf-8" }, body: plain }
            : { status, headers, body }
        )
        return fault.acts ? Effect.as(act, outcome) : Effect.succeed(outcome)
      }
      case "Lose":
        return fault.acts ? Effect.as(act, { _tag: "Lost" }) : Effect.succeed({ _tag: "Lost" })
      case "Refuse":
        return Effect.succeed({ _tag: "Refused" })
      case "StallBody":
        return Effect.map(act, (answer) => answered(answer, "stalled"))
      case "CutBody":
        return Effect.map(act, (answer) => answered(answer, "cut"))
    }
  }

  return { world, exchange, alone: kernel.alone, seen, rules }
}

/** The half of a body that comes before it stalls or is cut. */
export const firstHalf = (body: string): string => body.slice(0, Math.floor(body.length / 2))
