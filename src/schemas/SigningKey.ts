/**
 * Keys that an OAuth app signs its tokens with.
 *
 * @since 0.1.0
 */
import * as Schema from "effect/Schema"
import * as Wire from "./internal/wire.js"

/**
 * A signing key; its private half never leaves the server.
 *
 * @since 0.1.0
 * @category models
 */
export const SigningKey = Wire.lazy(() =>
  Wire.Struct({
    /** What tokens and routes name it by: `oas-<app id>-<key id>`. */
    kid: Schema.String,
    algorithm: Wire.open("RS256"),
    /** Lists show `active` and `retired` ones; a compromised key disappears. */
    status: Wire.open("active", "retired", "compromised"),
    /** PEM with a trailing line feed. */
    publicKeyPem: Schema.String
  })
)
/**
 * A signing key; its private half never leaves the server.
 *
 * @since 0.1.0
 * @category models
 */
export interface SigningKey extends Schema.Schema.Type<typeof SigningKey> {}
/**
 * A `SigningKey` as JSON.
 *
 * @since 0.1.0
 * @category encoded
 */
export interface SigningKeyEncoded extends Schema.Schema.Encoded<typeof SigningKey> {}

const NewKey: Schema.Schema<SigningKey, SigningKeyEncoded> = SigningKey

/**
 * What a rotation made. The key that retired is not told: list the keys.
 *
 * @since 0.1.0
 * @category models
 */
export const SigningKeyRotation = Wire.lazy(() =>
  Wire.Struct({
    /** The key that signs from now on. */
    new: NewKey
  })
)
/**
 * What a rotation made. The key that retired is not told: list the keys.
 *
 * @since 0.1.0
 * @category models
 */
export interface SigningKeyRotation extends Schema.Schema.Type<typeof SigningKeyRotation> {}
