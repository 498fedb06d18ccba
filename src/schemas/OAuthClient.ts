/**
 * OAuth clients of an OAuth app.
 *
 * @since 0.1.0
 */
import * as Schema from "effect/Schema"
import { OAuthAppId, OAuthClientId, OAuthClientRecordId } from "./Ids.js"
import { Secret, Strings } from "./internal/fields.js"
import { authMethods } from "./internal/authMethods.js"
import * as Wire from "./internal/wire.js"
import type { JwksEncoded } from "./Jwk.js"
import { Jwks } from "./Jwk.js"
import { Timestamp } from "./Timestamp.js"

/**
 * An OAuth client.
 *
 * @since 0.1.0
 * @category models
 */
export const OAuthClient = Wire.lazy(() =>
  Wire.Struct({
    /** What paths take; not the `clientId`. */
    id: OAuthClientRecordId,
    oauthAppId: OAuthAppId,
    /** What OAuth requests name: `oc_…`. */
    clientId: OAuthClientId,
    clientAuthMethod: Wire.open(...authMethods),
    grantTypes: Strings,
    redirectUris: Strings,
    clientName: Wire.nullable(Schema.String),
    clientUri: Wire.nullable(Schema.String),
    logoUri: Wire.nullable(Schema.String),
    tosUri: Wire.nullable(Schema.String),
    policyUri: Wire.nullable(Schema.String),
    contacts: Strings,
    softwareId: Wire.nullable(Schema.String),
    softwareVersion: Wire.nullable(Schema.String),
    tokenEndpointAuthSigningAlg: Wire.nullable(Schema.String),
    jwksUri: Wire.nullable(Schema.String),
    jwks: Wire.nullable<Jwks, JwksEncoded>(Jwks),
    /** The first PEM found in `jwks`. */
    publicKeyPem: Wire.nullable(Schema.String),
    isActive: Schema.Boolean,
    postLogoutRedirectUris: Strings,
    idTokenSigningAlg: Schema.String,
    /** The gateway refuses tokens of format `jwt`: they are not stored. */
    accessTokenFormat: Wire.open("opaque", "jwt"),
    accessTokenTtlSeconds: Schema.Int,
    skipConsent: Schema.Boolean,
    createdAt: Timestamp,
    updatedAt: Timestamp,
    /** Only in the answer of `createOAuthClient`, and only where the method has one. */
    clientSecret: Wire.absent(Secret)
  })
)
/**
 * An OAuth client.
 *
 * @since 0.1.0
 * @category models
 */
export interface OAuthClient extends Schema.Schema.Type<typeof OAuthClient> {}
/**
 * An `OAuthClient` as JSON.
 *
 * @since 0.1.0
 * @category encoded
 */
export interface OAuthClientEncoded extends Schema.Schema.Encoded<typeof OAuthClient> {}

/**
 * The new secret of an OAuth client; the old one stopped working.
 *
 * @since 0.1.0
 * @category models
 */
export const OAuthClientSecret = Wire.lazy(() =>
  Wire.Struct({
    /** Shown this once. */
    clientSecret: Secret
  })
)
/**
 * The new secret of an OAuth client; the old one stopped working.
 *
 * @since 0.1.0
 * @category models
 */
export interface OAuthClientSecret extends Schema.Schema.Type<typeof OAuthClientSecret> {}
