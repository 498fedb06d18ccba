import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { Emulator } from "effect-wacht/testing"
import { check, recordedWorld } from "./harness.js"

describe("under load", () => {
  it.effect("the audit trail keeps 100,000 rows unless told otherwise", () =>
    Effect.gen(function* () {
      const { options } = yield* Effect.flatMap(Emulator.Emulator, ({ state }) => state)
      assert.strictEqual(options.auditCap, 100_000)
    }).pipe(Effect.provide(Emulator.layer()))
  )

  it.effect("the audit trail and the requests seen stay bounded, and it goes on answering", () =>
    Effect.gen(function* () {
      const emulator = yield* Emulator.Emulator
      const { apiKeys } = yield* emulator.state
      const secret = [...apiKeys.values()].find(({ appSlug }) => appSlug === "iso-limit")?.secret ?? ""
      const calls = Effect.forEach(
        Array.from({ length: 3000 }, (_, index) => index),
        (index) => check(secret, { client_ip: `10.0.${index >> 8}.${index & 255}`, resource: `/v1/${index}` }),
        { concurrency: 50 }
      )
      const answers = yield* calls
      assert.isTrue(answers.every(({ status }) => status === 200))
      const requestIds = new Set(answers.map(({ body }) => (body as { readonly request_id: string }).request_id))
      assert.strictEqual(requestIds.size, 3000)
      const { auditDropped, auditRows, lastMoment } = yield* emulator.state
      assert.isAtMost(auditRows.length, 500)
      assert.strictEqual(auditRows.length + auditDropped, 3000)
      assert.lengthOf(yield* emulator.requests, 1000)
      const moments = new Set(auditRows.map(({ timestamp }) => timestamp))
      assert.strictEqual(moments.size, auditRows.length, "no two requests share a moment")
      assert.strictEqual(auditRows.at(-1)?.timestamp, lastMoment)
    }).pipe(Effect.provide(Emulator.layer({ world: recordedWorld, auditCap: 500 })))
  )
})
