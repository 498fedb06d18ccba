import * as HttpClient from "@effect/platform/HttpClient"
import * as HttpClientError from "@effect/platform/HttpClientError"
import * as HttpClientRequest from "@effect/platform/HttpClientRequest"
import { assert, describe, it } from "@effect/vitest"
import { ApiKeys, Policy, RequestPolicy, Wacht } from "effect-wacht"
import { TimeoutError } from "effect-wacht/errors"
import { KeyId, Timestamp } from "effect-wacht/schemas"
import type * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import * as TestClock from "effect/TestClock"
import * as Tracer from "effect/Tracer"
import { inspect } from "node:util"
import { example, hasExample, routeOf } from "../support/contract.js"
import {
  invoke,
  clientOf,
  layerOf,
  type OperationName,
  operationNames,
  operations,
  type Reply,
  someArguments,
  stub,
  toResponse
} from "../support/sdk.js"

interface Kept {
  readonly name: string
  readonly kind: Tracer.SpanKind
  readonly attributes: Map<string, unknown>
  readonly parent: Option.Option<Tracer.AnySpan>
  readonly spanId: string
  readonly links: ReadonlyArray<Tracer.SpanLink>
  readonly events: Array<unknown>
  readonly exits: Array<Exit.Exit<unknown, unknown>>
  readonly ends: Array<bigint>
}

/** Keeps every span, as an exporter would see it. */
const keeping = (sampled = true) => {
  const spans: Array<Kept> = []
  const tracer = Tracer.make({
    span: (name, parent, context: Context.Context<never>, links, startTime, kind) => {
      const kept = {
        name,
        kind,
        attributes: new Map<string, unknown>(),
        parent,
        spanId: (spans.length + 1).toString(16).padStart(16, "0"),
        links,
        events: [],
        exits: [],
        ends: []
      } satisfies Kept
      spans.push(kept)
      return {
        _tag: "Span",
        ...kept,
        traceId: "0123456789abcdef0123456789abcdef",
        context,
        sampled,
        status: { _tag: "Started", startTime },
        attribute: (key, value) => void kept.attributes.set(key, value),
        event: (...event: ReadonlyArray<unknown>) => void kept.events.push(event as never),
        addLinks: () => undefined,
        end: (time: bigint, exit: Exit.Exit<unknown, unknown>) => {
          ;(kept.exits as Array<unknown>).push(exit)
          ;(kept.ends as Array<bigint>).push(time)
        }
      }
    },
    context: (run) => run()
  })
  return { spans, tracer }
}

const happy = (name: OperationName): Reply => ({
  status: routeOf(name).success.status,
  body: hasExample(`${name}.response`) ? example(`${name}.response`) : "{}"
})

const hosts = { platform: "api.wacht.dev", gateway: "gateway.wacht.dev" }

describe("the end of a span", () => {
  it.effect("tells that a call worked, and holds nothing of what it gave", () => {
    const { spans, tracer } = keeping()
    return Effect.gen(function* () {
      const keys = yield* ApiKeys.ApiKeys
      const app = yield* keys.getApiAuthApp("reports")
      assert.isString(app.name)
      assert.deepStrictEqual(spans[0]?.exits, [Exit.void])
    }).pipe(Effect.provide(layerOf(stub(() => happy("getApiAuthApp")).client)), Effect.withTracer(tracer))
  })

  it.effect("comes when the call is over, and without a time where an app wants none", () => {
    const { spans, tracer } = keeping()
    const client = clientOf((_, request) =>
      Effect.as(TestClock.adjust("5 millis"), toResponse(request, happy("getApiAuthApp")))
    )
    return Effect.gen(function* () {
      const call = Effect.flatMap(ApiKeys.ApiKeys, (keys) => keys.getApiAuthApp("reports"))
      yield* call
      yield* Effect.withTracerTiming(call, false)
      assert.deepStrictEqual(
        spans.map(({ ends }) => ends),
        [[5_000_000n], [0n]]
      )
    }).pipe(Effect.provide(layerOf(client)), Effect.withTracer(tracer))
  })

  it.effect("comes once also where an input throws when it is looked at", () => {
    const { spans, tracer } = keeping()
    const hostile = {
      get appSlug(): string {
        return assert.fail("looked at")
      },
      name: "x",
      keyPrefix: "x"
    }
    return Effect.gen(function* () {
      const keys = yield* ApiKeys.ApiKeys
      const exit = yield* Effect.exit(keys.createApiAuthApp(hostile))
      assert.isTrue(Exit.isFailure(exit))
      assert.lengthOf(spans[0]?.exits ?? [], 1)
    }).pipe(Effect.provide(layerOf(stub(() => happy("createApiAuthApp")).client)), Effect.withTracer(tracer))
  })

  it.effect("comes once also where a query throws when it is looked at", () => {
    const { spans, tracer } = keeping()
    const hostile = {
      get limit(): number {
        return assert.fail("looked at")
      }
    }
    return Effect.gen(function* () {
      const keys = yield* ApiKeys.ApiKeys
      const exit = yield* Effect.exit(keys.listApiAuthApps(hostile))
      assert.isTrue(Exit.isFailure(exit))
      assert.lengthOf(spans[0]?.exits ?? [], 1)
    }).pipe(Effect.provide(layerOf(stub(() => happy("listApiAuthApps")).client)), Effect.withTracer(tracer))
  })
})

describe("tracing", () => {
  it.effect.each(operationNames)("%s has one client span with five attributes, and sends it along", (name) => {
    const { spans, tracer } = keeping()
    const { client, seen } = stub(() => happy(name))
    return Effect.gen(function* () {
      const call = yield* invoke.pipe(Effect.provide(layerOf(client)))
      yield* call(name, ...someArguments(name)).pipe(Effect.withSpan("caller"), Effect.withTracer(tracer))
      assert.deepStrictEqual(
        spans.map((span) => [span.name, span.kind]),
        [
          ["caller", "internal"],
          [`effect-wacht.${operations[name].service}.${name}`, "client"]
        ]
      )
      const [, span] = spans
      assert.deepStrictEqual(
        span?.attributes,
        new Map<string, unknown>([
          ["http.request.method", operations[name].method],
          ["server.address", hosts[operations[name].host]],
          ["server.port", 443],
          ["url.template", operations[name].path],
          ["http.response.status_code", happy(name).status]
        ])
      )
      assert.strictEqual(seen[0]?.headers.traceparent, `00-0123456789abcdef0123456789abcdef-${span?.spanId}-01`)
    })
  })

  it.effect.each([
    ["http://localhost", "localhost", 80],
    ["http://[::1]:8080", "::1", 8080],
    ["https://wacht.example:8443/v1", "wacht.example", 8443]
  ] as const)("names the server of %s", ([baseUrl, address, port]) => {
    const { spans, tracer } = keeping()
    const client = Layer.succeed(HttpClient.HttpClient, stub(() => ({ status: 404 })).client)
    return Effect.gen(function* () {
      const keys = yield* ApiKeys.ApiKeys
      yield* Effect.flip(keys.getApiAuthApp("a"))
      assert.strictEqual(spans[0]?.attributes.get("server.address"), address)
      assert.strictEqual(spans[0]?.attributes.get("server.port"), port)
    }).pipe(
      Effect.provide(Layer.provide(Wacht.layer({ apiKey: Redacted.make("key"), baseUrl }), client)),
      Effect.withTracer(tracer)
    )
  })

  it.effect("tells the status of a failure", () => {
    const { spans, tracer } = keeping()
    return Effect.gen(function* () {
      const keys = yield* ApiKeys.ApiKeys
      yield* Effect.flip(keys.getApiAuthApp("a"))
      assert.strictEqual(spans[0]?.attributes.get("http.response.status_code"), 404)
    }).pipe(Effect.provide(layerOf(stub(() => ({ status: 404 })).client)), Effect.withTracer(tracer))
  })

  it.effect("tells of every repeat that a policy makes, and of what was repeated", () => {
    const { spans, tracer } = keeping()
    let requests = 0
    const client = clientOf((_, request) =>
      ++requests === 2
        ? Effect.fail(new HttpClientError.RequestError({ request, reason: "Transport", cause: new Error("reset") }))
        : Effect.succeed(toResponse(request, { status: requests < 4 ? 503 : 404 }))
    )
    return Effect.gen(function* () {
      const keys = yield* ApiKeys.ApiKeys
      const policy = Policy.retryTransient({ base: 0 })
      yield* keys.getApiAuthApp("a").pipe(RequestPolicy.withPolicy(policy), Effect.exit)
      yield* Effect.exit(keys.getApiAuthApp("a"))
      const [repeated, single] = spans
      assert.strictEqual(repeated?.attributes.get("http.request.resend_count"), 2)
      const events = [
        ["retry", 0n, { "error.type": "503" }],
        ["retry", 0n, { "error.type": "Lost" }]
      ]
      assert.deepStrictEqual(repeated?.events, events)
      assert.isFalse(single?.attributes.has("http.request.resend_count"))
      assert.deepStrictEqual(single?.events, [])
    }).pipe(Effect.provide(layerOf(client)), Effect.withTracer(tracer))
  })

  it.effect("says nothing of how an attempt failed that a policy has ended", () => {
    const { spans, tracer } = keeping()
    let requests = 0
    const client = clientOf((_, request) =>
      ++requests === 2 ? Effect.never : Effect.succeed(toResponse(request, { status: 503 }))
    )
    return Effect.gen(function* () {
      const keys = yield* ApiKeys.ApiKeys
      const slow = new TimeoutError({ operation: "getApiAuthApp", message: "slow" })
      const policy: RequestPolicy.CallPolicy = (call) =>
        Effect.retry(Effect.timeoutFail(call, { duration: "1 second", onTimeout: () => slow }), { times: 2 })
      const fiber = yield* Effect.fork(keys.getApiAuthApp("a").pipe(RequestPolicy.withPolicy(policy), Effect.exit))
      yield* TestClock.adjust("1 second")
      yield* fiber
      assert.deepStrictEqual(spans[0]?.events, [
        ["retry", 0n, { "error.type": "503" }],
        ["retry", 1_000_000_000n, {}]
      ])
    }).pipe(Effect.provide(layerOf(client)), Effect.withTracer(tracer))
  })

  it.effect("holds no value of the caller's", () => {
    const { spans, tracer } = keeping()
    return Effect.gen(function* () {
      const keys = yield* ApiKeys.ApiKeys
      const canary = "canary-of-the-caller"
      const startDate = Option.getOrThrow(Timestamp.parse("2026-06-20T00:00:00.123456Z"))
      yield* Effect.ignore(
        keys.getApiAuditLogs(canary, { startDate, cursor: canary, keyId: KeyId.make("77636080333005047") })
      )
      yield* Effect.ignore(keys.createApiKey(canary, { name: canary, metadata: { canary } }))
      const all = inspect(spans, { depth: 20 })
      for (const secret of ["canary", "77636080333005047", "123456Z", "KEYKEY", "?"]) assert.notInclude(all, secret)
    }).pipe(
      Effect.provide(layerOf(stub(() => ({ status: 200, body: '{"secret":"canary"}' })).client)),
      Effect.withTracer(tracer)
    )
  })

  it.effect("tells the server where nobody keeps the span", () => {
    const { client, seen } = stub(() => ({ status: 404 }))
    return Effect.gen(function* () {
      const keys = yield* ApiKeys.ApiKeys
      yield* Effect.ignore(keys.getApiAuthApp("a"))
      assert.match(seen[0]?.headers.traceparent ?? "", /-00$/)
    }).pipe(Effect.provide(layerOf(client)), Effect.withTracer(keeping(false).tracer))
  })

  it.effect("ends with the tracer: no header without a span, or where propagation is off", () => {
    const { client, seen } = stub(() => ({ status: 404 }))
    return Effect.gen(function* () {
      const keys = yield* ApiKeys.ApiKeys
      yield* Effect.ignore(keys.getApiAuthApp("a")).pipe(Effect.withTracerEnabled(false))
      yield* Effect.ignore(keys.getApiAuthApp("a")).pipe(Effect.locally(HttpClient.currentTracerPropagation, false))
      yield* Effect.ignore(keys.getApiAuthApp("a"))
      assert.deepStrictEqual(
        seen.map(({ headers }) => headers.traceparent !== undefined),
        [false, false, true]
      )
    }).pipe(Effect.provide(layerOf(client)))
  })

  it.effect("is not told by a client that propagates none, which leaves somebody else's header alone", () => {
    const { client, seen } = stub(() => ({ status: 404 }))
    const call = Effect.ignore(Effect.flatMap(ApiKeys.ApiKeys, (keys) => keys.getApiAuthApp("a")))
    const silent = HttpClient.withTracerPropagation(client, false)
    const own = HttpClient.mapRequest(HttpClientRequest.setHeader("traceparent", "mine"))
    return Effect.gen(function* () {
      yield* Effect.provide(call, layerOf(silent))
      yield* Effect.provide(call, layerOf(client, { transformClient: HttpClient.withTracerPropagation(false) }))
      yield* Effect.provide(call, layerOf(silent, { transformClient: own }))
      assert.deepStrictEqual(
        seen.map(({ headers }) => headers.traceparent),
        [undefined, undefined, "mine"]
      )
    })
  })

  it.effect("is the parent of what the client does", () => {
    const { spans, tracer } = keeping(true)
    const transformClient = HttpClient.transformResponse(Effect.withSpan("proxy"))
    return Effect.gen(function* () {
      yield* Effect.ignore(Effect.flatMap(ApiKeys.ApiKeys, (keys) => keys.getApiAuthApp("a")))
      const proxy = spans.find(({ name }) => name === "proxy")
      const call = spans.find(({ name }) => name === "effect-wacht.ApiKeys.getApiAuthApp")
      assert.strictEqual(Option.getOrUndefined(proxy?.parent ?? Option.none())?.spanId, call?.spanId)
      assert.isDefined(call)
    }).pipe(
      Effect.provide(layerOf(stub(() => ({ status: 404 })).client, { transformClient })),
      Effect.withTracer(tracer)
    )
  })
})
