import { assert, describe, it } from "@effect/vitest"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import { inspect } from "node:util"
import * as ApiKeys from "effect-wacht/ApiKeys"
import * as Errors from "effect-wacht/errors"
import * as Schemas from "effect-wacht/schemas"
import { Fixtures, Rules } from "effect-wacht/testing"

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
  })

  it("of errors say of a repeat, of whom and of how what the SDK would", () => {
    const checkAuthz = { operation: "checkAuthz" } as const
    assert.isTrue(Fixtures.serverError().isRetryable)
    assert.isFalse(Fixtures.serverError({ status: 501 }).isRetryable)
    assert.isTrue(Fixtures.unexpectedStatusError({ status: 408 }).isRetryable)
    assert.isFalse(Fixtures.unexpectedStatusError().isRetryable)
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
      assert.notStrictEqual(one, other)
      assert.strictEqual(
        inspect(one, { depth: 9 }).split("\n    at ")[0],
        inspect(other, { depth: 9 }).split("\n    at ")[0]
      )
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
