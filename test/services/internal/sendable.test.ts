import { assert, describe, it } from "@effect/vitest"
import * as Data from "effect/Data"
import * as Effect from "effect/Effect"
import * as ApiKeys from "effect-wacht/ApiKeys"
import { KeyId } from "effect-wacht/schemas"
import { unsendable } from "../../../src/services/internal/sendable.js"
import { refusalOf } from "../../support/refusal.js"
import {
  invoke,
  layerOf,
  type OperationName,
  operationNames,
  operations,
  someParameters,
  stub
} from "../../support/sdk.js"

const fields = (input: unknown, isEncoded?: boolean) => unsendable(input, isEncoded).map(({ field }) => field)

const nul = "a\u0000"
const half = "\ud800"

describe("what cannot be sent", () => {
  it("is named as the caller wrote it, at any depth", () => {
    const encoded = { scope_definitions: [{ display_name: nul, workspace_permission: half }], app_slug: nul }
    assert.deepStrictEqual(fields(encoded, true), [
      "scopeDefinitions[0].displayName",
      "scopeDefinitions[0].workspacePermission",
      "appSlug"
    ])
  })

  it("keeps the caller's own keys in free JSON", () => {
    const encoded = { metadata: { my_key: [{ own_key: nul }] }, jwks: { keys: [{ key_ops: [half] }] } }
    assert.deepStrictEqual(fields(encoded, true), ["metadata.my_key[0].own_key", "jwks.keys[0].key_ops[0]"])
    assert.deepStrictEqual(fields({ snake_case: { metadata: nul } }), ["snake_case.metadata"])
  })
})

const refused = (name: OperationName, ...args: ReadonlyArray<unknown>) =>
  Effect.map(refusalOf(name, ...args), ({ issues }) => issues.map(({ field }) => field))

describe("an input", () => {
  it.effect("of a form is looked at all the way down", () =>
    Effect.gen(function* () {
      const definition = { scope: "a", displayName: nul, description: half }
      assert.deepStrictEqual(
        yield* refused("createOAuthApp", { slug: "s", name: "n", scopeDefinitions: [definition] }),
        ["scopeDefinitions[0].displayName", "scopeDefinitions[0].description"]
      )
    })
  )

  it.effect("that is missing is refused, not sent without a body", () =>
    Effect.gen(function* () {
      for (const name of operationNames) {
        if (operations[name].body === undefined || name === "revokeApiKey") continue
        assert.deepStrictEqual(yield* refused(name, ...someParameters(name)), ["input"], name)
      }
    })
  )

  it.effect("is refused where a field is its class's: one that is optional would be left out", () =>
    Effect.gen(function* () {
      class Temporary {
        readonly name = "n"
        get expiresAt() {
          return new Date(2_000_000_000_000)
        }
      }
      assert.deepStrictEqual(yield* refused("createApiKey", "app", new Temporary()), ["expiresAt"])
      const reconciled = ApiKeys.createApiKeyReconciled("app", new Temporary())
      const error = yield* Effect.flip(
        reconciled.pipe(Effect.provide(layerOf(stub(() => ({ status: 500, body: "" })).client)))
      )
      assert.strictEqual(error.message, "expiresAt: a field of its own, not of its class")
      const rule = Object.create({ mode: "per_key" })
      Object.assign(rule, { unit: "minute", duration: 1, maxRequests: 1 })
      const scheme = { slug: "s", name: "n", rules: [rule] }
      assert.deepStrictEqual(yield* refused("createRateLimitScheme", scheme), ["rules[0].mode"])
      assert.deepStrictEqual(yield* refused("updateRateLimitScheme", "s", { rules: [rule] }), ["rules[0].mode"])
      const plain = { unit: "hour", duration: 1, maxRequests: 1 }
      assert.deepStrictEqual(yield* refused("createRateLimitScheme", { ...scheme, rules: [plain, rule] }), [
        "rules[1].mode"
      ])
      assert.deepStrictEqual(yield* refused("getApiAuditLogs", "app", Object.create({ startDate: new Date(0) })), [
        "startDate"
      ])
    })
  )

  it.effect("may be an instance of a class whose fields are its own", () => {
    const { client, seen } = stub(() => ({ status: 204, body: "" }))
    class Reason extends Data.Class<{ reason: string }> {
      get label() {
        return `because ${this.reason}`
      }
    }
    return Effect.gen(function* () {
      yield* (yield* invoke)("revokeApiKey", "app", KeyId.make("1"), new Reason({ reason: "over" }))
      assert.strictEqual(seen.length, 1)
    }).pipe(Effect.provide(layerOf(client)))
  })
})
