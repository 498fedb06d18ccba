/**
 * The gateway's authorization check.
 *
 * @since 0.1.0
 */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type { ValidationError } from "../errors/ApiError.js"
import type { CallError } from "../errors/WachtError.js"
import type { AuthzDecision, CheckAuthzInput } from "../schemas/Authz.js"
import * as metrics from "./internal/metrics.js"
import { gatewayOperations as operations } from "./internal/operations/gateway.js"
import { WachtClient } from "./WachtClient.js"

/**
 * The one operation.
 *
 * @since 0.1.0
 * @category models
 */
export interface Service {
  /**
   * Judges somebody's API key or OAuth access token for one call of one resource. A denial is a value, not an error: `allowed: false` with
   * the reason, the rule, and `retryAfter`. A credential that is unknown, revoked or expired is an `AuthenticationError` with
   * `subject: "principal"`; a key that was used shortly before its revocation passes for up to 60 s more.
   *
   * An OAuth access token of format `jwt` is always such an error: the gateway knows opaque ones only. Verify it against the app's JWKS.
   *
   * `requiredPermissions` are joined with AND as text: use one plain permission per entry.
   *
   * `POST /v1/authz/check` on the gateway's host. Never repeated unless asked: each call uses up quota and writes an audit row. Errors:
   * `ValidationError`, `CallError`. Contract: section 8.
   */
  readonly checkAuthz: (input: CheckAuthzInput) => Effect.Effect<AuthzDecision, ValidationError | CallError>
}

/**
 * The service of the gateway.
 *
 * @since 0.1.0
 * @category tags
 */
export class Gateway extends Context.Tag("effect-wacht/Gateway")<Gateway, Service>() {}

/**
 * Makes the service over a client.
 *
 * @since 0.1.0
 * @category constructors
 */
export const make: Effect.Effect<Service, never, WachtClient> = Effect.map(WachtClient, ({ execute }) =>
  Gateway.of({
    checkAuthz: (body) => Effect.tap(execute(operations.checkAuthz, { body }), metrics.decided)
  })
)

/**
 * Provides the service over a client, a service of its own over each.
 *
 * @since 0.1.0
 * @category layers
 */
export const layer: Layer.Layer<Gateway, never, WachtClient> = Layer.fresh(Layer.effect(Gateway, make))
