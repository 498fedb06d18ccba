/**
 * JSON Web Keys; their members keep the names of RFC 7517.
 *
 * @since 0.1.0
 */
import * as Schema from "effect/Schema"
import { Strings } from "./internal/fields.js"
import { PublicPem } from "./internal/rules.js"
import * as Wire from "./internal/wire.js"

/**
 * A public key of an OAuth client, as the server shows it.
 *
 * @since 0.1.0
 * @category models
 */
export const Jwk = Wire.lazy(() =>
  Schema.Struct({
    /** `PEM` where the key was given as `publicKeyPem`. */
    kty: Schema.String,
    kid: Wire.nullable(Schema.String),
    use: Wire.nullable(Schema.String),
    key_ops: Wire.nullable(Strings),
    alg: Wire.nullable(Schema.String),
    n: Wire.nullable(Schema.String),
    e: Wire.nullable(Schema.String),
    crv: Wire.nullable(Schema.String),
    x: Wire.nullable(Schema.String),
    y: Wire.nullable(Schema.String),
    /** None: symmetric keys are refused. */
    k: Wire.nullable(Schema.String),
    x5u: Wire.nullable(Schema.String),
    x5c: Wire.nullable(Strings),
    x5t: Wire.nullable(Schema.String),
    "x5t#S256": Wire.nullable(Schema.String),
    public_key_pem: Wire.nullable(Schema.String)
  })
)
/**
 * A public key of an OAuth client, as the server shows it.
 *
 * @since 0.1.0
 * @category models
 */
export interface Jwk extends Schema.Schema.Type<typeof Jwk> {}
/**
 * A `Jwk` as JSON.
 *
 * @since 0.1.0
 * @category encoded
 */
export interface JwkEncoded extends Schema.Schema.Encoded<typeof Jwk> {}

/**
 * The public keys of an OAuth client.
 *
 * @since 0.1.0
 * @category models
 */
export const Jwks = Wire.lazy(() => Schema.Struct({ keys: Wire.list<Jwk, JwkEncoded>(Jwk) }))
/**
 * The public keys of an OAuth client.
 *
 * @since 0.1.0
 * @category models
 */
export interface Jwks extends Schema.Schema.Type<typeof Jwks> {}
/**
 * A `Jwks` as JSON.
 *
 * @since 0.1.0
 * @category encoded
 */
export interface JwksEncoded extends Schema.Schema.Encoded<typeof Jwks> {}

/**
 * A public key to be stored, such as Web Crypto exports. A member that is not listed is refused here: the server would drop it silently, and `d` would be a secret.
 *
 * @since 0.1.0
 * @category inputs
 */
export const JwkInput = Wire.lazy(() =>
  Schema.Struct({
    /** The key's type, RFC 7517: `RSA`, `EC`. The server checks none of these members. */
    kty: Schema.String,
    /** The key's own name. */
    kid: Wire.optional(Schema.String),
    /** What it is for: `sig`. */
    use: Wire.optional(Schema.String),
    /** What may be done with it: `["verify"]`. */
    key_ops: Wire.optional(Strings),
    /** Of Web Crypto's exports; the server drops it. */
    ext: Wire.optional(Schema.Boolean),
    /** The algorithm it is meant for. */
    alg: Wire.optional(Schema.String),
    /** Modulus of an RSA key, base64url. */
    n: Wire.optional(Schema.String),
    /** Exponent of an RSA key, base64url. */
    e: Wire.optional(Schema.String),
    /** Curve of an EC key: `P-256`. */
    crv: Wire.optional(Schema.String),
    /** First coordinate of an EC key, base64url. */
    x: Wire.optional(Schema.String),
    /** Second coordinate of an EC key, base64url. */
    y: Wire.optional(Schema.String),
    /** Refused: it would be a secret. */
    k: Wire.optional(Schema.Undefined.annotations({ description: "left out: a symmetric key is a secret" })),
    /** URL of its certificates. */
    x5u: Wire.optional(Schema.String),
    /** Its certificates, base64. */
    x5c: Wire.optional(Strings),
    /** SHA-1 of its certificate, base64url. */
    x5t: Wire.optional(Schema.String),
    /** SHA-256 of its certificate, base64url. */
    "x5t#S256": Wire.optional(Schema.String),
    /** The vendor's own member: the key as PEM; so the server keeps a client's `publicKeyPem`. */
    public_key_pem: Wire.optional(PublicPem)
  })
)
/**
 * A public key to be stored, such as Web Crypto exports. A member that is not listed is refused here: the server would drop it silently, and `d` would be a secret.
 *
 * @since 0.1.0
 * @category inputs
 */
export interface JwkInput extends Schema.Schema.Type<typeof JwkInput> {}
/**
 * A `JwkInput` as JSON.
 *
 * @since 0.1.0
 * @category encoded
 */
export interface JwkInputEncoded extends Schema.Schema.Encoded<typeof JwkInput> {}

/**
 * Public keys to be stored.
 *
 * @since 0.1.0
 * @category inputs
 */
export const JwksInput = Wire.lazy(() =>
  Schema.Struct({
    /** At least one. */
    keys: Wire.list<JwkInput, JwkInputEncoded>(JwkInput).pipe(
      Schema.filter((keys) => keys.length > 0, { description: "at least one key" })
    )
  })
)
/**
 * Public keys to be stored.
 *
 * @since 0.1.0
 * @category inputs
 */
export interface JwksInput extends Schema.Schema.Type<typeof JwksInput> {}
/**
 * A `JwksInput` as JSON.
 *
 * @since 0.1.0
 * @category encoded
 */
export interface JwksInputEncoded extends Schema.Schema.Encoded<typeof JwksInput> {}
