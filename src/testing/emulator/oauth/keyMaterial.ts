/** The keys of `private_key_jwt` clients: an address, a key set or a PEM, which is kept as a key set of one. */
import { trimToNull } from "../text.js"
import type { Jwk, OAuthClient } from "../World.js"
import { jwksUriViolation } from "./urls.js"

export interface Jwks {
  readonly keys: ReadonlyArray<Jwk>
}

/** The members as a request gave them. */
export interface KeyMaterialInput {
  readonly jwks_uri: string | null
  readonly jwks: Jwks | null
  readonly public_key_pem: string | null
}

/** What a client has of it. */
export type KeyMaterial = Pick<OAuthClient, "jwksUri" | "jwks">

/** A PEM as the server keeps it. */
export const fromPem = (pem: string): Jwks => ({ keys: [{ kty: "PEM", public_key_pem: pem }] })

/** The member `public_key_pem` of a client: the first PEM of its key set. */
export const pemOf = (jwks: Jwks | null): string | null => {
  const pems = jwks?.keys.map((key) => key["public_key_pem"]) ?? []
  return pems.find((pem) => typeof pem === "string") ?? null
}

const count = (input: KeyMaterialInput): number =>
  [trimToNull(input.jwks_uri), input.jwks, input.public_key_pem].filter((kind) => kind !== null).length

const onlyForPrivateKey = "jwks_uri/jwks/public_key_pem are only allowed when client_auth_method is private_key_jwt"

const contentViolation = ({ jwks, jwks_uri: uri }: KeyMaterialInput): string | undefined => {
  const broken = uri === null ? undefined : jwksUriViolation(uri)
  if (broken !== undefined) return broken
  if (jwks === null) return undefined
  if (jwks.keys.length === 0) return "jwks.keys must include at least one key"
  return jwks.keys.some((key) => (key["k"] ?? null) !== null)
    ? "jwks for private_key_jwt must contain public keys, not symmetric secrets"
    : undefined
}

/** A blank PEM counts as none. So does a blank address; only on create, with private_key_jwt, it is parsed and refused. */
export const readInput = (input: KeyMaterialInput, isUpdate: boolean): KeyMaterialInput => ({
  jwks_uri: isUpdate ? trimToNull(input.jwks_uri) : input.jwks_uri,
  jwks: input.jwks,
  public_key_pem: trimToNull(input.public_key_pem)
})

export const createViolation = (method: string, input: KeyMaterialInput): string | undefined => {
  if (method !== "private_key_jwt") return count(input) > 0 ? onlyForPrivateKey : undefined
  const isOne = count(input) === 1 || (count(input) === 0 && input.jwks_uri !== null)
  if (!isOne) return "private_key_jwt requires exactly one of jwks_uri, jwks, or public_key_pem"
  return contentViolation(input)
}

/** `method` is the one that the client will have. */
export const updateViolation = (method: string, stored: KeyMaterial, input: KeyMaterialInput): string | undefined => {
  if (method !== "private_key_jwt") return count(input) > 0 ? onlyForPrivateKey : undefined
  if (count(input) > 1) {
    return "private_key_jwt accepts only one of jwks_uri, jwks, or public_key_pem per update"
  }
  if (count(input) === 0 && stored.jwksUri === null && stored.jwks === null) {
    return "private_key_jwt requires existing or new key material"
  }
  return contentViolation(input)
}

/** What is stored after the request: a new kind replaces its own predecessor only. */
export const store = (stored: KeyMaterial, input: KeyMaterialInput): KeyMaterial => ({
  jwksUri: trimToNull(input.jwks_uri) ?? stored.jwksUri,
  jwks: input.public_key_pem === null ? (input.jwks ?? stored.jwks) : fromPem(input.public_key_pem)
})
