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
import * as Wire from "./wire.js"

/** Annotation that names the member which holds the array, for those who unwrap it themselves. */
export const Member: unique symbol = Symbol.for("effect-wacht/Member") as never

const unwrap = <A, I, E, EI>(
  member: string,
  items: Schema.Schema<ReadonlyArray<A>, ReadonlyArray<I>>,
  envelope: Schema.Schema<E, EI>,
  decode: (envelope: E) => ReadonlyArray<A>,
  encode: (items: ReadonlyArray<A>) => E
): Schema.Schema<ReadonlyArray<A>, EI> =>
  Schema.transform(envelope, Schema.typeSchema(items), { strict: true, decode, encode }).annotations({
    [Member]: member
  })

const apiKeys = Wire.list<ApiKey, ApiKeyEncoded>(ApiKey)
export const ApiKeyList = unwrap(
  "keys",
  apiKeys,
  Schema.Struct({ keys: apiKeys }),
  ({ keys }) => keys,
  (keys) => ({ keys })
)

const oauthApps = Wire.list<OAuthApp, OAuthAppEncoded>(OAuthApp)
export const OAuthAppList = unwrap(
  "apps",
  oauthApps,
  Schema.Struct({ apps: oauthApps }),
  ({ apps }) => apps,
  (apps) => ({ apps })
)

const oauthClients = Wire.list<OAuthClient, OAuthClientEncoded>(OAuthClient)
export const OAuthClientList = unwrap(
  "clients",
  oauthClients,
  Schema.Struct({ clients: oauthClients }),
  ({ clients }) => clients,
  (clients) => ({ clients })
)

const oauthGrants = Wire.list<OAuthGrant, OAuthGrantEncoded>(OAuthGrant)
export const OAuthGrantList = unwrap(
  "grants",
  oauthGrants,
  Schema.Struct({ grants: oauthGrants }),
  ({ grants }) => grants,
  (grants) => ({ grants })
)

const signingKeys = Wire.list<SigningKey, SigningKeyEncoded>(SigningKey)
export const SigningKeyList = unwrap(
  "keys",
  signingKeys,
  Schema.Struct({ keys: signingKeys }),
  ({ keys }) => keys,
  (keys) => ({ keys })
)

const schemes = Wire.list<RateLimitScheme, RateLimitSchemeEncoded>(RateLimitScheme)
/** `total` is the length of the array: the list is never paged. */
export const RateLimitSchemeList = unwrap(
  "schemes",
  schemes,
  Schema.Struct({ schemes, total: Schema.Int }),
  (list) => list.schemes,
  (items) => ({ schemes: items, total: items.length })
)
