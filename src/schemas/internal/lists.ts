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

/** The array of an envelope. By hand: `Schema.pluck` would bring half a KiB of `effect` along. */
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
    (keys) => ({ keys })
  )
})

export const OAuthAppList = Wire.lazy(() => {
  const apps = Wire.list<OAuthApp, OAuthAppEncoded>(OAuthApp)
  return unwrap(
    apps,
    Schema.Struct({ apps }),
    (envelope) => envelope.apps,
    (apps) => ({ apps })
  )
})

export const OAuthClientList = Wire.lazy(() => {
  const clients = Wire.list<OAuthClient, OAuthClientEncoded>(OAuthClient)
  return unwrap(
    clients,
    Schema.Struct({ clients }),
    (envelope) => envelope.clients,
    (clients) => ({ clients })
  )
})

export const OAuthGrantList = Wire.lazy(() => {
  const grants = Wire.list<OAuthGrant, OAuthGrantEncoded>(OAuthGrant)
  return unwrap(
    grants,
    Schema.Struct({ grants }),
    (envelope) => envelope.grants,
    (grants) => ({ grants })
  )
})

export const SigningKeyList = Wire.lazy(() => {
  const keys = Wire.list<SigningKey, SigningKeyEncoded>(SigningKey)
  return unwrap(
    keys,
    Schema.Struct({ keys }),
    (envelope) => envelope.keys,
    (keys) => ({ keys })
  )
})

/** `total` is the length of the array: the list is never paged. */
export const RateLimitSchemeList = Wire.lazy(() => {
  const schemes = Wire.list<RateLimitScheme, RateLimitSchemeEncoded>(RateLimitScheme)
  return unwrap(
    schemes,
    Schema.Struct({ schemes, total: Schema.Int }),
    (envelope) => envelope.schemes,
    (schemes) => ({ schemes, total: schemes.length })
  )
})
