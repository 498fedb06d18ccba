import { NodeSdk } from "@effect/opentelemetry"
import { FetchHttpClient } from "@effect/platform"
import { NodeHttpServer } from "@effect/platform-node"
import { assert, describe, it } from "@effect/vitest"
import { SpanKind, SpanStatusCode } from "@opentelemetry/api"
import { InMemorySpanExporter, type ReadableSpan, SimpleSpanProcessor } from "@opentelemetry/sdk-trace-base"
import { ApiKeys, Gateway, Policy, Wacht } from "effect-wacht"
import { Emulator, Fault } from "effect-wacht/testing"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import { createServer } from "node:http"
import { inspect } from "node:util"
import { rotateAndCheck, Telemetry } from "../../examples/tracing.js"
import { attributesOf, Collector, layer as collectorLayer } from "./collector.js"

const traceparent = (span: { readonly traceId: string; readonly spanId: string }) =>
  `00-${span.traceId}-${span.spanId}-01`

/** Runs a program over the emulator and gives its value with the spans that ended. */
const exported = <A, E>(program: Effect.Effect<A, E, ApiKeys.ApiKeys | Gateway.Gateway | Emulator.Emulator>) =>
  Effect.gen(function* () {
    const exporter = new InMemorySpanExporter()
    const Sdk = NodeSdk.layer(() => ({
      resource: { serviceName: "test" },
      spanProcessor: new SimpleSpanProcessor(exporter)
    }))
    const value = yield* program.pipe(
      // the spans are exported before the SDK is shut down, which forgets them
      Effect.map((value) => ({ value, spans: exporter.getFinishedSpans().slice() })),
      Effect.provide(Layer.merge(Emulator.layerWacht(), Sdk))
    )
    return value
  })

/** All that an exporter could send of a span. */
const textOf = (spans: ReadonlyArray<ReadableSpan>): string =>
  inspect(
    spans.map(({ attributes, events, links, name, resource, status }) => ({
      attributes,
      events,
      links,
      name,
      status,
      resource: resource.attributes
    })),
    { depth: null, maxStringLength: null, maxArrayLength: null }
  )

const reports = Effect.flatMap(ApiKeys.ApiKeys, (keys) =>
  keys.createApiAuthApp({ appSlug: "reports", name: "Reports", keyPrefix: "acme" })
)

describe("a span of an operation", () => {
  it.effect("bears the call's facts, stands under the caller's span and is named in the request", () =>
    Effect.gen(function* () {
      const { spans, value } = yield* exported(
        Effect.gen(function* () {
          const emulator = yield* Emulator.Emulator
          const keys = yield* ApiKeys.ApiKeys
          yield* reports
          yield* emulator.clearRequests
          yield* Effect.withSpan(keys.getApiAuthApp("reports"), "mine")
          return yield* emulator.requests
        })
      )
      const span = spans.find(({ name }) => name === "effect-wacht.ApiKeys.getApiAuthApp")
      const mine = spans.find(({ name }) => name === "mine")
      assert.isDefined(span)
      assert.isDefined(mine)
      assert.strictEqual(span.kind, SpanKind.CLIENT)
      assert.strictEqual(span.status.code, SpanStatusCode.OK)
      assert.deepStrictEqual(span.attributes, {
        "http.request.method": "GET",
        "http.response.status_code": 200,
        "server.address": "api.wacht.dev",
        "server.port": 443,
        "url.template": "/api-auth/apps/{appSlug}"
      })
      assert.strictEqual(span.parentSpanContext?.spanId, mine.spanContext().spanId)
      assert.lengthOf(value, 1)
      assert.strictEqual(value[0]?.headers["traceparent"], traceparent(span.spanContext()))
    })
  )

  it.effect("is the only one of its call, however often the call is repeated", () =>
    Effect.gen(function* () {
      const { spans, value } = yield* exported(
        Effect.gen(function* () {
          const emulator = yield* Emulator.Emulator
          const keys = yield* ApiKeys.ApiKeys
          yield* Effect.withTracerEnabled(reports, false)
          yield* emulator.clearRequests
          yield* emulator.failNext(Fault.status(503))
          yield* keys.getApiAuthApp("reports").pipe(Policy.withPolicy(Policy.fromOptions({ base: 0 })))
          return yield* emulator.requests
        })
      )
      assert.deepStrictEqual(
        spans.map(({ name }) => name),
        ["effect-wacht.ApiKeys.getApiAuthApp"]
      )
      assert.strictEqual(spans[0]?.attributes["http.response.status_code"], 200)
      const sent = value.map(({ headers }) => headers["traceparent"])
      const [span] = spans
      assert.isDefined(span)
      assert.deepStrictEqual(sent, [traceparent(span.spanContext()), traceparent(span.spanContext())])
    })
  )

  it.effect("says that the call failed, and with which status", () =>
    Effect.gen(function* () {
      const { spans } = yield* exported(
        Effect.flatMap(ApiKeys.ApiKeys, (keys) => Effect.flip(keys.getApiAuthApp("reports")))
      )
      assert.lengthOf(spans, 1)
      assert.strictEqual(spans[0]?.attributes["http.response.status_code"], 404)
      assert.strictEqual(spans[0]?.attributes["error.type"], "NotFoundError")
      assert.strictEqual(spans[0]?.status.code, SpanStatusCode.ERROR)
    })
  )

  it.effect("shows no secret, no query and no one's id, in success and in failure", () =>
    Effect.gen(function* () {
      const principal = "acme_thePrincipalThatIsJudgedAndNeverShown0000000"
      const { spans, value } = yield* exported(
        Effect.gen(function* () {
          const emulator = yield* Emulator.Emulator
          const keys = yield* ApiKeys.ApiKeys
          const gateway = yield* Gateway.Gateway
          yield* reports
          const key = yield* keys.createApiKey("reports", { name: "nightly", metadata: { note: "theNoteOfTheKey" } })
          const check = (secret: Redacted.Redacted) =>
            gateway.checkAuthz({
              principal: { type: "api_key", value: secret },
              resource: "/v1/patients/4711",
              method: "GET"
            })
          yield* check(key.secret)
          yield* Effect.flip(check(Redacted.make(principal)))
          yield* keys.getApiAuditLogs("reports", { keyId: key.id, limit: 17 })
          const rotated = yield* keys.rotateApiKey("reports", key.id)
          const own = Redacted.value(emulator.apiKey)
          // a server that repeats what it was sent
          yield* emulator.failNext(Fault.status(500, { message: `bad key ${own}` }))
          yield* Effect.flip(keys.listApiKeys("reports"))
          yield* emulator.failNext(Fault.status(401, { message: `unknown key ${principal}` }), { host: "gateway" })
          yield* Effect.flip(check(Redacted.make(principal)))
          yield* emulator.failNext(Fault.redirect(`https://elsewhere.example/?key=${own}`))
          yield* Effect.flip(keys.listApiKeys("reports"))
          yield* Effect.flip(keys.getApiAuthApp(".."))
          return { own, key, rotated }
        })
      )
      const text = textOf(spans)
      assert.isAbove(spans.length, 8)
      assert.include(text, "effect-wacht.Gateway.checkAuthz")
      const hidden = [
        value.own,
        principal,
        Redacted.value(value.key.secret),
        Redacted.value(value.rotated.secret),
        "theNoteOfTheKey",
        "/v1/patients",
        "4711",
        value.key.id,
        "limit=17",
        "Bearer"
      ]
      for (const secret of hidden) assert.notInclude(text, secret)
      const allowed = [
        "error.type",
        "http.request.method",
        "http.response.status_code",
        "server.address",
        "server.port",
        "url.template"
      ]
      for (const { attributes, name } of spans) {
        if (name.startsWith("effect-wacht.")) assert.includeMembers(allowed, Object.keys(attributes))
      }
    })
  )

  it.effect("is not made where tracing is off, and then no traceparent is sent", () =>
    Effect.gen(function* () {
      const { spans, value } = yield* exported(
        Effect.gen(function* () {
          const emulator = yield* Emulator.Emulator
          yield* Effect.withTracerEnabled(reports, false)
          return yield* emulator.requests
        })
      )
      assert.deepStrictEqual(spans, [])
      assert.lengthOf(value, 1)
      assert.notProperty(value[0]?.headers, "traceparent")
    })
  )
})

const Server = NodeHttpServer.layer(createServer, { port: 0, host: "127.0.0.1" })

describe("the example", () => {
  it.live("brings spans and metrics of real requests to a collector over OTLP", () =>
    Effect.gen(function* () {
      const emulator = yield* Emulator.serve()
      const { apiKey, gatewayUrl, platformUrl: baseUrl } = emulator
      const Services = Layer.provide(Wacht.layer({ apiKey, baseUrl, gatewayUrl }), FetchHttpClient.layer)
      const collector = yield* Collector
      const allowed = yield* Effect.zipRight(Effect.withTracerEnabled(reports, false), rotateAndCheck).pipe(
        Effect.provide(Layer.merge(Services, Telemetry(collector.url)))
      )
      assert.isTrue(allowed)

      const spans = collector.spans()
      assert.sameMembers(
        spans.map(({ name }) => name),
        [
          "rotate and check",
          "effect-wacht.ApiKeys.createApiKey",
          "effect-wacht.ApiKeys.rotateApiKey",
          "effect-wacht.Gateway.checkAuthz"
        ]
      )
      const root = spans.find(({ name }) => name === "rotate and check")
      const rotation = spans.find(({ name }) => name.endsWith("rotateApiKey"))
      assert.isDefined(root)
      assert.isDefined(rotation)
      assert.deepStrictEqual(attributesOf(rotation), {
        "http.request.method": "POST",
        "http.response.status_code": 200,
        "server.address": "127.0.0.1",
        "server.port": Number(new URL(baseUrl).port),
        "url.template": "/api-auth/apps/{appSlug}/keys/{keyId}/rotate"
      })
      const requests = yield* emulator.requests
      for (const span of spans.filter((span) => span !== root)) {
        assert.strictEqual(span.parentSpanId, root.spanId)
        assert.strictEqual(span.traceId, root.traceId)
        const sent = requests.find(({ headers }) => headers["traceparent"] === traceparent(span))
        assert.strictEqual(sent?.operation, span.name.split(".")[2])
      }

      const all = collector.received.map(({ text }) => text).join("\n")
      const { apiKeys } = yield* emulator.state
      assert.notInclude(all, Redacted.value(apiKey))
      assert.notMatch(all, /acme_[\w-]{43}/)
      for (const id of apiKeys.keys()) assert.notInclude(all, String(id))
      const metrics = collector.received.find(({ path }) => path === "/v1/metrics")
      assert.include(metrics?.text, `"effect_wacht_call_duration_milliseconds"`)
      assert.include(metrics?.text, `"stringValue":"rotateApiKey"`)
    }).pipe(Effect.scoped, Effect.provide(Layer.merge(Server, collectorLayer)))
  )
})
