import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { unsendable } from "../../../src/services/internal/sendable.js"
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

const refused = (name: OperationName, ...args: ReadonlyArray<unknown>) => {
  const { client, seen } = stub(() => ({ status: 200, body: "{}" }))
  return Effect.gen(function* () {
    const error = yield* Effect.flip((yield* invoke)(name, ...args))
    assert.deepStrictEqual(seen, [])
    if (error._tag !== "EncodeError") return assert.fail(error._tag)
    return error.issues.map(({ field }) => field)
  }).pipe(Effect.provide(layerOf(client)))
}

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
})
