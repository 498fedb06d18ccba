import type * as DateTime from "effect/DateTime"
import type * as Duration from "effect/Duration"
import type * as Option from "effect/Option"
import type * as Redacted from "effect/Redacted"
import type * as Schema from "effect/Schema"
import type {
  ApiKey,
  ApiKeyWithSecret,
  AuthzDecision,
  CheckAuthzInput,
  CreateApiKeyInput,
  CreateOAuthClientInput,
  GrantId,
  JwkInput,
  KeyId,
  OAuthClient,
  OAuthClientId,
  OAuthClientRecordId,
  RateLimitRuleInput,
  RateLimitScheme,
  SchemeId,
  TimestampInput,
  UpdateOAuthAppInput
} from "effect-wacht/schemas"
import type * as Schemas from "effect-wacht/schemas"
import { describe, expect, test } from "tstyche"

describe("ids", () => {
  test("have brands that are not interchangeable", () => {
    expect<KeyId>().type.not.toBeAssignableTo<GrantId>()
    expect<OAuthClientId>().type.not.toBeAssignableTo<OAuthClientRecordId>()
    expect<OAuthClient["clientId"]>().type.not.toBeAssignableTo<OAuthClientRecordId>()
    expect<OAuthClient["id"]>().type.toBe<OAuthClientRecordId>()
    expect<RateLimitScheme["id"]>().type.toBe<SchemeId>()
    expect<string>().type.not.toBeAssignableTo<KeyId>()
    expect<KeyId>().type.toBeAssignableTo<string>()
  })
})

describe("inputs", () => {
  test("name the words that they take, for a form to offer", () => {
    type Type = (typeof Schemas.OAuthAppLogo)["fields"]["contentType"]["literals"]
    type Unit = (typeof Schemas.RateLimitRuleInput)["from"]["fields"]["unit"]["literals"]
    expect<Type[0]>().type.toBe<"image/png">()
    expect<Type["length"]>().type.toBe<7>()
    expect<Unit[0]>().type.toBe<"millisecond">()
    expect<Unit["length"]>().type.toBe<8>()
  })
})

describe("models", () => {
  test("absent and null are options", () => {
    expect<ApiKey["rateLimitSchemeSlug"]>().type.toBe<Option.Option<string>>()
    expect<ApiKey["expiresAt"]>().type.toBe<Option.Option<Schemas.Timestamp>>()
    expect<ApiKey["metadata"]>().type.toBe<unknown>()
  })
  test("enums are open and complete known members", () => {
    expect<Schemas.OAuthGrant["status"]>().type.toBe<"active" | "revoked" | "expired" | (string & {})>()
    expect<"later">().type.toBeAssignableTo<Schemas.OAuthGrant["status"]>()
  })
  test("items keep the name of their interface", () => {
    expect<ApiKey["rateLimits"]>().type.toBe<ReadonlyArray<Schemas.RateLimitRule>>()
  })
  test("secrets are redacted", () => {
    expect<ApiKeyWithSecret["secret"]>().type.toBe<Redacted.Redacted>()
    expect<OAuthClient["clientSecret"]>().type.toBe<Option.Option<Redacted.Redacted>>()
    expect<ApiKeyWithSecret>().type.toBeAssignableTo<ApiKey>()
    expect<Schema.Schema.Type<typeof Schemas.ApiKeyWithSecret>>().type.toBe<ApiKeyWithSecret>()
  })
  test("a decision is told apart by allowed, and has every field either way", () => {
    expect<Extract<AuthzDecision, { readonly allowed: true }>>().type.toBe<Schemas.AuthzAllowed>()
    expect<AuthzDecision["retryAfter"]>().type.toBe<Option.Option<Duration.Duration>>()
    expect<AuthzDecision["headers"]>().type.toBe<{ readonly [name: string]: string }>()
  })
  test("a page has the facts of its paging", () => {
    expect<keyof Schemas.ApiAuthAppPage>().type.toBe<"data" | "hasMore" | "limit" | "offset">()
    expect<keyof Schemas.ApiAuditLogPage>().type.toBe<"data" | "hasMore" | "limit" | "nextCursor">()
  })
})

describe("inputs", () => {
  test("an optional field may be undefined, never null", () => {
    expect<{ name: string; expiresAt: undefined }>().type.toBeAssignableTo<CreateApiKeyInput>()
    expect<{ name: string; expiresAt: null }>().type.not.toBeAssignableTo<CreateApiKeyInput>()
    expect<{}>().type.not.toBeAssignableTo<CreateApiKeyInput>()
    expect<{}>().type.toBeAssignableTo<UpdateOAuthAppInput>()
  })
  test("enums are closed", () => {
    expect<RateLimitRuleInput["unit"]>().type.not.toBeAssignableFrom<"week">()
    expect<CheckAuthzInput["method"]>().type.toBe<"GET" | "POST" | "PUT" | "PATCH" | "DELETE" | "HEAD" | "OPTIONS">()
  })
  test("moments are values", () => {
    expect<CreateApiKeyInput["expiresAt"]>().type.toBe<TimestampInput | undefined>()
    expect<DateTime.Utc>().type.toBeAssignableTo<TimestampInput>()
    expect<Date>().type.toBeAssignableTo<TimestampInput>()
    expect<DateTime.Zoned>().type.not.toBeAssignableTo<TimestampInput>()
    expect<string>().type.not.toBeAssignableTo<TimestampInput>()
  })
  test("a client needs its redirect URIs, a key has no symmetric secret", () => {
    expect<{
      clientAuthMethod: "none"
      grantTypes: ReadonlyArray<"authorization_code">
    }>().type.not.toBeAssignableTo<CreateOAuthClientInput>()
    expect<JwkInput["k"]>().type.toBe<undefined>()
  })
  test("a credential is redacted", () => {
    expect<CheckAuthzInput["principal"]["value"]>().type.toBe<Redacted.Redacted>()
  })
})
