import type { ApiKeys, Gateway, OAuth, WachtError } from "effect-wacht"
import type {
  AuthenticationError,
  AuthorizationError,
  ConflictError,
  DecodeError,
  EncodeError,
  NotFoundError,
  OutcomeUnknownError,
  RateLimitError,
  ServerError,
  TimeoutError,
  TransportError,
  UnexpectedStatusError,
  ValidationError
} from "effect-wacht/errors"
import type {
  ApiAuthApp,
  ApiKey,
  ApiKeyWithSecret,
  AuthzDecision,
  OAuthApp,
  RateLimitScheme
} from "effect-wacht/schemas"
import type { Effect } from "effect"
import { describe, expect, test } from "tstyche"
import type { Matches } from "../../src/services/internal/matches.js"
import type { apiKeysOperations } from "../../src/services/internal/operations/apiKeys.js"
import type { gatewayOperations } from "../../src/services/internal/operations/gateway.js"
import type { oauthOperations } from "../../src/services/internal/operations/oauth.js"

type ErrorOf<Method> = Method extends (...args: never) => Effect.Effect<infer _A, infer E, infer _R> ? E : never
type ResultOf<Method> = Method extends (...args: never) => Effect.Effect<infer A, infer _E, infer _R> ? A : never
type NeedsOf<Service> = {
  [Name in keyof Service]: Service[Name] extends (...args: never) => Effect.Effect<infer _A, infer _E, infer R>
    ? R
    : "no effect"
}[keyof Service]

type Safe =
  | AuthenticationError
  | RateLimitError
  | ServerError
  | UnexpectedStatusError
  | TransportError
  | TimeoutError
  | EncodeError
  | DecodeError

type Unsafe =
  AuthenticationError | RateLimitError | UnexpectedStatusError | TransportError | EncodeError | OutcomeUnknownError

/** The names of the operations with exactly these errors. */
type With<Service, E> = {
  [Name in keyof Service]: [ErrorOf<Service[Name]>] extends [E]
    ? [E] extends [ErrorOf<Service[Name]>]
      ? Name
      : never
    : never
}[keyof Service]

describe("the services against the table of operations", () => {
  test("agree method by method", () => {
    expect<Matches<ApiKeys.Service, typeof apiKeysOperations>>().type.toBe<true>()
    expect<Matches<OAuth.Service, typeof oauthOperations>>().type.toBe<true>()
    expect<Matches<Gateway.Service, typeof gatewayOperations>>().type.toBe<true>()
  })

  test("would be seen to differ", () => {
    type TooWide = Omit<Gateway.Service, "checkAuthz"> & {
      readonly checkAuthz: (
        input: never
      ) => Effect.Effect<AuthzDecision, ErrorOf<Gateway.Service["checkAuthz"]> | ConflictError>
    }
    expect<Matches<TooWide, typeof gatewayOperations>>().type.not.toBe<true>()
    type TooNarrow = { readonly checkAuthz: (input: never) => Effect.Effect<AuthzDecision, ValidationError> }
    expect<Matches<TooNarrow, typeof gatewayOperations>>().type.not.toBe<true>()
    type Lacking = Omit<OAuth.Service, "listOAuthApps">
    expect<Matches<Lacking, typeof oauthOperations>>().type.not.toBe<true>()
    type More = OAuth.Service & { readonly more: () => void }
    expect<Matches<More, typeof oauthOperations>>().type.not.toBe<true>()
  })
})

describe("the errors of an operation", () => {
  test("CallError and UnsafeCallError are these", () => {
    expect<WachtError.CallError>().type.toBe<Safe>()
    expect<WachtError.UnsafeCallError>().type.toBe<Unsafe>()
  })

  test("of all 36 are their own and one of the two unions", () => {
    expect<With<ApiKeys.Service, Safe>>().type.toBe<"listRateLimitSchemes">()
    expect<With<ApiKeys.Service, ValidationError | Safe>>().type.toBe<"listApiAuthApps">()
    expect<With<ApiKeys.Service, ValidationError | NotFoundError | Safe>>().type.toBe<
      | "getApiAuthApp"
      | "updateApiAuthApp"
      | "deleteApiAuthApp"
      | "listApiKeys"
      | "revokeApiKey"
      | "getRateLimitScheme"
      | "updateRateLimitScheme"
      | "deleteRateLimitScheme"
      | "getApiAuditLogs"
      | "getApiAuditAnalytics"
      | "getApiAuditTimeseries"
    >()
    expect<With<ApiKeys.Service, ValidationError | NotFoundError | Unsafe>>().type.toBe<
      "createApiKey" | "rotateApiKey"
    >()
    expect<With<ApiKeys.Service, ValidationError | ConflictError | Unsafe>>().type.toBe<"createRateLimitScheme">()
    expect<
      With<ApiKeys.Service, AuthorizationError | ValidationError | NotFoundError | ConflictError | Unsafe>
    >().type.toBe<"createApiAuthApp">()
    expect<With<OAuth.Service, Safe>>().type.toBe<"listOAuthApps">()
    expect<With<OAuth.Service, ValidationError | NotFoundError | Safe>>().type.toBe<
      | "updateOAuthApp"
      | "verifyOAuthAppDomain"
      | "updateOAuthScope"
      | "archiveOAuthScope"
      | "unarchiveOAuthScope"
      | "setOAuthScopeMapping"
      | "listOAuthClients"
      | "updateOAuthClient"
      | "deactivateOAuthClient"
      | "listOAuthGrants"
      | "revokeOAuthGrant"
      | "listOAuthAppSigningKeys"
      | "compromiseOAuthAppSigningKey"
    >()
    expect<With<OAuth.Service, ValidationError | NotFoundError | Unsafe>>().type.toBe<
      "createOAuthClient" | "rotateOAuthClientSecret"
    >()
    expect<With<OAuth.Service, ValidationError | NotFoundError | ConflictError | Unsafe>>().type.toBe<
      "createOAuthApp" | "rotateOAuthAppSigningKey"
    >()
    expect<With<Gateway.Service, ValidationError | Safe>>().type.toBe<"checkAuthz">()
  })
})

test("operations need nothing", () => {
  expect<NeedsOf<ApiKeys.Service>>().type.toBe<never>()
  expect<NeedsOf<OAuth.Service>>().type.toBe<never>()
  expect<NeedsOf<Gateway.Service>>().type.toBe<never>()
})

test("results have the nouns' names", () => {
  expect<ResultOf<ApiKeys.Service["getApiAuthApp"]>>().type.toBe<ApiAuthApp>()
  expect<ResultOf<ApiKeys.Service["listApiKeys"]>>().type.toBe<ReadonlyArray<ApiKey>>()
  expect<ResultOf<ApiKeys.Service["rotateApiKey"]>>().type.toBe<ApiKeyWithSecret>()
  expect<ResultOf<ApiKeys.Service["listRateLimitSchemes"]>>().type.toBe<ReadonlyArray<RateLimitScheme>>()
  expect<ResultOf<ApiKeys.Service["revokeApiKey"]>>().type.toBe<void>()
  expect<ResultOf<OAuth.Service["archiveOAuthScope"]>>().type.toBe<OAuthApp>()
  expect<ResultOf<OAuth.Service["revokeOAuthGrant"]>>().type.toBe<void>()
  expect<ResultOf<Gateway.Service["checkAuthz"]>>().type.toBe<AuthzDecision>()
})
