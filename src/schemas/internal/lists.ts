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

/** The array of an envelope that has nothing else. By hand: `Schema.pluck` would bring half a KiB of `effect` along. */
const listIn = <A, I>(name: string, item: Schema.Schema<A, I>) => {
  const items = Wire.list(item)
  return Schema.transform(Schema.Struct({ [name]: items }), Schema.typeSchema(items), {
    strict: true,
    // It is there: the struct has looked.
    decode: (envelope) => envelope[name] ?? [],
    encode: (all) => ({ [name]: all })
  }).annotations({ [Trusted]: true })
}

export const ApiKeyList = Wire.lazy(() => listIn<ApiKey, ApiKeyEncoded>("keys", ApiKey))

export const OAuthAppList = Wire.lazy(() => listIn<OAuthApp, OAuthAppEncoded>("apps", OAuthApp))

export const OAuthClientList = Wire.lazy(() => listIn<OAuthClient, OAuthClientEncoded>("clients", OAuthClient))

export const OAuthGrantList = Wire.lazy(() => listIn<OAuthGrant, OAuthGrantEncoded>("grants", OAuthGrant))

export const SigningKeyList = Wire.lazy(() => listIn<SigningKey, SigningKeyEncoded>("keys", SigningKey))

/** `total` is the length of the array: the list is never paged. */
export const RateLimitSchemeList = Wire.lazy(() => {
  const schemes = Wire.list<RateLimitScheme, RateLimitSchemeEncoded>(RateLimitScheme)
  return Schema.transform(Schema.Struct({ schemes, total: Schema.Int }), Schema.typeSchema(schemes), {
    strict: true,
    decode: (envelope) => envelope.schemes,
    encode: (all) => ({ schemes: all, total: all.length })
  }).annotations({ [Trusted]: true })
})
