import { ApiKeys, type OAuth, Policy, type RequestPolicy } from "effect-wacht"
import type {
  AuthorizationError,
  CallError,
  ConflictError,
  NotFoundError,
  OutcomeUnknownError,
  ReconciliationError,
  UnsafeCallError,
  ValidationError
} from "effect-wacht/errors"
import type { ApiKeyWithSecret, CreateApiKeyInput, KeyId, RateLimitScheme } from "effect-wacht/schemas"
import { Effect, type Layer, Schedule } from "effect"
import { describe, expect, test } from "tstyche"

type Definite = Exclude<UnsafeCallError, OutcomeUnknownError>
type ErrorOf<T> = T extends Effect.Effect<unknown, infer E, unknown> ? E : never

declare const keys: ApiKeys.Service
declare const keyId: KeyId
declare const input: CreateApiKeyInput
declare const limit: Policy.RateLimit
const list = keys.listRateLimitSchemes()

describe("combinators", () => {
  test("keep value, errors and requirements", () => {
    const all = list.pipe(
      Policy.attemptTimeout("1 second"),
      limit,
      Policy.retryTransient(),
      Policy.retryAuthenticationOnce(),
      Policy.operationTimeout("1 minute"),
      Policy.withPolicy(Policy.standard)
    )
    expect(all).type.toBe<Effect.Effect<ReadonlyArray<RateLimitScheme>, CallError>>()
    const unsafe = keys.createApiKey("a", input).pipe(Policy.retryTransient({ attempts: 2 }))
    expect(unsafe).type.toBe<Effect.Effect<ApiKeyWithSecret, ValidationError | NotFoundError | UnsafeCallError>>()
  })

  test("keep errors that are not ours, and what removes an error removes it from the type", () => {
    const mixed = Effect.zipRight(Effect.fail("mine" as const), list).pipe(Policy.retryTransient())
    expect<ErrorOf<typeof mixed>>().type.toBe<"mine" | CallError>()
    const caught = mixed.pipe(Effect.catchTag("ServerError", () => Effect.succeed([])))
    expect<ErrorOf<typeof caught>>().type.toBe<"mine" | Exclude<CallError, { _tag: "ServerError" }>>()
    const scheduled = Effect.retry(list, { schedule: Schedule.recurs(2), while: (error) => error.isRetryable })
    expect<ErrorOf<typeof scheduled>>().type.toBe<CallError>()
  })

  test("layers need and fail with nothing", () => {
    expect(Policy.layer()).type.toBe<Layer.Layer<never>>()
    expect(Policy.standard).type.toBe<RequestPolicy.CallPolicy>()
  })
})

describe("reconciled", () => {
  type KeyError = ValidationError | NotFoundError | CallError | ReconciliationError

  test("fail with exactly what is left, and need their service", () => {
    expect(ApiKeys.createApiKeyReconciled("a", input)).type.toBe<
      Effect.Effect<ApiKeyWithSecret, KeyError, ApiKeys.ApiKeys>
    >()
    expect(ApiKeys.rotateApiKeyReconciled("a", keyId)).type.toBe<
      Effect.Effect<ApiKeyWithSecret, KeyError, ApiKeys.ApiKeys>
    >()
    expect<ErrorOf<ReturnType<typeof ApiKeys.createApiAuthAppReconciled>>>().type.toBe<
      AuthorizationError | ValidationError | NotFoundError | ConflictError | Definite | ReconciliationError
    >()
    expect<ErrorOf<ReturnType<typeof ApiKeys.createRateLimitSchemeReconciled>>>().type.toBe<
      ValidationError | ConflictError | Definite | ReconciliationError
    >()
    expect<ErrorOf<ReturnType<typeof OAuth.createOAuthAppReconciled>>>().type.toBe<
      ValidationError | NotFoundError | ConflictError | Definite | ReconciliationError
    >()
    expect<ErrorOf<ReturnType<typeof OAuth.createOAuthClientReconciled>>>().type.toBe<KeyError>()
    expect<ErrorOf<ReturnType<typeof OAuth.rotateOAuthClientSecretReconciled>>>().type.toBe<
      ValidationError | NotFoundError | Definite | ReconciliationError
    >()
    expect<ErrorOf<ReturnType<typeof OAuth.rotateOAuthAppSigningKeyReconciled>>>().type.toBe<KeyError | ConflictError>()
  })
})
