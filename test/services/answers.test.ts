/**
 * What is made of an answer, whatever the client and the connection do to it.
 */
import * as Headers from "@effect/platform/Headers"
import * as HttpClient from "@effect/platform/HttpClient"
import * as HttpClientError from "@effect/platform/HttpClientError"
import * as HttpClientResponse from "@effect/platform/HttpClientResponse"
import { assert, describe, it } from "@effect/vitest"
import { ApiKeys, Gateway, Policy, Wacht } from "effect-wacht"
import * as Cause from "effect/Cause"
import * as Data from "effect/Data"
import * as DateTime from "effect/DateTime"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as Hash from "effect/Hash"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import * as Stream from "effect/Stream"
import * as TestClock from "effect/TestClock"
import { gzipSync } from "node:zlib"
import { example } from "../support/contract.js"
import { elapse } from "./internal/reconcile/harness.js"

const key = "example_backend_KEYKEYKEYKEYKEYKEYKEYKEY"

const over = (
  client: HttpClient.HttpClient,
  transformClient?: (client: HttpClient.HttpClient) => HttpClient.HttpClient
) =>
  Layer.orDie(Wacht.layer({ apiKey: Redacted.make(key), transformClient })).pipe(
    Layer.provide(Layer.succeed(HttpClient.HttpClient, client))
  )

const answering = (answer: () => Response) =>
  HttpClient.make((request) => Effect.sync(() => HttpClientResponse.fromWeb(request, answer())))

/** Comes in pieces, and is ended or broken by `finish`. */
const streaming = (text: string, finish: (controller: ReadableStreamDefaultController) => void) =>
  answering(
    () =>
      new Response(
        new ReadableStream({
          start: (controller) => controller.enqueue(new TextEncoder().encode(text)),
          pull: finish
        })
      )
  )

const get = Effect.flatMap(ApiKeys.ApiKeys, (keys) => keys.getApiAuthApp("reports"))
const check = Effect.flatMap(Gateway.Gateway, (gateway) =>
  gateway.checkAuthz({ principal: { type: "api_key", value: Redacted.make("k") }, resource: "/", method: "GET" })
)
const create = Effect.flatMap(ApiKeys.ApiKeys, (keys) =>
  keys.createApiAuthApp({ appSlug: "reports", name: "Reports", keyPrefix: "acme" })
)

const words = (message: string) => JSON.stringify({ errors: [{ message, code: 404 }] })

/** The error of a call, when time enough has passed. */
const errorOf = <A, E, R>(call: Effect.Effect<A, E, R>) =>
  Effect.gen(function* () {
    const fiber = yield* Effect.fork(Effect.flip(call))
    yield* TestClock.adjust("10 seconds")
    return yield* Fiber.join(fiber)
  })

describe("a client that fails with a status of its own", () => {
  for (const [where, layer] of [
    [
      "in transformClient",
      (status: number) =>
        over(
          answering(() => new Response(words("said"), { status })),
          HttpClient.filterStatusOk
        )
    ],
    [
      "from outside",
      (status: number) => over(HttpClient.filterStatusOk(answering(() => new Response(words("said"), { status }))))
    ]
  ] as const) {
    it.effect(`loses neither status nor words: ${where}`, () =>
      Effect.gen(function* () {
        const missing = yield* Effect.flip(Effect.provide(get, layer(404)))
        assert.deepInclude(missing, { _tag: "NotFoundError", message: "said", isRetryable: false })
        const conflict = yield* Effect.flip(Effect.provide(create, layer(409)))
        assert.deepInclude(conflict, { _tag: "ConflictError", message: "said" })
        const busy = yield* Effect.flip(Effect.provide(get, layer(503)))
        assert.deepInclude(busy, { _tag: "ServerError", status: 503, isRetryable: true })
      })
    )
  }
})

it.effect("a client that could not read an answer has lost it", () =>
  Effect.gen(function* () {
    const client = HttpClient.make((request) =>
      Effect.fail(
        new HttpClientError.ResponseError({
          request,
          response: HttpClientResponse.fromWeb(request, new Response(example("getApiAuthApp.response"))),
          reason: "Decode"
        })
      )
    )
    const error = yield* Effect.flip(Effect.provide(get, over(client)))
    assert.deepInclude(error, { _tag: "TransportError", reason: "Lost", isRetryable: true })
  })
)

describe("the body of an error", () => {
  /** Comes, and then does not end, or breaks. */
  const unfinished = (text: string, isBroken: boolean) =>
    answering(
      () =>
        new Response(
          new ReadableStream(
            {
              pull: (controller) => {
                controller.enqueue(new TextEncoder().encode(text))
                if (isBroken) controller.error(new Error("cut"))
                return new Promise(() => undefined)
              }
            },
            { highWaterMark: 0 }
          ),
          { status: 404 }
        )
    )

  it.effect("gives its words where they came and only the end did not", () =>
    Effect.gen(function* () {
      const client = unfinished(` ${words("API key app not found")}`, false)
      for (const call of [get, Policy.attemptTimeout("2 seconds")(get)]) {
        const error = yield* errorOf(Effect.provide(call, over(client)))
        assert.deepInclude(error, { _tag: "NotFoundError", message: "API key app not found" })
      }
    })
  )

  it.effect("gives none where they may be cut: half a secret would be left", () =>
    Effect.gen(function* () {
      const cut = key.slice(0, 20)
      for (const text of [`You sent ${cut}`, words("whole").slice(0, -2), `<title>${cut}`, `"${cut}"`]) {
        const error = yield* errorOf(Effect.provide(get, over(unfinished(text, false))))
        assert.deepInclude(error, { _tag: "NotFoundError", message: "Not Found" })
      }
    })
  )

  it.effect("gives none where they are compressed", () =>
    Effect.gen(function* () {
      const packed = answering(() => new Response(gzipSync(words("no")), { status: 502 }))
      assert.strictEqual((yield* Effect.flip(Effect.provide(get, over(packed)))).message, "Bad Gateway")
    })
  )
})

it.effect("a body that somebody has taken already takes away neither a status nor a success", () =>
  Effect.gen(function* () {
    const taken = (status: number) =>
      over(
        answering(() => {
          const response = new Response(words("said"), { status })
          response.body?.getReader()
          return response
        })
      )
    const missing = yield* Effect.flip(Effect.provide(get, taken(404)))
    assert.deepInclude(missing, { _tag: "NotFoundError", status: 404 })
    const conflict = yield* Effect.flip(Effect.provide(create, taken(409)))
    assert.deepInclude(conflict, { _tag: "ConflictError" })
    yield* Effect.provide(
      Effect.flatMap(ApiKeys.ApiKeys, (keys) => keys.deleteApiAuthApp("reports")),
      taken(200)
    )
  })
)

it.effect("a body whose reading is a defect takes away neither a status nor a success", () =>
  Effect.gen(function* () {
    const broken = (status: number) => {
      const client = answering(() => new Response(words("said"), { status }))
      // No body that could be asked for its chunks: the stream is read.
      const opaque = {
        source: { value: undefined },
        status: { value: status },
        headers: { value: Headers.empty },
        stream: { value: Stream.dieMessage("a bug") }
      }
      return over(
        HttpClient.transformResponse(
          client,
          Effect.map((response): HttpClientResponse.HttpClientResponse => Object.create(response, opaque))
        )
      )
    }
    const missing = yield* Effect.flip(Effect.provide(get, broken(404)))
    assert.deepInclude(missing, { _tag: "NotFoundError", status: 404 })
    const remove = Effect.flatMap(ApiKeys.ApiKeys, (keys) => keys.deleteApiAuthApp("reports"))
    assert.isUndefined(yield* Effect.provide(remove, broken(200)))
  })
)

it.effect("a server that is down says in its header how long to wait, and nowhere else", () =>
  Effect.gen(function* () {
    const waitAfter = (answer: () => Response) =>
      Effect.map(Effect.flip(Effect.provide(get, over(answering(answer)))), (error) =>
        error._tag === "ServerError" ? Option.getOrNull(Option.map(error.retryAfter, Duration.toMillis)) : error._tag
      )
    for (const status of [500, 502, 503]) {
      const said = yield* waitAfter(() => new Response("", { status, headers: { "retry-after": "7" } }))
      const unsaid = yield* waitAfter(() => new Response(words("Retry after 7 seconds"), { status }))
      assert.deepStrictEqual([said, unsaid], [7000, null])
    }
  })
)

describe("a body", () => {
  const app = example("getApiAuthApp.response")

  it.effect("that broke is none, though what came could be read", () =>
    Effect.gen(function* () {
      const client = streaming(app, (controller) => controller.error(new Error("cut")))
      const error = yield* Effect.flip(Effect.provide(get, over(client)))
      assert.deepInclude(error, { _tag: "TransportError", reason: "Lost", isRetryable: true })
    })
  )

  it.effect("that was lost may have been written by who acted, whatever the connection says of itself", () =>
    Effect.gen(function* () {
      const refused = Object.assign(new Error("refused"), { code: "ECONNREFUSED", syscall: "connect" })
      const client = streaming("{", (controller) => controller.error(refused))
      const error = yield* Effect.flip(Effect.provide(create, over(client)))
      if (error._tag !== "OutcomeUnknownError") return assert.fail(error._tag)
      assert.deepStrictEqual([error.reason, Option.getOrNull(error.status)], ["Lost", 200])
    })
  )

  it.effect("that is not there is an empty answer", () =>
    Effect.gen(function* () {
      const error = yield* Effect.flip(Effect.provide(get, over(answering(() => new Response(null)))))
      assert.deepInclude(error, { _tag: "DecodeError", reason: "Json", message: "the answer is empty" })
    })
  )

  it.effect("says what it must be where it is something else", () =>
    Effect.gen(function* () {
      const said = (json: unknown) =>
        Effect.flip(Effect.provide(get, over(answering(() => new Response(JSON.stringify(json))))))
      const prefix = "the answer has an unexpected shape: "
      assert.strictEqual((yield* said([])).message, `${prefix}it must be an object`)
      assert.strictEqual((yield* said({ ...JSON.parse(app), name: 1 })).message, `${prefix}name must be a string`)
    })
  )

  it.effect("is read whatever its length is said to be, where that is no number", () =>
    Effect.gen(function* () {
      const client = answering(
        () => new Response(app, { headers: { "content-length": `${app.length}, ${app.length}` } })
      )
      assert.strictEqual((yield* Effect.provide(get, over(client))).appSlug, JSON.parse(app).app_slug)
    })
  )

  it.effect("is read of every status that says that it worked", () =>
    Effect.gen(function* () {
      for (const status of [200, 201, 299]) {
        yield* Effect.provide(get, over(answering(() => new Response(app, { status }))))
        const error = yield* Effect.flip(Effect.provide(get, over(answering(() => new Response("{", { status })))))
        assert.deepInclude(error, { _tag: "DecodeError", reason: "Json", status })
      }
    })
  )
})

it.effect("the connection of an answer that is too large ends, and nobody reads it", () =>
  Effect.gen(function* () {
    let isCancelled = false
    const body = () => new ReadableStream({ cancel: () => void (isCancelled = true) })
    const client = answering(() => new Response(body(), { headers: { "content-length": String(2 ** 30) } }))
    const error = yield* Effect.flip(Effect.provide(get, over(client)))
    assert.deepInclude(error, { _tag: "DecodeError", reason: "TooLarge" })
    assert.include(error.message, "more bytes than maxAnswerBytes: 16777216")
    assert.isTrue(isCancelled)
  })
)

it.live("an answer that is too large is that too where its connection ends by itself just then", () =>
  Effect.gen(function* () {
    const body = () => new ReadableStream({ start: (controller) => controller.error(new Error("gone")) })
    const client = answering(() => new Response(body(), { headers: { "content-length": String(2 ** 30) } }))
    const error = yield* Effect.flip(Effect.provide(get, over(client)))
    assert.deepInclude(error, { _tag: "DecodeError", reason: "TooLarge" })
  })
)

it.effect("a 401 is about the caller's credential only where the gateway itself has judged it", () =>
  Effect.gen(function* () {
    const decision = JSON.stringify({ request_id: "req_1", allowed: false, reason: null, permissions: [] })
    const said = (call: Effect.Effect<unknown, unknown, Gateway.Gateway | ApiKeys.ApiKeys>, body: string) =>
      Effect.flip(Effect.provide(call, over(answering(() => new Response(body, { status: 401 })))))
    for (const [call, body, subject] of [
      [check, decision, "principal"],
      [check, ` \n${decision.replaceAll(",", ",\n")}`, "principal"],
      [check, "Invalid API key", "principal"],
      [check, "Invalid API key\n", "principal"],
      [check, words("Authorization header must be Bearer token"), "client"],
      [check, "<html><title>401 Authorization Required</title></html>", "client"],
      [check, 'The key is no "allowed" one', "client"],
      [check, "An Invalid API key", "client"],
      [check, "", "client"],
      [get, decision, "client"],
      [get, "Invalid API key", "client"]
    ] as const) {
      assert.deepInclude(yield* said(call, body), { _tag: "AuthenticationError", status: 401, subject }, body)
    }
  })
)

it.effect("an input that Effect has hashed is the same input", () =>
  Effect.gen(function* () {
    const sent: Array<unknown> = []
    const http = HttpClient.make((request) => {
      sent.push(
        request.body._tag === "Uint8Array" ? JSON.parse(new TextDecoder().decode(request.body.body)) : request.url
      )
      return Effect.succeed(HttpClientResponse.fromWeb(request, new Response("{}")))
    })
    const principal = Data.struct({ type: "api_key" as const, value: Redacted.make("k") })
    const input = Data.struct({
      principal,
      resource: "/",
      method: "GET" as const,
      requiredPermissions: Data.array(["a"])
    })
    const query = Data.struct({ includeInactive: true })
    const calls = Effect.gen(function* () {
      yield* Effect.exit((yield* Gateway.Gateway).checkAuthz(input))
      yield* Effect.exit((yield* ApiKeys.ApiKeys).listApiKeys("reports", query))
      return yield* Effect.flip(
        (yield* Gateway.Gateway).checkAuthz(Object.assign({ ...input }, { [Symbol("x")]: 1, no: 1 }))
      )
    }).pipe(Effect.provide(over(http)))
    yield* calls
    const before = sent.splice(0)
    assert.lengthOf(before, 2)
    for (const value of [input, query, principal]) Hash.hash(value)
    assert.deepInclude(yield* calls, {
      _tag: "EncodeError",
      message: "no: no such field; there are principal, resource, method, clientIp, userAgent, requiredPermissions"
    })
    assert.deepStrictEqual(sent, before)
  })
)

it.effect("a request that could not be built is not sent again", () =>
  Effect.gen(function* () {
    let sent = 0
    const client = HttpClient.make((request) => {
      sent++
      const cause = Object.assign(new Error("Invalid URL"), { code: "ERR_INVALID_URL" })
      return Effect.fail(new HttpClientError.RequestError({ request, reason: "InvalidUrl", cause }))
    })
    const layer = over(client)
    const errors = [
      yield* errorOf(Effect.provide(Policy.withPolicy(get, Policy.standard), layer)),
      yield* errorOf(Effect.provide(Policy.withPolicy(create, Policy.standard), layer)),
      yield* errorOf(Effect.provide(Policy.withPolicy(check, Policy.fromOptions({ repeatCheckAuthz: true })), layer))
    ]
    for (const error of errors) {
      assert.deepInclude(error, { _tag: "TransportError", reason: "NotSent", isRetryable: false, code: Option.none() })
      assert.strictEqual(error.message, "the request could not be built (ERR_INVALID_URL)")
    }
    assert.strictEqual(sent, 3)
  })
)

describe("an integer that no double holds", () => {
  /** An answer of the contract whose free JSON begins with it. */
  const holding = (name: string, begin: string, member = "") =>
    over(
      answering(() => new Response(example(`${name}.response`).replace(begin, `${begin}${member}9007199254740993,`)))
    )

  it.effect("is its decimal text in the metadata of a decision", () =>
    Effect.gen(function* () {
      const { metadata } = yield* Gateway.Gateway.pipe(
        Effect.flatMap((gateway) =>
          gateway.checkAuthz({
            principal: { type: "api_key", value: Redacted.make("k") },
            resource: "/",
            method: "GET"
          })
        ),
        Effect.provide(holding("checkAuthz", '"metadata":{', '"big":'))
      )
      assert.deepStrictEqual(metadata, Option.some({ big: "9007199254740993", team: "data" }))
    })
  )

  it.effect("is its decimal text in the limits of an audit row", () =>
    Effect.gen(function* () {
      const { data } = yield* ApiKeys.ApiKeys.pipe(
        Effect.flatMap((keys) => keys.getApiAuditLogs("partner-api")),
        Effect.provide(holding("getApiAuditLogs", '"rate_limits":['))
      )
      assert.deepInclude(Option.getOrNull(data[0]?.rateLimits ?? Option.none()), "9007199254740993")
    })
  )
})

it.effect("a printed cause says which operation failed", () =>
  Effect.gen(function* () {
    const broken = over(answering(() => new Response("{}", { status: 500 })))
    const refused = Effect.flatMap(ApiKeys.ApiKeys, (keys) =>
      keys.createApiAuthApp({ appSlug: "a", name: "", keyPrefix: "" })
    )
    for (const call of [create, Policy.withPolicy(create, Policy.standard), refused]) {
      const exit = yield* elapse(Effect.exit(Effect.withSpan(Effect.provide(call, broken), "the user's own")))
      const text = Exit.isFailure(exit) ? Cause.pretty(exit.cause) : ""
      assert.include(text, "at effect-wacht.ApiKeys.createApiAuthApp")
      assert.include(text, "at the user's own")
    }
  })
)

it.effect("gzip that nobody asked for is called so, with a length and without", () =>
  Effect.gen(function* () {
    const packed = gzipSync("{}")
    for (const headers of [{ "content-length": String(packed.length) }, undefined]) {
      const error = yield* errorOf(
        Effect.provide(get, over(answering(() => new Response(packed, headers && { headers }))))
      )
      assert.deepInclude(error, {
        _tag: "DecodeError",
        reason: "Encoding",
        message: "the answer is gzip, not asked for"
      })
    }
    const other = yield* errorOf(Effect.provide(get, over(answering(() => new Response("\u001f{}")))))
    assert.deepInclude(other, { _tag: "DecodeError", reason: "Json", message: "the answer is not JSON" })
  })
)

it.effect("an unknown outcome tells when its own request was sent, not when the call began", () =>
  Effect.gen(function* () {
    let sent = 0
    const client = HttpClient.make((request) =>
      sent++ === 0
        ? Effect.succeed(
            HttpClientResponse.fromWeb(request, new Response("", { status: 429, headers: { "retry-after": "5" } }))
          )
        : Effect.fail(new HttpClientError.RequestError({ request, reason: "Transport", cause: new Error("lost") }))
    )
    yield* TestClock.setTime(1_000_000)
    const error = yield* errorOf(Effect.provide(Policy.withPolicy(create, Policy.standard), over(client)))
    assert.strictEqual(sent, 2)
    assert.strictEqual(error._tag, "OutcomeUnknownError")
    if (error._tag === "OutcomeUnknownError") assert.isAtLeast(DateTime.toEpochMillis(error.startedAt), 1_005_000)
  })
)

it.effect("the place that an answer names is told of a redirect alone", () =>
  Effect.forEach([300, 399, 405, 408], (status) =>
    Effect.gen(function* () {
      const headers = { location: "https://elsewhere.example/" }
      const client = answering(() => new Response("", { status, headers }))
      const error = yield* Effect.flip(Effect.provide(get, over(client)))
      if (error._tag !== "UnexpectedStatusError") return assert.fail(error._tag)
      assert.strictEqual(Option.isSome(error.location), status < 400, String(status))
    })
  )
)

it.effect("the place that an answer names is cut where it is long, and never within a secret", () =>
  Effect.gen(function* () {
    const begin = `https://elsewhere.example/?${"x".repeat(2010)}`
    const answer = () => new Response("", { status: 302, headers: { location: `${begin}${key}${"y".repeat(1000)}` } })
    const error = yield* Effect.flip(Effect.provide(get, over(answering(answer))))
    if (error._tag !== "UnexpectedStatusError") return assert.fail(error._tag)
    assert.strictEqual(Option.getOrNull(error.location), `${begin}<redacted>${"y".repeat(1000)}`.slice(0, 2048))
  })
)
