import * as HttpClientError from "@effect/platform/HttpClientError"
import { assert, describe, it } from "@effect/vitest"
import { WachtError } from "effect-wacht"
import * as Cause from "effect/Cause"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as Option from "effect/Option"
import { classOfStatus, example, hasExample, isRetryableStatus, routeOf } from "../support/contract.js"
import { parseExact } from "../support/exactJson.js"
import { expectedValue, plain } from "../support/expected.js"
import {
  clientOf,
  invoke,
  layerOf,
  type OperationName,
  operationNames,
  operations,
  type Reply,
  someArguments,
  stub
} from "../support/sdk.js"

const isUnsafe = (name: OperationName) => operations[name].repeat === "unsafe"

// Where many calls are made the clock is the real one: a test clock keeps every timer that was ever set, and slows down.
let reply: Reply = { status: 200 }
const services = Effect.runSync(Effect.provide(invoke, layerOf(stub(() => reply).client)))

const run = (name: OperationName, answer: Reply) =>
  Effect.suspend(() => {
    reply = answer
    return services(name, ...someArguments(name))
  })

const happyBody = (name: OperationName) => (hasExample(`${name}.response`) ? example(`${name}.response`) : "{}")

const platformError = (status: number) => ({
  status,
  headers: { "content-type": "application/json" },
  body: `{"errors":[{"message":"Said ${status}","code":${status}}]}`
})

const html = "<html><head><title>502 Bad Gateway</title></head><body>nginx</body></html>"

/** Bodies that an error status, or a proxy, may come with. */
const bodies: ReadonlyArray<readonly [body: string, contentType: string | undefined]> = [
  ["", undefined],
  ["{}", "application/json"],
  ["null", "application/json"],
  ["[]", "application/json"],
  ['"text"', "application/json"],
  ["1e999", "application/json"],
  ['{"errors":null}', "application/json"],
  ['{"errors":[]}', "application/json"],
  ['{"errors":[null]}', "application/json"],
  ['{"errors":[{"message":7}]}', "application/json"],
  ['{"errors":[{"message":"Said so","code":400}]}', "application/json"],
  ['{"error":{"message":"nested"}}', "application/json"],
  ['{"__proto__":{"message":"polluted"},"constructor":{"message":"x"}}', "application/json"],
  ['{"errors":[{"message":"cut', "application/json"],
  [html, "text/html"],
  [html, "application/json"],
  ["Invalid API key", "text/plain; charset=utf-8"],
  ["\u0000\uffff\u{1f600}", "application/octet-stream"],
  ["x".repeat(2000), "text/plain"]
]

const special = [300, 302, 304, 400, 401, 403, 404, 405, 408, 409, 413, 415, 418, 422, 429, 500, 502, 503, 504, 599]

/** All of 300 to 599 over any three operations in a row; what has a meaning of its own in each. */
const statusesOf = (name: OperationName): ReadonlyArray<number> => {
  const offset = operationNames.indexOf(name) % 3
  const sampled = Array.from({ length: 100 }, (_, index) => 300 + 3 * index + offset)
  return [...new Set([...special, ...sampled])]
}

/** One of each kind: safe, idempotent, void, unsafe with and without a body, a form, the gateway. */
const everyBody: ReadonlySet<OperationName> = new Set([
  "listApiAuthApps",
  "updateOAuthApp",
  "deleteRateLimitScheme",
  "createApiKey",
  "rotateApiKey",
  "createOAuthApp",
  "checkAuthz"
])

describe.each(operationNames)("%s", (name) => {
  const route = routeOf(name)

  it.effect("gives the value of the contract's example", () =>
    Effect.gen(function* () {
      const value = yield* run(name, { status: route.success.status, body: happyBody(name) })
      if (!operations[name].output.wantsBody) return assert.isUndefined(value)
      assert.deepStrictEqual(plain(value), expectedValue(parseExact(happyBody(name)), route.success.schema ?? ""))
    })
  )

  it.live("takes every 2xx for a success", () =>
    Effect.forEach([200, 201, 202, 203, 206, 226, 299], (status) => run(name, { status, body: happyBody(name) }), {
      discard: true
    })
  )

  it.live("gives every status its class, with the server's words", () =>
    Effect.forEach(
      statusesOf(name),
      (status) =>
        Effect.gen(function* () {
          const error = yield* Effect.flip(run(name, platformError(status)))
          assert.strictEqual(error._tag, classOfStatus(route, status), String(status))
          assert.strictEqual(error.message, status === 304 ? "Status 304" : `Said ${status}`)
          assert.strictEqual(error.operation, name)
          assert.strictEqual(error.isRetryable, isRetryableStatus(route, status), String(status))
          const said = "status" in error ? error.status : undefined
          assert.strictEqual(Option.isOption(said) ? Option.getOrUndefined(said) : said, status)
        }),
      { discard: true }
    )
  )

  it.live("has a typed error for any status with any body", () =>
    Effect.forEach(
      special,
      (status, index) =>
        Effect.forEach(
          everyBody.has(name) ? bodies : bodies.slice(index % bodies.length).slice(0, 1),
          ([body, contentType]) =>
            Effect.gen(function* () {
              const headers = contentType === undefined ? {} : { "content-type": contentType }
              const error = yield* Effect.flip(run(name, { status, headers, body }))
              assert.isTrue(WachtError.isWachtError(error))
              assert.strictEqual(error._tag, classOfStatus(route, status))
              assert.isAtLeast(error.message.length, 1)
              assert.isAtMost(error.message.length, 4096)
              assert.notInclude(error.message, "polluted")
            })
        ),
      { discard: true }
    )
  )

  it.effect("takes a page of HTML for what its status says", () =>
    Effect.gen(function* () {
      const error = yield* Effect.flip(run(name, { status: 502, headers: { "content-type": "text/html" }, body: html }))
      assert.strictEqual(error._tag, isUnsafe(name) ? "OutcomeUnknownError" : "ServerError")
      assert.strictEqual(error.message, "502 Bad Gateway")
    })
  )

  it.live("cannot read a malformed answer, or needs none", () =>
    Effect.forEach(
      ["", " ", "{", "nul", "<html>", "[]", '"x"', "7", "null", '{"unknown":1}'],
      (body) =>
        Effect.gen(function* () {
          const exit = yield* Effect.exit(run(name, { status: 200, body }))
          if (!operations[name].output.wantsBody) return assert.isTrue(Exit.isSuccess(exit))
          const error = yield* Effect.flip(exit)
          if (error._tag === "OutcomeUnknownError") {
            assert.isTrue(isUnsafe(name))
            assert.strictEqual(error.reason, "Unreadable")
            assert.deepStrictEqual(error.status, Option.some(200))
          } else {
            assert.isFalse(isUnsafe(name))
            if (error._tag !== "DecodeError") return assert.fail(error._tag)
            assert.strictEqual(error.status, 200)
          }
          assert.isFalse(error.isRetryable)
        }),
      { discard: true }
    )
  )

  it.effect("tells a connection that was never made from one that was lost", () => {
    const losing = (code: string, syscall?: string) =>
      clientOf((_, request) =>
        Effect.fail(
          new HttpClientError.RequestError({
            request,
            reason: "Transport",
            cause: new Error("fetch failed", { cause: Object.assign(new Error(code), { code, syscall }) })
          })
        )
      )
    const fail = (code: string, syscall?: string) =>
      Effect.flip(
        Effect.flatMap(invoke, (call) => call(name, ...someArguments(name))).pipe(
          Effect.provide(layerOf(losing(code, syscall)))
        )
      )
    return Effect.gen(function* () {
      for (const [code, syscall] of [
        ["ECONNREFUSED"],
        ["ENOTFOUND"],
        ["EHOSTUNREACH", "connect"],
        ["ENETUNREACH"],
        ["ETIMEDOUT", "connect"],
        ["UND_ERR_CONNECT_TIMEOUT"],
        ["CERT_HAS_EXPIRED"],
        ["UNABLE_TO_VERIFY_LEAF_SIGNATURE"],
        ["DEPTH_ZERO_SELF_SIGNED_CERT"],
        ["ERR_TLS_CERT_ALTNAME_INVALID"],
        ["EAI_AGAIN", "getaddrinfo"]
      ] as const) {
        const error = yield* fail(code, syscall)
        if (error._tag !== "TransportError") return assert.fail(error._tag)
        assert.strictEqual(error.reason, "NotSent")
        assert.deepStrictEqual(error.code, Option.some(code))
        assert.strictEqual(error.message, `no connection; nothing was sent (${code})`)
        assert.strictEqual(error.isRetryable, route.host === "platform")
      }
      for (const [code, syscall] of [
        ["ECONNRESET"],
        ["EPIPE"],
        ["UND_ERR_SOCKET"],
        // Of a connection that stood, when its route went away.
        ["EHOSTUNREACH", "read"],
        ["ENETUNREACH", "write"],
        ["ECONNREFUSED", "writev"]
      ] as const) {
        const error = yield* fail(code, syscall)
        assert.strictEqual(error._tag, isUnsafe(name) ? "OutcomeUnknownError" : "TransportError")
        if (error._tag === "TransportError" || error._tag === "OutcomeUnknownError") {
          assert.strictEqual(error.reason, "Lost")
          assert.include(error.message, `the connection was lost (${code})`)
        }
        assert.strictEqual(error.isRetryable, route.safety !== "unsafe")
      }
    })
  })

  it.effect("is interrupted with its caller", () =>
    Effect.gen(function* () {
      const started = yield* Deferred.make<void>()
      const aborted = yield* Deferred.make<void>()
      const client = clientOf(() =>
        Deferred.succeed(started, undefined).pipe(
          Effect.zipRight(Effect.never),
          Effect.onInterrupt(() => Deferred.succeed(aborted, undefined))
        )
      )
      const fiber = yield* Effect.fork(
        Effect.flatMap(invoke, (call) => call(name, ...someArguments(name))).pipe(Effect.provide(layerOf(client)))
      )
      yield* Deferred.await(started)
      const exit = yield* Fiber.interrupt(fiber)
      assert.isTrue(Exit.isFailure(exit) && Cause.isInterruptedOnly(exit.cause))
      yield* Deferred.await(aborted)
    })
  )
})
