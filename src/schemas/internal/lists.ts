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

const trusted = { [Trusted]: true }

export const ApiKeyList = Wire.lazy(() =>
  Schema.pluck(Schema.Struct({ keys: Wire.list<ApiKey, ApiKeyEncoded>(ApiKey) }), "keys").annotations(trusted)
)

export const OAuthAppList = Wire.lazy(() =>
  Schema.pluck(Schema.Struct({ apps: Wire.list<OAuthApp, OAuthAppEncoded>(OAuthApp) }), "apps").annotations(trusted)
)

export const OAuthClientList = Wire.lazy(() =>
  Schema.pluck(
    Schema.Struct({ clients: Wire.list<OAuthClient, OAuthClientEncoded>(OAuthClient) }),
    "clients"
  ).annotations(trusted)
)

export const OAuthGrantList = Wire.lazy(() =>
  Schema.pluck(Schema.Struct({ grants: Wire.list<OAuthGrant, OAuthGrantEncoded>(OAuthGrant) }), "grants").annotations(
    trusted
  )
)

export const SigningKeyList = Wire.lazy(() =>
  Schema.pluck(Schema.Struct({ keys: Wire.list<SigningKey, SigningKeyEncoded>(SigningKey) }), "keys").annotations(
    trusted
  )
)

/** `total` is the length of the array: the list is never paged. */
export const RateLimitSchemeList = Wire.lazy(() => {
  const schemes = Wire.list<RateLimitScheme, RateLimitSchemeEncoded>(RateLimitScheme)
  return Schema.transform(Schema.Struct({ schemes, total: Schema.Int }), Schema.typeSchema(schemes), {
    strict: true,
    decode: ({ schemes }) => schemes,
    encode: (schemes) => ({ schemes, total: schemes.length })
  }).annotations(trusted)
})
