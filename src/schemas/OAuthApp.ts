/**
 * OAuth apps: authorization servers under a host name of their own.
 *
 * @since 0.1.0
 */
import * as Schema from "effect/Schema"
import { OAuthAppId } from "./Ids.js"
import { Strings } from "./internal/fields.js"
import { NotBlank, QueryBoolean, text } from "./internal/rules.js"
import * as Wire from "./internal/wire.js"
import type { OAuthScopeDefinitionEncoded, OAuthScopeDefinitionInputEncoded } from "./OAuthScope.js"
import { OAuthScopeDefinition, OAuthScopeDefinitionInput } from "./OAuthScope.js"
import { Timestamp } from "./Timestamp.js"

/**
 * An OAuth app.
 *
 * @since 0.1.0
 * @category models
 */
export const OAuthApp = Wire.lazy(() =>
  Wire.Struct({
    id: OAuthAppId,
    /** What routes name it by; fixed for life. */
    slug: Schema.String,
    name: Schema.String,
    description: Wire.nullable(Schema.String),
    logoUrl: Wire.nullable(Schema.String),
    /** Its host name, without a scheme; fixed for life. */
    fqdn: Schema.String,
    /** Sorted, each once; archived ones too. */
    supportedScopes: Strings,
    /** One per supported scope, in the same order. */
    scopeDefinitions: Wire.list<OAuthScopeDefinition, OAuthScopeDefinitionEncoded>(OAuthScopeDefinition),
    allowDynamicClientRegistration: Schema.Boolean,
    isActive: Schema.Boolean,
    createdAt: Timestamp,
    updatedAt: Timestamp
  })
)
/**
 * An OAuth app.
 *
 * @since 0.1.0
 * @category models
 */
export interface OAuthApp extends Schema.Schema.Type<typeof OAuthApp> {}
/**
 * An `OAuthApp` as JSON.
 *
 * @since 0.1.0
 * @category encoded
 */
export interface OAuthAppEncoded extends Schema.Schema.Encoded<typeof OAuthApp> {}

/**
 * What `verifyOAuthAppDomain` found.
 *
 * @since 0.1.0
 * @category models
 */
export const OAuthDomainVerification = Wire.lazy(() =>
  Wire.Struct({
    domain: Schema.String,
    /** What a CNAME record of the domain must point to. */
    cnameTarget: Schema.String,
    /** False is a normal answer; outside production it stays false. */
    verified: Schema.Boolean
  })
)
/**
 * What `verifyOAuthAppDomain` found.
 *
 * @since 0.1.0
 * @category models
 */
export interface OAuthDomainVerification extends Schema.Schema.Type<typeof OAuthDomainVerification> {}

/**
 * An image, as `createOAuthApp` uploads it.
 *
 * @since 0.1.0
 * @category inputs
 */
export const OAuthAppLogo = Wire.lazy(() =>
  Schema.Struct({
    /** The file's bytes; an empty one is ignored silently. The whole request may have 2 MiB. */
    data: Schema.Uint8ArrayFromSelf.annotations({
      description: "a Uint8Array",
      jsonSchema: { type: "string", format: "binary" }
    }),
    contentType: Schema.Literal(
      "image/png",
      "image/jpeg",
      "image/jpg",
      "image/gif",
      "image/webp",
      "image/x-icon",
      "image/vnd.microsoft.icon"
    )
  })
)
/**
 * An image, as `createOAuthApp` uploads it.
 *
 * @since 0.1.0
 * @category inputs
 */
export interface OAuthAppLogo extends Schema.Schema.Type<typeof OAuthAppLogo> {}

/** The form has one part for all scopes, and no way to write a comma in one. */
const OneScope = text((scope) => !scope.includes(","), { description: "a scope without a comma" })

const CommaList = Wire.lazy(() =>
  Schema.transform(Schema.String, Schema.Array(OneScope), {
    strict: true,
    decode: (text) => (text === "" ? [] : text.split(",")),
    encode: (scopes) => scopes.join(",")
  })
)

const ScopeDefinitionsInput = Wire.lazy(() =>
  Wire.list<OAuthScopeDefinitionInput, OAuthScopeDefinitionInputEncoded>(OAuthScopeDefinitionInput)
)

/**
 * What `createOAuthApp` takes; it is sent as a multipart form.
 *
 * @since 0.1.0
 * @category inputs
 */
export const CreateOAuthAppInput = Wire.lazy(() =>
  Wire.Struct({
    /** Not blank, unique in the deployment, fixed for life; trimmed. `.` and `..` are accepted and can never be addressed again, and no route deletes an app. */
    slug: NotBlank,
    /** Not blank; trimmed. */
    name: NotBlank,
    /** Trimmed; blank becomes none. */
    description: Wire.optional(Schema.String),
    /**
     * The host name, which a production deployment needs: at most 253 bytes, with a dot inside, labels of 1 to 63 letters, digits or inner `-`.
     * Lower-cased. Elsewhere it is ignored and a name is made. Fixed for life. A host name that was registered before a failure is not freed again.
     */
    fqdn: Wire.optional(Schema.String),
    /** Trimmed, sorted, each once. None with a comma: the form carries them as one comma list. */
    supportedScopes: Wire.optional(CommaList),
    /** One whose scope is not supported is dropped silently; scopes without one get the default. */
    scopeDefinitions: Wire.optional(ScopeDefinitionsInput),
    /** False when left out. */
    allowDynamicClientRegistration: Wire.optional(QueryBoolean),
    /** None when left out; fixed for life. */
    logo: Wire.optional(OAuthAppLogo)
  })
)
/**
 * What `createOAuthApp` takes; it is sent as a multipart form.
 *
 * @since 0.1.0
 * @category inputs
 */
export interface CreateOAuthAppInput extends Schema.Schema.Type<typeof CreateOAuthAppInput> {}

/**
 * What `updateOAuthApp` takes; what is left out stays, **except `scopeDefinitions`: left out, the server resets every definition**.
 * `OAuth.updateOAuthAppKeepingScopes` sends the stored ones.
 *
 * @since 0.1.0
 * @category inputs
 */
export const UpdateOAuthAppInput = Wire.lazy(() =>
  Wire.Struct({
    /** May be empty. */
    name: Wire.optional(Schema.String),
    /** `""` blanks it. */
    description: Wire.optional(Schema.String),
    /** Replaces the whole list; trimmed, sorted, each once. */
    supportedScopes: Wire.optional(Strings),
    /** Replaces all. **Left out, every definition is reset**: display name, description, archived, category and permissions. */
    scopeDefinitions: Wire.optional(ScopeDefinitionsInput),
    /** Whether clients may register themselves. */
    allowDynamicClientRegistration: Wire.optional(Schema.Boolean),
    /** An inactive app can still be managed, and activated again. What the gateway makes of its tokens is not known. */
    isActive: Wire.optional(Schema.Boolean)
  })
)
/**
 * What `updateOAuthApp` takes; what is left out stays, **except `scopeDefinitions`: left out, the server resets every definition**.
 * `OAuth.updateOAuthAppKeepingScopes` sends the stored ones.
 *
 * @since 0.1.0
 * @category inputs
 */
export interface UpdateOAuthAppInput extends Schema.Schema.Type<typeof UpdateOAuthAppInput> {}
