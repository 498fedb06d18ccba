/**
 * Scopes of an OAuth app, and what they map to.
 *
 * @since 0.1.0
 */
import * as Schema from "effect/Schema"
import { between, broken, isGiven } from "./internal/rules.js"
import * as Wire from "./internal/wire.js"

const categories = ["personal", "organization", "workspace"] as const

/**
 * How a scope is shown to users, and which permission of the deployment it stands for.
 *
 * @since 0.1.0
 * @category models
 */
export const OAuthScopeDefinition = Wire.lazy(() =>
  Wire.Struct({
    scope: Schema.String,
    /** The scope's own name unless given. */
    displayName: Schema.String,
    /** `Allows <scope> access` unless given. */
    description: Schema.String,
    /** An archived scope stays in the app's `supportedScopes`. */
    archived: Schema.Boolean,
    /** `""` where it has none. */
    category: Wire.open("", ...categories),
    organizationPermission: Wire.nullable(Schema.String),
    workspacePermission: Wire.nullable(Schema.String)
  })
)
/**
 * How a scope is shown to users, and which permission of the deployment it stands for.
 *
 * @since 0.1.0
 * @category models
 */
export interface OAuthScopeDefinition extends Schema.Schema.Type<typeof OAuthScopeDefinition> {}
/**
 * An `OAuthScopeDefinition` as JSON.
 *
 * @since 0.1.0
 * @category encoded
 */
export interface OAuthScopeDefinitionEncoded extends Schema.Schema.Encoded<typeof OAuthScopeDefinition> {}

interface Mapping {
  readonly category?: "" | (typeof categories)[number] | undefined
  readonly organizationPermission?: string | undefined
  readonly workspacePermission?: string | undefined
}

/** Each permission belongs to the category of its name; a blank one counts as left out. */
const mapsWithin = (mapping: Mapping): ReadonlyArray<Schema.FilterIssue> =>
  (["organization", "workspace"] as const)
    .filter((category) => isGiven(mapping[`${category}Permission`]) && mapping.category !== category)
    .map((category) => broken(`${category}Permission`, `only with category ${category}`))

/**
 * One scope definition to be stored. A list of them replaces all: of a scope given twice the last wins, one whose scope the app does not
 * support is dropped silently.
 *
 * @since 0.1.0
 * @category inputs
 */
export const OAuthScopeDefinitionInput = Wire.lazy(() =>
  Wire.Struct({
    /** One of the app's `supportedScopes`. */
    scope: Schema.String,
    /** Blank becomes the scope's own name. */
    displayName: Schema.String,
    /** Blank becomes `Allows <scope> access`. */
    description: Schema.String,
    /** False when left out. */
    archived: Wire.optional(Schema.Boolean),
    /** `personal`, `organization`, `workspace` or, as when left out, `""` for none. */
    category: Wire.optional(Schema.Literal("", ...categories)),
    /** Only with category `organization`; blank counts as left out. */
    organizationPermission: Wire.optional(Schema.String),
    /** Only with category `workspace`; blank counts as left out. */
    workspacePermission: Wire.optional(Schema.String)
  }).pipe(Schema.filter(mapsWithin, between))
)
/**
 * One scope definition to be stored. A list of them replaces all: of a scope given twice the last wins, one whose scope the app does not
 * support is dropped silently.
 *
 * @since 0.1.0
 * @category inputs
 */
export interface OAuthScopeDefinitionInput extends Schema.Schema.Type<typeof OAuthScopeDefinitionInput> {}
/**
 * An `OAuthScopeDefinitionInput` as JSON.
 *
 * @since 0.1.0
 * @category encoded
 */
export interface OAuthScopeDefinitionInputEncoded extends Schema.Schema.Encoded<typeof OAuthScopeDefinitionInput> {}

/**
 * What `updateOAuthScope` takes; what is left out stays.
 *
 * @since 0.1.0
 * @category inputs
 */
export const UpdateOAuthScopeInput = Wire.lazy(() =>
  Wire.Struct({
    /** Blank resets it to the scope's own name. */
    displayName: Wire.optional(Schema.String),
    /** Blank resets it to `Allows <scope> access`. */
    description: Wire.optional(Schema.String)
  })
)
/**
 * What `updateOAuthScope` takes; what is left out stays.
 *
 * @since 0.1.0
 * @category inputs
 */
export interface UpdateOAuthScopeInput extends Schema.Schema.Type<typeof UpdateOAuthScopeInput> {}

/**
 * What `setOAuthScopeMapping` takes. On that route nothing that is set can change: repeat it on every later call, leaving it out counts as
 * a change and is refused.
 *
 * @since 0.1.0
 * @category inputs
 */
export const SetOAuthScopeMappingInput = Wire.lazy(() =>
  Wire.Struct({
    /** `personal`, `organization` or `workspace`; once set, the same on every later call. */
    category: Schema.Literal(...categories),
    /** Only with category `organization`, one of the deployment's own permissions; blank counts as left out. */
    organizationPermission: Wire.optional(Schema.String),
    /** Only with category `workspace`, one of the deployment's own permissions; blank counts as left out. */
    workspacePermission: Wire.optional(Schema.String)
  }).pipe(Schema.filter(mapsWithin, between))
)
/**
 * What `setOAuthScopeMapping` takes. On that route nothing that is set can change: repeat it on every later call, leaving it out counts as
 * a change and is refused.
 *
 * @since 0.1.0
 * @category inputs
 */
export interface SetOAuthScopeMappingInput extends Schema.Schema.Type<typeof SetOAuthScopeMappingInput> {}
