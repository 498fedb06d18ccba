import { assert, describe, it } from "@effect/vitest"
import * as HttpClient from "@effect/platform/HttpClient"
import { ApiKeys, Gateway, OAuth, Policy, Wacht, WachtClient } from "effect-wacht"
import { KeyId, Timestamp } from "effect-wacht/schemas"
import { Fixtures, Rules } from "effect-wacht/testing"
import * as Cause from "effect/Cause"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import * as TestClock from "effect/TestClock"
import { inspect } from "node:util"
import { example, routeOf } from "../support/contract.js"
import { invoke, operationNames, operations, someArguments } from "../support/sdk.js"
import { wholeTimes } from "../support/times.js"

const keyId = KeyId.make("77636080333005047")

/** A value of each operation, read from the contract's own example. */
const exampleValue = (name: keyof typeof operations) => {
  const decoded = operations[name].output.decode(
    routeOf(name).success.schema === null ? "" : example(`${name}.response`)
  )
  if (decoded._tag === "Left") throw new Error(decoded.left.message)
  return decoded.right
}

describe("Rules", () => {
  it.effect.each(operationNames)("answers %s by a value", (name) => {
    const value = exampleValue(name)
    return Effect.gen(function* () {
      const call = yield* invoke
      const found = yield* call(name, ...someArguments(name))
      assert.deepStrictEqual(found, value)
      const [request] = yield* Effect.flatMap(Rules.Rules, ({ requests }) => requests)
      assert.deepStrictEqual(request?.operation, Option.some(name))
    }).pipe(Effect.provide(Rules.layerWacht([valueRule(name, value)])))
  })

  it.effect("answers in order, and goes on where a rule is used up", () =>
    Effect.gen(function* () {
      const keys = yield* ApiKeys.ApiKeys
      const tags: Array<string> = []
      for (let index = 0; index < 4; index++) {
        tags.push((yield* Effect.flip(keys.getApiAuthApp("a")))._tag)
      }
      assert.deepStrictEqual(tags, ["RateLimitError", "ServerError", "ServerError", "NotFoundError"])
      const rules = yield* Rules.Rules
      assert.strictEqual(yield* rules.unused, 1)
    }).pipe(
      Effect.provide(
        Rules.layerWacht([
          Rules.on(Rules.operation("getApiAuthApp"), Rules.status(429)).pipe(Rules.once),
          Rules.on(Rules.operation("getApiAuthApp"), Rules.status(503)).pipe(Rules.times(2)),
          Rules.on(Rules.operation("listApiAuthApps"), Rules.status(404)),
          Rules.on(Rules.any, Rules.status(404, { message: "API key app not found" }))
        ])
      )
    )
  )

  it.effect("answers a status of checkAuthz as the gateway does", () =>
    Effect.gen(function* () {
      const gateway = yield* Gateway.Gateway
      const principal = { type: "api_key", value: Redacted.make("k") } as const
      const check = Effect.flip(gateway.checkAuthz({ principal, resource: "/", method: "GET" }))
      assert.containsSubset(yield* check, { _tag: "AuthenticationError", subject: "principal" })
      assert.containsSubset(yield* check, { _tag: "ServerError", message: "Database error" })
    }).pipe(
      Effect.provide(
        Rules.layerWacht([
          Rules.on(Rules.operation("checkAuthz"), Rules.status(401)).pipe(Rules.once),
          Rules.on(Rules.any, Rules.status(500, { message: "Database error" }))
        ])
      )
    )
  )

  it.effect("answers a status of checkAuthz in plain text, unless another media type is given", () =>
    Effect.gen(function* () {
      const client = yield* HttpClient.HttpClient
      for (const type of ["text/html", "text/plain; charset=utf-8"]) {
        const response = yield* client.post("https://gateway.wacht.dev/v1/authz/check")
        assert.strictEqual(response.headers["content-type"], type)
        assert.strictEqual(response.headers["retry-after"], type === "text/html" ? undefined : "7")
      }
      const other = yield* client.post("https://gateway.wacht.dev/v1/authz/other")
      assert.strictEqual(other.headers["content-type"], "application/json", "of no operation")
    }).pipe(
      Effect.provide(
        Rules.layer([
          Rules.on(Rules.any, Rules.status(503, { headers: { "Content-Type": "text/html" } })).pipe(Rules.once),
          Rules.on(Rules.any, Rules.status(503, { headers: { "retry-after": "7" } }))
        ])
      )
    )
  )

  it.effect("answers every request where it is told no number", () =>
    Effect.gen(function* () {
      const client = yield* HttpClient.HttpClient
      const answers = yield* Effect.replicateEffect(client.get("https://elsewhere.example/"), 1100)
      assert.isTrue(answers.every(({ status }) => status === 201))
    }).pipe(Effect.provide(Rules.layer([Rules.on(Rules.any, Rules.json({}, { status: 201 }))])))
  )

  it.effect("answers as many requests as it is told, and none for what is no number of them", () =>
    Effect.gen(function* () {
      for (const [times, answers] of wholeTimes) {
        const rules = [
          Rules.on(Rules.any, Rules.status(503)).pipe(Rules.times(times)),
          Rules.on(Rules.any, Rules.status(404))
        ]
        const tags = yield* ApiKeys.ApiKeys.pipe(
          Effect.flatMap(({ getApiAuthApp }) => Effect.replicateEffect(Effect.flip(getApiAuthApp("a")), 3)),
          Effect.provide(Rules.layerWacht(rules))
        )
        assert.lengthOf(
          tags.filter(({ _tag }) => _tag === "ServerError"),
          answers,
          String(times)
        )
      }
    })
  )

  it.effect("goes by the limit that a rule was given last", () =>
    Effect.gen(function* () {
      const client = yield* HttpClient.HttpClient
      const answers = yield* Effect.replicateEffect(client.get("https://elsewhere.example/"), 4)
      assert.deepStrictEqual(
        answers.map(({ status }) => status),
        [599, 599, 599, 404]
      )
    }).pipe(
      Effect.provide(
        Rules.layer([
          Rules.on(Rules.any, Rules.status(599)).pipe(Rules.once, Rules.times(3)),
          Rules.on(Rules.any, Rules.status(404))
        ])
      )
    )
  )

  it.effect("gives statuses with a message and headers", () =>
    Effect.gen(function* () {
      const keys = yield* ApiKeys.ApiKeys
      const limited = yield* Effect.flip(keys.listRateLimitSchemes())
      if (limited._tag !== "RateLimitError") return assert.fail(limited._tag)
      assert.deepStrictEqual(limited.retryAfter, Option.some(Duration.seconds(7)))
      assert.strictEqual(limited.message, "Too Many Requests")
      const gone = yield* Effect.flip(keys.deleteApiAuthApp("a"))
      assert.strictEqual(gone.message, "API key app not found")
    }).pipe(
      Effect.provide(
        Rules.layerWacht([
          Rules.on(Rules.operation("listRateLimitSchemes"), Rules.status(429, { headers: { "retry-after": "7" } })),
          Rules.on(Rules.operation("deleteApiAuthApp"), Rules.status(404, { message: "API key app not found" }))
        ])
      )
    )
  )

  it.effect("takes the media type that is given, however its header is written", () =>
    Effect.gen(function* () {
      const client = yield* HttpClient.HttpClient
      const { headers } = yield* client.get("https://elsewhere.example/")
      assert.strictEqual(headers["content-type"], "application/problem+json")
    }).pipe(
      Effect.provide(
        Rules.layer([Rules.on(Rules.any, Rules.json({}, { headers: { "Content-Type": "application/problem+json" } }))])
      )
    )
  )

  it.effect("loses connections before and after sending", () =>
    Effect.gen(function* () {
      const keys = yield* ApiKeys.ApiKeys
      const before = yield* Effect.flip(keys.rotateApiKey("a", keyId))
      assert.strictEqual(before._tag, "TransportError")
      assert.isTrue(before.isRetryable)
      const after = yield* Effect.flip(keys.rotateApiKey("a", keyId))
      assert.strictEqual(after._tag, "OutcomeUnknownError")
    }).pipe(
      Effect.provide(
        Rules.layerWacht([
          Rules.on(Rules.operation("rotateApiKey"), Rules.lostBeforeSending).pipe(Rules.once),
          Rules.on(Rules.operation("rotateApiKey"), Rules.lostAfterSending)
        ])
      )
    )
  )

  it.effect("never answers until a limit ends the call", () =>
    Effect.gen(function* () {
      const keys = yield* ApiKeys.ApiKeys
      const fiber = yield* Effect.fork(
        Effect.flip(keys.listRateLimitSchemes()).pipe(Policy.attemptTimeout("3 seconds"))
      )
      yield* TestClock.adjust("3 seconds")
      assert.strictEqual((yield* Fiber.join(fiber))._tag, "TimeoutError")
    }).pipe(Effect.provide(Rules.layerWacht([Rules.on(Rules.any, Rules.neverAnswers)])))
  )

  it.effect("shows method and path of what no rule foresees, and no secret", () =>
    Effect.gen(function* () {
      const gateway = yield* Gateway.Gateway
      const keys = yield* ApiKeys.ApiKeys
      const defect = <A, E>(exit: Exit.Exit<A, E>) =>
        Exit.isFailure(exit) ? Option.getOrUndefined(Cause.dieOption(exit.cause)) : undefined
      const app = defect(yield* Effect.exit(keys.getApiAuthApp("a/b")))
      assert.strictEqual(String(app), "RulesError: no rule for GET /api-auth/apps/a%2Fb (getApiAuthApp)")
      yield* keys.deleteRateLimitScheme("s")
      const again = defect(yield* Effect.exit(keys.deleteRateLimitScheme("s")))
      assert.include(String(again), "1 that match is used up")
      const check = yield* Effect.exit(
        gateway.checkAuthz({
          principal: { type: "api_key", value: Redacted.make("sk_canary_canary_canary") },
          resource: "/v1?secret=canary",
          method: "GET"
        })
      )
      assert.include(String(defect(check)), "POST /v1/authz/check (checkAuthz)")
      assert.notInclude(inspect(check, { depth: 20 }), "canary")
      assert.notInclude(inspect(check, { depth: 20 }), "a_key_that_no_server_knows")
      const bad = defect(yield* Effect.exit(keys.listRateLimitSchemes()))
      assert.match(String(bad), /the value is no answer of listRateLimitSchemes: [\w.]+ must be \w/)
      assert.notInclude(inspect(bad, { depth: 20 }), "canary")
    }).pipe(
      Effect.provide(
        Rules.layerWacht([
          Rules.on(Rules.operation("deleteRateLimitScheme"), Rules.value(undefined)).pipe(Rules.once),
          valueRule("listRateLimitSchemes", [{ slug: 7, name: "canary" }])
        ])
      )
    )
  )

  it.effect("says how many rules are used up, where a value stands for no operation, and where none is given", () =>
    Effect.gen(function* () {
      const client = yield* HttpClient.HttpClient
      const said = (path: string) =>
        Effect.map(Effect.exit(client.get(`https://elsewhere.example/${path}`)), (exit) =>
          Exit.isFailure(exit) ? String(Option.getOrUndefined(Cause.dieOption(exit.cause))) : exit._tag
        )
      assert.strictEqual(yield* said("once"), "Success")
      assert.strictEqual(yield* said("once"), "Success")
      assert.strictEqual(yield* said("once"), "RulesError: no rule for GET /once; 2 that match are used up")
      assert.strictEqual(yield* said("other"), "RulesError: no operation has GET /other")
      assert.match(
        yield* said("api-auth/apps/a"),
        /^RulesError: the value is no answer of getApiAuthApp: it must be \w/
      )
    }).pipe(
      Effect.provide(
        Rules.layer([
          Rules.on(Rules.route("GET", "/once"), Rules.status(204)).pipe(Rules.once),
          Rules.on(Rules.route("GET", "/once"), Rules.status(204)).pipe(Rules.once),
          valueRule("getApiAuthApp", undefined),
          Rules.on<unknown>(Rules.route("GET", "/other"), Rules.value({}))
        ])
      )
    )
  )

  it.effect("says which statuses there are", () =>
    Effect.forEach([99, 199, 600, 200.5, Number.NaN], (code) =>
      Effect.flatMap(ApiKeys.ApiKeys, (keys) => keys.getApiAuthApp("a")).pipe(
        Effect.provide(Rules.layerWacht([Rules.on(Rules.any, Rules.status(code))])),
        Effect.exit,
        Effect.map((exit) => {
          const defect = Exit.isFailure(exit) ? Option.getOrUndefined(Cause.dieOption(exit.cause)) : exit
          assert.strictEqual(String(defect), `RulesError: a status is a whole number from 200 to 599, not ${code}`)
        })
      )
    )
  )

  it.effect("knows operations below the path of a baseUrl", () => {
    const rules = [
      Rules.on(Rules.operation("getApiAuthApp"), Rules.value(Fixtures.apiAuthApp())),
      Rules.on(Rules.route("GET", "/wacht/v1/deployments/{id}"), Rules.json({ id: "5" })),
      Rules.on(Rules.operation("checkAuthz"), Rules.value(Fixtures.authzAllowed()))
    ]
    const hosts = { baseUrl: "https://proxy.example/wacht/v1/", gatewayUrl: "https://proxy.example/gateway" }
    return Effect.gen(function* () {
      yield* Effect.flatMap(ApiKeys.ApiKeys, (keys) => keys.getApiAuthApp("a/b"))
      const client = yield* WachtClient.WachtClient
      const response = Schema.Struct({ id: Schema.String })
      yield* client.request({ method: "GET", path: "/deployments/5", safety: "safe", response })
      yield* Effect.flatMap(Gateway.Gateway, (gateway) =>
        gateway.checkAuthz({ principal: { type: "api_key", value: Redacted.make("k") }, resource: "/", method: "GET" })
      )
      const { requests } = yield* Rules.Rules
      const [app, other] = yield* requests
      assert.deepStrictEqual([app?.params, app?.path], [{ appSlug: "a/b" }, "/wacht/v1/api-auth/apps/a%2Fb"])
      assert.deepStrictEqual(other?.operation, Option.none())
    }).pipe(
      Effect.provide(
        Layer.provideMerge(Wacht.layer({ apiKey: Redacted.make("a_key_of_its_own"), ...hosts }), Rules.layer(rules))
      )
    )
  })

  it.effect("shows neither headers nor body of a request that is printed", () =>
    Effect.gen(function* () {
      const keys = yield* ApiKeys.ApiKeys
      yield* Effect.flip(keys.createApiKey("app", { name: "canary" }))
      const [request] = yield* Effect.flatMap(Rules.Rules, ({ requests }) => requests)
      assert.containsSubset(request?.json, { _tag: "Some", value: { name: "canary" } })
      for (const printed of [
        inspect(request, { depth: 9 }),
        inspect(request, { customInspect: false, showHidden: true, depth: 9 }),
        JSON.stringify(request)
      ]) {
        assert.include(printed, "/api-auth/apps/app/keys")
        assert.notInclude(printed, "canary")
      }
    }).pipe(Effect.provide(Rules.layerWacht([Rules.on(Rules.operation("createApiKey"), Rules.status(503))])))
  )

  it.effect("shows the requests that were made", () =>
    Effect.gen(function* () {
      const keys = yield* ApiKeys.ApiKeys
      const oauth = yield* OAuth.OAuth
      yield* keys.revokeApiKey("a/b c", keyId, { reason: "gone" })
      const start = Option.getOrThrow(Timestamp.parse("2026-06-20T00:00:00Z"))
      yield* Effect.either(keys.getApiAuditLogs("a", { limit: 2, startDate: start }))
      yield* Effect.either(oauth.createOAuthApp({ slug: "s", name: "N" }))
      const { requests } = yield* Rules.Rules
      const [revoked, logs, form] = yield* requests
      assert.deepStrictEqual(revoked?.operation, Option.some("revokeApiKey"))
      assert.strictEqual(revoked?.method, "POST")
      assert.strictEqual(revoked?.origin, "https://api.wacht.dev")
      assert.deepStrictEqual(revoked?.params, { appSlug: "a/b c", keyId })
      assert.deepStrictEqual(revoked?.segments, ["api-auth", "apps", "a/b c", "keys", keyId, "revoke"])
      assert.deepStrictEqual(revoked?.json, Option.some({ reason: "gone" }))
      assert.isUndefined(revoked?.headers.authorization)
      assert.strictEqual(revoked?.headers.accept, "application/json")
      assert.deepStrictEqual(
        new Map(logs?.query),
        new Map([
          ["limit", "2"],
          ["start_date", "2026-06-20T00:00:00Z"]
        ])
      )
      assert.deepStrictEqual(form?.json, Option.none())
      assert.include(new TextDecoder().decode(form?.body), 'name="slug"')
    }).pipe(Effect.provide(Rules.layerWacht([Rules.on(Rules.any, Rules.json({}))])))
  )

  it.effect("narrows by what was sent, and covers routes without an operation", () =>
    Effect.gen(function* () {
      const keys = yield* ApiKeys.ApiKeys
      const client = yield* WachtClient.WachtClient
      assert.strictEqual((yield* Effect.flip(keys.getApiAuthApp("a")))._tag, "NotFoundError")
      assert.strictEqual((yield* Effect.flip(keys.getApiAuthApp("b")))._tag, "ServerError")
      const read = yield* client.request({
        method: "GET",
        path: "/deployments/{id}",
        params: { id: "5" },
        safety: "safe",
        response: Schema.Struct({ id: Schema.String })
      })
      assert.deepStrictEqual(read, { id: "5" })
      const page = yield* Effect.flip(keys.listRateLimitSchemes())
      assert.strictEqual(page.message, "502 Bad Gateway")
    }).pipe(
      Effect.provide(
        Rules.layerWacht([
          Rules.on(
            Rules.operation("getApiAuthApp", ({ params }) => params.appSlug === "a"),
            Rules.status(404)
          ),
          Rules.on(Rules.route("get", "/deployments/{id}"), Rules.json({ id: "5" })),
          Rules.on(
            Rules.operation("listRateLimitSchemes"),
            Rules.respond({ status: 502, body: "<title>502 Bad Gateway</title>" })
          ),
          Rules.on(Rules.any, Rules.status(500))
        ])
      )
    )
  )

  it.effect("counts for each layer built", () => {
    const rules = Rules.layer([
      Rules.on(Rules.operation("deleteRateLimitScheme"), Rules.value(undefined)).pipe(Rules.once)
    ])
    const services = Wacht.layer({ apiKey: Redacted.make("a_key_of_its_own") })
    const once = Effect.flatMap(ApiKeys.ApiKeys, (keys) => keys.deleteRateLimitScheme("s")).pipe(
      Effect.provide(Layer.provide(services, Layer.fresh(rules)))
    )
    return Effect.zipRight(once, once)
  })

  it.effect("says 200 and the status' own name unless told otherwise, and gives no body where none may be", () =>
    Effect.gen(function* () {
      const client = yield* HttpClient.HttpClient
      const { requests } = yield* Rules.Rules
      const none = yield* requests
      const answers: Array<readonly [number, string]> = []
      for (const path of ["json", "status", "reset", "respond"]) {
        const response = yield* client.get(`https://elsewhere.example/${path}`)
        answers.push([response.status, yield* response.text])
        assert.strictEqual(response.headers["x-own"], path === "respond" ? "y" : undefined)
      }
      assert.deepStrictEqual(answers, [
        [200, '{"a":1}'],
        [404, '{"errors":[{"message":"Not Found","code":404}]}'],
        [205, ""],
        [304, ""]
      ])
      assert.lengthOf(none, 0, "what was read stays as it was")
    }).pipe(
      Effect.provide(
        Rules.layer([
          Rules.on(Rules.route("GET", "/json"), Rules.json({ a: 1 })),
          Rules.on(Rules.route("GET", "/status"), Rules.status(404)),
          Rules.on(Rules.route("GET", "/reset"), Rules.respond({ status: 205, body: "x" })),
          Rules.on(Rules.any, Rules.respond({ status: 304, body: "x", headers: { "X-Own": "y" } }))
        ])
      )
    )
  )

  it.effect("takes a path for a template's only where it is as long and none of its parameters is empty", () => {
    const asked: Array<string> = []
    const things = Rules.route("GET", "/things/{id}", ({ path }) => asked.push(path) > 0)
    return Effect.gen(function* () {
      const client = yield* HttpClient.HttpClient
      const statuses: Array<number> = []
      for (const path of ["things/5", "things/5/parts", "things/", "things"]) {
        statuses.push((yield* client.get(`https://elsewhere.example/${path}`)).status)
      }
      assert.deepStrictEqual(statuses, [202, 404, 404, 404])
      assert.strictEqual((yield* client.del("https://elsewhere.example/things/5")).status, 404)
      assert.deepStrictEqual(asked, ["/things/5"], "its condition is asked of its own requests alone")
      yield* client.get("https://elsewhere.example/api-auth/apps/")
      const request = (yield* Effect.flatMap(Rules.Rules, ({ requests }) => requests)).at(-1)
      assert.deepStrictEqual(request?.operation, Option.none())
    }).pipe(Effect.provide(Rules.layer([Rules.on(things, Rules.status(202)), Rules.on(Rules.any, Rules.status(404))])))
  })

  it.effect("is an HttpClient that reaches nothing", () =>
    Effect.gen(function* () {
      const client = yield* HttpClient.HttpClient
      const response = yield* client.get("https://elsewhere.example/a%ffb?x=1&x=2")
      assert.strictEqual(response.status, 204)
      const [request] = yield* Effect.flatMap(Rules.Rules, ({ requests }) => requests)
      assert.deepStrictEqual(request?.operation, Option.none())
      assert.strictEqual(request?.path, "/a%ffb")
      assert.include(JSON.stringify(request), '"query":[["x","1"],["x","2"]]')
      assert.deepStrictEqual(request?.segments, ["a%ffb"])
      assert.deepStrictEqual(request?.query, [
        ["x", "1"],
        ["x", "2"]
      ])
    }).pipe(Effect.provide(Rules.layer([Rules.on(Rules.any, Rules.respond({ status: 204 }))])))
  )
})

/** A rule whose value the type checker cannot pair with the operation, since both are picked at run time. */
function valueRule(name: keyof typeof operations, value: unknown): Rules.Rule {
  const matcher: Rules.Matcher<unknown> = Rules.operation(name)
  return Rules.on(matcher, Rules.value(value))
}
