// What must hold on every runtime: the whole way through real sockets, and nothing that only Node has.
import * as FetchHttpClient from "@effect/platform/FetchHttpClient"
import { ApiKeys, Gateway, OAuth, Policy, Schemas, Wacht, WachtClient, WachtError } from "effect-wacht"
import * as errors from "effect-wacht/errors"
import * as schemas from "effect-wacht/schemas"
import { Emulator } from "effect-wacht/testing"
import * as Cause from "effect/Cause"
import * as Chunk from "effect/Chunk"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"

/** What the server is told to let go wrong; each path belongs to one check. */
export const faults = [
  { fault: "status", status: 503, path: "/api-auth/apps/flaky", method: "GET", times: 2 },
  { fault: "delay", millis: 20_000, path: "/api-auth/apps/slow", times: "every" },
  { fault: "stallBody", path: "/api-auth/rate-limit-schemes", method: "GET" },
  { fault: "cutBody", path: "/oauth/apps", method: "GET" },
  { fault: "loseBefore", path: "/api-auth/apps/lost", method: "GET", times: "every" },
  { fault: "loseAfter", path: "/api-auth/apps/unknown/keys", method: "POST" },
  { fault: "html", path: "/api-auth/apps/html", times: "every" },
  { fault: "redirect", location: "/api-auth/apps/suite", path: "/api-auth/apps/moved", times: "every" }
]

const keys = ApiKeys.ApiKeys
const makeApp = (appSlug, more = {}) =>
  Effect.flatMap(keys, (service) => service.createApiAuthApp({ appSlug, name: appSlug, keyPrefix: "suite", ...more }))
const failure = (effect) => Effect.flip(effect)

class Wrong extends Error {}
const expect = (actual, expected) => {
  const [found, wanted] = [JSON.stringify(actual), JSON.stringify(expected)]
  if (found !== wanted) throw new Wrong(`${found}, expected ${wanted}`)
}

const checks = {
  "every entry point is loaded": () =>
    Effect.sync(() => {
      expect(typeof schemas.ApiKey, "function")
      expect(Schemas.ApiKey === schemas.ApiKey, true)
      expect(typeof errors.NotFoundError, "function")
      expect(typeof WachtError.isWachtError, "function")
      expect(typeof WachtClient.make, "function")
    }),
  "an app is made, read, changed and deleted": () =>
    Effect.gen(function* () {
      const service = yield* keys
      const made = yield* makeApp("suite")
      expect((yield* service.getApiAuthApp("suite")).createdAt.text, made.createdAt.text)
      const changed = yield* service.updateApiAuthApp("suite", { name: "Änderung 變更" })
      expect(changed.name, "Änderung 變更")
      yield* makeApp("gone")
      expect(yield* service.deleteApiAuthApp("gone"), undefined)
    }),
  "ids of 64 bits survive": () =>
    Effect.gen(function* () {
      const service = yield* keys
      const made = yield* service.createRateLimitScheme({
        slug: "per-minute",
        name: "Per minute",
        rules: [{ unit: "minute", duration: 1, maxRequests: 1, mode: "per_key" }]
      })
      expect(/^\d{16,}$/.test(made.id), true)
      expect((yield* service.getRateLimitScheme("per-minute")).id, made.id)
    }),
  "a path parameter stays one segment": () =>
    Effect.gen(function* () {
      const service = yield* keys
      yield* makeApp("a/b c?x#é")
      expect((yield* service.getApiAuthApp("a/b c?x#é")).appSlug, "a/b c?x#é")
      expect((yield* failure(service.getApiAuthApp("..")))._tag, "EncodeError")
    }),
  "a key is created, checked, limited, rotated and revoked": () =>
    Effect.gen(function* () {
      const service = yield* keys
      const gateway = yield* Gateway.Gateway
      yield* makeApp("limited", { rateLimitSchemeSlug: "per-minute" })
      const key = yield* service.createApiKey("limited", { name: "first", metadata: { n: 1 } })
      const check = (secret) =>
        gateway.checkAuthz({ principal: { type: "api_key", value: secret }, resource: "/v1/things", method: "GET" })
      expect((yield* check(key.secret)).allowed, true)
      const denied = yield* check(key.secret)
      expect([denied.allowed, Option.isSome(denied.retryAfter)], [false, true])
      const rotated = yield* service.rotateApiKey("limited", key.id)
      expect(Redacted.value(rotated.secret) === Redacted.value(key.secret), false)
      yield* service.revokeApiKey("limited", rotated.id)
      expect((yield* failure(service.rotateApiKey("limited", rotated.id)))._tag, "NotFoundError")
      const unknown = yield* failure(check(Redacted.make(`suite_${"x".repeat(43)}`)))
      expect([unknown._tag, unknown.subject], ["AuthenticationError", "principal"])
    }),
  "audit rows are read, streamed and counted": () =>
    Effect.gen(function* () {
      const service = yield* keys
      const page = yield* service.getApiAuditLogs("limited", { limit: 1 })
      expect([page.data.length, page.hasMore], [1, true])
      const rows = Chunk.toReadonlyArray(yield* Stream.runCollect(ApiKeys.streamApiAuditLogs("limited")))
      expect([rows.length, new Set(rows.map(({ row }) => row.requestId)).size], [2, 2])
      expect((yield* service.getApiAuditAnalytics("limited")).totalRequests, 2)
      expect((yield* service.getApiAuditTimeseries("limited", { interval: "hour" })).data.length, 1)
    }),
  "an OAuth app with a logo goes as a multipart form": () =>
    Effect.gen(function* () {
      const oauth = yield* OAuth.OAuth
      const logo = { data: new Uint8Array([1, 2, 3]), contentType: "image/png" }
      const app = yield* oauth.createOAuthApp({ slug: "logo", name: "Logo", supportedScopes: ["openid"], logo })
      expect(Option.isSome(app.logoUrl), true)
      const signing = yield* oauth.listOAuthAppSigningKeys("logo")
      const client = yield* oauth.createOAuthClient("logo", {
        clientAuthMethod: "client_secret_basic",
        grantTypes: ["authorization_code"],
        redirectUris: ["https://example.com/callback"]
      })
      expect([Array.isArray(signing), Option.isSome(client.clientSecret)], [true, true])
      expect(String(Option.getOrThrow(client.clientSecret)), "<redacted>")
    }),
  "errors of the server come by their tag": () =>
    Effect.gen(function* () {
      const service = yield* keys
      const missing = yield* failure(service.getApiAuthApp("missing"))
      expect([missing._tag, missing.status, missing.operation], ["NotFoundError", 404, "getApiAuthApp"])
      expect((yield* failure(makeApp("suite")))._tag, "ConflictError")
      expect((yield* failure(service.getApiAuthApp("html")))._tag, "ServerError")
    }),
  "a redirect is not followed": () =>
    Effect.gen(function* () {
      const error = yield* failure(Effect.flatMap(keys, (service) => service.getApiAuthApp("moved")))
      expect([error._tag, error.status], ["UnexpectedStatusError", 302])
      expect(Option.getOrNull(error.location), "/api-auth/apps/suite")
    }),
  "an outage is repeated": () =>
    Effect.gen(function* () {
      yield* makeApp("flaky")
      const read = Effect.flatMap(keys, (service) => service.getApiAuthApp("flaky"))
      expect((yield* read.pipe(Policy.retryTransient({ base: "1 millis" }))).appSlug, "flaky")
    }),
  "an attempt ends at its limit, before and within the body": () =>
    Effect.gen(function* () {
      const service = yield* keys
      const limit = Policy.attemptTimeout("300 millis")
      const headers = yield* failure(limit(service.getApiAuthApp("slow")))
      expect([headers._tag, headers.limit], ["TimeoutError", "attempt"])
      const body = yield* failure(limit(service.listRateLimitSchemes()))
      expect(body._tag, "TimeoutError")
    }),
  "a call can be interrupted": () =>
    Effect.gen(function* () {
      const service = yield* keys
      const started = Date.now()
      const result = yield* service.getApiAuthApp("slow").pipe(Effect.timeoutOption("200 millis"))
      expect([Option.isNone(result), Date.now() - started < 5000], [true, true])
    }),
  "lost connections are told apart": () =>
    Effect.gen(function* () {
      const service = yield* keys
      expect((yield* failure(service.getApiAuthApp("lost")))._tag, "TransportError")
      const oauth = yield* OAuth.OAuth
      expect((yield* failure(oauth.listOAuthApps()))._tag, "TransportError")
      yield* makeApp("unknown")
      const lost = yield* failure(service.createApiKey("unknown", { name: "first" }))
      expect(lost._tag, "OutcomeUnknownError")
      expect((yield* service.listApiKeys("unknown")).length, 1)
    }),
  "nothing listens: a TransportError": (settings, Http) =>
    Effect.gen(function* () {
      const Nobody = Wacht.layer({ apiKey: Redacted.make("key"), baseUrl: settings.closedUrl }).pipe(
        Layer.provide(Http)
      )
      const call = Effect.flatMap(keys, (service) => service.listApiAuthApps())
      expect((yield* failure(Effect.provide(call, Nobody)))._tag, "TransportError")
    }),
  "a bad key is refused, and no text shows it": (settings, Http) =>
    Effect.gen(function* () {
      const wrong = "wrong-key-that-must-not-be-shown"
      const Wrongly = Wacht.layer({ apiKey: Redacted.make(wrong), baseUrl: settings.url }).pipe(Layer.provide(Http))
      const error = yield* failure(
        Effect.provide(
          Effect.flatMap(keys, (service) => service.listApiAuthApps()),
          Wrongly
        )
      )
      expect([error._tag, error.subject], ["AuthenticationError", "client"])
      const text = [String(error), JSON.stringify(error), error.stack, Cause.pretty(Cause.fail(error))].join()
      expect(text.includes(wrong), false)
    }),
  "the escape hatch reaches a route": () =>
    Effect.gen(function* () {
      const client = yield* WachtClient.WachtClient
      const answer = yield* client.request({
        method: "GET",
        path: "/api-auth/apps/{slug}",
        params: { slug: "suite" },
        safety: "safe",
        response: Schema.Struct({ app_slug: Schema.String })
      })
      expect(answer.app_slug, "suite")
    }),
  "the emulator runs in process": () =>
    Effect.gen(function* () {
      const service = yield* keys
      yield* makeApp("inside")
      const key = yield* service.createApiKey("inside", { name: "first" })
      expect(/^suite_[\w-]{43}$/.test(Redacted.value(key.secret)), true)
      const oauth = yield* OAuth.OAuth
      expect(typeof (yield* oauth.rotateOAuthAppSigningKey("acme-oauth")).new.kid, "string")
    }).pipe(Effect.provide(Emulator.layerWacht({ secure: true })))
}

/** Runs all checks over a client, one after another, and gives each with what went wrong. */
export const suite = async (settings, Http = FetchHttpClient.layer) => {
  const Services = Wacht.layer({
    apiKey: Redacted.make(settings.apiKey),
    baseUrl: settings.url,
    gatewayUrl: settings.gatewayUrl
  }).pipe(Layer.provide(Http))
  const results = []
  for (const [name, check] of Object.entries(checks)) {
    const exit = await Effect.runPromiseExit(
      Effect.suspend(() => check(settings, Http)).pipe(Effect.provide(Services), Effect.timeout("15 seconds"))
    )
    results.push({ name, error: Exit.isSuccess(exit) ? null : Cause.pretty(exit.cause) })
  }
  return results
}
