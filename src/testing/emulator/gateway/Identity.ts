/** Whom a credential stands for, as far as a decision needs it. */
import { compareBytes } from "../text.js"
import type { RateLimitRule } from "../World.js"

export interface Identity {
  readonly deploymentId: string
  readonly appSlug: string
  /** A key's id; the record id of a token's client. */
  readonly keyId: string
  /** A key's name; the `oc_…` id of a token's client. */
  readonly keyName: string
  /** The audit trail shows `"0"` for every token. */
  readonly auditKeyId: string
  /** What `per_key` limits count: the key, or the token's grant. */
  readonly limitedId: string
  readonly ownerUserId: string | null
  readonly organizationId: string | null
  readonly workspaceId: string | null
  readonly organizationMembershipId: string | null
  readonly workspaceMembershipId: string | null
  /** The effective ones, sorted. */
  readonly permissions: ReadonlyArray<string>
  /** JSON text. */
  readonly metadata: string
  readonly rules: ReadonlyArray<RateLimitRule>
  /** What is passed on about the credential besides permissions and limits; what is `undefined` is left out. */
  readonly headers: Readonly<Record<string, string | undefined>>
}

/** Why a credential is refused: with the empty decision (401), or with the text `Invalid API key`. */
export type Refusal = "unauthorized" | "invalid-api-key"

/** Distinct and sorted. */
export const effective = (...permissions: ReadonlyArray<ReadonlyArray<string>>): ReadonlyArray<string> =>
  [...new Set(permissions.flat())].sort(compareBytes)
