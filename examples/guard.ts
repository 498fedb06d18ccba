import { Gateway, Policy } from "effect-wacht"
import { Data, Effect, Option, Redacted } from "effect"

class Unauthorized extends Data.TaggedError("Unauthorized")<{ readonly reason: string }> {}

interface Caller {
  readonly token: string
  readonly clientIp: string
  readonly userAgent: string
}

/** Lets a request through, or says why not. */
export const guard = ({ clientIp, token, userAgent }: Caller, resource: string) =>
  Effect.gen(function* () {
    const gateway = yield* Gateway.Gateway
    const decision = yield* gateway.checkAuthz({
      principal: { type: "api_key", value: Redacted.make(token) },
      resource,
      method: "GET",
      // left out, they would be your own server's
      clientIp,
      userAgent,
      requiredPermissions: ["reports:read"]
    })
    if (!decision.allowed) {
      // a denial is a value: permission_denied, or rate_limited with the time to wait
      return yield* new Unauthorized({ reason: Option.getOrElse(decision.reason, () => "denied") })
    }
    return decision.identity
  }).pipe(
    // every request of yours waits for it
    Policy.attemptTimeout("2 seconds"),
    // a bad credential of the caller's is not a bad key of ours
    Effect.catchIf(
      (error) => error._tag === "AuthenticationError" && error.subject === "principal",
      () => new Unauthorized({ reason: "unknown, revoked or expired" })
    )
  )
