import * as HttpClient from "@effect/platform/HttpClient"
import * as HttpClientResponse from "@effect/platform/HttpClientResponse"
import { assert, describe, it } from "@effect/vitest"
import { ApiKeys, Gateway, Policy } from "effect-wacht"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import { elapse } from "../../services/internal/policy/harness.js"
import { layerOf, stub } from "../../support/sdk.js"

const read = Effect.flatMap(ApiKeys.ApiKeys, (keys) => keys.listRateLimitSchemes())
const check = Effect.flatMap(Gateway.Gateway, (gateway) =>
  gateway.checkAuthz({ principal: { type: "api_key", value: Redacted.make("k") }, resource: "/", method: "GET" })
)
const create = Effect.flatMap(ApiKeys.ApiKeys, (keys) =>
  keys.createApiAuthApp({ appSlug: "reports", name: "Reports", keyPrefix: "acme" })
)

const answered = (status: number, body = "") => layerOf(stub(() => ({ status, body })).client)

describe("a call that failed", () => {
  it.effect("by a 401 says whose credential was refused", () =>
    Effect.gen(function* () {
      const layer = answered(401)
      const own = yield* Effect.flip(Effect.provide(read, layer))
      assert.deepInclude(own, { _tag: "AuthenticationError", subject: "client" })
      const unjudged = yield* Effect.flip(Effect.provide(check, layer))
      assert.deepInclude(unjudged, { _tag: "AuthenticationError", subject: "client" })
      const judged = yield* Effect.flip(Effect.provide(check, answered(401, "Invalid API key")))
      assert.deepInclude(judged, { _tag: "AuthenticationError", subject: "principal" })
    })
  )

  it.effect("by a status that is none is the server's fault, and may have acted", () =>
    Effect.gen(function* () {
      const client = HttpClient.make((request) => {
        const response = Object.defineProperty(new Response(), "status", { value: 999 })
        return Effect.succeed(HttpClientResponse.fromWeb(request, response))
      })
      const error = yield* Effect.flip(Effect.provide(read, layerOf(client)))
      assert.deepInclude(error, { _tag: "ServerError", status: 999, isRetryable: false })
      const unknown = yield* Effect.flip(Effect.provide(create, layerOf(client)))
      assert.deepInclude(unknown, { _tag: "OutcomeUnknownError", reason: "ServerError", status: Option.some(999) })
    })
  )

  for (const [status, body, reason] of [
    [408, "", "Timeout"],
    [500, "", "ServerError"],
    [503, "", "ServerError"],
    [200, "{", "Unreadable"],
    [200, "{}", "Unreadable"]
  ] as const) {
    it.effect(`by ${status} ${body}, of an unsafe operation, tells the status of an outcome that nobody knows`, () =>
      Effect.gen(function* () {
        const error = yield* Effect.flip(Effect.provide(create, answered(status, body)))
        assert.deepInclude(error, { _tag: "OutcomeUnknownError", reason, status: Option.some(status) })
      })
    )
  }

  it.effect("by a limit within its body, of an unsafe operation, tells the status that came", () =>
    Effect.gen(function* () {
      const client = HttpClient.make((request) =>
        Effect.succeed(HttpClientResponse.fromWeb(request, new Response(new ReadableStream(), { status: 201 })))
      )
      const late = Policy.attemptTimeout("1 second")(create)
      const error = yield* elapse(Effect.flip(Effect.provide(late, layerOf(client))))
      assert.deepInclude(error, { _tag: "OutcomeUnknownError", reason: "Timeout", status: Option.some(201) })
    })
  )
})
