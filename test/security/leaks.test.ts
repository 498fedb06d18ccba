import * as FetchHttpClient from "@effect/platform/FetchHttpClient"
import * as Headers from "@effect/platform/Headers"
import { assert, describe, it } from "@effect/vitest"
import { Policy, Wacht } from "effect-wacht"
import { Emulator } from "effect-wacht/testing"
import type { WachtError } from "effect-wacht/errors"
import type { KeyId } from "effect-wacht/schemas"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Logger from "effect/Logger"
import * as LogLevel from "effect/LogLevel"
import * as Metric from "effect/Metric"
import * as Redacted from "effect/Redacted"
import { blankSecrets } from "../../src/errors/internal/blank.js"
import { type Arguments, defaultArguments, type OperationCase, operationCases, services } from "../faults/calls.js"
import { makeVariants } from "../faults/variants.js"
import { endless, lateMillis, limitMillis, replies, spellings } from "./faultyFetch.js"
import { inspectAll, ListeningTracer, printed, written } from "./sinks.js"

/** One canary in each place where a secret can be. */
const canaries = {
  key: "backend_CANARYkey0QzVx2L7mB4kTnW8sYdH3cRfJ6pGaEu1XyKvC5t",
  principal: "acme_CANARYprincipal_fZq31PEOK0hlgp-82fYTME1qh6TB3vsYNVJ",
  created: "acme_live_CANARYcreated_FTJPbImmw-D9GjdUcY6ryOUCHzxZdpO",
  clientSecret: "oc_secret_CANARYclient_HzxZdpOwzeoHJEFee5i10u8MKUZjgJ2",
  pem: "MIIEvQIBADANBgkqCANARYpemQEFAASCBKcwggSjAgEAAoIBAQC7VJTUt9U"
} as const

const args: Arguments = {
  ...defaultArguments,
  principal: Redacted.make(canaries.principal),
  pem: `-----BEGIN PRIVATE KEY-----\n${canaries.pem}\n-----END PRIVATE KEY-----\n`
}

/** Secrets in the answers are canaries as well. */
const answerOf = ({ answer }: OperationCase): string =>
  answer
    .replace(/"secret":"[^"]*"/g, `"secret":"${canaries.created}"`)
    .replace(/"client_secret":"[^"]*"/g, `"client_secret":"${canaries.clientSecret}"`)

/** Every spelling of a secret, and every part of it that is long enough to be of use. */
const needles = (secret: string): ReadonlyArray<string> => {
  const middle = secret.slice(8, -4)
  return [
    ...Object.values(spellings).flatMap((spell) => [spell(secret), spell(middle)]),
    ...[1, 2, 3].map((from) => Buffer.from(secret.slice(from)).toString("base64").slice(3, -4)),
    secret.slice(0, 20)
  ]
}

const hunted = Object.entries(canaries).flatMap(([name, secret]) => needles(secret).map((needle) => ({ name, needle })))

const hits = (where: string, texts: ReadonlyArray<string>): ReadonlyArray<string> => {
  const all = texts.join("\n")
  return hunted.flatMap(({ name, needle }) => (all.includes(needle) ? [`${where}: ${name} as ${needle}`] : []))
}

const operationNamed = (name: string): OperationCase => {
  const found = operationCases.find((operation) => operation.name === name)
  if (found === undefined) throw new Error(`no operation ${name}`)
  return found
}

const bodyText = (init: RequestInit | undefined): string => {
  const body: unknown = init?.body
  return body instanceof Uint8Array ? new TextDecoder().decode(body) : typeof body === "string" ? body : ""
}

const fetchOf =
  (operation: OperationCase, name: string): typeof globalThis.fetch =>
  (input, init) => {
    const reply = replies[name]
    if (reply === undefined) return Promise.reject(new Error(`no reply ${name}`))
    return Promise.resolve(
      reply({
        key: new globalThis.Headers(init?.headers).get("authorization")?.replace("Bearer ", "") ?? canaries.key,
        body: bodyText(init),
        url: String(input),
        answer: answerOf(operation),
        status: operation.status
      })
    )
  }

const options = { apiKey: Redacted.make(canaries.key), maxAnswerBytes: 30_000 }

/** Keeps whatever is logged at any level, as a logger does that writes later. */
const keeping = (kept: Array<unknown>) =>
  Layer.mergeAll(
    Logger.replace(
      Logger.defaultLogger,
      Logger.make(({ cause, message }) => void kept.push([message, cause]))
    ),
    Logger.minimumLogLevel(LogLevel.All)
  )

const run = (operation: OperationCase, name: string, tracer: ListeningTracer, kept: Array<unknown>) =>
  Effect.gen(function* () {
    const sdk = yield* services
    const call = operation.forms(args)[0]
    if (call === undefined) return yield* Effect.dieMessage(`no form of ${operation.name}`)
    const limited = endless.has(name) ? Policy.attemptTimeout(limitMillis)(call(sdk)) : call(sdk)
    const policy = Policy.fromOptions({ attempts: 2, base: 1, throttledBase: 1, maxServerDelay: 1 })
    const exit = yield* Effect.exit(Policy.withPolicy(limited, policy))
    // The answer that nobody waits for any more is to come while somebody still listens.
    if (name === "slow headers") yield* Effect.sleep(lateMillis)
    return exit
  }).pipe(
    Effect.withTracer(tracer.tracer),
    Effect.provide(
      Wacht.layer(options).pipe(
        Layer.provide(FetchHttpClient.layer),
        Layer.provide(Layer.succeed(FetchHttpClient.Fetch, fetchOf(operation, name)))
      )
    ),
    Effect.provide(keeping(kept)),
    Effect.orDie
  )

describe("no secret is written anywhere", () => {
  it("under each of the 24 kinds of faults", () => {
    const variants = makeVariants({ elsewhere: "", answerOf: () => ({ status: 200, body: "" }) })
    const kinds = new Set(variants.map(({ kind }) => kind))
    assert.strictEqual(kinds.size, 24)
    assert.deepStrictEqual(
      [...kinds].filter((kind) => !(kind in replies)),
      []
    )
  })

  it.live("with the faults coming to what they are meant to", () =>
    Effect.gen(function* () {
      const comesTo = (name: string) =>
        Effect.gen(function* () {
          const exit = yield* run(operationNamed("getApiAuthApp"), name, new ListeningTracer(), [])
          const error = exit._tag === "Failure" && exit.cause._tag === "Fail" ? exit.cause.error : undefined
          return error?._tag === "DecodeError" ? [error.reason, error.status] : [error?._tag]
        })
      assert.deepStrictEqual(yield* comesTo("slow headers"), ["TimeoutError"])
      assert.deepStrictEqual(yield* comesTo("trickling body"), ["TimeoutError"])
      assert.deepStrictEqual(yield* comesTo("204 with a body"), ["Json", 204])
      assert.deepStrictEqual(yield* comesTo("gzip bomb"), ["TooLarge", 200])
      assert.deepStrictEqual(yield* comesTo("gzip bomb with a 503"), ["ServerError"])
    })
  )

  for (const operation of operationCases) {
    it.live(`${operation.name}, under every kind of fault`, () =>
      Effect.gen(function* () {
        const found = yield* Effect.forEach(
          Object.keys(replies),
          (name) =>
            Effect.gen(function* () {
              const tracer = new ListeningTracer()
              const kept: Array<unknown> = []
              const exit = yield* run(operation, name, tracer, kept)
              assert.deepStrictEqual(kept, [], `${name} is logged`)
              assert.strictEqual(tracer.started, 1)
              assert.strictEqual(tracer.ended, 1)
              const texts = [...(yield* written(exit)), ...tracer.printed()]
              return hits(`${operation.name} | ${name}`, texts)
            }),
          { concurrency: 8 }
        )
        assert.deepStrictEqual(found.flat(), [])
      })
    )
  }

  it.effect("not by layers, services, clients and options", () =>
    Effect.gen(function* () {
      const layer = Wacht.layer(options)
      const context = yield* Layer.build(layer.pipe(Layer.provide(FetchHttpClient.layer)))
      const sdk = yield* Effect.provide(services, context)
      const values = [layer, context, sdk, sdk.keys, options, ...context.unsafeMap.values()]
      const call = operationCases.map(({ forms }) => forms(args)[0]?.(sdk))
      assert.deepStrictEqual(hits("values", [...values, ...call].flatMap(printed)), [])
    }).pipe(Effect.scoped)
  )

  it.effect("not by a key of any legal character, however it is echoed", () =>
    Effect.sync(() => {
      const keys = [
        "abcdefgh",
        canaries.key,
        `ab"<&>'+/= %é\\x-_.~!*()cdefgh`,
        `tab\tand \\"quote\\" and &amp; and $& and $1`,
        "long".repeat(400),
        "(a+)+$[x]{2}^|?*\\d#~`@;:,"
      ]
      for (const key of keys) {
        for (const [name, spell] of Object.entries(spellings)) {
          const text = blankSecrets([key])(`before ${spell(key)} after`)
          assert.isFalse(text.includes(spell(key)), `${name}: ${text}`)
          if (!name.startsWith("base64")) assert.match(text, /^before (?:k=)?\W{0,4}<redacted>\W{0,4} after$/, name)
        }
      }
      assert.strictEqual(blankSecrets(["short"])("a short word"), "a short word")
    })
  )

  it.effect("not by the emulator: what it logs, what it saw, itself", () =>
    Effect.gen(function* () {
      const emulator = yield* Emulator.Emulator
      const lines: Array<string> = []
      const logger = Logger.make((entry) => void lines.push(inspectAll(entry)))
      const secrets = yield* Effect.gen(function* () {
        const sdk = yield* services
        yield* sdk.keys.createApiAuthApp({ appSlug: "app", name: "App", keyPrefix: "acme" })
        const key = yield* sdk.keys.createApiKey("app", { name: "key" })
        yield* sdk.gateway.checkAuthz({
          principal: { type: "api_key", value: key.secret },
          resource: "/",
          method: "GET"
        })
        yield* Effect.ignore(
          sdk.gateway.checkAuthz({
            principal: { type: "api_key", value: args.principal },
            resource: "/",
            method: "GET"
          })
        )
        return [Redacted.value(key.secret), Redacted.value(emulator.apiKey)]
      }).pipe(
        Effect.provide(Wacht.layer({ apiKey: emulator.apiKey })),
        Effect.provide(Logger.replace(Logger.defaultLogger, logger)),
        Logger.withMinimumLogLevel(LogLevel.All)
      )
      const texts = [...lines, ...printed(emulator), ...(yield* emulator.requests).flatMap(printed)]
      for (const secret of secrets) assert.isFalse(texts.some((text) => text.includes(secret)))
      assert.deepStrictEqual(hits("emulator", texts), [])
    }).pipe(Effect.provide(Emulator.layer()))
  )

  it.effect("not by the metrics", () =>
    Effect.gen(function* () {
      // Texts of an answer are the caller's to see, but no labels.
      const decision = answerOf(operationNamed("checkAuthz")).replace(/"rule":"[^"]*"/g, `"rule":"${canaries.key}"`)
      yield* Effect.flatMap(services, ({ gateway }) =>
        gateway.checkAuthz({ principal: { type: "api_key", value: args.principal }, resource: "/", method: "GET" })
      ).pipe(
        Effect.provide(
          Wacht.layer(options).pipe(
            Layer.provide(FetchHttpClient.layer),
            Layer.provide(Layer.succeed(FetchHttpClient.Fetch, () => Promise.resolve(new Response(decision))))
          )
        )
      )
      const snapshot = yield* Metric.snapshot
      assert.isAbove(snapshot.length, 0)
      assert.deepStrictEqual(
        hits("metrics", [
          inspectAll(snapshot),
          JSON.stringify(snapshot, (_, u) => (typeof u === "bigint" ? String(u) : u))
        ]),
        []
      )
    })
  )

  it.effect("not by refusals of options", () =>
    Effect.gen(function* () {
      const refused = [
        { apiKey: Redacted.make(`${canaries.key}\r\nx: y`) },
        { apiKey: Redacted.make(`${canaries.key}\u0100`) },
        { apiKey: Redacted.make(canaries.key), baseUrl: `https://u:${canaries.key}@api.wacht.dev` },
        { apiKey: Redacted.make(canaries.key), baseUrl: `https://api.wacht.dev/?k=${canaries.key}` },
        { apiKey: Redacted.make(canaries.key), gatewayUrl: `${canaries.key}://gateway.wacht.dev` },
        { apiKey: Redacted.make(canaries.key), gatewayUrl: `no url ${canaries.key}` },
        { apiKey: Redacted.make(canaries.key), maxAnswerBytes: -1 }
      ]
      for (const bad of refused) {
        const exit = yield* Effect.exit(
          Effect.scoped(Layer.build(Wacht.layer(bad).pipe(Layer.provide(FetchHttpClient.layer))))
        )
        assert.strictEqual(exit._tag, "Failure")
        assert.deepStrictEqual(hits("options", yield* written(exit)), [])
      }
    })
  )

  it.effect("not by refusals of inputs", () =>
    Effect.gen(function* () {
      const sdk = yield* services
      const secret = canaries.principal
      const half = `${secret}\uD800`
      const calls: ReadonlyArray<Effect.Effect<unknown, WachtError>> = [
        sdk.keys.createApiKey("app", { name: half, metadata: { note: half } }),
        sdk.keys.createApiKey(half, { name: "x" }),
        sdk.keys.rotateApiKey("app", secret as KeyId),
        // What plain JavaScript may pass.
        sdk.keys.createApiKey("app", secret as unknown as { name: string }),
        sdk.gateway.checkAuthz({
          principal: { type: "api_key", value: secret as unknown as Redacted.Redacted },
          resource: "/",
          method: "GET"
        }),
        sdk.gateway.checkAuthz({
          principal: { type: secret as "api_key", value: Redacted.make(half) },
          resource: "",
          method: secret as "GET"
        }),
        sdk.oauth.createOAuthClient("app", {
          clientAuthMethod: secret as "none",
          grantTypes: [secret as "refresh_token"],
          redirectUris: [`no url ${secret}`],
          clientUri: secret,
          jwksUri: secret,
          publicKeyPem: args.pem,
          accessTokenTtlSeconds: secret as unknown as number
        })
      ]
      for (const call of calls) {
        const exit = yield* Effect.exit(call)
        assert.strictEqual(exit._tag, "Failure")
        assert.strictEqual(
          exit._tag === "Failure" && exit.cause._tag === "Fail" ? exit.cause.error._tag : "",
          "EncodeError"
        )
        assert.deepStrictEqual(hits("inputs", yield* written(exit)), [])
      }
    }).pipe(Effect.provide(Wacht.layer(options).pipe(Layer.provide(FetchHttpClient.layer))))
  )

  it.effect("the gate itself finds what it hunts", () =>
    Effect.gen(function* () {
      const leaky = Object.assign(new Error("x"), {
        request: { headers: Headers.fromInput({ authorization: canaries.key }) }
      })
      const exit = yield* Effect.exit(Effect.fail(leaky))
      assert.deepStrictEqual(hits("", ["nothing"]), [])
      assert.isAbove(hits("", [canaries.key]).length, 0)
      assert.isAbove(
        hits("", yield* written(yield* Effect.exit(Effect.fail({ deep: [[[[{ k: canaries.pem }]]]] })))).length,
        0
      )
      assert.isAbove(hits("", yield* written(exit)).length, 0)
    })
  )
})
