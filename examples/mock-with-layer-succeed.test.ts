import { assert, it } from "@effect/vitest"
import { Gateway } from "effect-wacht"
import { Fixtures } from "effect-wacht/testing"
import { Effect, Layer, Option, Redacted } from "effect"
import { guard } from "./guard.js"

// A whole service by hand: the type checker asks for every method, which the gateway's one makes easy.
const Deciding = Layer.succeed(
  Gateway.Gateway,
  Gateway.Gateway.of({
    checkAuthz: ({ principal }) => {
      switch (Redacted.value(principal.value)) {
        case "good":
          return Effect.succeed(Fixtures.authzAllowed())
        case "busy":
          return Effect.succeed(Fixtures.authzRateLimited())
        default:
          return Effect.fail(Fixtures.authenticationError({ operation: "checkAuthz", subject: "principal" }))
      }
    }
  })
)

const caller = (token: string) => ({ token, clientIp: "203.0.113.7", userAgent: "curl/8" })

it.effect("lets a good key through, and says why it does not", () =>
  Effect.gen(function* () {
    const identity = yield* guard(caller("good"), "/reports")
    assert.isTrue(Option.isSome(identity))
    const busy = yield* Effect.flip(guard(caller("busy"), "/reports"))
    assert.deepInclude(busy, { _tag: "Unauthorized", reason: "rate_limited" })
    const bad = yield* Effect.flip(guard(caller("stolen"), "/reports"))
    assert.deepInclude(bad, { _tag: "Unauthorized", reason: "unknown, revoked or expired" })
  }).pipe(Effect.provide(Deciding))
)
