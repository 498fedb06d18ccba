import { assert, describe, it } from "@effect/vitest"
import { ApiKeys, Gateway } from "effect-wacht"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import { inspect } from "node:util"
import { apiKey, layerOf, type Reply, stub } from "../support/sdk.js"

const key = Redacted.value(apiKey)
const principal = "sk_someone_elses_credential/with+signs"

const echoing = (text: string): ReadonlyArray<Reply> => [
  { status: 502, headers: { "content-type": "text/html" }, body: `<title>bad ${text}</title>` },
  { status: 400, body: JSON.stringify({ errors: [{ message: `bad ${text}`, code: 400 }] }) },
  { status: 403, body: `you sent ${text}` },
  { status: 429, headers: { "retry-after": text }, body: text },
  { status: 418, body: JSON.stringify({ error: { message: encodeURIComponent(text) } }) },
  { status: 302, headers: { location: `https://elsewhere.example/?k=${encodeURIComponent(text)}` } },
  { status: 200, body: JSON.stringify({ secret: text }) },
  { status: 200, body: `cut ${text}` }
]

const isClean = (error: unknown, secret: string) => {
  const shown = [inspect(error, { depth: 20, showHidden: true }), JSON.stringify(error), String(error)].join("\n")
  for (const spelling of [secret, encodeURIComponent(secret), secret.slice(0, 14)]) assert.notInclude(shown, spelling)
}

describe("an answer that echoes a secret", () => {
  it.effect("shows the client's key in no error", () =>
    Effect.forEach(echoing(key), (reply) =>
      Effect.gen(function* () {
        const keys = yield* ApiKeys.ApiKeys
        isClean(yield* Effect.flip(keys.getApiAuthApp("a")), key)
        isClean(yield* Effect.flip(keys.createApiKey("a", { name: "k" })), key)
      }).pipe(Effect.provide(layerOf(stub(() => reply).client)))
    )
  )

  it.effect("shows the credential that was checked in no error", () =>
    Effect.forEach(echoing(principal), (reply) =>
      Effect.gen(function* () {
        const gateway = yield* Gateway.Gateway
        const error = yield* Effect.flip(
          gateway.checkAuthz({
            principal: { type: "api_key", value: Redacted.make(principal) },
            resource: "/",
            method: "GET"
          })
        )
        isClean(error, principal)
      }).pipe(Effect.provide(layerOf(stub(() => reply).client)))
    )
  )

  it.effect("shows no credential that was sent, whatever has become of the input meanwhile", () =>
    Effect.gen(function* () {
      const value = Redacted.make(principal)
      const input = { principal: { type: "api_key" as const, value }, resource: "/", method: "GET" as const }
      const reply = { status: 502, body: `bad ${principal}` }
      const change = () => {
        input.principal = { type: "api_key", value: Redacted.make("the_next_callers_own") }
        Redacted.unsafeWipe(value)
        return reply
      }
      const error = yield* Effect.flip(Effect.flatMap(Gateway.Gateway, (gateway) => gateway.checkAuthz(input))).pipe(
        Effect.provide(layerOf(stub(change).client))
      )
      assert.strictEqual(error.message, "bad <redacted>")
    })
  )

  it.effect("keeps the rest of what it says", () =>
    Effect.gen(function* () {
      const keys = yield* ApiKeys.ApiKeys
      const error = yield* Effect.flip(keys.getApiAuthApp("a"))
      if (error._tag !== "UnexpectedStatusError") return assert.fail(error._tag)
      assert.deepStrictEqual(error.location, Option.some("https://elsewhere.example/?k=<redacted>"))
    }).pipe(
      Effect.provide(
        layerOf(stub(() => ({ status: 302, headers: { location: `https://elsewhere.example/?k=${key}` } })).client)
      )
    )
  )
})
