import { HttpClient, type HttpClientResponse } from "@effect/platform"
import { assert, describe, it } from "@effect/vitest"
import { ApiKeys, Wacht } from "effect-wacht"
import * as Context from "effect/Context"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import { flow, identity } from "effect/Function"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import type { ServerResponse } from "node:http"
import { example } from "../../support/contract.js"
import { clients, loopback } from "../../support/loopback.js"

const sent = example("listRateLimitSchemes.response").replace(/("name": ?)"[^"]*"/g, '$1"größe 😀"')
const other = '{"schemes":[],"total":0}'

const withLength = (response: ServerResponse) => {
  response.writeHead(200, { "content-type": "application/json", "content-length": Buffer.byteLength(sent) })
  response.end(sent)
}

/** As a proxy that packs or rewrites bodies sends them. */
const inPieces = (response: ServerResponse) => {
  response.writeHead(200, { "content-type": "application/json" })
  response.write(sent.slice(0, 20))
  response.end(sent.slice(20))
}

const refusal = (response: ServerResponse) => {
  response.writeHead(404, { "content-type": "application/json" })
  response.end('{"errors":[{"message":"Rate limit scheme not found","code":404}]}')
}

/** Says how long it is, and ends before. */
const broken = (response: ServerResponse) => {
  response.writeHead(200, { "content-type": "application/json", "content-length": Buffer.byteLength(sent) })
  response.write(sent.slice(0, 20), () => setTimeout(() => response.destroy(), 20))
}

/** A client whose answers go through somebody else's hands first. */
const servicesWith = (
  client: Layer.Layer<HttpClient.HttpClient>,
  url: string,
  change: (
    response: HttpClientResponse.HttpClientResponse
  ) => Effect.Effect<HttpClientResponse.HttpClientResponse, never, never>,
  below: (client: HttpClient.HttpClient) => HttpClient.HttpClient = identity
) => {
  const layer = Wacht.layer({
    apiKey: Redacted.make("example_backend_KEYKEYKEYKEYKEYKEYKEY"),
    baseUrl: url,
    gatewayUrl: url,
    transformClient: flow(below, HttpClient.transformResponse(Effect.flatMap(change)))
  })
  return Effect.map(Layer.build(Layer.provide(Layer.orDie(layer), client)), Context.get(ApiKeys.ApiKeys))
}

const names = (keys: Context.Tag.Service<typeof ApiKeys.ApiKeys>) =>
  Effect.map(keys.listRateLimitSchemes(), (schemes) => schemes.map(({ name }) => name))

describe.each(Object.entries(clients))("the text of an answer, over %s", (name, client) => {
  it.scopedLive("can be read by others before, after and at the same time", () =>
    Effect.gen(function* () {
      const server = yield* loopback(withLength)
      const texts: Array<string> = []
      const seen = yield* Deferred.make<HttpClientResponse.HttpClientResponse>()
      const behind = yield* Deferred.make<Fiber.Fiber<string, unknown>>()
      const keys = yield* servicesWith(client, server.url, (response) =>
        Effect.gen(function* () {
          if (texts.length === 0) texts.push(yield* Effect.orDie(response.text))
          yield* Deferred.succeed(seen, response)
          yield* Deferred.succeed(behind, yield* Effect.forkDaemon(response.text))
          return response
        })
      )
      assert.deepStrictEqual(yield* names(keys), ["größe 😀"])
      assert.deepStrictEqual(yield* names(keys), ["größe 😀"])
      const response = yield* Deferred.await(seen)
      texts.push(yield* response.text, yield* response.text, yield* Fiber.join(yield* Deferred.await(behind)))
      assert.deepStrictEqual(texts, [sent, sent, sent, sent])
    })
  )

  it.scopedLive("is there for the call too where a client that logs has read it, or printed its answer", () =>
    Effect.gen(function* () {
      const reads: ReadonlyArray<(response: HttpClientResponse.HttpClientResponse) => Effect.Effect<unknown, unknown>> =
        [
          (response) => response.text,
          (response) => response.json,
          (response) => Effect.sync(() => JSON.stringify(response)),
          // The platform's client for node:http forgets what it has read so.
          ...(name === "node:http" ? [] : [(response: HttpClientResponse.HttpClientResponse) => response.arrayBuffer])
        ]
      for (const read of reads) {
        const tapped = (response: HttpClientResponse.HttpClientResponse) =>
          Effect.as(Effect.orDie(read(response)), response)
        // The second one puts another request in the place of ours, so that the platform wraps the answer.
        for (const below of [identity, HttpClient.withTracerPropagation(false)]) {
          for (const answer of [withLength, inPieces]) {
            const server = yield* loopback(answer)
            assert.deepStrictEqual(yield* names(yield* servicesWith(client, server.url, tapped, below)), ["größe 😀"])
          }
        }
        const server = yield* loopback(refusal)
        const keys = yield* servicesWith(client, server.url, tapped)
        const error = yield* Effect.flip(keys.getRateLimitScheme("free"))
        assert.strictEqual(error._tag, "NotFoundError")
        assert.strictEqual(error.message, "Rate limit scheme not found")
      }
    })
  )

  it.scopedLive("can be read by others when the call is long over", () =>
    Effect.gen(function* () {
      const server = yield* loopback(withLength)
      const seen: Array<HttpClientResponse.HttpClientResponse> = []
      const keys = yield* servicesWith(client, server.url, (response) =>
        Effect.sync(() => {
          seen.push(response)
          return response
        })
      )
      assert.deepStrictEqual(yield* names(keys), ["größe 😀"])
      const [response] = seen
      if (response === undefined) return assert.fail("no answer")
      assert.deepStrictEqual(yield* Effect.all([response.text, response.text], { concurrency: 2 }), [sent, sent])
      assert.deepStrictEqual(yield* response.json, JSON.parse(sent))
    })
  )

  it.scopedLive("that breaks off is a typed error, for others too", () =>
    Effect.gen(function* () {
      const server = yield* loopback(broken)
      const seen: Array<HttpClientResponse.HttpClientResponse> = []
      const keys = yield* servicesWith(client, server.url, (response) =>
        Effect.sync(() => {
          seen.push(response)
          return response
        })
      )
      const error = yield* Effect.flip(names(keys))
      assert.strictEqual(error._tag, "TransportError")
      assert.include(error.message, "in the body")
      const [response] = seen
      if (response === undefined) return assert.fail("no answer")
      const theirs = yield* Effect.flip(response.text)
      assert.strictEqual(theirs._tag, "ResponseError")
      assert.strictEqual(theirs.reason, "Decode")
      assert.instanceOf(theirs.cause, Error)
    })
  )
})

// An heir of UndiciClient's own response could not reach its private members.
describe.each(Object.entries(clients).filter(([name]) => name !== "dispatcher"))(
  "the text of the platform's answer, over %s",
  (_, client) => {
    it.scopedLive("is what somebody else makes of it", () =>
      Effect.gen(function* () {
        const server = yield* loopback(withLength)
        const heir = yield* servicesWith(client, server.url, (response) =>
          Effect.succeed(Object.create(response, { text: { value: Effect.succeed(other) } }))
        )
        assert.deepStrictEqual(yield* names(heir), [])
        const proxy = yield* servicesWith(client, server.url, (response) =>
          Effect.succeed(
            new Proxy(response, {
              get: (target, key) => (key === "text" ? Effect.succeed(other) : Reflect.get(target, key))
            })
          )
        )
        assert.deepStrictEqual(yield* names(proxy), [])
      })
    )
  }
)

describe.each(Object.entries({ fetch: clients.fetch, undici: clients.undici }))(
  "the platform's answer, over %s",
  (_, client) => {
    // What the shortcut rests on; without it a call only costs more.
    it.scopedLive("stands in a field of the platform's own response", () =>
      Effect.gen(function* () {
        const server = yield* loopback(withLength)
        const fields: Array<unknown> = []
        const keys = yield* servicesWith(client, server.url, (response) =>
          Effect.sync(() => {
            fields.push(Object.getOwnPropertyDescriptor(response, "textBody"))
            return response
          })
        )
        yield* names(keys)
        assert.deepStrictEqual(fields, [{ value: undefined, writable: true, enumerable: true, configurable: true }])
      })
    )
  }
)
