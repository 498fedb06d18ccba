import { assert, describe, it } from "@effect/vitest"
import { ApiKeys, Gateway, OAuth } from "effect-wacht"
import * as Effect from "effect/Effect"
import { readFileSync } from "node:fs"
import { apiKeysOperations } from "../../src/services/internal/operations/apiKeys.js"
import { gatewayOperations } from "../../src/services/internal/operations/gateway.js"
import { oauthOperations } from "../../src/services/internal/operations/oauth.js"
import { version } from "../../src/services/internal/version.js"
import { contract, ownErrorsOf, routeOf } from "../support/contract.js"
import { inputSchema, layerOf, operationNames, operations, parameterNames, stub } from "../support/sdk.js"

const withoutNames = (template: string) => template.replace(/\{\w+\}/g, "{}")

const idParameters = ["key_id", "oauth_client_id", "grant_id"]

const repeatOf = (id: string) => {
  const { host, safety } = routeOf(id)
  return host === "gateway" ? "metered" : safety
}

/** The words of the 404 with which a repeat finds nothing left to do. */
const repeatAnswerOf = (id: string): string | undefined => {
  const { repeat, safety } = routeOf(id)
  return safety === "idempotent" ? /^404 (.*)\.$/.exec(repeat)?.[1] : undefined
}

describe("the table of operations", () => {
  it("has the contract's operations, each once and in its service", () => {
    assert.sameMembers(
      [...operationNames],
      contract.routes.map(({ id }) => id)
    )
    assert.strictEqual(operationNames.length, 36)
    for (const [name, operation] of Object.entries(operations)) assert.strictEqual(operation.name, name)
  })

  it.each(operationNames)("%s is what the contract says", (name) => {
    const operation = operations[name]
    const route = routeOf(name)
    assert.strictEqual(operation.method, route.method)
    assert.strictEqual(withoutNames(operation.path), withoutNames(route.path))
    assert.strictEqual(operation.host, route.host)
    assert.strictEqual(operation.repeat, repeatOf(name))
    const words = repeatAnswerOf(name)
    assert.strictEqual(operation.repeatAnswer?.test(words ?? ""), words === undefined ? undefined : true)
    const others = route.errors.filter(
      ({ message, status, when }) => status === 404 && !when.startsWith("Lost a race") && message !== words
    )
    for (const { message } of others) assert.notStrictEqual(operation.repeatAnswer?.test(message), true, message)
    assert.notStrictEqual(operation.repeatAnswer?.test(`The proxy says: ${words}`), true)
    // The words of a key that cannot be compromised go on with its `kid`.
    if (name !== "compromiseOAuthAppSigningKey")
      assert.notStrictEqual(operation.repeatAnswer?.test(`${words} here`), true)
    const own = [...ownErrorsOf(route).values()].flat()
    assert.sameMembers(Object.keys(operation.errors).map(Number), own)
    const parameters = parameterNames(operation.path)
    const ids: ReadonlyArray<string> = operation.ids
    assert.deepStrictEqual(
      parameters.map((parameter) => ids.includes(parameter)),
      route.pathParams.map((parameter) => idParameters.includes(parameter.name))
    )
    assert.strictEqual(operation.body !== undefined, route.requestBody !== null)
    assert.strictEqual(operation.query !== undefined, route.query.length > 0)
    assert.strictEqual(inputSchema(name) !== undefined, operation.body !== undefined || operation.query !== undefined)
    const { schema } = route.success
    assert.strictEqual(operation.output.wantsBody, schema !== null && schema !== "#Empty")
  })

  it.effect("has a method for every operation, and an operation for every method", () =>
    Effect.gen(function* () {
      const pairs: ReadonlyArray<readonly [service: object, table: object, name: string]> = [
        [yield* ApiKeys.ApiKeys, apiKeysOperations, "ApiKeys"],
        [yield* OAuth.OAuth, oauthOperations, "OAuth"],
        [yield* Gateway.Gateway, gatewayOperations, "Gateway"]
      ]
      for (const [service, table, name] of pairs) {
        assert.sameMembers(Object.keys(service), Object.keys(table))
        for (const operation of Object.values(table)) assert.strictEqual(operation.service, name)
      }
      assert.deepStrictEqual(
        pairs.map(([service]) => Object.keys(service).length),
        [17, 18, 1]
      )
    }).pipe(Effect.provide(layerOf(stub(() => ({ status: 200 })).client)))
  )
})

it("the version of the user agent is the package's", () => {
  const manifest: { readonly version: string } = JSON.parse(
    readFileSync(new URL("../../package.json", import.meta.url), "utf8")
  )
  assert.strictEqual(version, manifest.version)
})
