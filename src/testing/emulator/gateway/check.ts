/** `POST /v1/authz/check`. */
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Answer from "../Answer.js"
import type { BodyRefusal, GatewayCall } from "../Call.js"
import { decodeBody } from "../Call.js"
import { nextId } from "../ids.js"
import * as Decode from "../json/decode.js"
import { rawText } from "../json/write.js"
import * as Route from "../Route.js"
import { trim, trimToNull } from "../text.js"
import * as AccessToken from "./accessToken.js"
import * as ApiKey from "./apiKey.js"
import * as Backend from "./backend.js"
import type { Decision, Subject } from "./decide.js"
import { decide, record } from "./decide.js"
import type { Identity } from "./Identity.js"

const Principal = Decode.object(
  { type: Decode.required(Decode.oneOf("api_key", "oauth_access_token")), value: Decode.required(Decode.text) },
  { strict: true }
)

const CheckAuthz = Decode.object(
  {
    principal: Decode.required(Principal),
    resource: Decode.required(Decode.text),
    method: Decode.required(Decode.text),
    client_ip: Decode.optional(Decode.text),
    user_agent: Decode.optional(Decode.text),
    required_permissions: Decode.optional(Decode.array(Decode.text))
  },
  { strict: true }
)

const methods = new Set(["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"])

/** The path of a resource, without query and fragment; `undefined` if nothing is left. */
const pathOf = (resource: string): string | undefined => {
  const path = trim(resource).replace(/[?#].*$/s, "")
  if (path === "") return undefined
  return path.startsWith("/") ? path : `/${path}`
}

/** The first that is not blank. */
const firstGiven = (...values: ReadonlyArray<string | undefined>): string | undefined =>
  values.map((value) => trimToNull(value)).find((value) => value !== null)

const checkAuthz = (call: GatewayCall): Effect.Effect<Answer.Answer> =>
  Effect.gen(function* () {
    const decoded = decodeBody(call, CheckAuthz)
    if (Either.isLeft(decoded)) return refuseBody(decoded.left)
    const { moment, now, world } = call
    const { principal, ...body } = decoded.right
    const requestId = `req_${yield* nextId(world, moment)}`
    const method = trim(body.method).toUpperCase()
    const path = pathOf(body.resource)
    if (path === undefined || !methods.has(method)) return refuse(requestId, 400)

    const value = trim(principal.value)
    const identity =
      principal.type === "oauth_access_token"
        ? AccessToken.identify(world, value, now)
        : (Backend.identify(world, value, now) ?? ApiKey.identify(world, value, now))
    if (identity === "invalid-api-key") return Answer.text(401, "Invalid API key")
    if (identity === "unauthorized") return refuse(requestId, 401)

    const { headers } = call
    const subject: Subject = {
      requestId,
      method,
      path,
      clientIp: firstGiven(body.client_ip, headers["x-original-client-ip"]) ?? call.clientAddress,
      userAgent: firstGiven(body.user_agent, headers["x-original-user-agent"], headers["user-agent"]) ?? "unknown",
      requiredPermissions: body.required_permissions ?? []
    }
    const decision = decide(world, identity, subject, now)
    yield* record(world, identity, subject, decision, moment)
    return show(identity, subject, decision)
  })

/** Everything after the first colon is the parser's own and free. */
const refuseBody = (refusal: BodyRefusal): Answer.Answer => {
  switch (refusal.kind) {
    case "media-type":
      return Answer.text(415, "Expected request with `Content-Type: application/json`")
    case "too-large":
      return Answer.text(413, "Failed to buffer the request body: length limit exceeded")
    case "syntax":
      return Answer.text(400, `Failed to parse the request body as JSON: ${refusal.detail}`)
    case "shape":
      return Answer.text(422, `Failed to deserialize the JSON body into the target type: ${refusal.detail}`)
  }
}

/** The decision's shape with nothing in it: these refusals do not say why. */
const refuse = (requestId: string, status: number): Answer.Answer =>
  Answer.json(
    {
      request_id: requestId,
      allowed: false,
      reason: null,
      blocked_rule: null,
      identity: null,
      permissions: [],
      metadata: null,
      rate_limits: [],
      retry_after: null,
      headers: {}
    },
    status
  )

const show = (identity: Identity, subject: Subject, decision: Decision): Answer.Answer =>
  Answer.json({
    request_id: subject.requestId,
    allowed: decision.reason === null,
    reason: decision.reason,
    blocked_rule: decision.blockedRule,
    identity: {
      key_id: identity.keyId,
      deployment_id: identity.deploymentId,
      app_slug: identity.appSlug,
      key_name: identity.keyName,
      owner_user_id: identity.ownerUserId,
      organization_id: identity.organizationId,
      workspace_id: identity.workspaceId,
      organization_membership_id: identity.organizationMembershipId,
      workspace_membership_id: identity.workspaceMembershipId
    },
    permissions: identity.permissions,
    metadata: rawText(identity.metadata),
    rate_limits: decision.rateLimits.map(({ limit, remaining, rule }) => ({ rule, remaining, limit })),
    retry_after: decision.retryAfterMillis,
    headers: decision.headers()
  })

export const routes: ReadonlyArray<Route.GatewayRoute> = [
  Route.gateway("checkAuthz", "POST", "/v1/authz/check", checkAuthz)
]
