/**
 * What creates and changes OAuth clients.
 *
 * @since 0.1.0
 */
import * as Schema from "effect/Schema"
import { Strings } from "./internal/fields.js"
import {
  between,
  broken,
  isBlank,
  isGiven,
  isHttps,
  leftOut,
  PublicPem,
  RedirectUri,
  TokenLifetime,
  WebUriOrBlank
} from "./internal/rules.js"
import * as Wire from "./internal/wire.js"
import type { JwksInputEncoded } from "./Jwk.js"
import { JwksInput } from "./Jwk.js"
import { authMethods } from "./internal/authMethods.js"

const GrantTypes = Wire.lazy(() =>
  Schema.Array(Schema.Literal("authorization_code", "refresh_token")).pipe(
    Schema.filter((grants) => grants.includes("authorization_code"), { description: "a list with authorization_code" })
  )
)

const RedirectUris = Wire.lazy(() => Schema.Array(RedirectUri))

const SomeRedirectUris = Wire.lazy(() =>
  RedirectUris.pipe(Schema.filter((uris) => uris.length > 0, { description: "at least one URI" }))
)

const JwksMaterial: Schema.Schema<JwksInput, JwksInputEncoded> = JwksInput

interface KeyMaterial {
  readonly clientAuthMethod?: (typeof authMethods)[number] | undefined
  readonly jwksUri?: string | undefined
  readonly jwks?: JwksInput | undefined
  readonly publicKeyPem?: string | undefined
}

const kinds = ["jwksUri", "jwks", "publicKeyPem"] as const

const foreign = "only where clientAuthMethod is private_key_jwt"

const checkKeys =
  (isNew: boolean) =>
  (input: KeyMaterial): ReadonlyArray<Schema.FilterIssue> => {
    const { clientAuthMethod = "private_key_jwt", jwksUri } = input
    if (clientAuthMethod !== "private_key_jwt") return leftOut(input, kinds, foreign)
    const given = kinds.filter((kind) => isGiven(input[kind]))
    // Of a new client even a blank one is read as a URL.
    const isAllowed = jwksUri === undefined || isHttps(jwksUri) || (!isNew && isBlank(jwksUri))
    const issues = isAllowed ? [] : [broken("jwksUri", "an https URL")]
    if (isNew && given.length !== 1) {
      const allowed = "exactly one of jwksUri, jwks and publicKeyPem for private_key_jwt"
      return [...issues, broken(given[1] ?? "publicKeyPem", allowed)]
    }
    return given[1] === undefined
      ? issues
      : [...issues, broken(given[1], "at most one of jwksUri, jwks and publicKeyPem per update")]
  }

/**
 * What `createOAuthClient` takes. `private_key_jwt` needs exactly one of `jwksUri`, `jwks` and `publicKeyPem`, every other method none.
 *
 * @since 0.1.0
 * @category inputs
 */
export const CreateOAuthClientInput = Wire.lazy(() =>
  Wire.Struct({
    /** `client_secret_basic`, `client_secret_post`, `client_secret_jwt`, `none` (a public client, which needs PKCE) or `private_key_jwt`. */
    clientAuthMethod: Schema.Literal(...authMethods),
    /** `authorization_code`, with or without `refresh_token`. */
    grantTypes: GrantTypes,
    /** At least one: absolute http or https URLs without a fragment, no custom schemes. Stored as given. */
    redirectUris: SomeRedirectUris,
    /** An http or https URL; blank is none. */
    clientUri: Wire.optional(WebUriOrBlank),
    /** An http or https URL; blank is none. */
    logoUri: Wire.optional(WebUriOrBlank),
    /** An http or https URL; blank is none. */
    tosUri: Wire.optional(WebUriOrBlank),
    /** An http or https URL; blank is none. */
    policyUri: Wire.optional(WebUriOrBlank),
    /** Trimmed; blank is none. */
    clientName: Wire.optional(Schema.String),
    /** Free texts. */
    contacts: Wire.optional(Strings),
    /** Trimmed; blank is none. */
    softwareId: Wire.optional(Schema.String),
    /** Trimmed; blank is none. */
    softwareVersion: Wire.optional(Schema.String),
    /**
     * Not checked by the server; an unusable one only shows at the token endpoint. Usable: HS256, 384 or 512 with `client_secret_jwt`, RS or ES
     * 256, 384 or 512 with `private_key_jwt`. Cannot be cleared later.
     */
    tokenEndpointAuthSigningAlg: Wire.optional(Schema.String),
    /** An https URL; only with `private_key_jwt`, and cannot be cleared later. The token endpoint only works with `publicKeyPem`. */
    jwksUri: Wire.optional(Schema.String),
    /** Only with `private_key_jwt`; public keys only, and cannot be cleared later. The token endpoint only works with `publicKeyPem`. */
    jwks: Wire.optional(JwksMaterial),
    /** Only with `private_key_jwt`; blank counts as left out. Unchecked by the server, so a private key is refused here; kept as a `jwks` of one key. */
    publicKeyPem: Wire.optional(PublicPem),
    /** Absolute http or https URLs without a fragment; may be empty. */
    postLogoutRedirectUris: Wire.optional(RedirectUris),
    /** `RS256` is all there is. */
    idTokenSigningAlg: Wire.optional(Schema.Literal("RS256")),
    /** `opaque` when left out. The gateway refuses tokens of format `jwt`. */
    accessTokenFormat: Wire.optional(Schema.Literal("opaque", "jwt")),
    /** 60 to 86400 seconds, 3600 when left out. */
    accessTokenTtlSeconds: Wire.optional(TokenLifetime),
    /** False when left out. */
    skipConsent: Wire.optional(Schema.Boolean)
  }).pipe(Schema.filter(checkKeys(true), between))
)
/**
 * What `createOAuthClient` takes. `private_key_jwt` needs exactly one of `jwksUri`, `jwks` and `publicKeyPem`, every other method none.
 *
 * @since 0.1.0
 * @category inputs
 */
export interface CreateOAuthClientInput extends Schema.Schema.Type<typeof CreateOAuthClientInput> {}

/**
 * What `updateOAuthClient` takes; what is left out stays. At most one of `jwksUri`, `jwks` and `publicKeyPem`, and only where the
 * resulting method is `private_key_jwt`.
 *
 * @since 0.1.0
 * @category inputs
 */
export const UpdateOAuthClientInput = Wire.lazy(() =>
  Wire.Struct({
    /** A client that moves to a method with a secret has none until `rotateOAuthClientSecret`. */
    clientAuthMethod: Wire.optional(Schema.Literal(...authMethods)),
    /** `authorization_code`, with or without `refresh_token`. */
    grantTypes: Wire.optional(GrantTypes),
    /** At least one; replaces the list. */
    redirectUris: Wire.optional(SomeRedirectUris),
    /** Not checked to be a URL here; `""` clears it. */
    clientUri: Wire.optional(Schema.String),
    /** Not checked to be a URL here; `""` clears it. */
    logoUri: Wire.optional(Schema.String),
    /** Not checked to be a URL here; `""` clears it. */
    tosUri: Wire.optional(Schema.String),
    /** Not checked to be a URL here; `""` clears it. */
    policyUri: Wire.optional(Schema.String),
    /** Trimmed; `""` clears it. */
    clientName: Wire.optional(Schema.String),
    /** Free texts; `[]` empties it. */
    contacts: Wire.optional(Strings),
    /** Trimmed; `""` clears it. */
    softwareId: Wire.optional(Schema.String),
    /** Trimmed; `""` clears it. */
    softwareVersion: Wire.optional(Schema.String),
    /**
     * Not checked by the server; an unusable one only shows at the token endpoint. Usable: HS256, 384 or 512 with `client_secret_jwt`, RS or ES
     * 256, 384 or 512 with `private_key_jwt`. Blank is no change; cannot be cleared.
     */
    tokenEndpointAuthSigningAlg: Wire.optional(Schema.String),
    /** An https URL, or blank for no change; only with `private_key_jwt`. Cannot be cleared, not even by another kind of key. The token endpoint only works with `publicKeyPem`. */
    jwksUri: Wire.optional(Schema.String),
    /** Only with `private_key_jwt`; public keys only. Cannot be cleared. Replaces a stored `publicKeyPem`, and the token endpoint only works with that. */
    jwks: Wire.optional(JwksMaterial),
    /** Only with `private_key_jwt`; blank counts as left out. Unchecked by the server, so a private key is refused here; kept as a `jwks` of one key, in place of the one stored. */
    publicKeyPem: Wire.optional(PublicPem),
    /** Absolute http or https URLs without a fragment; `[]` empties it. */
    postLogoutRedirectUris: Wire.optional(RedirectUris),
    /** `RS256` is all there is. */
    idTokenSigningAlg: Wire.optional(Schema.Literal("RS256")),
    /** The gateway refuses tokens of format `jwt`. */
    accessTokenFormat: Wire.optional(Schema.Literal("opaque", "jwt")),
    /** 60 to 86400 seconds. */
    accessTokenTtlSeconds: Wire.optional(TokenLifetime),
    /** Whether users are not asked for their consent. */
    skipConsent: Wire.optional(Schema.Boolean)
  }).pipe(Schema.filter(checkKeys(false), between))
)
/**
 * What `updateOAuthClient` takes; what is left out stays. At most one of `jwksUri`, `jwks` and `publicKeyPem`, and only where the
 * resulting method is `private_key_jwt`.
 *
 * @since 0.1.0
 * @category inputs
 */
export interface UpdateOAuthClientInput extends Schema.Schema.Type<typeof UpdateOAuthClientInput> {}
