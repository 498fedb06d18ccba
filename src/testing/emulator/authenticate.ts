/** The platform asks the gateway about every request's credential before it looks at anything else. */
import * as Effect from "effect/Effect"
import type { GatewayCall } from "./Call.js"
import * as Failure from "./Failure.js"
import * as ApiKey from "./gateway/apiKey.js"
import * as Backend from "./gateway/backend.js"
import { decide, record } from "./gateway/decide.js"
import { nextId } from "./ids.js"
import { trim } from "./text.js"
import type { Deployment } from "./World.js"

const notBearer = Failure.fail(401, "Authorization header must be Bearer token")
const refused = Failure.fail(401, "Authentication failed")

/** A header value as the server's HTTP library hands it over: trimmed, and only if it is visible ASCII. */
const headerText = (value: string | undefined): string | undefined => {
  const trimmed = value?.replace(/^[ \t]+|[ \t]+$/g, "")
  return trimmed !== undefined && /^[\t\x20-\x7e]*$/.test(trimmed) ? trimmed : undefined
}

/** The deployment that the request's backend key belongs to. Counts the call against the key's limits. */
export const authenticate = (call: GatewayCall): Effect.Effect<Deployment, Failure.Failure> =>
  Effect.gen(function* () {
    const header = headerText(call.headers["authorization"])
    if (header === undefined || !header.startsWith("Bearer ")) return yield* notBearer
    const credential = trim(header.slice("Bearer ".length))
    const { moment, now, world } = call
    const backend = Backend.identify(world, credential, now)
    const identity = backend ?? ApiKey.identify(world, credential, now)
    if (typeof identity === "string") return yield* refused

    const subject = {
      requestId: backend === undefined ? `req_${yield* nextId(world, moment)}` : "",
      method: call.method,
      path: call.path,
      clientIp: call.clientAddress,
      userAgent: call.headers["user-agent"] ?? "unknown",
      requiredPermissions: []
    }
    const decision = decide(world, identity, subject, now)
    // the rows of backend keys belong to the console, and no route shows them; any other key is asked about like
    // that of a customer's caller, and then refused
    if (backend === undefined) yield* record(world, identity, subject, decision, moment)
    if (decision.retryAfterMillis !== null) {
      // the text says seconds, the number is milliseconds: so the server words it
      return yield* Failure.fail(429, `Rate limit exceeded. Retry after ${decision.retryAfterMillis} seconds`)
    }
    // only the app of the key's own deployment speaks for it
    const own = backend && world.backendKeys.get(credential)?.deploymentId
    const deployment = own !== undefined && identity.appSlug === `aa_${own}` ? world.deployments.get(own) : undefined
    return deployment ?? (yield* refused)
  })
