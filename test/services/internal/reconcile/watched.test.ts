import * as HttpClient from "@effect/platform/HttpClient"
import { assert, describe, it } from "@effect/vitest"
import { ApiKeys, Policy, Wacht } from "effect-wacht"
import { KeyId } from "effect-wacht/schemas"
import { Emulator, Fault } from "effect-wacht/testing"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as TestClock from "effect/TestClock"
import { makeApp, Services } from "./harness.js"
import { kinds } from "./kinds.js"
import { logs } from "./logs.js"

const operationOf = (name: string) => name.replace(/Reconciled$/, "") as Fault.OperationName

const isNamed = (name: string) => /^create(?:ApiAuthApp|RateLimitScheme|OAuthApp)/.test(name)

const isMarked = (name: string) => /^create(?:ApiKey|OAuthClient)R/.test(name)

/** Every request's own span, and the one around it. */
const watched = Effect.map(Emulator.Emulator, ({ apiKey }) => {
  const spans: Array<readonly [string, string | undefined]> = []
  const Client = Layer.effect(
    HttpClient.HttpClient,
    Effect.map(HttpClient.HttpClient, (client) =>
      HttpClient.transform(client, (effect) =>
        Effect.flatMap(Effect.orDie(Effect.currentSpan), ({ name, parent }) => {
          const around = Option.filter(parent, (span) => span._tag === "Span")
          spans.push([name, Option.getOrUndefined(Option.map(around, (span) => span.name))])
          return effect
        })
      )
    )
  )
  return { spans, layer: Layer.provide(Wacht.layer({ apiKey }), Client) }
})

for (const [name, { prepare }] of Object.entries(kinds)) {
  const operation = operationOf(name)
  const service = /OAuth/.test(name) ? "OAuth" : "ApiKeys"

  describe(name, () => {
    it.effect("tells in the log that it waits, and what an interruption leaves", () =>
      Effect.gen(function* () {
        const { failNext } = yield* Emulator.Emulator
        const job = yield* prepare
        yield* failNext(Fault.loseAfter, { operation })
        const { lines, logged } = logs()
        const fiber = yield* Effect.fork(logged(job(false)))
        yield* TestClock.adjust("10 seconds")
        yield* Fiber.interrupt(fiber)
        const marker = isMarked(name) ? "; marker: job" : ""
        const [waits, interrupted, ...others] = lines
        // A key, and a client, is named by its id too: a later run needs it.
        const [, subject = ""] = /^WARN (\w+ of "[\w-]+"(?:, "\d+")?): /.exec(String(waits)) ?? []
        assert.strictEqual(subject.startsWith(`${operation} of `), true)
        assert.strictEqual(subject.includes(","), ["rotateApiKey", "rotateOAuthClientSecret"].includes(operation))
        assert.strictEqual(
          waits,
          `WARN ${subject}: the connection was lost (ECONNRESET); looking after 30s what became of it${marker}`
        )
        if (isNamed(name)) assert.isUndefined(interrupted)
        else {
          assert.isTrue(interrupted?.startsWith(`WARN ${subject} was interrupted: `))
          assert.isTrue(interrupted?.endsWith(`takes it up${marker}`))
        }
        assert.deepStrictEqual(others, [])
      }).pipe(Effect.provide(Services))
    )

    it.effect("says that what a lost request made is not among what it names", () =>
      Effect.gen(function* () {
        const { failNext } = yield* Emulator.Emulator
        const job = yield* prepare
        yield* failNext(Fault.loseAfter, { operation })
        const error = yield* Effect.flip(Policy.operationTimeout("20 seconds")(job(false)))
        assert.strictEqual(error._tag, "ReconciliationError")
        assert.include(
          error.message,
          "; stopped by OutcomeUnknownError: the connection was lost (ECONNRESET); last seen alive: "
        )
        assert.include(error.message, ", without what a lost request may have made")
      }).pipe(Effect.provide(Services))
    )

    it.effect("is a span around those of its calls", () =>
      Effect.gen(function* () {
        const { layer, spans } = yield* watched
        yield* Effect.provide(
          Effect.flatMap(prepare, (job) => job(false)),
          layer
        )
        const around = `effect-wacht.${service}.${name}`
        assert.deepInclude(spans, [`effect-wacht.${service}.${operation}`, around])
      }).pipe(Effect.provide(Emulator.layer()))
    )
  })
}

it.effect("a rotation of a key that is not listed says so too", () =>
  Effect.gen(function* () {
    yield* makeApp("shop")
    const { failNext } = yield* Emulator.Emulator
    yield* failNext(Fault.loseAfter, { operation: "rotateApiKey" })
    const error = yield* Effect.flip(ApiKeys.rotateApiKeyReconciled("shop", KeyId.make("1")))
    assert.include(error.message, "last seen alive: 1, without what a lost request may have made")
  }).pipe(Effect.provide(Services))
)
