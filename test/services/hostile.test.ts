/**
 * Inputs and answers of strangers: whatever their size and shape, a call ends soon, in a typed error.
 */
import * as HttpClient from "@effect/platform/HttpClient"
import * as HttpClientError from "@effect/platform/HttpClientError"
import * as HttpClientResponse from "@effect/platform/HttpClientResponse"
import { assert, describe, it } from "@effect/vitest"
import { ApiKeys, OAuth, Wacht, WachtClient } from "effect-wacht"
import { type CreateOAuthAppInput, KeyId } from "effect-wacht/schemas"
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Layer from "effect/Layer"
import * as Random from "effect/Random"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import { inspect } from "node:util"
import { elapse } from "./internal/reconcile/harness.js"

const key = "example_backend_KEYKEYKEYKEYKEYKEYKEYKEY"

const over = (client: HttpClient.HttpClient) =>
  Layer.orDie(Wacht.layer({ apiKey: Redacted.make(key) })).pipe(
    Layer.provide(Layer.succeed(HttpClient.HttpClient, client))
  )

const answering = (text: string, status = 200) =>
  over(
    HttpClient.make((request) => Effect.sync(() => HttpClientResponse.fromWeb(request, new Response(text, { status }))))
  )

const createKey = (metadata?: unknown) =>
  Effect.flatMap(ApiKeys.ApiKeys, (keys) => keys.createApiKey("reports", { name: "k", metadata }))

describe("an answer", () => {
  it.effect("that is nested without measure is an unknown outcome, and no defect", () =>
    Effect.gen(function* () {
      const depth = 50_000
      const text = `{"metadata":${"[".repeat(depth)}${"]".repeat(depth)}}`
      const error = yield* Effect.flip(Effect.provide(createKey(), answering(text)))
      assert.strictEqual(error._tag, "OutcomeUnknownError")
    })
  )

  it.effect("that is wrong at any depth is a DecodeError", () =>
    Effect.gen(function* () {
      interface List {
        readonly kids: ReadonlyArray<List>
        readonly v: string
      }
      const List: Schema.Schema<List> = Schema.Struct({
        v: Schema.String,
        kids: Schema.Array(Schema.suspend(() => List))
      })
      const request = Effect.flatMap(WachtClient.WachtClient, (client) =>
        client.request({ method: "GET", path: "/x", safety: "safe", response: List })
      )
      // To decode fits the stack for longer than to look at what went wrong does.
      for (let depth = 500; depth < 6000; depth = Math.ceil(depth * 1.15)) {
        const text = `${'{"v":"a","kids":['.repeat(depth)}{"v":1,"kids":[]}${"]}".repeat(depth)}`
        assert.deepInclude(yield* Effect.flip(Effect.provide(request, answering(text))), { _tag: "DecodeError" })
      }
    })
  )

  it.effect("that changes the protocol is no answer: an unsafe request may have acted", () =>
    Effect.gen(function* () {
      const switching = HttpClient.make((request) =>
        Effect.succeed(
          HttpClientResponse.fromWeb(request, Object.defineProperty(new Response(""), "status", { value: 101 }))
        )
      )
      const error = yield* Effect.flip(Effect.provide(createKey(), over(switching)))
      assert.deepInclude(error, { _tag: "OutcomeUnknownError", reason: "Lost" })
      const list = Effect.flatMap(ApiKeys.ApiKeys, (keys) => keys.listApiKeys("reports"))
      assert.deepInclude(yield* Effect.flip(Effect.provide(list, over(switching))), {
        _tag: "TransportError",
        isRetryable: true
      })
    })
  )

  it.effect("of an error is not taken as whole where it was cut at the limit", () =>
    Effect.gen(function* () {
      const page = `<html>${" ".repeat(262_100)}<title>${key}`
      const cut = page.slice(0, 262_144 + 1)
      for (const text of [page, `${cut}${"x".repeat(1000)}`]) {
        const error = yield* Effect.flip(Effect.provide(createKey(), answering(text, 403)))
        assert.strictEqual(error.message, "Forbidden")
      }
    })
  )

  it.effect("whose list of keys turns in circles is followed to an end", () =>
    Effect.gen(function* () {
      const moment = "2026-01-01T00:00:00.000001Z"
      const keys = Array.from({ length: 40 }, (_, index) => ({
        ...encodedKey,
        id: String(index + 1),
        is_active: false,
        revoked_at: moment,
        revoked_reason: "Rotated",
        created_at: moment
      }))
      const list = answering(JSON.stringify({ keys }))
      const error = yield* elapse(
        Effect.flip(Effect.provide(ApiKeys.rotateApiKeyReconciled("reports", KeyId.make("1")), list))
      )
      assert.deepInclude(error, { _tag: "ReconciliationError" })
    })
  )
})

const encodedKey = {
  id: "1",
  deployment_id: "1",
  app_slug: "reports",
  name: "k",
  key_prefix: "sk",
  key_suffix: "abcdefgh",
  permissions: [],
  metadata: {},
  rate_limits: [],
  org_role_permissions: [],
  workspace_role_permissions: [],
  expires_at: null,
  last_used_at: null,
  is_active: true,
  created_at: "2026-01-01T00:00:00.000001Z",
  updated_at: "2026-01-01T00:00:00.000001Z",
  revoked_at: null,
  revoked_reason: null
}

describe("a client", () => {
  it.effect("whose failure became a defect shows no key, and leaves no outcome unsaid", () =>
    Effect.gen(function* () {
      const dying = HttpClient.make((request) =>
        Effect.fail(new HttpClientError.RequestError({ request, reason: "Transport", cause: new Error("lost") })).pipe(
          Effect.ensuring(Effect.dieMessage("the finalizer"))
        )
      )
      const exit = yield* Effect.exit(Effect.provide(createKey(), over(dying)))
      assert.notInclude(inspect(exit, { depth: 20 }), key)
      assert.isTrue(Exit.isFailure(exit) && Cause.isFailType(exit.cause))
      const orDie = HttpClient.make((request) =>
        Effect.die(new HttpClientError.RequestError({ request, reason: "Transport", cause: new Error("lost") }))
      )
      const error = yield* Effect.flip(Effect.provide(createKey(), over(orDie)))
      assert.strictEqual(error._tag, "OutcomeUnknownError")
    })
  )

  it.effect("whose cause cannot be looked at has lost the connection", () =>
    Effect.gen(function* () {
      const odd = Object.defineProperty({}, "code", {
        get: () => {
          throw new Error("no")
        }
      })
      const client = HttpClient.make((request) =>
        Effect.fail(new HttpClientError.RequestError({ request, reason: "Transport", cause: odd }))
      )
      const error = yield* Effect.flip(Effect.provide(createKey(), over(client)))
      assert.deepInclude(error, { _tag: "OutcomeUnknownError", reason: "Lost" })
    })
  )
})

describe("an input", () => {
  const unsent = over(HttpClient.make(() => Effect.dieMessage("nothing is sent")))

  it.effect("with a great many faults is refused by its first ones", () =>
    Effect.gen(function* () {
      const metadata = { ["k".repeat(100_000)]: Array.from({ length: 10_000 }, () => "\0") }
      const error = yield* Effect.flip(Effect.provide(createKey(metadata), unsent))
      assert.strictEqual(error._tag, "EncodeError")
      assert.isBelow(error.message.length, 50_000)
    })
  )

  it.effect("with a great many faults is told no more than 50 of them", () =>
    Effect.gen(function* () {
      const rule = { unit: "minute", duration: 0, maxRequests: 1 } as const
      const rules = Array.from({ length: 60 }, () => rule)
      const create = Effect.flatMap(ApiKeys.ApiKeys, (keys) =>
        keys.createRateLimitScheme({ slug: "s", name: "S", rules })
      )
      const error = yield* Effect.flip(Effect.provide(create, unsent))
      if (error._tag !== "EncodeError") return assert.fail(error._tag)
      assert.deepStrictEqual(
        error.issues.map(({ field }) => field),
        Array.from({ length: 50 }, (_, index) => `rules[${index}].duration`)
      )
    })
  )

  it.effect("that holds one object many times over, or is mostly empty, is refused", () =>
    Effect.gen(function* () {
      let nested: object = {}
      for (let depth = 0; depth < 100; depth++) nested = { a: nested, b: nested }
      for (const metadata of [nested, { a: Object.assign([], { length: 2 ** 28 }) }]) {
        const error = yield* Effect.flip(Effect.provide(createKey(metadata), unsent))
        assert.strictEqual(error._tag, "EncodeError")
      }
    })
  )

  it.effect(
    "of blanks is trimmed in one pass",
    () =>
      Effect.gen(function* () {
        const slug = `a${" ".repeat(200_000)}b`
        const run = OAuth.createOAuthAppReconciled({ slug, name: "n" }, { rounds: 0 })
        const error = yield* elapse(Effect.flip(Effect.provide(run, answering("{}", 400))))
        assert.strictEqual(error._tag, "ValidationError")
      }),
    // For every blank again it would take most of a minute.
    10_000
  )

  it.effect("of a free query is judged before it is written", () =>
    Effect.gen(function* () {
      const query: Record<string, never> = JSON.parse('{"a":{"toString":1}}')
      const request = Effect.flatMap(WachtClient.WachtClient, (client) =>
        client.request({ method: "GET", path: "/health", query, response: Schema.Void, safety: "safe" })
      )
      const error = yield* Effect.flip(Effect.provide(request, unsent))
      assert.deepInclude(error, { _tag: "EncodeError", field: "a" })
    })
  )

  it.effect("that foretells the boundary of its form gets another one", () =>
    Effect.gen(function* () {
      const seen: Array<{ readonly type: string; readonly text: string }> = []
      const client = HttpClient.make((request) => {
        const { body } = request
        if (body._tag === "Uint8Array") seen.push({ type: body.contentType, text: new TextDecoder().decode(body.body) })
        return Effect.succeed(HttpClientResponse.fromWeb(request, new Response("{}", { status: 400 })))
      })
      const send = (input: Pick<CreateOAuthAppInput, "description" | "logo">) =>
        Effect.flatMap(OAuth.OAuth, (oauth) => oauth.createOAuthApp({ slug: "s", name: "n", ...input })).pipe(
          Effect.flip,
          Effect.withRandom(Random.make("foretold")),
          Effect.provide(over(client))
        )
      const boundaryOf = (index: number) => seen[index]?.type.split("boundary=")[1] ?? "none"
      yield* send({ description: "plain" })
      const description = `x\r\n--${boundaryOf(0)}\r\nContent-Disposition: form-data; name="fqdn"\r\n\r\nevil.example`
      yield* send({ description })
      yield* send({ logo: { contentType: "image/png", data: new TextEncoder().encode(description) } })
      for (const index of [1, 2]) {
        assert.notStrictEqual(boundaryOf(index), boundaryOf(0))
        assert.lengthOf((seen[index]?.text ?? "").split(`--${boundaryOf(index)}`), 5)
      }
    })
  )

  it.effect("of a path fills every name that its template has", () =>
    Effect.gen(function* () {
      let path = ""
      const client = HttpClient.make((request, url) => {
        path = url.pathname
        return Effect.succeed(HttpClientResponse.fromWeb(request, new Response("")))
      })
      const request = Effect.flatMap(WachtClient.WachtClient, (client) =>
        client.request({
          method: "GET",
          path: "/deployments/{deployment-id}",
          params: { "deployment-id": "5" },
          response: Schema.Void,
          safety: "safe"
        })
      )
      yield* Effect.provide(request, over(client))
      assert.strictEqual(path, "/deployments/5")
    })
  )

  it.effect("with a private key of any kind has each line of it taken out of an error", () =>
    Effect.gen(function* () {
      for (const kind of ["", "RSA ", "ENCRYPTED "]) {
        const pem = `-----BEGIN ${kind}PRIVATE KEY-----\nfirst+line+of+it\nsecond+line+of+it\n-----END ${kind}PRIVATE KEY-----`
        const said = JSON.stringify({ message: "cannot read second+line+of+it" })
        const error = yield* Effect.flip(Effect.provide(createKey({ pem }), answering(said, 400)))
        assert.strictEqual(error.message, "cannot read <redacted>")
      }
      const legacy =
        "-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,00\n\nonly+line+of+it\n-----END"
      const said = JSON.stringify({ message: "cannot read only+line+of+it" })
      const error = yield* Effect.flip(Effect.provide(createKey({ legacy }), answering(said, 400)))
      assert.strictEqual(error.message, "cannot read <redacted>")
    })
  )

  it.effect("with a private key of a great many lines is taken out of an error as any", () =>
    Effect.gen(function* () {
      const pem = `-----BEGIN PRIVATE KEY-----\n${"abcdefgh\n".repeat(150_000)}-----END PRIVATE KEY-----`
      const error = yield* Effect.flip(
        Effect.provide(createKey({ pem }), answering(JSON.stringify({ message: `no ${"abcdefgh ".repeat(20)}` }), 400))
      )
      assert.strictEqual(error._tag, "ValidationError")
      assert.notInclude(error.message, "abcdefgh")
    })
  )
})
