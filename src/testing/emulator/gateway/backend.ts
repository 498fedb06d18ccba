/**
 * Backend keys. They are API keys of the console's deployment, and the platform asks the gateway about the key of
 * every request before it looks at anything else.
 */
import * as Effect from "effect/Effect"
import type { GatewayCall } from "../Call.js"
import * as Failure from "../Failure.js"
import { nextId } from "../ids.js"
import type * as Moment from "../Moment.js"
import type { Deployment, World } from "../World.js"
import * as ApiKey from "./apiKey.js"
import { decide, record } from "./decide.js"
import type { Identity, Refusal } from "./Identity.js"

/** `undefined`: no backend key. */
export const identify = (world: World, value: string, moment: Moment.Moment): Identity | Refusal | undefined => {
  const key = world.backendKeys.get(value)
  if (key === undefined) return undefined
  if (key.state === "revoked") return "invalid-api-key"
  if (key.state === "expired" || (key.expiresAt !== null && key.expiresAt <= moment)) return "unauthorized"
  return {
    deploymentId: world.consoleDeploymentId,
    appSlug: key.backendAppSlug,
    keyId: key.keyId,
    keyName: key.keyName,
    auditKeyId: key.keyId,
    limitedId: key.keyId,
    ownerUserId: null,
    organizationId: null,
    workspaceId: null,
    organizationMembershipId: null,
    workspaceMembershipId: null,
    permissions: [],
    metadata: "{}",
    rules: key.rateLimits.length === 0 ? world.environment.defaultRateLimits : key.rateLimits,
    headers: {
      "x-wacht-key-id": key.keyId,
      "x-wacht-deployment-id": world.consoleDeploymentId,
      "x-wacht-app-slug": key.backendAppSlug,
      "x-wacht-key-name": key.keyName
    }
  }
}

const unauthenticated = Failure.fail(401, "Authentication failed")

/** Whether the scheme is spelled so and something visible follows. Blanks around the key are tolerated. */
const bearer = /^Bearer [\t ]*([!-~](?:[\t -~]*[!-~])?)[\t ]*$/

/**
 * The deployment that a platform request speaks for. No row is written: the audit trail of the backend keys belongs
 * to the console and no route shows it.
 */
export const authenticate = (call: GatewayCall): Effect.Effect<Deployment, Failure.Failure> =>
  Effect.gen(function* () {
    const credential = bearer.exec(call.headers["authorization"] ?? "")?.[1]
    if (credential === undefined) return yield* Failure.fail(401, "Authorization header must be Bearer token")
    const { moment, world } = call
    const backend = identify(world, credential, moment)
    const identity = backend ?? ApiKey.identify(world, credential, moment)
    if (typeof identity === "string") return yield* unauthenticated

    const subject = {
      requestId: backend === undefined ? `req_${yield* nextId(world, moment)}` : "",
      method: call.method,
      path: call.path,
      clientIp: call.clientAddress,
      userAgent: call.headers["user-agent"] ?? "unknown",
      requiredPermissions: []
    }
    const decision = decide(world, identity, subject, moment)
    // any other key is asked about like one of a customer's callers, and then refused
    if (backend === undefined) yield* record(world, identity, subject, decision, moment)
    if (decision.retryAfterMillis !== null) {
      // the number is in milliseconds, whatever the text says
      return yield* Failure.fail(429, `Rate limit exceeded. Retry after ${decision.retryAfterMillis} seconds`)
    }
    const [, deploymentId] = /^aa_(\d+)$/.exec(identity.appSlug) ?? []
    const deployment = backend && deploymentId !== undefined ? world.deployments.get(deploymentId) : undefined
    return deployment ?? (yield* unauthenticated)
  })
