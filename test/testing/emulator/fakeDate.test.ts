import { afterEach, assert, it, vi } from "@effect/vitest"
import { ApiKeys, Gateway } from "effect-wacht"
import { Emulator } from "effect-wacht/testing"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"

afterEach(() => {
  vi.useRealTimers()
})

it.live("an emulator under the live clock has the time of Date, also of one that a test sets", () =>
  Effect.gen(function* () {
    vi.useFakeTimers({ toFake: ["Date"], now: new Date("2031-05-04T03:02:01Z") })
    const keys = yield* ApiKeys.ApiKeys
    const gateway = yield* Gateway.Gateway
    const app = yield* keys.createApiAuthApp({ appSlug: "shop", name: "Shop", keyPrefix: "sk" })
    assert.match(app.createdAt.text, /^2031-05-04T03:02:01(\.\d+)?Z$/)
    const expiresAt = DateTime.add(yield* DateTime.now, { hours: 1 })
    const key = yield* keys.createApiKey("shop", { name: "k", expiresAt })
    const principal = { type: "api_key", value: key.secret } as const
    const check = gateway.checkAuthz({ principal, resource: "/", method: "GET" })
    assert.isTrue((yield* check).allowed)
    vi.setSystemTime(new Date("2031-05-04T05:00:00Z"))
    assert.strictEqual((yield* Effect.flip(check))._tag, "AuthenticationError")
  }).pipe(Effect.provide(Emulator.layerWacht()))
)
