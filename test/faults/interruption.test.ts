import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { interrupt } from "./interruption.js"
import { clientNames } from "./matrix.js"

describe("a call that is interrupted", () => {
  for (const client of clientNames) {
    it.live(
      `leaves no socket, span or fiber open (${client})`,
      () =>
        Effect.gen(function* () {
          const report = yield* interrupt(client, 300, 7)
          assert.isAbove(report.interrupted, 100)
          assert.isAbove(report.requests, 20)
          assert.deepInclude(report, { openSockets: 0, openSpans: 0, openFibers: 0, defects: 0 })
        }),
      240_000
    )
  }
})
