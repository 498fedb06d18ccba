import * as HttpClient from "@effect/platform/HttpClient"
import * as HttpClientRequest from "@effect/platform/HttpClientRequest"
import { assert, describe, it } from "@effect/vitest"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Predicate from "effect/Predicate"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import * as TestClock from "effect/TestClock"
import { inspect } from "node:util"
import * as ApiKeys from "effect-wacht/ApiKeys"
import * as Errors from "effect-wacht/errors"
import * as Gateway from "effect-wacht/Gateway"
import * as Schemas from "effect-wacht/schemas"
import { Emulator, Fault, Fixtures, Rules } from "effect-wacht/testing"

/** Fixtures that show another case of a model. */
const variants: Readonly<Record<string, string>> = { authzRateLimited: "AuthzDenied" }

const upper = (name: string): string =>
  variants[name] ?? name.replace(/^oauth/, "OAuth").replace(/^[a-z]/, (letter) => letter.toUpperCase())

const schemaOf = (name: string): Schema.Schema<unknown, unknown> | undefined => {
  const found: unknown = Reflect.get(Schemas, upper(name))
  return Schema.isSchema(found) ? Schema.make<unknown, unknown>(found.ast) : undefined
}

const isModel = (name: string): boolean =>
  !/(?:Input|Query|Id|Logo|Principal)$/.test(name) && name !== "Timestamp" && name !== "AuthzDecision"

const fixtures = Object.entries(Fixtures)
const app = Schema.encodeSync(Schemas.ApiAuthApp)(Fixtures.apiAuthApp())
const make = (fixture: (overrides?: never) => unknown): unknown => fixture()

describe("fixtures", () => {
  it("share nothing that a test could change", () => {
    const { metadata } = Fixtures.apiKey()
    assert.isTrue(typeof metadata === "object" && metadata !== null && Reflect.set(metadata, "canary", 1))
    assert.notProperty(Fixtures.apiKey().metadata, "canary")
    assert.notStrictEqual(Fixtures.reconciliationError().live, Fixtures.reconciliationError().live)
  })

  it("of errors say of a repeat, of whom and of how what the SDK would", () => {
    const checkAuthz = { operation: "checkAuthz" } as const
    assert.isTrue(Fixtures.serverError().isRetryable)
    assert.isFalse(Fixtures.serverError({ status: 501 }).isRetryable)
    assert.isTrue(Fixtures.unexpectedStatusError({ status: 408 }).isRetryable)
    assert.isFalse(Fixtures.unexpectedStatusError().isRetryable)
    assert.isFalse(Fixtures.unexpectedStatusError({ ...checkAuthz, status: 408 }).isRetryable)
    for (const make of [
      Fixtures.serverError,
      Fixtures.rateLimitError,
      Fixtures.transportError,
      Fixtures.timeoutError
    ]) {
      assert.isTrue(make().isRetryable)
      assert.isFalse(make(checkAuthz).isRetryable)
      assert.isTrue(make({ ...checkAuthz, isRetryable: true }).isRetryable)
    }
    assert.isFalse(Fixtures.timeoutError({ limit: "operation" }).isRetryable)
    assert.strictEqual(Fixtures.timeoutError({ limit: "operation" }).message, "the operation reached its time limit")
    assert.strictEqual(Fixtures.authenticationError().subject, "client")
    assert.strictEqual(Fixtures.authenticationError(checkAuthz).subject, "principal")
    const lost = Fixtures.transportError({ reason: "Lost" })
    assert.deepStrictEqual(
      [lost.message, lost.code],
      ["the connection was lost (ECONNRESET)", Option.some("ECONNRESET")]
    )
  })

  it.effect("of an unreadable answer and of a refused input have the words of the SDK", () =>
    Effect.gen(function* () {
      const keys = yield* ApiKeys.ApiKeys
      const unreadable = yield* Effect.flip(keys.getApiAuthApp("partner-api"))
      assert.deepStrictEqual(Fixtures.decodeError().toJSON(), unreadable.toJSON())
      const rules = [{ unit: "second", duration: 1801, maxRequests: 1 }] as const
      const refused = yield* Effect.flip(keys.createRateLimitScheme({ slug: "standard", name: "Standard", rules }))
      assert.strictEqual(Fixtures.encodeError().message, refused.message)
    }).pipe(Effect.provide(Rules.layerWacht([Rules.on(Rules.any, Rules.json({ ...app, created_at: "yesterday" }))])))
  )

  const whole = (error: unknown): unknown => Reflect.apply(Reflect.get(Object(error), "toJSON"), error, [])

  for (const [reason, fault] of [
    ["Lost", Fault.loseAfter],
    ["Timeout", Fault.delay("1 minute")],
    ["ServerError", Fault.status(500)],
    ["Unreadable", Fault.html(200)]
  ] as const) {
    it.effect(`of an unknown outcome, ${reason}, have the words and the status of the SDK`, () =>
      Effect.gen(function* () {
        const keys = yield* ApiKeys.ApiKeys
        const { failNext } = yield* Emulator.Emulator
        yield* keys.createApiAuthApp({ appSlug: "partner-api", name: "Partner API", keyPrefix: "acme" })
        yield* failNext(fault)
        const creating = yield* Effect.fork(Effect.flip(keys.createApiKey("partner-api", { name: "k" })))
        yield* TestClock.adjust("1 minute")
        const error = yield* Fiber.join(creating)
        if (error._tag !== "OutcomeUnknownError") return assert.fail(error._tag)
        const { startedAt } = error
        assert.deepStrictEqual(whole(Fixtures.outcomeUnknownError({ reason, startedAt })), whole(error))
      }).pipe(Effect.provide(Emulator.layerWacht()))
    )
  }

  const large = " ".repeat(16_777_217)
  for (const [reason, body, headers] of [
    ["Json", "<html></html>", {}],
    ["TooLarge", large, {}],
    ["Encoding", "\u001f\ufffd\b", { "content-encoding": "gzip" }]
  ] as const) {
    it.effect(`of an unreadable answer, ${reason}, have the words of the SDK`, () =>
      Effect.gen(function* () {
        const error = yield* Effect.flip(Effect.flatMap(ApiKeys.ApiKeys, (keys) => keys.getApiAuthApp("a")))
        assert.deepStrictEqual(whole(Fixtures.decodeError({ reason })), whole(error))
      }).pipe(Effect.provide(Rules.layerWacht([Rules.on(Rules.any, Rules.respond({ status: 200, headers, body }))])))
    )
  }

  it.effect("of a refusal have the words that the server has for its status and its host", () =>
    Effect.gen(function* () {
      const client = yield* HttpClient.HttpClient
      const { apiKey } = yield* Emulator.Emulator
      const post = (type: string, body: string) =>
        HttpClientRequest.post("https://api.wacht.dev/api-auth/apps").pipe(
          HttpClientRequest.bearerToken(apiKey),
          HttpClientRequest.bodyText(body, type),
          client.execute,
          Effect.flatMap(({ json, status }) => Effect.map(json, (body) => [status, body] as const))
        )
      const json = "application/json"
      for (const answer of [post("text/plain", "{}"), post(json, "{}"), post(json, `"${"x".repeat(2_097_152)}"`)]) {
        const [status, body] = yield* answer
        if (status !== 413 && status !== 415 && status !== 422) return assert.fail(String(status))
        const { message } = Fixtures.validationError({ status })
        assert.deepStrictEqual(body, { errors: [{ message, code: status }] })
      }
      const principal = { type: "api_key", value: Redacted.make(`acme_${"x".repeat(43)}`) } as const
      const check = Effect.flatMap(Gateway.Gateway, (gateway) =>
        gateway.checkAuthz({ principal, resource: "/", method: "GET" })
      )
      const error = yield* Effect.flip(check)
      assert.deepStrictEqual(whole(Fixtures.authenticationError({ operation: "checkAuthz" })), whole(error))
    }).pipe(Effect.provide(Emulator.layerWacht()))
  )

  it.effect("of a reconciliation have the words of the SDK for their reason, the marker, and what stopped it", () =>
    Effect.gen(function* () {
      const keys = yield* ApiKeys.ApiKeys
      const { failEvery } = yield* Emulator.Emulator
      yield* keys.createApiAuthApp({ appSlug: "partner-api", name: "Partner API", keyPrefix: "acme" })
      const marker = "job"
      const create = (permissions: ReadonlyArray<string>) =>
        Effect.gen(function* () {
          const input = { name: "k", permissions }
          const job = yield* Effect.fork(ApiKeys.createApiKeyReconciled("partner-api", input, { marker, rounds: 0 }))
          yield* TestClock.adjust("10 minutes")
          return yield* Fiber.join(job)
        })
      const key = yield* create(["a"])
      const given = { marker: Option.some(marker), live: [key.id] }
      const different = yield* Effect.flip(create(["b"]))
      assert.deepStrictEqual(whole(Fixtures.reconciliationError({ ...given, reason: "Different" })), whole(different))
      yield* failEvery(Fault.status(500), { operation: "rotateApiKey" })
      const cutShort = yield* Effect.flip(create(["a"]))
      if (cutShort._tag !== "ReconciliationError") return assert.fail(cutShort._tag)
      const { stoppedBy } = cutShort
      assert.deepStrictEqual(
        whole(Fixtures.reconciliationError({ ...given, reason: "Unresolved", stoppedBy })),
        whole(cutShort)
      )
      const stop = Option.getOrUndefined(Fixtures.reconciliationError({ reason: "Unresolved" }).stoppedBy)
      assert.strictEqual(stop?._tag, Option.getOrUndefined(stoppedBy)?._tag)
      assert.isTrue(Option.isSome(Fixtures.reconciliationError().marker))
    }).pipe(Effect.provide(Emulator.layerWacht()))
  )

  const location = "https://example.com/elsewhere"
  for (const status of [302, 408]) {
    it.effect(`of a status ${status} that nobody expects have the words of the SDK`, () =>
      Effect.gen(function* () {
        const keys = yield* ApiKeys.ApiKeys
        const error = yield* Effect.flip(keys.getApiAuthApp("partner-api"))
        assert.deepStrictEqual(Fixtures.unexpectedStatusError({ status }).toJSON(), error.toJSON())
      }).pipe(Effect.provide(Rules.layerWacht([Rules.on(Rules.any, Rules.respond({ status, headers: { location } }))])))
    )
  }

  const all = (value: unknown): unknown => (value instanceof Error ? whole(value) : value)
  /** It and what it holds; there is but one `None`. */
  const objects = (value: unknown): ReadonlyArray<unknown> =>
    Option.isOption(value)
      ? Option.toArray(value).flatMap(objects)
      : Predicate.isObject(value)
        ? [value, ...Object.values(value).flatMap(objects)]
        : []

  for (const [name, fixture] of fixtures) {
    const schema = schemaOf(name)
    if (schema !== undefined) {
      it(`${name} is what its schema says, there and back`, () => {
        const value = make(fixture)
        assert.isTrue(Schema.is(schema)(value))
        assert.deepStrictEqual(Schema.decodeUnknownSync(schema)(Schema.encodeSync(schema)(value)), value)
      })
    } else {
      it(`${name} is an error of its class`, () => {
        const value = make(fixture)
        assert.isTrue(Errors.isWachtError(value))
        assert.strictEqual(Reflect.get(Object(value), "_tag"), upper(name))
        assert.isAbove(String(Reflect.get(Object(value), "message")).length, 0)
      })
    }
    it(`${name} is the same on every run, and shared by no two tests`, () => {
      const [one, other] = [make(fixture), make(fixture)]
      assert.deepStrictEqual(all(one), all(other))
      const mine = new Set(objects(one))
      assert.isFalse(objects(other).some((object) => mine.has(object)))
    })
  }

  it("there is one of every model", () => {
    const models = Object.keys(Schemas).filter((name) => Schema.isSchema(Reflect.get(Schemas, name)) && isModel(name))
    assert.isAbove(models.length, 30)
    assert.deepStrictEqual(
      models.filter((name) => !fixtures.some(([fixture]) => upper(fixture) === name)),
      []
    )
  })

  it("there is one of every error", () => {
    const classes = Object.keys(Errors).filter((name) => /^[A-Z].*Error$/.test(name))
    assert.isAbove(classes.length, 12)
    assert.deepStrictEqual(
      classes.filter((name) => !fixtures.some(([fixture]) => upper(fixture) === name)),
      []
    )
  })

  it("fields are replaced one by one", () => {
    const key = Fixtures.apiKey({ name: "mine", expiresAt: Option.none() })
    assert.strictEqual(key.name, "mine")
    assert.isTrue(Option.isNone(key.expiresAt))
    assert.strictEqual(key.appSlug, Fixtures.apiKey().appSlug)
    const error = Fixtures.rateLimitError({ operation: "listApiKeys", retryAfter: Option.some(Duration.seconds(1)) })
    assert.strictEqual(error.operation, "listApiKeys")
    assert.strictEqual(error.status, 429)
    assert.deepStrictEqual(error.retryAfter, Option.some(Duration.seconds(1)))
  })

  it("secrets stay redacted", () => {
    const key = Fixtures.apiKeyWithSecret()
    assert.notInclude(inspect(key), Redacted.value(key.secret))
    assert.isTrue(Redacted.value(key.secret).startsWith(`${key.keyPrefix}_`))
    assert.isTrue(Redacted.value(key.secret).endsWith(key.keySuffix))
  })

  it.effect("they mock a service", () =>
    Effect.gen(function* () {
      const keys = yield* ApiKeys.ApiKeys
      const [first] = yield* keys.listApiKeys("partner-api")
      assert.strictEqual(first?.name, "mine")
      const error = yield* Effect.flip(keys.getApiAuthApp("gone"))
      assert.strictEqual(error._tag, "NotFoundError")
    }).pipe(
      Effect.provide(
        Layer.mock(ApiKeys.ApiKeys)({
          listApiKeys: () => Effect.succeed([Fixtures.apiKey({ name: "mine" })]),
          getApiAuthApp: () => Effect.fail(Fixtures.notFoundError())
        })
      )
    )
  )
})
