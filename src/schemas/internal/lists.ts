/**
 * Lists without paging facts: an object with one array on the wire, the array for the caller.
 */
import * as Schema from "effect/Schema"
import type { ApiKeyEncoded } from "../ApiKey.js"
import { ApiKey } from "../ApiKey.js"
import type { OAuthAppEncoded } from "../OAuthApp.js"
import { OAuthApp } from "../OAuthApp.js"
import type { OAuthClientEncoded } from "../OAuthClient.js"
import { OAuthClient } from "../OAuthClient.js"
import type { OAuthGrantEncoded } from "../OAuthGrant.js"
import { OAuthGrant } from "../OAuthGrant.js"
import type { RateLimitSchemeEncoded } from "../RateLimitScheme.js"
import { RateLimitScheme } from "../RateLimitScheme.js"
import type { SigningKeyEncoded } from "../SigningKey.js"
import { SigningKey } from "../SigningKey.js"
import { Trusted } from "./compile/decode.js"
import * as Wire from "./wire.js"

const unwrap = <A, I, E, EI>(
  items: Schema.Schema<ReadonlyArray<A>, ReadonlyArray<I>>,
  envelope: Schema.Schema<E, EI>,
  decode: (envelope: E) => ReadonlyArray<A>,
  encode: (items: ReadonlyArray<A>) => E
): Schema.Schema<ReadonlyArray<A>, EI> =>
  Schema.transform(envelope, Schema.typeSchema(items), { strict: true, decode, encode }).annotations({
    [Trusted]: true
  })

export const ApiKeyList = Wire.lazy(() => {
  const keys = Wire.list<ApiKey, ApiKeyEncoded>(ApiKey)
  return unwrap(
    keys,
    Schema.Struct({ keys }),
    (envelope) => envelope.keys,
    (items) => ({ keys: items })
  )
})

export const OAuthAppList = Wire.lazy(() => {
  const apps = Wire.list<OAuthApp, OAuthAppEncoded>(OAuthApp)
  return unwrap(
    apps,
    Schema.Struct({ apps }),
    (envelope) => envelope.apps,
    (items) => ({ apps: items })
  )
})

export const OAuthClientList = Wire.lazy(() => {
  const clients = Wire.list<OAuthClient, OAuthClientEncoded>(OAuthClient)
  return unwrap(
    clients,
    Schema.Struct({ clients }),
    (envelope) => envelope.clients,
    (items) => ({ clients: items })
  )
})

export const OAuthGrantList = Wire.lazy(() => {
  const grants = Wire.list<OAuthGrant, OAuthGrantEncoded>(OAuthGrant)
  return unwrap(
    grants,
    Schema.Struct({ grants }),
    (envelope) => envelope.grants,
    (items) => ({ grants: items })
  )
})

export const SigningKeyList = Wire.lazy(() => {
  const keys = Wire.list<SigningKey, SigningKeyEncoded>(SigningKey)
  return unwrap(
    keys,
    Schema.Struct({ keys }),
    (envelope) => envelope.keys,
    (items) => ({ keys: items })
  )
})

/** `total` is the length of the array: the list is never paged. */
export const RateLimitSchemeList = Wire.lazy(() => {
  const schemes = Wire.list<RateLimitScheme, RateLimitSchemeEncoded>(RateLimitScheme)
  return unwrap(
    schemes,
    Schema.Struct({ schemes, total: Schema.Int }),
    (envelope) => envelope.schemes,
    (items) => ({ schemes: items, total: items.length })
  )
})
