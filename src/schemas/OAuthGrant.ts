/**
 * Grants: what a user allowed an OAuth client.
 *
 * @since 0.1.0
 */
import * as Schema from "effect/Schema"
import { GrantId, OAuthClientRecordId, UserId } from "./Ids.js"
import { Strings } from "./internal/fields.js"
import * as Wire from "./internal/wire.js"
import { Timestamp } from "./Timestamp.js"

/**
 * A grant.
 *
 * @since 0.1.0
 * @category models
 */
export const OAuthGrant = Wire.lazy(() =>
  Wire.Struct({
    id: GrantId,
    /** `oauth_<user id>` where it was made by consent. */
    apiAuthAppSlug: Schema.String,
    /** The record id, not the `oc_…` one. */
    oauthClientId: OAuthClientRecordId,
    /** `urn:wacht:organization:<id>`, `urn:wacht:workspace:<id>` or `urn:wacht:user:<id>`. */
    resource: Schema.String,
    scopes: Strings,
    /** A lapsed grant still says `active`: compare `expiresAt`. */
    status: Wire.open("active", "revoked", "expired"),
    grantedAt: Timestamp,
    expiresAt: Wire.nullable(Timestamp),
    revokedAt: Wire.nullable(Timestamp),
    grantedByUserId: Wire.absent(UserId),
    createdAt: Timestamp,
    updatedAt: Timestamp
  })
)
/**
 * A grant.
 *
 * @since 0.1.0
 * @category models
 */
export interface OAuthGrant extends Schema.Schema.Type<typeof OAuthGrant> {}
/**
 * An `OAuthGrant` as JSON.
 *
 * @since 0.1.0
 * @category encoded
 */
export interface OAuthGrantEncoded extends Schema.Schema.Encoded<typeof OAuthGrant> {}
