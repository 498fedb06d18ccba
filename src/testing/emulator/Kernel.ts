/** From a request to its answer: one moment, authentication, routing, handler. */
import * as Effect from "effect/Effect"
import * as Answer from "./Answer.js"
import { authenticate } from "./authenticate.js"
import type { GatewayCall, Request } from "./Call.js"
import { Failure } from "./Failure.js"
import * as Moment from "./Moment.js"
import * as Route from "./Route.js"
import { gatewayRoutes, platformRoutes } from "./routes.js"
import type { World } from "./World.js"
import { stamp } from "./World.js"

/**
 * Which of the two APIs a request goes to.
 *
 * @since 0.1.0
 * @category models
 */
export type Host = "platform" | "gateway"

export interface Kernel {
  /** Answers one request. Requests of one world are handled one after the other and never half. */
  readonly handle: (host: Host, request: Request) => Effect.Effect<Answer.Answer>
  /** Runs something else between two requests. */
  readonly alone: <A, E, R>(effect: Effect.Effect<A, E, R>) => Effect.Effect<A, E, R>
}

const findPlatformRoute = Route.router(platformRoutes)
const findGatewayRoute = Route.router(gatewayRoutes)

/** The route of a request, or the refusal of an unknown path or method. */
export const find = (host: Host, method: string, path: string): Route.Match<Route.Route> | Failure =>
  host === "gateway" ? findGatewayRoute(method, path) : findPlatformRoute(method, path)

const platform = (call: GatewayCall): Effect.Effect<Answer.Answer, Failure> =>
  Effect.flatMap(authenticate(call), (deployment) => {
    const found = findPlatformRoute(call.method, call.path)
    if (found instanceof Failure) return Effect.fail(found)
    const params = Route.params(found.raw)
    return params instanceof Failure ? Effect.fail(params) : found.route.handle({ ...call, deployment, params })
  })

const gateway = (call: GatewayCall): Effect.Effect<Answer.Answer> => {
  const found = findGatewayRoute(call.method, call.path)
  return found instanceof Failure ? Effect.succeed(Answer.bare(found.status, found.headers)) : found.route.handle(call)
}

const withoutBody = (answer: Answer.Answer): Answer.Answer => ({ ...answer, body: "" })

export const make = (world: World): Kernel => {
  const oneAtATime = Effect.unsafeMakeSemaphore(1).withPermits(1)
  return {
    alone: oneAtATime,
    handle: (host, request) =>
      Effect.gen(function* () {
        const now = yield* Moment.now
        const call: GatewayCall = { ...request, world, moment: stamp(world, now), now }
        const answer = yield* host === "gateway"
          ? gateway(call)
          : Effect.catchAll(platform(call), (failure) => Effect.succeed(Answer.fromFailure(failure)))
        return request.method === "HEAD" ? withoutBody(answer) : answer
      }).pipe(Effect.uninterruptible, oneAtATime)
  }
}
