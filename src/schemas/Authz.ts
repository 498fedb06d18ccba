/**
 * The gateway's decisions on a credential.
 *
 * @since 0.1.0
 */
import * as Predicate from "effect/Predicate"
import * as Schema from "effect/Schema"
import type { RateLimitStateEncoded } from "./AuditLog.js"
import { RateLimitState } from "./AuditLog.js"
import { DeploymentId, KeyId, MembershipId, OrganizationId, UserId, WorkspaceId } from "./Ids.js"
import { compile } from "./internal/compile/compile.js"
import { Bail, type Decode, Direct } from "./internal/compile/decode.js"
import { JsonValue, Milliseconds, Secret, Strings } from "./internal/fields.js"
import { isBlank, text } from "./internal/rules.js"
import * as Wire from "./internal/wire.js"
import { Timestamp } from "./Timestamp.js"

/**
 * Whose credential was judged.
 *
 * @since 0.1.0
 * @category models
 */
export const AuthzIdentity = Wire.lazy(() =>
  Wire.Struct({
    /** Of an OAuth access token the record id of its client. */
    keyId: KeyId,
    deploymentId: DeploymentId,
    appSlug: Schema.String,
    /** Of an OAuth access token the client id, `oc_…`. */
    keyName: Schema.String,
    ownerUserId: Wire.nullable(UserId),
    /** None of an OAuth access token, like the three below. */
    organizationId: Wire.nullable(OrganizationId),
    workspaceId: Wire.nullable(WorkspaceId),
    organizationMembershipId: Wire.nullable(MembershipId),
    workspaceMembershipId: Wire.nullable(MembershipId)
  })
)
/**
 * Whose credential was judged.
 *
 * @since 0.1.0
 * @category models
 */
export interface AuthzIdentity extends Schema.Schema.Type<typeof AuthzIdentity> {}
/**
 * An `AuthzIdentity` as JSON.
 *
 * @since 0.1.0
 * @category encoded
 */
export interface AuthzIdentityEncoded extends Schema.Schema.Encoded<typeof AuthzIdentity> {}

/**
 * The `metadata` of a decision on an OAuth access token; decode it with `Schema.decodeUnknown`.
 *
 * @since 0.1.0
 * @category models
 */
export const AuthzOAuthMetadata = Wire.lazy(() =>
  Wire.Struct({
    principalType: Schema.Literal("oauth_access_token"),
    scopes: Strings,
    /** The resource that was asked for. */
    oauthResource: Wire.nullable(Schema.String),
    /** `urn:wacht:…`. */
    grantedResource: Wire.nullable(Schema.String),
    expiresAt: Timestamp
  })
)
/**
 * The `metadata` of a decision on an OAuth access token; decode it with `Schema.decodeUnknown`.
 *
 * @since 0.1.0
 * @category models
 */
export interface AuthzOAuthMetadata extends Schema.Schema.Type<typeof AuthzOAuthMetadata> {}

/** As `Schema` does it: a `__proto__` that an answer could have is not made one. */
const textRecord: Decode = (json) =>
  Predicate.isRecord(json) && Object.values(json).every(Predicate.isString) ? Object.assign({}, json) : Bail

/** Both decisions have every field of the answer. */
const decision = <const Allowed extends boolean>(allowed: Allowed) =>
  Wire.Struct({
    allowed: Schema.Literal(allowed),
    /** `req_` and a number, as in the audit trail. */
    requestId: Schema.String,
    /** None where the credential is allowed. */
    reason: Wire.nullable(Wire.open("permission_denied", "rate_limited")),
    /** `permission_denied`, or the rule that refused: `120/60s`. */
    blockedRule: Wire.nullable(Schema.String),
    /** There on every decision. */
    identity: Wire.nullable<AuthzIdentity, AuthzIdentityEncoded>(AuthzIdentity),
    /** The effective ones, sorted: of a key its own and its owner's role permissions copied into it, of a token its scopes and what they map to where it was granted. */
    permissions: Strings,
    /** Of an API key what was stored with it, of an OAuth access token an `AuthzOAuthMetadata` as JSON. */
    metadata: Wire.nullable(JsonValue),
    /** Of every rule that matched; empty where a permission was missing, or where none of the scheme's rules matched, so that there is no limit. */
    rateLimits: Wire.list<RateLimitState, RateLimitStateEncoded>(RateLimitState),
    /** The whole window of the shortest rule that refused; none unless rate limited. */
    retryAfter: Wire.nullable(Milliseconds),
    /** To be passed on to services behind you (ids, permissions and metadata are among them): lower-case names and their values. They are no headers of the gateway's own answer. `x-ratelimit-<window>-reset` is in milliseconds. One whose value is not all visible ASCII is missing. */
    headers: Schema.Record({ key: Schema.String, value: Schema.String }).annotations({ [Direct]: textRecord })
  })

/**
 * The credential may do it. One call of its quota is used up.
 *
 * @since 0.1.0
 * @category models
 */
export const AuthzAllowed = Wire.lazy(() => decision(true))
/**
 * The credential may do it. One call of its quota is used up.
 *
 * @since 0.1.0
 * @category models
 */
export interface AuthzAllowed extends Schema.Schema.Type<typeof AuthzAllowed> {}
/**
 * An `AuthzAllowed` as JSON.
 *
 * @since 0.1.0
 * @category encoded
 */
export interface AuthzAllowedEncoded extends Schema.Schema.Encoded<typeof AuthzAllowed> {}

/**
 * The credential may not do it: see `reason`. A missing permission uses up nothing, one rule that refuses still lets the others count.
 *
 * @since 0.1.0
 * @category models
 */
export const AuthzDenied = Wire.lazy(() => decision(false))
/**
 * The credential may not do it: see `reason`. A missing permission uses up nothing, one rule that refuses still lets the others count.
 *
 * @since 0.1.0
 * @category models
 */
export interface AuthzDenied extends Schema.Schema.Type<typeof AuthzDenied> {}
/**
 * An `AuthzDenied` as JSON.
 *
 * @since 0.1.0
 * @category encoded
 */
export interface AuthzDeniedEncoded extends Schema.Schema.Encoded<typeof AuthzDenied> {}

/**
 * What the gateway decided, told apart by `allowed`. A denial is an answer, not an error.
 *
 * @since 0.1.0
 * @category models
 */
export type AuthzDecision = AuthzAllowed | AuthzDenied
/**
 * The schema of both decisions.
 *
 * @since 0.1.0
 * @category models
 */
export const AuthzDecision: Schema.Schema<AuthzDecision, AuthzAllowedEncoded | AuthzDeniedEncoded> = Wire.lazy(() => {
  const allowed = compile(AuthzAllowed.ast)
  const denied = compile(AuthzDenied.ast)
  return Schema.Union(AuthzAllowed, AuthzDenied).annotations({
    // The one refuses what the other takes.
    [Direct]: (json: unknown) => {
      const decision = allowed(json)
      return decision === Bail ? denied(json) : decision
    }
  })
})

/**
 * The credential to be judged.
 *
 * @since 0.1.0
 * @category inputs
 */
export const AuthzPrincipal = Wire.lazy(() =>
  Wire.Struct({
    type: Schema.Literal("api_key", "oauth_access_token"),
    /** Trimmed. An ill-formed one is answered as a bad credential; only what no request can carry, NUL or half a surrogate pair, is a bad input. */
    value: Secret
  })
)
/**
 * The credential to be judged.
 *
 * @since 0.1.0
 * @category inputs
 */
export interface AuthzPrincipal extends Schema.Schema.Type<typeof AuthzPrincipal> {}
/**
 * An `AuthzPrincipal` as JSON.
 *
 * @since 0.1.0
 * @category encoded
 */
export interface AuthzPrincipalEncoded extends Schema.Schema.Encoded<typeof AuthzPrincipal> {}

const Principal: Schema.Schema<AuthzPrincipal, AuthzPrincipalEncoded> = AuthzPrincipal

const methods = ["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"] as const

type Method = (typeof methods)[number]

/** Upper case by type, as `HttpServerRequest` has it; any case by value, for callers whose framework only says `string`. */
const AnyCaseMethod: Schema.Schema<Method> = Wire.lazy(() => {
  const known = new RegExp(`^\\p{White_Space}*(?:${methods.join("|")})\\p{White_Space}*$`, "iu")
  return Schema.declare((u: unknown): u is Method => typeof u === "string" && known.test(u), {
    description: "GET, POST, PUT, PATCH, DELETE, HEAD or OPTIONS, in any case",
    jsonSchema: { type: "string", enum: methods },
    pretty: () => String,
    arbitrary: () => (fc) => fc.constantFrom(...methods)
  })
})

const Resource = text((text) => !isBlank(text.replace(/[?#].*$/s, "")), {
  description: "text that is not blank before the first ? or #"
})

/**
 * What `checkAuthz` takes. An unknown member would be refused by the gateway and is refused here.
 *
 * @since 0.1.0
 * @category inputs
 */
export const CheckAuthzInput = Wire.lazy(() =>
  Wire.Struct({
    /** The credential that is judged: an API key or an OAuth access token, each Redacted. */
    principal: Principal,
    /** The path that is asked for. Cut at `?` and `#`, `/` is put in front if missing; not blank. */
    resource: Resource,
    /** In upper case by its type; the gateway takes any. */
    method: AnyCaseMethod,
    /** Counted by rules per address. The address of this connection when left out. */
    clientIp: Wire.optional(Schema.String),
    /** Written to the audit trail. This client's own when left out. */
    userAgent: Wire.optional(Schema.String),
    /** All needed; give one plain permission per entry: entries are joined as text with ` AND `, so `OR`, commas and brackets inside change the meaning. Blank entries are dropped: a list of nothing else asks for no permission. */
    requiredPermissions: Wire.optional(Strings)
  })
)
/**
 * What `checkAuthz` takes. An unknown member would be refused by the gateway and is refused here.
 *
 * @since 0.1.0
 * @category inputs
 */
export interface CheckAuthzInput extends Schema.Schema.Type<typeof CheckAuthzInput> {}
