/**
 * API-auth apps: what API keys belong to.
 *
 * @since 0.1.0
 */
import * as Schema from "effect/Schema"
import { DeploymentId, OrganizationId, UserId, WorkspaceId } from "./Ids.js"
import { Strings } from "./internal/fields.js"
import { between, leftOut, QueryBoolean, QueryOffset, QueryPageSize } from "./internal/rules.js"
import * as Wire from "./internal/wire.js"
import type { RateLimitRuleEncoded } from "./RateLimitScheme.js"
import { RateLimitRule } from "./RateLimitScheme.js"
import { Timestamp } from "./Timestamp.js"

/**
 * An API-auth app.
 *
 * @since 0.1.0
 * @category models
 */
export const ApiAuthApp = Wire.lazy(() =>
  Wire.Struct({
    deploymentId: DeploymentId,
    /** The owner, fixed for life. */
    userId: Wire.absent(UserId),
    organizationId: Wire.absent(OrganizationId),
    workspaceId: Wire.absent(WorkspaceId),
    /** What routes name it by; fixed for life. */
    appSlug: Schema.String,
    name: Schema.String,
    description: Wire.nullable(Schema.String),
    isActive: Schema.Boolean,
    /** What the secrets of its keys begin with. */
    keyPrefix: Schema.String,
    /** Not compared with what its keys may: the gateway looks at the keys alone. */
    permissions: Strings,
    resources: Strings,
    /** The rules of the assigned scheme; empty where none is assigned or its slug is unknown. */
    rateLimits: Wire.list<RateLimitRule, RateLimitRuleEncoded>(RateLimitRule),
    rateLimitSchemeSlug: Wire.absent(Schema.String),
    createdAt: Timestamp,
    updatedAt: Timestamp,
    /** None: deleted apps are not shown. */
    deletedAt: Wire.nullable(Timestamp)
  })
)
/**
 * An API-auth app.
 *
 * @since 0.1.0
 * @category models
 */
export interface ApiAuthApp extends Schema.Schema.Type<typeof ApiAuthApp> {}
/**
 * An `ApiAuthApp` as JSON.
 *
 * @since 0.1.0
 * @category encoded
 */
export interface ApiAuthAppEncoded extends Schema.Schema.Encoded<typeof ApiAuthApp> {}

const owned = "left out where userId is given: an owned app has its owner's"
const needsOwner = "only together with userId"
const notBoth = "left out where organizationId or workspaceId is given: an app has an owner or permissions of its own"

/** What an app with an owner has none of. */
const rights = ["permissions", "resources"] as const

/**
 * What `createApiAuthApp` takes.
 *
 * @since 0.1.0
 * @category inputs
 */
export const CreateApiAuthAppInput = Wire.lazy(() =>
  Wire.Struct({
    /** The owner, a living user of the deployment; fixed for life. */
    userId: Wire.optional(UserId),
    /** Only with `userId`, who must be a member. */
    organizationId: Wire.optional(OrganizationId),
    /** Only with `userId`, who must be a member. Brings its organization with it. */
    workspaceId: Wire.optional(WorkspaceId),
    /** Unique in the deployment, fixed for life, stored as given. An empty one, `.` and `..` are accepted and can never be addressed again. */
    appSlug: Schema.String,
    /** May be empty. */
    name: Schema.String,
    /** Secrets are this, `_` and 43 characters. With fewer than 2 characters, or blanks in front, they never authenticate; do not end it with `_`. */
    keyPrefix: Schema.String,
    /** None when left out. */
    description: Wire.optional(Schema.String),
    /** Not checked to exist: an unknown one leaves the gateway's default of 1000 per minute and app. Can be changed later, not taken away. */
    rateLimitSchemeSlug: Wire.optional(Schema.String),
    /** Not with `userId`, not even empty. */
    permissions: Wire.optional(Strings),
    /** Not with `userId`, not even empty. */
    resources: Wire.optional(Strings)
  }).pipe(
    Schema.filter(
      (input) =>
        input.userId === undefined
          ? leftOut(input, ["organizationId", "workspaceId"], needsOwner)
          : leftOut(input, rights, owned),
      between
    )
  )
)
/**
 * What `createApiAuthApp` takes.
 *
 * @since 0.1.0
 * @category inputs
 */
export interface CreateApiAuthAppInput extends Schema.Schema.Type<typeof CreateApiAuthAppInput> {}

/**
 * What `updateApiAuthApp` takes; what is left out stays, and nothing becomes null again: `name`, `keyPrefix` and `description` can be set to `""`, lists to `[]`.
 *
 * @since 0.1.0
 * @category inputs
 */
export const UpdateApiAuthAppInput = Wire.lazy(() =>
  Wire.Struct({
    /** Only of an app with an owner, who must be a member. */
    organizationId: Wire.optional(OrganizationId),
    /** Only of an app with an owner, who must be a member. */
    workspaceId: Wire.optional(WorkspaceId),
    /** May be empty. */
    name: Wire.optional(Schema.String),
    /** For keys made later; a rotation keeps the old prefix. With fewer than 2 characters, or blanks in front, keys never authenticate; do not end it with `_`. */
    keyPrefix: Wire.optional(Schema.String),
    /** `""` blanks it; it cannot become none again. */
    description: Wire.optional(Schema.String),
    /** The gateway refuses the keys of an inactive app, keys in use up to 60 s late; it stays readable and can be activated again. */
    isActive: Wire.optional(Schema.Boolean),
    /** Not checked to exist, and cannot be taken away again. Every update stamps the app's scheme on all of its keys. */
    rateLimitSchemeSlug: Wire.optional(Schema.String),
    /** Refused by the server when the app has an owner, so not with `organizationId` or `workspaceId`. */
    permissions: Wire.optional(Strings),
    /** Refused by the server when the app has an owner, so not with `organizationId` or `workspaceId`. */
    resources: Wire.optional(Strings)
  }).pipe(
    Schema.filter(
      (input) =>
        input.organizationId === undefined && input.workspaceId === undefined ? [] : leftOut(input, rights, notBoth),
      between
    )
  )
)
/**
 * What `updateApiAuthApp` takes; what is left out stays, and nothing becomes null again: `name`, `keyPrefix` and `description` can be set to `""`, lists to `[]`.
 *
 * @since 0.1.0
 * @category inputs
 */
export interface UpdateApiAuthAppInput extends Schema.Schema.Type<typeof UpdateApiAuthAppInput> {}

/**
 * What `listApiAuthApps` can be narrowed by.
 *
 * @since 0.1.0
 * @category inputs
 */
export const ListApiAuthAppsQuery = Wire.lazy(() =>
  Wire.Struct({
    /** Whether inactive apps are listed too; not unless given. */
    includeInactive: Wire.optional(QueryBoolean),
    /** 50 when left out, not clamped. 0 gives an empty page that may claim more, -1 and -2 odd short pages. */
    limit: Wire.optional(QueryPageSize),
    /** How many to skip, 0 when left out. */
    offset: Wire.optional(QueryOffset),
    /** The exact `appSlug`, no part of it and not the name; a blank one is ignored. */
    search: Wire.optional(Schema.String)
  })
)
/**
 * What `listApiAuthApps` can be narrowed by.
 *
 * @since 0.1.0
 * @category inputs
 */
export interface ListApiAuthAppsQuery extends Schema.Schema.Type<typeof ListApiAuthAppsQuery> {}
