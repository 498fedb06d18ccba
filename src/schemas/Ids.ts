/**
 * Ids that the server makes: signed 64-bit integers, as decimal text so that no digit is lost.
 *
 * Each kind has a brand of its own. `KeyId.make("…")` throws on text that is no id; `Schema.decode(KeyId)` gives a typed failure instead.
 *
 * @since 0.1.0
 */
import * as Schema from "effect/Schema"
import { Trusted } from "./internal/compile/decode.js"
import { isSigned64, largest, smallest } from "./internal/signed64.js"
import * as Wire from "./internal/wire.js"

const Decimal = Wire.lazy(() =>
  Schema.String.pipe(
    Schema.filter(isSigned64, {
      description: "a signed 64-bit integer as decimal text",
      [Trusted]: true,
      jsonSchema: { pattern: "^(0|-?[1-9]\\d{0,18})$" },
      arbitrary: () => (fc) => fc.bigInt({ min: smallest, max: largest }).map(String)
    })
  )
)

const id = <const Name extends string>(name: Name) =>
  Wire.lazy(() => Decimal.pipe(Schema.brand(`effect-wacht/${name}`)))

/**
 * The `id` of an API key; in audit rows `"0"` stands for every OAuth access token.
 *
 * @since 0.1.0
 * @category ids
 */
export const KeyId = id("KeyId")
/**
 * The type of KeyId values: text that was checked.
 *
 * @since 0.1.0
 * @category ids
 */
export type KeyId = typeof KeyId.Type

/**
 * The `id` of an OAuth client's record, which paths take; not the `clientId`.
 *
 * @since 0.1.0
 * @category ids
 */
export const OAuthClientRecordId = id("OAuthClientRecordId")
/**
 * The type of OAuthClientRecordId values: text that was checked.
 *
 * @since 0.1.0
 * @category ids
 */
export type OAuthClientRecordId = typeof OAuthClientRecordId.Type

/**
 * The `id` of an OAuth grant.
 *
 * @since 0.1.0
 * @category ids
 */
export const GrantId = id("GrantId")
/**
 * The type of GrantId values: text that was checked.
 *
 * @since 0.1.0
 * @category ids
 */
export type GrantId = typeof GrantId.Type

/**
 * The `id` of a rate-limit scheme: a raw 64-bit JSON number on the wire. No path takes it, schemes are addressed by slug.
 *
 * @since 0.1.0
 * @category ids
 */
export const SchemeId = id("SchemeId")
/**
 * The type of SchemeId values: text that was checked.
 *
 * @since 0.1.0
 * @category ids
 */
export type SchemeId = typeof SchemeId.Type

/**
 * The id of the deployment that a backend key belongs to.
 *
 * @since 0.1.0
 * @category ids
 */
export const DeploymentId = id("DeploymentId")
/**
 * The type of DeploymentId values: text that was checked.
 *
 * @since 0.1.0
 * @category ids
 */
export type DeploymentId = typeof DeploymentId.Type

/**
 * The `id` of an OAuth app. No path takes it, apps are addressed by slug.
 *
 * @since 0.1.0
 * @category ids
 */
export const OAuthAppId = id("OAuthAppId")
/**
 * The type of OAuthAppId values: text that was checked.
 *
 * @since 0.1.0
 * @category ids
 */
export type OAuthAppId = typeof OAuthAppId.Type

/**
 * The id of an end user.
 *
 * @since 0.1.0
 * @category ids
 */
export const UserId = id("UserId")
/**
 * The type of UserId values: text that was checked.
 *
 * @since 0.1.0
 * @category ids
 */
export type UserId = typeof UserId.Type

/**
 * The id of an organization.
 *
 * @since 0.1.0
 * @category ids
 */
export const OrganizationId = id("OrganizationId")
/**
 * The type of OrganizationId values: text that was checked.
 *
 * @since 0.1.0
 * @category ids
 */
export type OrganizationId = typeof OrganizationId.Type

/**
 * The id of a workspace.
 *
 * @since 0.1.0
 * @category ids
 */
export const WorkspaceId = id("WorkspaceId")
/**
 * The type of WorkspaceId values: text that was checked.
 *
 * @since 0.1.0
 * @category ids
 */
export type WorkspaceId = typeof WorkspaceId.Type

/**
 * The id of a membership, in an organization or in a workspace: they are only told apart by the field that holds them, as no operation takes one.
 *
 * @since 0.1.0
 * @category ids
 */
export const MembershipId = id("MembershipId")
/**
 * The type of MembershipId values: text that was checked.
 *
 * @since 0.1.0
 * @category ids
 */
export type MembershipId = typeof MembershipId.Type

/**
 * The public identifier of an OAuth client, `oc_` and 32 characters: what an OAuth request names. No path of this API takes it.
 *
 * @since 0.1.0
 * @category ids
 */
export const OAuthClientId = Wire.lazy(() =>
  Schema.String.pipe(
    Schema.pattern(/^oc_[A-Za-z0-9_-]+$/, {
      description: "an OAuth client id, oc_ and letters, digits, - or _",
      arbitrary: () => (fc) => fc.stringMatching(/^oc_[A-Za-z0-9_-]{32}$/)
    }),
    Schema.brand("effect-wacht/OAuthClientId")
  )
)
/**
 * The type of OAuthClientId values: text that was checked.
 *
 * @since 0.1.0
 * @category ids
 */
export type OAuthClientId = typeof OAuthClientId.Type
