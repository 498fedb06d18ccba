import { afterEach, assert, beforeEach, describe, it, vi } from "@effect/vitest"
import { ApiKeys } from "effect-wacht"
import { Emulator, Fault } from "effect-wacht/testing"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as TestClock from "effect/TestClock"
import { demo } from "../../examples/provision.js"

const refused = (status: number, message: string) => Fault.status(status, { message })

/** A step that goes wrong, its class, and the sentence of that class. */
const failures: ReadonlyArray<readonly [Fault.OperationName, Fault.Fault, step: string, tag: string, advice: string]> =
  [
    ["createRateLimitScheme", refused(400, "no"), "rate-limit scheme", "ValidationError", "The input breaks a rule."],
    [
      "createRateLimitScheme",
      refused(401, "no"),
      "rate-limit scheme",
      "AuthenticationError",
      "Check WACHT_API_KEY first."
    ],
    ["createRateLimitScheme", Fault.refuseConnection, "rate-limit scheme", "TransportError", "No answer came."],
    [
      "createRateLimitScheme",
      Fault.loseAfter,
      "rate-limit scheme",
      "OutcomeUnknownError",
      "`createRateLimitSchemeReconciled` finds out."
    ],
    ["updateOAuthApp", refused(404, "no"), "OAuth app acme-oauth", "NotFoundError", "Make it, then run this again."],
    ["updateOAuthApp", Fault.stallBody, "OAuth app acme-oauth", "TimeoutError", "No answer came."],
    [
      "updateOAuthApp",
      Fault.redirect("https://example.com"),
      "OAuth app acme-oauth",
      "UnexpectedStatusError",
      "Check WACHT_API_URL"
    ],
    ["updateOAuthApp", Fault.html(502), "OAuth app acme-oauth", "ServerError", "Run it again in a while."],
    [
      "createApiAuthApp",
      refused(403, "API auth requires the Growth plan"),
      "API-auth app reports",
      "AuthorizationError",
      "Change the plan."
    ],
    ["createApiAuthApp", refused(403, "no"), "API-auth app reports", "AuthorizationError", "Give it the right"],
    [
      "createApiKey",
      Fault.status(429, { headers: { "retry-after": "7" } }),
      "first key",
      "RateLimitError",
      "Run it again in 7s."
    ],
    ["createApiKey", Fault.loseAfter, "first key", "OutcomeUnknownError", "a key that nobody knows"],
    ["checkAuthz", Fault.respond({ status: 200, body: "{}" }), "calls until the limit", "DecodeError", "not as agreed"],
    ["rotateApiKey", refused(500, "no"), "rotation", "OutcomeUnknownError", "`rotateApiKeyReconciled` finds out."],
    ["revokeApiKey", refused(500, "no"), "revocation", "ServerError", "Run it again in a while."]
  ]

describe("the demo", () => {
  let told = ""

  beforeEach(() => {
    told = ""
    vi.spyOn(process.stdout, "write").mockImplementation((chunk) => {
      told += String(chunk)
      return true
    })
  })

  afterEach(() => {
    vi.restoreAllMocks()
    process.exitCode = undefined
  })

  it.effect("goes well, over what an earlier run left", () =>
    Effect.gen(function* () {
      const keys = yield* ApiKeys.ApiKeys
      const rules = [{ unit: "minute", duration: 1, maxRequests: 120, mode: "per_key" }] as const
      yield* keys.createRateLimitScheme({ slug: "internal-default", name: "Internal default", rules })
      yield* keys.createApiAuthApp({
        appSlug: "reports",
        name: "Reports API",
        keyPrefix: "acme_live",
        rateLimitSchemeSlug: "internal-default"
      })
      yield* demo
      assert.notInclude(told, "✗")
      assert.include(told, "✓ revocation: done")
      assert.include(told, "✓ revocation once more: NotFoundError, ")
      assert.isUndefined(process.exitCode)
    }).pipe(Effect.provide(Emulator.layerWacht()))
  )

  for (const [operation, fault, step, tag, advice] of failures) {
    it.effect(`says what to do about ${tag} of ${operation}`, () =>
      Effect.gen(function* () {
        const emulator = yield* Emulator.Emulator
        yield* emulator.failNext(fault, { operation })
        const running = yield* Effect.fork(demo)
        if (tag === "TimeoutError") yield* TestClock.adjust("1 minute")
        yield* Fiber.join(running)
        const end = told.slice(told.indexOf("✗"))
        assert.match(end, new RegExp(`^✗ ${step}`))
        assert.include(end, `${tag}: `)
        assert.include(end, advice)
        assert.strictEqual(process.exitCode, 1)
      }).pipe(Effect.provide(Emulator.layerWacht()))
    )
  }
})
