/** The platform asks the gateway about every request's credential before it looks at anything else. */
import * as Effect from "effect/Effect"
import type { GatewayCall } from "./Call.js"
import * as Failure from "./Failure.js"
import { countCall } from "./gateway/limits.js"
import type { Deployment } from "./World.js"

const notBearer = new Failure.Failure({ status: 401, message: "Authorization header must be Bearer token" })
const refused = new Failure.Failure({ status: 401, message: "Authentication failed" })

/** A header value as the server's HTTP library hands it over: trimmed, and only if it is visible ASCII. */
const headerText = (value: string | undefined): string | undefined => {
  const trimmed = value?.replace(/^[ \t]+|[ \t]+$/g, "")
  return trimmed !== undefined && /^[\t\x20-\x7e]*$/.test(trimmed) ? trimmed : undefined
}

/** The deployment that the request's backend key belongs to. Counts the call against the key's limits. */
export const authenticate = (call: GatewayCall): Effect.Effect<Deployment, Failure.Failure> => {
  const header = headerText(call.headers["authorization"])
  if (header === undefined || !header.startsWith("Bearer ")) return Effect.fail(notBearer)
  const { moment, world } = call
  const key = world.backendKeys.get(header.slice("Bearer ".length).trim())
  if (key === undefined || key.state !== "active" || (key.expiresAt !== null && key.expiresAt <= moment))
    return Effect.fail(refused)
  const { refusal } = countCall(
    world.counters,
    key.rateLimits,
    {
      deploymentId: world.consoleDeploymentId,
      appSlug: key.backendAppSlug,
      subject: key.keyId,
      path: call.path,
      clientIp: call.clientAddress
    },
    Number(moment),
    world.options.windows
  )
  if (refusal !== undefined)
    // the text says seconds, the number is milliseconds: so the server words it
    return Failure.fail(429, `Rate limit exceeded. Retry after ${refusal.retryAfterMillis} seconds`)
  const deployment = world.deployments.get(key.deploymentId)
  return deployment === undefined || key.backendAppSlug !== `aa_${key.deploymentId}`
    ? Effect.fail(refused)
    : Effect.succeed(deployment)
}
