import { assert, it } from "@effect/vitest"
import { ApiKey } from "effect-wacht/schemas"
import { Fixtures } from "effect-wacht/testing"
import * as Effect from "effect/Effect"
import * as JSONSchema from "effect/JSONSchema"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import { Customer, keep, sameKey } from "../../examples/models.js"

it.effect("models are kept as JSON, without the secret", () =>
  Effect.gen(function* () {
    const key = Fixtures.apiKeyWithSecret({ secret: Redacted.make("acme_only-once") })
    const kept: Array<string> = []
    const text = yield* keep("Acme", key, (secret) => Effect.sync(() => void kept.push(secret)))
    assert.deepStrictEqual(kept, ["acme_only-once"])
    assert.notInclude(text, "acme_only-once")
    const customer = yield* Schema.decode(Schema.parseJson(Customer))(text)
    assert.strictEqual(customer.keyId, key.id)
    assert.isTrue(sameKey(customer.key, key))
    assert.isFalse(sameKey(customer.key, { ...key, name: "another" }))
    const written = yield* Schema.encode(ApiKey)(customer.key)
    assert.deepStrictEqual(JSON.parse(text).key, JSON.parse(JSON.stringify(written)))
  })
)

it("models have the name that they are given in a document", () => {
  assert.property(JSONSchema.make(Customer).$defs, "StoredKey")
})
