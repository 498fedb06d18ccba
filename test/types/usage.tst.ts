import { FetchHttpClient, type HttpClient } from "@effect/platform"
import { ApiKeys, Gateway, OAuth, Wacht, WachtClient, WachtError } from "effect-wacht"
import type {
  AuthenticationError,
  AuthorizationError,
  BusyError,
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
import {
  type ApiKey,
  type AuthzDecision,
  type AuthzDenied,
  KeyId,
  type OAuthClient,
  type OAuthGrant,
  type RateLimitScheme,
  type UserId
} from "effect-wacht/schemas"
import { Emulator, Rules } from "effect-wacht/testing"
import { type ConfigError, type Duration, Effect, type Either, Layer, type Option, type Redacted, Schema } from "effect"
import { describe, expect, test } from "tstyche"

declare const keys: ApiKeys.Service
declare const oauth: OAuth.Service
declare const client: OAuthClient
declare const grant: OAuthGrant
declare const key: ApiKey
declare const scheme: RateLimitScheme
declare const apiKey: Redacted.Redacted

describe("brands", () => {
  test("a path that wants the record id refuses the client id", () => {
    expect(oauth.updateOAuthClient).type.toBeCallableWith("a", client.id, {})
    expect(oauth.updateOAuthClient).type.not.toBeCallableWith("a", client.clientId, {})
    expect(oauth.deactivateOAuthClient).type.not.toBeCallableWith("a", client.clientId)
    expect(oauth.rotateOAuthClientSecret).type.not.toBeCallableWith("a", client.clientId)
    expect(oauth.listOAuthGrants).type.not.toBeCallableWith("a", client.clientId)
    expect(oauth.revokeOAuthGrant).type.not.toBeCallableWith("a", client.clientId, grant.id)
  })

  test("ids of different kinds are not interchangeable", () => {
    expect(keys.revokeApiKey).type.toBeCallableWith("a", key.id)
    expect(keys.revokeApiKey).type.not.toBeCallableWith("a", "77636080333005047")
    expect(keys.revokeApiKey).type.not.toBeCallableWith("a", client.id)
    expect(keys.revokeApiKey).type.not.toBeCallableWith("a", scheme.id)
    expect(keys.rotateApiKey).type.not.toBeCallableWith("a", key.deploymentId)
    expect(oauth.revokeOAuthGrant).type.toBeCallableWith("a", client.id, grant.id)
    expect(oauth.revokeOAuthGrant).type.not.toBeCallableWith("a", grant.id, client.id)
    expect<KeyId>().type.not.toBeAssignableTo<UserId>()
    expect<OAuthClient["clientId"]>().type.not.toBeAssignableTo<OAuthClient["id"]>()
    expect<OAuthClient["id"]>().type.not.toBeAssignableTo<OAuthClient["clientId"]>()
    expect<KeyId>().type.toBeAssignableTo<string>()
    expect(KeyId.make("1")).type.toBe<KeyId>()
  })

  test("slugs, scopes and kids are text", () => {
    expect(keys.getApiAuthApp).type.toBeCallableWith("some-slug")
    expect(oauth.archiveOAuthScope).type.toBeCallableWith("some-slug", "some:scope")
    expect(oauth.compromiseOAuthAppSigningKey).type.toBeCallableWith("some-slug", "oas-1-2")
  })
})

const program = Effect.gen(function* () {
  const keys = yield* ApiKeys.ApiKeys
  const oauth = yield* OAuth.OAuth
  const gateway = yield* Gateway.Gateway
  return { keys, oauth, gateway }
})

describe("layers", () => {
  test("leave nothing to be provided", () => {
    const live = Layer.provide(Wacht.layer({ apiKey }), FetchHttpClient.layer)
    expect(Effect.provide(program, live)).type.toBeAssignableTo<
      Effect.Effect<unknown, ConfigError.ConfigError, never>
    >()
    expect<Layer.Layer.Context<typeof live>>().type.toBe<never>()
    const configured = Layer.provide(Wacht.layerConfig(), FetchHttpClient.layer)
    expect<Layer.Layer.Context<typeof configured>>().type.toBe<never>()
    const ruled = Effect.provide(program, Rules.layerWacht([]))
    expect<Effect.Effect.Context<typeof ruled>>().type.toBe<never>()
    const emulated = Effect.provide(program, Emulator.layerWacht())
    expect<Effect.Effect.Context<typeof emulated>>().type.toBe<never>()
  })

  test("have these types", () => {
    expect(Wacht.layer({ apiKey })).type.toBe<
      Layer.Layer<
        ApiKeys.ApiKeys | OAuth.OAuth | Gateway.Gateway | WachtClient.WachtClient,
        ConfigError.ConfigError,
        HttpClient.HttpClient
      >
    >()
    expect(Wacht.layerConfig()).type.toBe<
      Layer.Layer<
        ApiKeys.ApiKeys | OAuth.OAuth | Gateway.Gateway | WachtClient.WachtClient,
        ConfigError.ConfigError,
        HttpClient.HttpClient
      >
    >()
    expect(ApiKeys.layer).type.toBe<Layer.Layer<ApiKeys.ApiKeys, never, WachtClient.WachtClient>>()
    expect(OAuth.layer).type.toBe<Layer.Layer<OAuth.OAuth, never, WachtClient.WachtClient>>()
    expect(Gateway.layer).type.toBe<Layer.Layer<Gateway.Gateway, never, WachtClient.WachtClient>>()
    expect(ApiKeys.make).type.toBe<Effect.Effect<ApiKeys.Service, never, WachtClient.WachtClient>>()
  })

  test("take the key redacted only", () => {
    expect(Wacht.layer).type.not.toBeCallableWith({ apiKey: "a key in clear text" })
    expect(Wacht.layer).type.not.toBeCallableWith({})
  })
})

describe("what is left of the errors", () => {
  test("after catchTag", () => {
    const left = keys.getApiAuthApp("a").pipe(Effect.catchTag("NotFoundError", () => Effect.succeed(undefined)))
    expect<Effect.Effect.Error<typeof left>>().type.toBe<
      | ValidationError
      | AuthenticationError
      | RateLimitError
      | ServerError
      | UnexpectedStatusError
      | TransportError
      | TimeoutError
      | EncodeError
      | DecodeError
    >()
    const created = keys
      .createApiKey("a", { name: "k" })
      .pipe(Effect.catchTag("OutcomeUnknownError", (error) => Effect.succeed(error.startedAt)))
    expect<Effect.Effect.Error<typeof created>>().type.toBe<
      | ValidationError
      | NotFoundError
      | AuthenticationError
      | RateLimitError
      | UnexpectedStatusError
      | TransportError
      | EncodeError
    >()
  })

  test("after catchGroup, in both forms", () => {
    const piped = keys.getApiAuthApp("a").pipe(WachtError.catchGroup("InputError", () => Effect.succeed(1)))
    expect<Effect.Effect.Error<typeof piped>>().type.toBe<
      | NotFoundError
      | AuthenticationError
      | RateLimitError
      | ServerError
      | UnexpectedStatusError
      | TransportError
      | TimeoutError
      | DecodeError
    >()
    const direct = WachtError.catchGroup(
      keys.createApiAuthApp({ appSlug: "a", name: "A", keyPrefix: "k" }),
      "AuthError",
      (error) => {
        expect(error).type.toBe<AuthenticationError | AuthorizationError>()
        return Effect.succeed(error.message)
      }
    )
    expect<Effect.Effect.Error<typeof direct>>().type.toBe<
      | ValidationError
      | NotFoundError
      | ConflictError
      | RateLimitError
      | UnexpectedStatusError
      | TransportError
      | EncodeError
      | OutcomeUnknownError
    >()
    const busy = keys
      .createApiKey("a", { name: "k" })
      .pipe(WachtError.catchGroup("BusyError", (error) => Effect.succeed(error.retryAfter)))
    // An unsafe operation has no ServerError: what could be one is an unknown outcome.
    expect<Effect.Effect.Error<typeof busy>>().type.toBe<
      | ValidationError
      | NotFoundError
      | AuthenticationError
      | UnexpectedStatusError
      | TransportError
      | EncodeError
      | OutcomeUnknownError
    >()
    expect<BusyError>().type.toBe<RateLimitError | ServerError>()
    expect(WachtError.catchGroup).type.not.toBeCallableWith("NoGroup", () => Effect.void)
  })

  test("after a guard, also where the call cannot fail with all of its group", () => {
    const create = keys.createApiKey("a", { name: "k" })
    const caught = create.pipe(
      Effect.catchIf(WachtError.isNetworkError, (error) => {
        expect(error).type.toBe<TransportError>()
        return Effect.succeed(error.code)
      })
    )
    expect<Effect.Effect.Error<typeof caught>>().type.toBe<
      Exclude<Effect.Effect.Error<typeof create>, TransportError>
    >()
    const tell = (found: unknown) => (WachtError.isInGroup("BusyError")(found) ? found : undefined)
    expect<ReturnType<typeof tell>>().type.toBe<BusyError | undefined>()
  })

  test("after all groups and tags: nothing", () => {
    const none = keys.listRateLimitSchemes().pipe(WachtError.catchGroup("CallError", () => Effect.succeed([])))
    expect<Effect.Effect.Error<typeof none>>().type.toBe<never>()
    const foreign: Effect.Effect<string, "own"> = Effect.fail("own")
    const own = Effect.zip(keys.createRateLimitScheme({ slug: "s", name: "S", rules: [] }), foreign)
    const left = own.pipe(WachtError.catchGroup("WachtError", () => Effect.succeed([])))
    expect<Effect.Effect.Error<typeof left>>().type.toBe<"own">()
    expect<WachtError.Group<"WachtError">>().type.toBe<WachtError.WachtError>()
    const either = Effect.either(keys.listRateLimitSchemes())
    expect<Effect.Effect.Success<typeof either>>().type.toBe<
      Either.Either<ReadonlyArray<RateLimitScheme>, WachtError.CallError>
    >()
  })
})

test("a decision is told apart by allowed", () => {
  expect<Extract<AuthzDecision, { readonly allowed: false }>>().type.toBe<AuthzDenied>()
  expect<AuthzDenied["retryAfter"]>().type.toBe<Option.Option<Duration.Duration>>()
  const read = (decision: AuthzDecision) => (decision.allowed ? undefined : decision)
  expect(read).type.toBe<(decision: AuthzDecision) => AuthzDenied | undefined>()
})

describe("requests outside the services", () => {
  const client = WachtClient.make({ apiKey })
  type Request = Effect.Effect.Success<typeof client>["request"]
  const request: Request = (options) =>
    Effect.flatMap(Effect.orDie(client), (service) => service.request(options)) as never

  test("have the errors of their safety", () => {
    const safe = request({
      method: "GET",
      path: "/a/{id}",
      params: { id: "1" },
      safety: "safe",
      response: Schema.Number
    })
    expect(safe).type.toBe<
      Effect.Effect<number, AuthorizationError | ValidationError | NotFoundError | ConflictError | WachtError.CallError>
    >()
    expect(request).type.not.toBeCallableWith({
      method: "GET",
      path: "/a/{id}",
      safety: "safe",
      response: Schema.Number
    })
    const unsafe = request({ method: "POST", path: "/a", body: {}, safety: "unsafe", response: Schema.Void })
    expect(unsafe).type.toBe<
      Effect.Effect<
        void,
        AuthorizationError | ValidationError | NotFoundError | ConflictError | WachtError.UnsafeCallError
      >
    >()
  })
})

describe("rules", () => {
  test("take a value of the operation's own only", () => {
    expect(Rules.on).type.toBeCallableWith(Rules.operation("rotateOAuthClientSecret"), Rules.status(404))
    expect(Rules.on).type.toBeCallableWith(Rules.operation("listRateLimitSchemes"), Rules.value([scheme]))
    expect(Rules.on).type.toBeCallableWith(Rules.operation("deleteApiAuthApp"), Rules.value(undefined))
    expect(Rules.on).type.not.toBeCallableWith(Rules.operation("listRateLimitSchemes"), Rules.value([key]))
    expect(Rules.on).type.not.toBeCallableWith(Rules.operation("createApiKey"), Rules.value(key))
    expect(Rules.on).type.not.toBeCallableWith(Rules.route("GET", "/a"), Rules.value(scheme))
    expect(Rules.operation).type.not.toBeCallableWith("noOperation")
  })
})
