/**
 * API keys of an app.
 *
 * @since 0.1.0
 */
import type * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import { DeploymentId, KeyId, MembershipId, OrganizationId, UserId, WorkspaceId } from "./Ids.js"
import { Json, Secret, Strings } from "./internal/fields.js"
import { JsonInput, QueryBoolean } from "./internal/rules.js"
import * as Wire from "./internal/wire.js"
import type { RateLimitRuleEncoded } from "./RateLimitScheme.js"
import { RateLimitRule } from "./RateLimitScheme.js"
import { Timestamp, TimestampInput } from "./Timestamp.js"

const fields = () => ({
  id: KeyId,
  deploymentId: DeploymentId,
  appSlug: Schema.String,
  /** Not unique. */
  name: Schema.String,
  keyPrefix: Schema.String,
  /** The last 8 characters of the secret. */
  keySuffix: Schema.String,
  /** Its own. At the gateway the role permissions below count beside them. */
  permissions: Strings,
  /** Whatever JSON was stored, with its own keys, perhaps in another order; `{}` unless given. An integer beyond 2^53 is its decimal text. */
  metadata: Json,
  /** The rules of its scheme in `listApiKeys`; always empty where the key was just created or rotated. */
  rateLimits: Wire.list<RateLimitRule, RateLimitRuleEncoded>(RateLimitRule),
  rateLimitSchemeSlug: Wire.absent(Schema.String),
  ownerUserId: Wire.absent(UserId),
  organizationId: Wire.absent(OrganizationId),
  workspaceId: Wire.absent(WorkspaceId),
  organizationMembershipId: Wire.absent(MembershipId),
  workspaceMembershipId: Wire.absent(MembershipId),
  /** The owner's, as copied when the key was made; they count at the gateway as the key's own. */
  orgRolePermissions: Strings,
  /** The owner's, as copied when the key was made; they count at the gateway as the key's own. */
  workspaceRolePermissions: Strings,
  expiresAt: Wire.nullable(Timestamp),
  lastUsedAt: Wire.nullable(Timestamp),
  /** Stays true after `expiresAt` has passed. */
  isActive: Schema.Boolean,
  /** Of a key that a rotation made the same microsecond as its predecessor's `revokedAt`. */
  createdAt: Timestamp,
  updatedAt: Timestamp,
  revokedAt: Wire.nullable(Timestamp),
  /** `Rotated` where a rotation replaced it. */
  revokedReason: Wire.nullable(Schema.String)
})

/**
 * An API key, without its secret.
 *
 * @since 0.1.0
 * @category models
 */
export const ApiKey = Wire.lazy(() => Wire.Struct(fields()))
/**
 * An API key, without its secret.
 *
 * @since 0.1.0
 * @category models
 */
export interface ApiKey extends Schema.Schema.Type<typeof ApiKey> {}
/**
 * An `ApiKey` as JSON.
 *
 * @since 0.1.0
 * @category encoded
 */
export interface ApiKeyEncoded extends Schema.Schema.Encoded<typeof ApiKey> {}

/**
 * An API key that was just made, with the only copy of its secret.
 *
 * @since 0.1.0
 * @category models
 */
export const ApiKeyWithSecret = Wire.lazy(() =>
  Wire.Struct({
    ...fields(),
    secret: Secret
  })
)
/**
 * An API key that was just made, with the only copy of its secret.
 *
 * @since 0.1.0
 * @category models
 */
export interface ApiKeyWithSecret extends ApiKey {
  /** The full key, shown this once. */
  readonly secret: Redacted.Redacted
}

/**
 * What `listApiKeys` can be narrowed by.
 *
 * @since 0.1.0
 * @category inputs
 */
export const ListApiKeysQuery = Wire.lazy(() =>
  Wire.Struct({
    /** Whether revoked and rotated keys are listed too; not unless given. */
    includeInactive: Wire.optional(QueryBoolean)
  })
)
/**
 * What `listApiKeys` can be narrowed by.
 *
 * @since 0.1.0
 * @category inputs
 */
export interface ListApiKeysQuery extends Schema.Schema.Type<typeof ListApiKeysQuery> {}

/**
 * What `createApiKey` takes; limits, owner and tenant come from the app.
 *
 * @since 0.1.0
 * @category inputs
 */
export const CreateApiKeyInput = Wire.lazy(() =>
  Wire.Struct({
    /** Need not be unique, may be empty. */
    name: Schema.String,
    /** None of its own when left out; what the owner's roles permit in the app's organization and workspace counts besides. Not bounded by the app's. */
    permissions: Wire.optional(Strings),
    /** Any JSON with its own keys; left out or null is stored as `{}`. */
    metadata: Wire.optional(JsonInput),
    /** Never when left out. The past is accepted and makes a key that is refused. Kept to the microsecond. */
    expiresAt: Wire.optional(TimestampInput)
  })
)
/**
 * What `createApiKey` takes; limits, owner and tenant come from the app.
 *
 * @since 0.1.0
 * @category inputs
 */
export interface CreateApiKeyInput extends Schema.Schema.Type<typeof CreateApiKeyInput> {}

/**
 * What `revokeApiKey` takes.
 *
 * @since 0.1.0
 * @category inputs
 */
export const RevokeApiKeyInput = Wire.lazy(() =>
  Wire.Struct({
    /** Shown as `revokedReason`. */
    reason: Wire.optional(Schema.String)
  })
)
/**
 * What `revokeApiKey` takes.
 *
 * @since 0.1.0
 * @category inputs
 */
export interface RevokeApiKeyInput extends Schema.Schema.Type<typeof RevokeApiKeyInput> {}
