/** The JSON bodies that make and change a client. */
import * as Either from "effect/Either"
import * as Decode from "../json/decode.js"
import type { Jwk } from "../World.js"

const text = Decode.optional(Decode.text)
const texts = Decode.optional(Decode.array(Decode.text))

const jwkFields = {
  kty: Decode.required(Decode.text),
  kid: text,
  use: text,
  key_ops: texts,
  alg: text,
  n: text,
  e: text,
  crv: text,
  x: text,
  y: text,
  k: text,
  x5u: text,
  x5c: texts,
  x5t: text,
  "x5t#S256": text,
  public_key_pem: text
}

/** Every member of a key; what else was sent is dropped. */
export const jwkMembers = Object.keys(jwkFields)

const jwkInput = Decode.object(jwkFields)

const jwk: Decode.Decoder<Jwk> = (json) =>
  Either.map(jwkInput(json), (members) =>
    Object.fromEntries(Object.entries(members).map(([name, value]) => [name, value ?? null]))
  )

const jwks = Decode.optional(Decode.object({ keys: Decode.required(Decode.array(jwk)) }))

/** What both requests read alike; null and absent are the same. */
const common = {
  client_name: text,
  client_uri: text,
  logo_uri: text,
  tos_uri: text,
  policy_uri: text,
  contacts: texts,
  software_id: text,
  software_version: text,
  token_endpoint_auth_signing_alg: text,
  jwks_uri: text,
  jwks,
  public_key_pem: text
}

const settings = {
  id_token_signing_alg: text,
  access_token_format: text,
  access_token_ttl_seconds: Decode.optional(Decode.int32),
  skip_consent: Decode.optional(Decode.boolean)
}

const createFields = {
  client_auth_method: Decode.required(Decode.text),
  grant_types: Decode.required(Decode.array(Decode.text)),
  redirect_uris: Decode.defaulted(Decode.array(Decode.text), []),
  ...common,
  post_logout_redirect_uris: Decode.defaulted(Decode.array(Decode.text), []),
  ...settings
}

const updateFields = {
  client_auth_method: text,
  grant_types: texts,
  redirect_uris: texts,
  ...common,
  post_logout_redirect_uris: texts,
  ...settings
}

export type CreateClient = Decode.Struct<typeof createFields>
export type UpdateClient = Decode.Struct<typeof updateFields>

export const createClient = Decode.object(createFields)
export const updateClient = Decode.object(updateFields)
