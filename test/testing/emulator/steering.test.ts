import * as HttpClient from "@effect/platform/HttpClient"
import * as HttpClientRequest from "@effect/platform/HttpClientRequest"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as Logger from "effect/Logger"
import * as Option from "effect/Option"
import * as Random from "effect/Random"
import * as Redacted from "effect/Redacted"
import * as TestClock from "effect/TestClock"
import { readFileSync } from "node:fs"
import { inspect } from "node:util"
import { OAuth } from "effect-wacht"
import { Emulator, Fault } from "effect-wacht/testing"
import { write } from "../../../src/testing/emulator/audit/trail.js"
import { makeEngine } from "../../../src/testing/emulator/options.js"
import { check } from "./harness.js"
import { page } from "./supportTable.js"
import { wholeTimes } from "../../support/times.js"

const app = { app_slug: "shop", name: "Shop", key_prefix: "sk" }
const scheme = { slug: "s", name: "S", rules: [{ unit: "minute", duration: 1, max_requests: 2 }] }

/** A request with the emulator's own credential. */
const send = (method: "GET" | "POST" | "DELETE", path: string, json?: unknown) =>
  Effect.gen(function* () {
    const client = yield* HttpClient.HttpClient
    const { apiKey } = yield* Emulator.Emulator
    const bare = HttpClientRequest.make(method)(`https://api.wacht.dev${path}`)
    const request = json === undefined ? bare : HttpClientRequest.bodyUnsafeJson(bare, json)
    const response = yield* client.execute(HttpClientRequest.bearerToken(request, apiKey))
    return { status: response.status, headers: response.headers, text: yield* response.text }
  })

const withEmulator = <A, E>(
  test: (emulator: Emulator.Service) => Effect.Effect<A, E, Emulator.Emulator | HttpClient.HttpClient>,
  options?: Emulator.Options
) => Effect.flatMap(Emulator.Emulator, test).pipe(Effect.provide(Emulator.layer(options)))

/** What is logged, in order. */
const warnings = () => {
  const messages: Array<string> = []
  const logger = Logger.make(({ message }) => {
    messages.push(String(message))
  })
  return { messages, layer: Logger.replace(Logger.defaultLogger, logger) }
}

const isMade = Effect.map(
  Effect.flatMap(Emulator.Emulator, ({ state }) => state),
  ({ rateLimitSchemes }) => rateLimitSchemes.size === 1
)
const make = send("POST", "/api-auth/rate-limit-schemes", scheme)

describe("faults", () => {
  for (const [name, fault, code, acted] of [
    ["refuseConnection", Fault.refuseConnection, "ECONNREFUSED", false],
    ["loseBefore", Fault.loseBefore, "ECONNRESET", false],
    ["loseAfter", Fault.loseAfter, "ECONNRESET", true],
    ["cutBody", Fault.cutBody, "ECONNRESET", true]
  ] as const)
    it.effect(`${name} fails the transport, and the server has ${acted ? "" : "not "}acted`, () =>
      withEmulator((emulator) =>
        Effect.gen(function* () {
          yield* emulator.failNext(fault)
          const error = yield* Effect.flip(make)
          assert.include(["RequestError", "ResponseError"], error._tag)
          assert.strictEqual((error.cause as { readonly code?: string }).code, code)
          assert.strictEqual(yield* isMade, acted)
          assert.strictEqual((yield* send("GET", "/api-auth/apps")).status, 200, "and only once")
        })
      )
    )

  for (const [name, fault, status, type, acted] of [
    ["status", Fault.status(503), 503, "application/json", false],
    ["status after the fact", Fault.status(500, { acts: true }), 500, "application/json", true],
    ["respond after the fact", Fault.respond({ status: 500, acts: true }), 500, undefined, true],
    ["html", Fault.html(), 502, "text/html", false],
    ["redirect", Fault.redirect("https://elsewhere.example/"), 302, undefined, false],
    ["respond", Fault.respond({ status: 429, headers: { "retry-after": "7" }, body: "slow" }), 429, undefined, false]
  ] as const)
    it.effect(`${name} answers in the server's place`, () =>
      withEmulator((emulator) =>
        Effect.gen(function* () {
          yield* emulator.failNext(fault)
          const answer = yield* make
          assert.strictEqual(answer.status, status)
          if (type !== undefined) assert.include(answer.headers["content-type"], type)
          if (name.startsWith("status")) assert.include(answer.text, '{"message":"Something went wrong","code":')
          if (name === "html") assert.strictEqual(answer.headers["content-type"], "text/html")
          if (name === "redirect") assert.strictEqual(answer.headers["location"], "https://elsewhere.example/")
          if (name === "respond") assert.deepStrictEqual([answer.text, answer.headers["retry-after"]], ["slow", "7"])
          assert.strictEqual(yield* isMade, acted)
        })
      )
    )

  it.effect("status answers a 429 as the API does, in the words of the page about it", () => {
    const words = "Rate limit exceeded. Retry after 60000 seconds"
    assert.include(readFileSync(page, "utf8"), `status(429, { message: "${words}" })`)
    const rate_limits = [{ unit: "minute", duration: 1, max_requests: 1 }] as const
    const owner = { ...Emulator.defaultWorld.actors["owner"], rate_limits }
    return withEmulator(
      (emulator) =>
        Effect.gen(function* () {
          yield* emulator.failNext(Fault.status(429, { message: words }))
          const list = send("GET", "/api-auth/apps")
          const [faulty] = [yield* list, yield* list]
          assert.deepStrictEqual(faulty, yield* list)
        }),
      { world: { ...Emulator.defaultWorld, actors: { owner } } }
    )
  })

  it.effect("delay waits on the clock before the server acts, and goes together with another fault", () =>
    withEmulator((emulator) =>
      Effect.gen(function* () {
        yield* emulator.failNext(Fault.delay("2 seconds"))
        yield* emulator.failNext(Fault.status(503))
        const fiber = yield* Effect.fork(make)
        yield* TestClock.adjust("1999 millis")
        assert.isNull(yield* Fiber.poll(fiber).pipe(Effect.map((exit) => (exit._tag === "None" ? null : exit.value))))
        yield* TestClock.adjust("1 millis")
        assert.strictEqual((yield* Fiber.join(fiber)).status, 503)
      })
    )
  )

  it.effect("stallBody sends half of the body and then nothing", () =>
    withEmulator((emulator) =>
      Effect.gen(function* () {
        yield* emulator.failNext(Fault.stallBody)
        const fiber = yield* Effect.fork(Effect.timeout(make, "5 seconds"))
        yield* TestClock.adjust("5 seconds")
        assert.strictEqual((yield* Effect.flip(Fiber.join(fiber)))._tag, "TimeoutException", "not a lost connection")
        assert.isTrue(yield* isMade)
      })
    )
  )

  it.effect("stallBody and cutBody leave alone what has no body", () =>
    withEmulator((emulator) =>
      Effect.gen(function* () {
        for (const fault of [Fault.stallBody, Fault.cutBody]) {
          yield* make
          yield* emulator.failNext(fault)
          assert.strictEqual((yield* send("DELETE", "/api-auth/rate-limit-schemes/s")).status, 204)
        }
        for (const status of [204, 205, 304]) {
          yield* emulator.failNext(Fault.respond({ status, body: "x" }))
          const answer = yield* send("GET", "/api-auth/apps")
          assert.deepStrictEqual([answer.status, answer.text], [status, ""], "nor is there one with such a status")
        }
      })
    )
  )

  it.effect("befall the requests of a host, of a method in any case, and of any condition besides", () =>
    withEmulator((emulator) =>
      Effect.gen(function* () {
        const answers = Effect.all([send("GET", "/api-auth/apps"), send("DELETE", "/api-auth/apps/x?y=1")]).pipe(
          Effect.map((all) => all.map(({ status }) => status))
        )
        for (const [matcher, expected] of [
          [{ host: "gateway" }, [200, 404]],
          [{ host: "platform" }, [503, 503]],
          [{ method: "delete" }, [200, 503]],
          [{ path: "/api-auth/apps" }, [503, 404]],
          [{ when: ({ query }: Emulator.SeenRequest) => query === "y=1" }, [200, 503]]
        ] as const) {
          yield* emulator.failEvery(Fault.status(503), matcher)
          assert.deepStrictEqual<ReadonlyArray<number>>(yield* answers, expected)
          yield* emulator.clearFaults
        }
      })
    )
  )

  it.effect("delay lets the server act though the caller has left, and ends with the emulator", () =>
    Effect.gen(function* () {
      yield* withEmulator((emulator) =>
        Effect.gen(function* () {
          yield* emulator.failNext(Fault.delay("2 seconds"))
          const fiber = yield* Effect.fork(make)
          yield* TestClock.adjust("1 second")
          yield* Fiber.interrupt(fiber)
          assert.isFalse(yield* isMade)
          yield* TestClock.adjust("1 second")
          assert.isTrue(yield* isMade)
        })
      )
      // Nobody moves this clock: a request that waits does not keep the emulator's scope open.
      yield* withEmulator((emulator) =>
        Effect.gen(function* () {
          yield* emulator.failNext(Fault.delay("2 seconds"))
          const fiber = yield* Effect.fork(Effect.uninterruptible(make))
          yield* Effect.yieldNow()
          yield* Fiber.interruptFork(fiber)
        })
      )
    })
  )

  it.effect("status answers of the gateway in plain text, as the gateway does", () =>
    withEmulator(({ failNext }) =>
      Effect.gen(function* () {
        const client = yield* HttpClient.HttpClient
        const ask = Effect.gen(function* () {
          const request = HttpClientRequest.post("https://gateway.wacht.dev/v1/authz/check")
          const response = yield* client.execute(HttpClientRequest.bodyUnsafeJson(request, {}))
          const { "content-type": type, "retry-after": wait } = response.headers
          return [response.status, type, yield* response.text, ...(wait === undefined ? [] : [wait])]
        })
        const plain = "text/plain; charset=utf-8"
        yield* failNext(Fault.status(401))
        assert.deepStrictEqual(yield* ask, [401, plain, "Invalid API key"])
        yield* failNext(Fault.status(500, { message: "Database error" }))
        assert.deepStrictEqual(yield* ask, [500, plain, "Database error"])
        yield* failNext(Fault.status(503, { headers: { "Content-Type": "text/html" } }))
        assert.strictEqual((yield* ask)[1], "text/html")
        const given = { headers: { "content-type": "application/json", "retry-after": "7" } }
        yield* failNext(Fault.status(403, given))
        assert.deepStrictEqual(yield* ask, [403, plain, "Something went wrong", "7"])
        yield* failNext(Fault.respond({ ...given, status: 503, body: "{}" }))
        assert.deepStrictEqual(yield* ask, [503, "application/json", "{}", "7"])
        yield* failNext(Fault.status(401))
        const { headers, text } = yield* send("GET", "/api-auth/apps")
        assert.strictEqual(headers["content-type"], "application/json")
        assert.deepStrictEqual(JSON.parse(text), { errors: [{ message: "Something went wrong", code: 401 }] })
      })
    )
  )

  it.effect("come one to a request, the first given first, while delays add up", () =>
    withEmulator((emulator) =>
      Effect.gen(function* () {
        for (const fault of [Fault.status(503), Fault.delay("1 second"), Fault.status(502), Fault.delay("2 seconds")])
          yield* emulator.failNext(fault)
        const fiber = yield* Effect.fork(make)
        yield* TestClock.adjust("2999 millis")
        assert.isTrue(Option.isNone(yield* Fiber.poll(fiber)))
        yield* TestClock.adjust("1 millis")
        assert.strictEqual((yield* Fiber.join(fiber)).status, 503)
        assert.strictEqual((yield* make).status, 502)
        assert.strictEqual((yield* make).status, 200)
      })
    )
  )

  it.effect("befall the requests that match, as often as told", () =>
    withEmulator((emulator) =>
      Effect.gen(function* () {
        const status = Effect.map(send("GET", "/api-auth/apps"), (answer) => answer.status)
        yield* emulator.failNext(Fault.status(503), { operation: "listApiAuthApps" }, 2)
        yield* emulator.failEvery(Fault.status(500), { path: /signing-keys/g })
        assert.strictEqual((yield* make).status, 200)
        assert.deepStrictEqual(yield* Effect.all([status, status, status]), [503, 503, 200])
        const keys = Effect.map(send("GET", "/oauth/apps/acme-oauth/signing-keys"), (answer) => answer.status)
        assert.deepStrictEqual(yield* Effect.all([keys, keys, keys]), [500, 500, 500])
        yield* emulator.clearFaults
        assert.strictEqual(yield* keys, 200)
      })
    )
  )
})

describe("an emulator", () => {
  it.effect("keeps the requests it has seen, and prints no credential of theirs", () =>
    withEmulator((emulator) =>
      Effect.gen(function* () {
        yield* make
        yield* send("GET", "/nowhere?x=1")
        const [first, second] = yield* emulator.requests
        assert.deepStrictEqual(
          [first?.host, first?.operation, first?.method],
          ["platform", "createRateLimitScheme", "POST"]
        )
        assert.deepStrictEqual(JSON.parse(first?.text ?? ""), scheme)
        assert.deepStrictEqual([second?.operation, second?.path, second?.query], [undefined, "/nowhere", "x=1"])
        assert.strictEqual(first?.headers["authorization"], `Bearer ${Redacted.value(emulator.apiKey)}`)
        // What compares values looks at all that they hold.
        for (const printed of [
          inspect(first),
          inspect(first, { customInspect: false, showHidden: true }),
          String(first),
          JSON.stringify(first)
        ]) {
          assert.notInclude(printed, Redacted.value(emulator.apiKey))
          assert.include(printed, "createRateLimitScheme")
        }
        const read = yield* emulator.requests
        yield* emulator.clearRequests
        assert.deepStrictEqual(yield* emulator.requests, [])
        assert.lengthOf(read, 2)
      })
    )
  )

  it.effect("keeps no more than the latest thousand requests, and of a body its start", () =>
    withEmulator((emulator) =>
      Effect.gen(function* () {
        yield* Effect.replicateEffect(send("GET", "/api-auth/apps"), 1100)
        yield* send("POST", "/api-auth/apps", { ...app, description: "x".repeat(1_000_000) })
        const requests = yield* emulator.requests
        assert.lengthOf(requests, 1000)
        assert.lengthOf(requests.at(-1)?.text ?? "", 65_536)
        assert.isAtMost(requests.at(-1)?.body.buffer.byteLength ?? 0, 65_536)
      })
    )
  )

  it.effect("shares nothing with another one", () =>
    Effect.gen(function* () {
      const count = Effect.map(
        Effect.flatMap(Emulator.Emulator, ({ state }) => state),
        ({ rateLimitSchemes }) => rateLimitSchemes.size
      )
      const one = yield* Layer.build(Emulator.layer())
      const other = yield* Layer.build(Emulator.layer())
      yield* Effect.provide(make, one)
      yield* Effect.provide(
        Effect.flatMap(Emulator.Emulator, (emulator) => emulator.failEvery(Fault.status(500))),
        one
      )
      assert.strictEqual(yield* Effect.provide(count, one), 1)
      assert.strictEqual(yield* Effect.provide(count, other), 0)
      assert.strictEqual((yield* Effect.provide(make, other)).status, 200)
    }).pipe(Effect.scoped)
  )

  it.effect("repeats itself under a seeded Random, and not under another seed", () =>
    Effect.gen(function* () {
      const run = (seed: string) =>
        Effect.gen(function* () {
          const texts = [
            yield* send("POST", "/api-auth/apps", app),
            yield* send("POST", "/api-auth/apps/shop/keys", { name: "k" }),
            yield* send("POST", "/oauth/apps/acme-oauth/signing-keys/rotate")
          ].map(({ text }) => text)
          const snapshot = yield* Effect.flatMap(Emulator.Emulator, (emulator) => emulator.snapshot)
          return JSON.stringify([texts, snapshot])
        }).pipe(Effect.provide(Layer.fresh(Emulator.layer())), Effect.withRandom(Random.make(seed)))
      assert.strictEqual(yield* run("a"), yield* run("a"))
      assert.notStrictEqual(yield* run("a"), yield* run("b"))
    })
  )

  it.effect("gives the same ids and secrets under one seed whenever it runs, each id above the last", () =>
    Effect.gen(function* () {
      const key = Effect.map(
        send("POST", "/api-auth/apps/shop/keys", { name: "k" }),
        ({ text }) => JSON.parse(text) as { readonly id: string; readonly secret: string }
      )
      const run = (world?: Emulator.Options["world"]) =>
        send("POST", "/api-auth/apps", app).pipe(
          Effect.zipRight(Effect.replicateEffect(key, 3)),
          Effect.map((keys) => keys.map(({ id, secret }) => `${id} ${secret}`)),
          Effect.provide(Layer.fresh(Emulator.layer({ world }))),
          Effect.withRandom(Random.make("same"))
        )
      const young = {
        deployments: [{ id: "1" }],
        actors: { one: { credential: "sk_one", key_id: "2", deployment_id: "1" } }
      }
      for (const world of [undefined, young]) {
        yield* TestClock.setTime(Date.parse("2026-03-01T00:00:00Z"))
        const first = yield* run(world)
        yield* TestClock.setTime(Date.parse("2041-03-01T00:00:00Z"))
        assert.deepStrictEqual(yield* run(world), first)
        // of one length, so that their order as text is that of the numbers
        assert.isTrue(first.every((text) => /^\d{18} /.test(text)))
        assert.deepStrictEqual([...first].sort(), first)
      }
    })
  )

  it.effect("gives no two of a kind one name or secret, also where tests that share it begin with the same seed", () =>
    Effect.gen(function* () {
      yield* send("POST", "/api-auth/apps", app)
      const again = (path: string, json?: object) =>
        Effect.map(
          send("POST", path, json).pipe(Effect.withRandom(Random.make("same"))),
          ({ text }) => JSON.parse(text) as Readonly<Record<string, string>>
        )
      const fields: Record<string, Array<string | undefined>> = {}
      let last: string | undefined
      for (const round of ["1", "2", "3", "4"]) {
        const client = yield* again("/oauth/apps/acme-oauth/clients", {
          client_auth_method: "client_secret_basic",
          grant_types: ["authorization_code"],
          redirect_uris: ["https://a.example/"]
        })
        const { secret } = yield* again("/api-auth/apps/shop/keys", { name: "k" })
        const { fqdn } = yield* Effect.map(OAuth.OAuth, (oauth) =>
          oauth.createOAuthApp({ slug: round, name: round, supportedScopes: [] })
        ).pipe(Effect.flatten, Effect.withRandom(Random.make("same")))
        const { client_id, client_secret } = client
        for (const [name, value] of Object.entries({ client_id, client_secret, secret, fqdn }))
          (fields[name] ??= []).push(value)
        last = client["id"]
      }
      for (let times = 0; times < 2; times++) {
        const rotated = yield* again(`/oauth/apps/acme-oauth/clients/${last}/rotate-secret`)
        fields["client_secret"]?.push(rotated["client_secret"])
      }
      for (const [name, form, count] of [
        ["secret", /^[A-Za-z]+_[A-Za-z0-9_-]{43}$/, 4],
        ["client_id", /^oc_[A-Za-z0-9_-]{32}$/, 4],
        ["client_secret", /^oc_secret_[A-Za-z0-9_-]{43}$/, 6],
        ["fqdn", /^[a-z0-9]{16}\.oapi\.trywacht\.xyz$/, 4]
      ] as const) {
        const seen = new Set(fields[name])
        assert.strictEqual(seen.size, count, name)
        for (const value of seen) assert.match(value ?? "", form)
      }
    }).pipe(Effect.provide(Layer.fresh(Emulator.layerWacht())))
  )

  it.effect("takes ids and secrets from Web Crypto when it is told to be secure", () =>
    Effect.gen(function* () {
      const made = send("POST", "/api-auth/apps", app).pipe(
        Effect.zipRight(send("POST", "/api-auth/apps/shop/keys", { name: "k" })),
        Effect.map(({ text }) => JSON.parse(text) as { readonly id: string; readonly secret: string }),
        Effect.provide(Layer.fresh(Emulator.layer({ secure: true })))
      )
      const again = Effect.suspend(() => Effect.withRandom(made, Random.make("same")))
      const [one, other] = [yield* again, yield* again]
      assert.notStrictEqual(one.id, other.id)
      assert.notStrictEqual(one.secret, other.secret)
    })
  )

  it.effect("gives ids each above the last when it is secure as well, though its clock stands", () =>
    withEmulator(
      () =>
        Effect.gen(function* () {
          yield* send("POST", "/api-auth/apps", app)
          const made = yield* Effect.replicateEffect(send("POST", "/api-auth/apps/shop/keys", { name: "k" }), 9)
          const ids = made.map(({ text }) => (JSON.parse(text) as { readonly id: string }).id)
          assert.deepStrictEqual([...ids].sort(), ids)
          assert.strictEqual(new Set(ids).size, ids.length)
        }),
      { secure: true }
    )
  )

  it.effect("keeps no audit rows where it is told to keep none", () =>
    withEmulator(
      (emulator) =>
        Effect.gen(function* () {
          yield* send("POST", "/api-auth/apps", app)
          const { text } = yield* send("POST", "/api-auth/apps/shop/keys", { name: "k" })
          const { secret } = JSON.parse(text) as { readonly secret: string }
          assert.strictEqual((yield* check(secret)).status, 200)
          const { auditDropped, auditRows } = yield* emulator.state
          assert.deepStrictEqual([auditRows.length, auditDropped], [0, 1])
        }),
      { auditCap: 0 }
    ).pipe(Effect.provide(warnings().layer))
  )

  it.effect("has all in a snapshot that it knows, but its options", () =>
    withEmulator((emulator) =>
      Effect.gen(function* () {
        const { world } = yield* emulator.snapshot
        const { options: _, ...known } = yield* emulator.state
        assert.deepStrictEqual(Object.keys(world ?? {}), Object.keys(known))
      })
    )
  )

  it.effect("makes after a snapshot the same signing key again", () =>
    withEmulator((emulator) =>
      Effect.gen(function* () {
        const rotated = Effect.map(
          send("POST", "/oauth/apps/acme-oauth/signing-keys/rotate"),
          ({ text }) => (JSON.parse(text) as { readonly new: { readonly public_key_pem: string } }).new.public_key_pem
        )
        const before = yield* emulator.snapshot
        const pem = yield* rotated
        yield* emulator.restore(before)
        assert.strictEqual(yield* rotated, pem)
      })
    )
  )

  it.effect("goes back to a snapshot, through JSON, down to counters, copies and audit rows", () =>
    withEmulator((emulator) =>
      Effect.gen(function* () {
        yield* make
        yield* send("POST", "/api-auth/apps", { ...app, rate_limit_scheme_slug: "s" })
        const { secret } = JSON.parse((yield* send("POST", "/api-auth/apps/shop/keys", { name: "k" })).text) as {
          readonly secret: string
        }
        const client = yield* HttpClient.HttpClient
        const check = HttpClientRequest.post("https://gateway.wacht.dev/v1/authz/check").pipe(
          HttpClientRequest.bodyUnsafeJson({
            principal: { type: "api_key", value: secret },
            resource: "/v1",
            method: "GET"
          }),
          (request) => client.execute(request),
          Effect.flatMap((response) => response.json),
          Effect.map((body) => (body as { readonly allowed: boolean }).allowed)
        )
        assert.isTrue(yield* check)
        const text = JSON.stringify(yield* emulator.snapshot)
        const after = Effect.gen(function* () {
          const seen = [yield* check, yield* check, (yield* send("DELETE", "/api-auth/apps/shop")).status]
          const state = yield* emulator.state
          return [
            ...seen,
            state.auditRows.length,
            [...state.apiAuthApps.values()].map(({ deletedAt }) => deletedAt === null)
          ]
        })
        const once = yield* after
        assert.deepStrictEqual(once, [true, false, 200, 3, [false]])
        yield* emulator.restore(JSON.parse(text))
        assert.deepStrictEqual(JSON.stringify(yield* emulator.snapshot), text)
        assert.deepStrictEqual(yield* after, once)
      })
    )
  )

  it.effect("goes back to the snapshot of a recorded world that nothing was asked yet", () =>
    Effect.gen(function* () {
      const emulator = yield* Emulator.Emulator
      const text = JSON.stringify(yield* emulator.snapshot)
      yield* emulator.restore(JSON.parse(text))
      assert.strictEqual(JSON.stringify(yield* emulator.snapshot), text)
    }).pipe(
      Effect.provide(
        Emulator.layer({
          world: {
            recorded_from: "2026-11-23T10:26:26Z",
            deployments: [{ id: "1" }],
            actors: { one: { credential: "sk_one", key_id: "11", deployment_id: "1" } },
            api_auth_apps: [{ ...app, deployment_id: "1", created_at: "1969-12-31T23:59:59Z" }]
          }
        })
      )
    )
  )

  it.effect("refuses what is no snapshot of its own, and stays as it was", () =>
    withEmulator((emulator) =>
      Effect.gen(function* () {
        const good = yield* emulator.snapshot
        const bad: ReadonlyArray<unknown> = [
          null,
          {},
          { effectWachtEmulator: 2 },
          { effectWachtEmulator: 1, world: null },
          { effectWachtEmulator: 1, world: { ...(good.world as object), apiKeys: [] } },
          { effectWachtEmulator: 1, world: { ...(good.world as object), lastId: { $bigint: "x" } } }
        ]
        for (const each of bad) {
          const error = yield* Effect.flip(emulator.restore(each as Emulator.Snapshot))
          assert.strictEqual(error._tag, "SnapshotError")
        }
        assert.deepStrictEqual(yield* emulator.snapshot, good)
      })
    )
  )

  it.effect("can only be reached at the two hosts of the API", () =>
    withEmulator(() =>
      Effect.gen(function* () {
        const client = yield* HttpClient.HttpClient
        const error = yield* Effect.flip(client.get("https://example.com/"))
        assert.include(String(error.cause), "example.com is no host of the emulator")
        const plain = yield* Effect.flip(client.get("http://api.wacht.dev/api-auth/apps"))
        assert.include(String(plain.cause), "is no host of the emulator")
      })
    )
  )

  it.effect("reads a form that only its serialising gives a boundary", () =>
    withEmulator(({ apiKey }) =>
      Effect.gen(function* () {
        const client = yield* HttpClient.HttpClient
        const form = new FormData()
        form.append("slug", "s")
        form.append("name", "N")
        const request = HttpClientRequest.post("https://api.wacht.dev/oauth/apps").pipe(
          HttpClientRequest.bodyFormData(form),
          HttpClientRequest.bearerToken(apiKey)
        )
        assert.strictEqual((yield* client.execute(request)).status, 200)
      })
    )
  )

  it.effect("lists what a world holds newest first and scopes sorted, in whatever order they were given", () => {
    const [old, late] = ["2026-01-01T00:00:00Z", "2026-01-02T00:00:00Z"]
    const key = { deployment_id: "1", app_slug: "old", key_prefix: "sk" }
    const world = {
      deployments: [{ id: "1" }],
      actors: { owner: { credential: "sk_owner", key_id: "1", deployment_id: "1" } },
      api_auth_apps: [
        { ...app, app_slug: "late", deployment_id: "1", created_at: late },
        { ...app, app_slug: "old", deployment_id: "1", created_at: old }
      ],
      api_keys: [
        { ...key, id: "3", name: "late", secret: "sk_late", created_at: late },
        { ...key, id: "2", name: "old", secret: "sk_old", created_at: old }
      ],
      oauth_apps: [
        {
          id: "4",
          deployment_id: "1",
          slug: "o",
          name: "O",
          fqdn: "o.example",
          supported_scopes: ["\u{10000}", "\uffff", "b", "a", "b"]
        }
      ]
    }
    const order = (path: string, pattern: RegExp) =>
      Effect.map(send("GET", path), ({ text }) => Array.from(text.matchAll(pattern), ([, name]) => name))
    return withEmulator(
      () =>
        Effect.gen(function* () {
          assert.deepStrictEqual(yield* order("/api-auth/apps", /"app_slug":"(\w+)"/g), ["late", "old"])
          assert.deepStrictEqual(yield* order("/api-auth/apps/old/keys", /"name":"(\w+)"/g), ["late", "old"])
          const sorted = ["a", "b", "\uffff", "\u{10000}"]
          assert.deepStrictEqual(yield* order("/oauth/apps", /"scope":"([^"]+)"/g), sorted, "by bytes, once each")
          assert.deepStrictEqual(yield* order("/oauth/apps", /"supported_scopes":(\[[^\]]*\])/g), [
            JSON.stringify(sorted)
          ])
        }),
      { world }
    )
  })

  it.effect("shows all that its world says of a thing, member by member", () => {
    const deployment_id = "1"
    const times = { created_at: "2026-01-02T03:04:05Z", updated_at: "2026-01-03T03:04:05.678901Z" }
    const born = { created_at: "2026-01-01T03:04:05Z" }
    const unchanged = { ...born, updated_at: born.created_at }
    const rule = { unit: "minute", duration: 2, max_requests: 9 } as const
    const scheme = { slug: "s", name: "S", description: "of s", ...times }
    const rules = [{ ...rule, mode: "per_key", endpoints: ["/a"], priority: 7 }, rule]
    const owner = { user_id: "5", organization_id: "6", workspace_id: "7" }
    const apiApp = { ...app, ...owner, deployment_id, description: "of a", ...times }
    const lists = { permissions: ["p"], resources: ["r"] }
    const apiKey = {
      id: "8",
      name: "k",
      key_prefix: "sk",
      owner_user_id: "5",
      organization_id: "6",
      workspace_id: "7",
      organization_membership_id: "9",
      workspace_membership_id: "10",
      org_role_permissions: ["o"],
      workspace_role_permissions: ["w"],
      metadata: { balance: -9007199254740991, text: "x" },
      expires_at: "2031-01-02T03:04:05Z",
      last_used_at: "2026-01-04T03:04:05Z",
      is_active: false,
      revoked_at: "2026-01-05T03:04:05Z",
      revoked_reason: "gone",
      ...times
    }
    const scope = {
      scope: "team",
      display_name: "Team",
      description: "of the team",
      archived: true,
      category: "organization",
      organization_permission: "o",
      workspace_permission: null
    } as const
    const oauthApp = {
      id: "11",
      slug: "x",
      name: "X",
      description: "of x",
      logo_url: "https://cdn.example/x.png",
      fqdn: "x.example",
      supported_scopes: ["plain", "team"],
      scope_definitions: [scope, { scope: "plain" }],
      allow_dynamic_client_registration: true,
      is_active: false,
      ...times
    }
    const client = {
      id: "12",
      oauth_app_id: "11",
      client_id: "oc_x",
      client_auth_method: "private_key_jwt",
      grant_types: ["refresh_token"],
      redirect_uris: ["https://a.example/"],
      post_logout_redirect_uris: ["https://b.example/"],
      client_name: "C",
      client_uri: "https://c.example/",
      logo_uri: "https://d.example/",
      tos_uri: "https://e.example/",
      policy_uri: "https://f.example/",
      contacts: ["g@example.com"],
      software_id: "h",
      software_version: "i",
      token_endpoint_auth_signing_alg: "ES256",
      jwks_uri: "https://j.example/",
      id_token_signing_alg: "PS256",
      access_token_format: "jwt",
      access_token_ttl_seconds: 60,
      skip_consent: true,
      is_active: false,
      ...times
    }
    const grant = {
      id: "13",
      api_auth_app_slug: "shop",
      oauth_client_id: "12",
      resource: "https://k.example/",
      scopes: ["team"],
      granted_at: "2026-01-06T03:04:05Z",
      expires_at: "2026-01-07T03:04:05Z",
      granted_by_user_id: "5",
      ...times
    }
    const key = { oauth_app_id: "11", public_key_pem: "p" }
    const world = {
      deployments: [{ id: deployment_id }],
      actors: { owner: { credential: "sk_owner", key_id: "1", deployment_id } },
      rate_limit_schemes: [
        { id: "14", deployment_id, ...scheme, rules },
        { id: "24", deployment_id, slug: "t", name: "T", rules: [], ...born }
      ],
      api_auth_apps: [
        { ...apiApp, ...lists, rate_limit_scheme_slug: "s" },
        { deployment_id, app_slug: "off", name: "Off", key_prefix: "k", is_active: false, ...born }
      ],
      api_keys: [
        { ...apiKey, permissions: ["q"], deployment_id, app_slug: "shop", secret: "sk_k" },
        {
          ...apiKey,
          id: "28",
          deployment_id,
          app_slug: "shop",
          secret: "sk_off",
          revoked_at: null,
          updated_at: undefined
        }
      ],
      oauth_apps: [
        { ...oauthApp, deployment_id },
        { id: "17", deployment_id, slug: "y", name: "Y", fqdn: "y.example", ...born }
      ],
      oauth_signing_keys: [
        { ...key, id: "15", kid: "new", status: "active", activated_at: "2026-01-02T00:00:00Z" },
        { ...key, id: "16", kid: "old", status: "retired", activated_at: "2026-01-01T00:00:00Z" }
      ],
      oauth_clients: [
        { ...client, deployment_id },
        {
          ...client,
          id: "22",
          client_id: "oc_y",
          deployment_id,
          jwks: { keys: [{ kid: "mine", public_key_pem: "in the set" }] },
          public_key_pem: "beside it"
        }
      ],
      oauth_grants: [
        { ...grant, deployment_id, status: "expired" as const },
        { ...grant, id: "23", deployment_id, revoked_at: "2026-01-06T12:00:00Z" }
      ]
    }
    /** What is at a path, one after the other; each has to have the members that are expected of it. */
    const shows = (path: string, list: string, ...expected: ReadonlyArray<object>) =>
      Effect.map(send("GET", path), ({ text }) => {
        const items = (JSON.parse(text) as Readonly<Record<string, ReadonlyArray<object>>>)[list] ?? []
        assert.lengthOf(items, expected.length, path)
        for (const [index, item] of expected.entries()) assert.containsSubset(items[index], item)
      })
    return withEmulator(
      () =>
        Effect.gen(function* () {
          yield* shows("/api-auth/rate-limit-schemes", "schemes", { ...scheme, rules }, unchanged)
          yield* shows(
            "/api-auth/apps?include_inactive=true",
            "data",
            { ...apiApp, ...lists, rate_limit_scheme_slug: "s" },
            { ...unchanged, is_active: false }
          )
          yield* shows(
            "/api-auth/apps/shop/keys?include_inactive=true",
            "keys",
            { id: "28", is_active: false, revoked_at: null, updated_at: times.created_at },
            { ...apiKey, permissions: ["q"] }
          )
          const plain = { scope: "plain", display_name: "plain", description: "Allows plain access" }
          yield* shows("/oauth/apps", "apps", { ...oauthApp, scope_definitions: [plain, scope] }, unchanged)
          yield* shows("/oauth/apps/x/signing-keys", "keys", { kid: "new" }, { kid: "old", status: "retired" })
          const keys = [{ kid: "mine", public_key_pem: "in the set" }]
          yield* shows(
            "/oauth/apps/x/clients",
            "clients",
            { ...client, id: "22", client_id: "oc_y", jwks: { keys }, public_key_pem: "in the set" },
            { ...client, jwks: null, public_key_pem: null }
          )
          yield* shows(
            "/oauth/apps/x/clients/12/grants",
            "grants",
            { ...grant, id: "23", status: "revoked", revoked_at: "2026-01-06T12:00:00Z" },
            { ...grant, status: "expired", revoked_at: null }
          )
        }),
      { world }
    )
  })

  it.effect("takes the API's own defaults for what its world leaves out", () => {
    const deployment_id = "1"
    const rule = { unit: "minute", duration: 1, max_requests: 2 }
    const client = { id: "5", deployment_id, oauth_app_id: "4", client_id: "oc_x", client_auth_method: "none" }
    const member = { organization_id: "7", user_id: "8" }
    const world = {
      deployments: [{ id: deployment_id, organization_permissions: ["o"] }],
      actors: { owner: { credential: "sk_owner", key_id: "1", deployment_id } },
      users: [{ id: "8", deployment_id, first_name: "A" }],
      organizations: [{ id: "7", deployment_id, name: "O" }],
      workspaces: [{ id: "9", deployment_id, organization_id: "7", name: "W" }],
      organization_memberships: [{ ...member, id: "10" }],
      workspace_memberships: [{ ...member, id: "11", workspace_id: "9", organization_membership_id: "10" }],
      rate_limit_schemes: [{ id: "3", deployment_id, slug: "s", name: "S", rules: [rule] }],
      api_auth_apps: [{ ...app, deployment_id }],
      api_keys: [{ id: "2", deployment_id, app_slug: "shop", name: "k", key_prefix: "sk", secret: "sk_k" }],
      oauth_apps: [
        {
          id: "4",
          deployment_id,
          slug: "x",
          name: "X",
          fqdn: "x.example",
          supported_scopes: ["s"],
          scope_definitions: [{ scope: "s" }]
        }
      ],
      oauth_clients: [client]
    }
    const only = (path: string, list: string) =>
      Effect.map(send("GET", path), ({ text }) => {
        const found = (JSON.parse(text) as Readonly<Record<string, ReadonlyArray<object>>>)[list]
        assert.strictEqual(found?.length, 1, path)
        return found?.[0] ?? {}
      })
    return withEmulator(
      (emulator) =>
        Effect.gen(function* () {
          const { rules } = (yield* only("/api-auth/rate-limit-schemes", "schemes")) as { readonly rules: unknown }
          assert.deepStrictEqual(rules, [{ ...rule, priority: 0 }])
          assert.containsSubset(yield* only("/api-auth/apps", "data"), { is_active: true })
          assert.containsSubset(yield* only("/api-auth/apps/shop/keys", "keys"), { is_active: true, metadata: {} })
          assert.containsSubset(yield* only("/oauth/apps", "apps"), {
            is_active: true,
            allow_dynamic_client_registration: false,
            scope_definitions: [{ scope: "s", archived: false, category: "" }]
          })
          assert.containsSubset(yield* only("/oauth/apps/x/clients", "clients"), {
            grant_types: ["authorization_code"],
            id_token_signing_alg: "RS256",
            access_token_format: "opaque",
            access_token_ttl_seconds: 3600,
            skip_consent: false,
            is_active: true
          })
          const { backendKeys, consoleDeploymentId, deployments } = yield* emulator.state
          assert.containsSubset(deployments.get("1"), { mode: "staging", plan: "growth", subscriptionStatus: "active" })
          assert.containsSubset(backendKeys.get("sk_owner"), { keyName: "backend", backendAppSlug: "aa_1" })
          assert.strictEqual(consoleDeploymentId, "100000000000000001")
          const tenant = { user_id: "8", organization_id: "7", workspace_id: "9" }
          const made = yield* send("POST", "/api-auth/apps", { ...app, ...tenant, app_slug: "ours" })
          assert.strictEqual(made.status, 200, made.text)
        }),
      { world }
    )
  })

  it.effect("gives a key of its world the scheme of its app, as the API does, unless the world says otherwise", () => {
    const day = { unit: "day", duration: 1, max_requests: 2 }
    const key = { deployment_id: "1", app_slug: "shop", key_prefix: "sk", name: "k" }
    const secret = (letter: string) => `sk_${letter.repeat(43)}`
    const world = {
      deployments: [{ id: "1" }],
      actors: { owner: { credential: "sk_owner", key_id: "1", deployment_id: "1" } },
      rate_limit_schemes: ["daily", "other"].map((slug, index) => ({
        id: `9${index}`,
        deployment_id: "1",
        slug,
        name: slug,
        rules: [{ ...day, max_requests: index + 2 }]
      })),
      api_auth_apps: [
        { ...app, deployment_id: "1", rate_limit_scheme_slug: "daily" },
        { ...app, app_slug: "free", deployment_id: "1" }
      ],
      api_keys: [
        { ...key, id: "2", secret: secret("a") },
        { ...key, id: "3", secret: secret("b"), rate_limit_scheme_slug: null },
        { ...key, id: "4", secret: secret("c"), rate_limit_scheme_slug: "other" },
        { ...key, id: "5", secret: secret("d"), app_slug: "free" },
        { ...key, id: "6", secret: secret("e"), app_slug: "nowhere" }
      ]
    }
    const limitOf = (letter: string) =>
      Effect.map(check(secret(letter)), ({ body }) => {
        const { rate_limits: limits } = body as { readonly rate_limits: ReadonlyArray<{ readonly rule: string }> }
        return limits.map(({ rule }) => rule)
      })
    return withEmulator(
      () =>
        Effect.gen(function* () {
          assert.deepStrictEqual(yield* limitOf("a"), ["2/86400s"])
          assert.deepStrictEqual(yield* limitOf("b"), ["1000/60s"])
          assert.deepStrictEqual(yield* limitOf("c"), ["3/86400s"])
          assert.deepStrictEqual(yield* limitOf("d"), ["1000/60s"])
          const { text } = yield* send("GET", "/api-auth/apps/shop/keys")
          assert.strictEqual(text.split('"rate_limit_scheme_slug":"daily"').length, 2)
        }),
      { world }
    )
  })

  it.effect("has the API's own host names, copies and limits where its world names none", () =>
    withEmulator((emulator) =>
      Effect.gen(function* () {
        const { environment, options } = yield* emulator.state
        assert.deepStrictEqual(options, { windows: "meant", audit: "meant", auditCap: 100_000, secure: false })
        const { defaultRateLimits, ...others } = environment
        assert.deepStrictEqual(others, {
          generatedDomain: "oapi.trywacht.xyz",
          cnameTarget: "oauth.wacht.services",
          cdnBase: "https://cdn.wacht.services",
          authzCacheSeconds: 60,
          rateLimitSchemeCacheSeconds: 3600
        })
        const limits = defaultRateLimits.map(({ duration, maxRequests, mode, unit }) => [
          maxRequests,
          duration,
          unit,
          mode
        ])
        assert.deepStrictEqual(limits, [[1000, 1, "minute", "per_app"]])
      })
    )
  )

  it.effect("uses the credential of the first actor that is active", () => {
    const actor = { deployment_id: "1", key_id: "1" }
    const actors = {
      old: { ...actor, credential: "sk_old", state: "revoked" as const },
      past: { ...actor, credential: "sk_past", state: "expired" as const },
      current: { ...actor, credential: "sk_current" }
    }
    return withEmulator(({ apiKey }) => Effect.sync(() => assert.strictEqual(Redacted.value(apiKey), "sk_current")), {
      world: { deployments: [{ id: "1" }], actors }
    })
  })

  it.effect("warns of the host that it is not, which the SDK's error does not name", () => {
    const { layer, messages } = warnings()
    return withEmulator(() =>
      Effect.flip(Effect.flatMap(HttpClient.HttpClient, (client) => client.get("https://e.com/")))
    ).pipe(
      Effect.tap(() => assert.include(messages.join(), "e.com is no host of the emulator (https://api.wacht.dev")),
      Effect.provide(layer)
    )
  })

  it.effect("lets as many requests go wrong as it is told, and none for what is no number of them", () =>
    withEmulator((emulator) =>
      Effect.gen(function* () {
        for (const [times, failures] of wholeTimes) {
          yield* emulator.failNext(Fault.status(503), {}, times)
          const answers = yield* Effect.replicateEffect(send("GET", "/api-auth/apps"), 4)
          assert.lengthOf(
            answers.filter(({ status }) => status === 503),
            failures,
            String(times)
          )
        }
      })
    )
  )

  it.effect("lets requests go wrong for as long as it is not told otherwise", () =>
    withEmulator((emulator) =>
      Effect.gen(function* () {
        yield* emulator.failEvery(Fault.status(503))
        const answers = yield* Effect.replicateEffect(send("GET", "/api-auth/apps"), 1100)
        assert.isTrue(answers.every(({ status }) => status === 503))
        yield* emulator.clearFaults
        assert.strictEqual((yield* send("GET", "/api-auth/apps")).status, 200)
      })
    )
  )

  it.live("is put back when the request under way is done, not in the middle of it", () =>
    withEmulator(
      (emulator) =>
        Effect.gen(function* () {
          const before = yield* emulator.snapshot
          const rotation = yield* Effect.fork(send("POST", "/oauth/apps/acme-oauth/signing-keys/rotate"))
          yield* Effect.repeat(emulator.requests, { until: (requests) => requests.length === 1 })
          yield* emulator.restore(before)
          assert.strictEqual((yield* Fiber.join(rotation)).status, 200)
          assert.deepStrictEqual(yield* emulator.snapshot, before)
          yield* emulator.clearRequests
          const another = yield* Effect.fork(send("POST", "/oauth/apps/acme-oauth/signing-keys/rotate"))
          yield* Effect.repeat(emulator.requests, { until: (requests) => requests.length === 1 })
          const taken = yield* emulator.snapshot
          yield* Fiber.join(another)
          assert.deepStrictEqual(yield* emulator.snapshot, taken, "and is copied then too")
        }),
      { secure: true }
    )
  )

  it.effect("keeps its own options where it is put back to the snapshot of another", () =>
    Effect.gen(function* () {
      const snapshot = yield* withEmulator((other) => Effect.zipRight(make, other.snapshot))
      yield* withEmulator(
        (emulator) =>
          Effect.gen(function* () {
            yield* emulator.restore(snapshot)
            assert.isTrue(yield* isMade)
            const { options } = yield* emulator.state
            assert.deepInclude(options, { windows: "observed", audit: "plainClickHouse", auditCap: 7 })
          }),
        { windows: "observed", audit: "plainClickHouse", auditCap: 7 }
      )
    })
  )

  it.effect("makes things that are newer than those of its world, by id and by time", () => {
    const id = "300000000000000000"
    const rules = [{ unit: "minute", duration: 1, max_requests: 1 }]
    const world = {
      ...Emulator.defaultWorld,
      rate_limit_schemes: [{ id, deployment_id: "200000000000000001", slug: "of-the-world", name: "W", rules }]
    }
    return withEmulator(
      () =>
        Effect.gen(function* () {
          const { text } = yield* make
          assert.isTrue(BigInt(/"id":(\d+)/.exec(text)?.[1] ?? 0) > BigInt(id))
          const listed = (yield* send("GET", "/api-auth/rate-limit-schemes")).text
          assert.deepStrictEqual(
            Array.from(listed.matchAll(/"slug":"([^"]+)"/g), ([, slug]) => slug),
            ["s", "of-the-world"]
          )
        }),
      { world }
    )
  })

  it.effect("says that seeded rows went beyond the cap as well", () => {
    const { layer, messages } = warnings()
    const auditRows = Array.from({ length: 150 }, (_, index) => ({
      request_id: `req_${index}`,
      deployment_id: "100000000000000001",
      app_slug: "shop",
      key_id: "1",
      key_name: "k",
      outcome: "VALID",
      client_ip: "",
      path: "GET /",
      timestamp: "2026-01-01T00:00:00Z"
    }))
    return Effect.gen(function* () {
      const { world } = (yield* makeEngine({ auditRows, auditCap: 100 })).engine
      assert.match(messages.join(), /^The audit trail holds 100 rows/)
      const [row] = world.auditRows
      yield* write(world, row ?? assert.fail())
      assert.isAtLeast(world.auditDropped, 50)
      assert.lengthOf(messages, 1)
    }).pipe(Effect.provide(layer))
  })

  it.effect("warns of what a world refers to in vain, has twice, or calls by no name, never showing a secret", () => {
    const { layer, messages } = warnings()
    const key = { id: "1", deployment_id: "1", app_slug: "shopp", name: "k", key_prefix: "k", secret: "k_secret" }
    const scoped = { deployment_id: "1", app_slug: "shop", name: "S", key_prefix: "k" }
    const world = {
      deployments: [{ id: "1" }],
      actors: { owner: { credential: "canary", key_id: "1", deployment_id: "1" } },
      api_auth_apps: [scoped, { ...scoped, rate_limit_scheme_slug: "nope" }],
      api_keys: [
        { ...key, revokedAt: "2026-01-01T00:00:00Z" },
        { ...key, deployment_id: "2", revokedAt: "2026-01-01T00:00:00Z" }
      ],
      api_key: []
    }
    return Effect.gen(function* () {
      yield* Layer.build(Emulator.layer({ world }))
      assert.deepStrictEqual(messages, [
        [
          "world: api_key is no part of a world",
          "api_keys.*.revokedAt is no part of a world",
          "api_keys.1.deployment_id names nothing that is there",
          "api_auth_apps.1.rate_limit_scheme_slug names nothing that is there",
          "api_keys.0.app_slug names nothing that is there",
          "api_keys.1.app_slug names nothing that is there",
          "api_keys.1.id is there twice",
          "api_auth_apps.1.app_slug is there twice",
          "api_keys.1.secret is there twice"
        ].join("; ")
      ])
    }).pipe(Effect.scoped, Effect.provide(layer))
  })

  it.effect("warns of tenants that are not there", () => {
    const { layer, messages } = warnings()
    const member = { id: "7", organization_id: "8", user_id: "8" }
    const world = {
      deployments: [{ id: "1" }],
      actors: { owner: { credential: "canary", key_id: "1", deployment_id: "1" } },
      users: [{ id: "5", deployment_id: "2", first_name: "A" }],
      organizations: [{ id: "5", deployment_id: "2", name: "A" }],
      workspaces: [{ id: "5", deployment_id: "2", organization_id: "8", name: "A" }],
      organization_memberships: [member],
      workspace_memberships: [{ ...member, workspace_id: "8", organization_membership_id: "8" }],
      api_auth_apps: [
        {
          deployment_id: "1",
          app_slug: "a",
          name: "A",
          key_prefix: "k",
          user_id: "8",
          organization_id: "8",
          workspace_id: "8"
        },
        {
          deployment_id: "1",
          app_slug: "b",
          name: "B",
          key_prefix: "k",
          user_id: "5",
          organization_id: "5",
          workspace_id: "5"
        }
      ]
    }
    return Effect.gen(function* () {
      yield* Layer.build(Emulator.layer({ world }))
      assert.deepStrictEqual(
        String(messages[0])
          .replace("world: ", "")
          .split("; ")
          .map((doubt) => doubt.replace(" names nothing that is there", "")),
        [
          "users.0.deployment_id",
          "organizations.0.deployment_id",
          "workspaces.0.deployment_id",
          "workspaces.0.organization_id",
          "organization_memberships.0.organization_id",
          "workspace_memberships.0.organization_id",
          "api_auth_apps.0.organization_id",
          "organization_memberships.0.user_id",
          "workspace_memberships.0.user_id",
          "api_auth_apps.0.user_id",
          "workspace_memberships.0.workspace_id",
          "api_auth_apps.0.workspace_id",
          "workspace_memberships.0.organization_membership_id"
        ]
      )
    }).pipe(Effect.scoped, Effect.provide(layer))
  })

  it.effect("warns of a credential whose app is another deployment's, not of one that is none's", () => {
    const { layer, messages } = warnings()
    const actor = (backend_app_slug?: string) => ({
      credential: `canary ${backend_app_slug}`,
      key_id: "1",
      deployment_id: "1",
      backend_app_slug
    })
    const actors = { a: actor("aa_2"), b: actor("notanaaslug"), c: actor("aa_1"), d: actor(), e: null }
    return Effect.gen(function* () {
      yield* Layer.build(Emulator.layer({ world: { deployments: [{ id: "1" }, { id: "2" }], actors } }))
      assert.deepStrictEqual(messages, [
        "world: actors.a.backend_app_slug is another deployment's, so the key is not accepted"
      ])
    }).pipe(Effect.scoped, Effect.provide(layer))
  })

  it.effect("warns of OAuth things that refer to nothing, a slug being one of a deployment", () => {
    const { layer, messages } = warnings()
    const client = { id: "7", deployment_id: "1", oauth_app_id: "8", client_id: "oc_a", client_auth_method: "none" }
    const grant = { id: "9", deployment_id: "2", api_auth_app_slug: "a", oauth_client_id: "7", resource: "r" }
    const token = { value: "canary", api_auth_app_slug: "a", expires_at: "2030-01-01T00:00:00Z" }
    const world = {
      deployments: [{ id: "1" }, { id: "2" }],
      actors: { owner: { credential: "canary", key_id: "1", deployment_id: "1" } },
      api_auth_apps: [{ deployment_id: "2", app_slug: "a", name: "A", key_prefix: "k" }],
      oauth_signing_keys: [{ id: "5", oauth_app_id: "8", kid: "k", status: "active", public_key_pem: "p" }],
      oauth_clients: [client, { ...client, id: "17", client_id: "oc_b", deployment_id: "2" }],
      oauth_grants: [grant, { ...grant, id: "19", deployment_id: "1" }, { ...grant, id: "20", oauth_client_id: "8" }],
      oauth_access_tokens: [
        { ...token, oauth_client_id: "7", oauth_grant_id: "8" },
        { ...token, value: "canary 2", oauth_client_id: "17" },
        { ...token, value: "canary 3", oauth_client_id: "8" }
      ]
    }
    return Effect.gen(function* () {
      yield* Layer.build(Emulator.layer({ world }))
      const fields = [
        "oauth_signing_keys.0.oauth_app_id",
        "oauth_clients.0.oauth_app_id",
        "oauth_clients.1.oauth_app_id",
        "oauth_grants.2.oauth_client_id",
        "oauth_access_tokens.2.oauth_client_id",
        "oauth_access_tokens.0.oauth_grant_id",
        "oauth_grants.1.api_auth_app_slug",
        "oauth_access_tokens.0.api_auth_app_slug"
      ]
      assert.deepStrictEqual(messages, [
        `world: ${fields.map((field) => `${field} names nothing that is there`).join("; ")}`
      ])
    }).pipe(Effect.scoped, Effect.provide(layer))
  })

  it.effect("warns of everything that a world has twice and an emulator keeps once", () => {
    const { layer, messages } = warnings()
    const twice = <A extends object, B extends object>(item: A, other: B) => [item, { ...item, ...other }]
    const actor = { credential: "canary", key_id: "1", deployment_id: "1" }
    const tenant = { id: "5", deployment_id: "1", name: "A" }
    const member = { id: "5", organization_id: "5", user_id: "5" }
    const app = { id: "6", deployment_id: "1", slug: "canary", name: "A", fqdn: "a.example" }
    const client = { id: "7", deployment_id: "1", oauth_app_id: "6", client_id: "oc_a", client_auth_method: "none" }
    const grant = { id: "9", deployment_id: "1", api_auth_app_slug: "a", oauth_client_id: "7", resource: "r" }
    const token = {
      value: "canary",
      oauth_client_id: "7",
      api_auth_app_slug: "a",
      expires_at: "2030-01-01T00:00:00Z"
    }
    const domain = { hostname: "canary.example", state: "active" }
    const world = {
      deployments: [{ id: "1" }, { id: "1" }, { id: "2" }],
      actors: { owner: actor, other: actor, nobody: null },
      users: twice({ id: "5", deployment_id: "1", first_name: "A" }, { first_name: "B" }),
      organizations: [tenant, tenant],
      workspaces: [tenant, tenant].map((each) => ({ ...each, organization_id: "5" })),
      organization_memberships: [member, member],
      workspace_memberships: [member, member].map((each) => ({
        ...each,
        workspace_id: "5",
        organization_membership_id: "5"
      })),
      api_auth_apps: [{ deployment_id: "1", app_slug: "a", name: "A", key_prefix: "k" }],
      oauth_apps: [...twice(app, { id: "8", fqdn: "b.example" }), { ...app, id: "10", deployment_id: "2" }],
      oauth_signing_keys: twice(
        { id: "5", oauth_app_id: "6", kid: "k", status: "active", public_key_pem: "p" },
        { id: "6" }
      ),
      oauth_clients: twice(client, { id: "8" }),
      oauth_grants: [grant, grant],
      oauth_access_tokens: [token, token],
      domains: [domain, domain]
    }
    return Effect.gen(function* () {
      yield* Layer.build(Emulator.layer({ world }))
      const places = [
        "actors.other.credential",
        "deployments.1.id",
        "users.1.id",
        "organizations.1.id",
        "workspaces.1.id",
        "organization_memberships.1.id",
        "workspace_memberships.1.id",
        "oauth_grants.1.id",
        "oauth_apps.1.slug",
        "oauth_apps.2.fqdn",
        "oauth_signing_keys.1.kid",
        "oauth_clients.1.client_id",
        "oauth_access_tokens.1.value",
        "domains.1.hostname"
      ]
      assert.deepStrictEqual(messages, [`world: ${places.map((place) => `${place} is there twice`).join("; ")}`])
    }).pipe(Effect.scoped, Effect.provide(layer))
  })

  it.effect("warns of a deployment that is not there, and of ids and slugs that are there twice, of every kind", () => {
    const { layer, messages } = warnings()
    const scheme = { deployment_id: "9", slug: "s", name: "S", rules: [] }
    const oauthApp = { id: "6", deployment_id: "9", name: "A" }
    const client = { id: "7", deployment_id: "9", oauth_app_id: "6", client_auth_method: "none" }
    const world = {
      deployments: [{ id: "1" }],
      actors: { owner: { credential: "canary actor", key_id: "1", deployment_id: "1" } },
      rate_limit_schemes: [
        { ...scheme, id: "3" },
        { ...scheme, id: "4" }
      ],
      api_auth_apps: [
        { deployment_id: "1", app_slug: "a", name: "A", key_prefix: "k" },
        { deployment_id: "9", app_slug: "b", name: "B", key_prefix: "k" }
      ],
      api_keys: [
        {
          id: "11",
          deployment_id: "1",
          app_slug: "a",
          name: "k",
          key_prefix: "k",
          secret: "canary",
          rate_limit_scheme_slug: "nope"
        }
      ],
      oauth_apps: [
        { ...oauthApp, slug: "x", fqdn: "x.example" },
        { ...oauthApp, slug: "y", fqdn: "y.example" }
      ],
      oauth_clients: [
        { ...client, client_id: "oc_a" },
        { ...client, client_id: "oc_b" }
      ],
      oauth_grants: [{ id: "9", deployment_id: "9", api_auth_app_slug: "b", oauth_client_id: "7", resource: "r" }]
    }
    return Effect.gen(function* () {
      yield* Layer.build(Emulator.layer({ world }))
      const deployments = [
        "rate_limit_schemes.0",
        "rate_limit_schemes.1",
        "api_auth_apps.1",
        "oauth_apps.0",
        "oauth_apps.1",
        "oauth_clients.0",
        "oauth_clients.1",
        "oauth_grants.0"
      ]
      const missing = [...deployments.map((item) => `${item}.deployment_id`), "api_keys.0.rate_limit_scheme_slug"]
      const twice = ["oauth_apps.1.id", "oauth_clients.1.id", "rate_limit_schemes.1.slug"]
      assert.deepStrictEqual(String(messages[0]).replace("world: ", "").split("; "), [
        ...missing.map((field) => `${field} names nothing that is there`),
        ...twice.map((field) => `${field} is there twice`)
      ])
    }).pipe(Effect.scoped, Effect.provide(layer))
  })

  it.effect("warns of audit rows that no route shows, but not of the console's", () => {
    const { layer, messages } = warnings()
    const world = {
      ...Emulator.defaultWorld,
      api_auth_apps: [{ deployment_id: "200000000000000001", app_slug: "shop", name: "Shop", key_prefix: "sk" }]
    }
    const row = {
      request_id: "req_1",
      deployment_id: "200000000000000001",
      app_slug: "shop",
      key_id: "1",
      key_name: "k",
      outcome: "VALID",
      client_ip: "",
      path: "GET /",
      timestamp: "2026-01-01T00:00:00Z"
    }
    const auditRows = [
      row,
      { ...row, app_slug: "canary" },
      { ...row, deployment_id: "3" },
      { ...row, deployment_id: "100000000000000001" }
    ]
    return Effect.gen(function* () {
      yield* Layer.build(Emulator.layer({ world, auditRows }))
      assert.deepStrictEqual(messages, [
        "audit rows: 1.app_slug names nothing that is there; 2.deployment_id names nothing that is there"
      ])
    }).pipe(Effect.scoped, Effect.provide(layer))
  })

  it.effect("never shows what a world holds where it refuses it", () =>
    Effect.gen(function* () {
      const world = { deployments: [], actors: { owner: "canary" } }
      const error = yield* Effect.flip(Layer.build(Emulator.layer({ world })))
      assert.include(error.message, "world: actors.owner")
      assert.notInclude(error.message, "canary")
    }).pipe(Effect.scoped)
  )

  for (const [what, options, message] of [
    ["no world at all", { world: null }, "world:"],
    ["a number of rows", { auditCap: -1 }, "auditCap"],
    ["half a row", { auditCap: 1.5 }, "auditCap"],
    ["a kind of audit", { audit: "clickhouse" as "meant" }, "audit"],
    ["windows", { windows: "sliding" as "meant" }, "windows"],
    ["an actor", { actor: "nobody" }, "actor: the world has no nobody, but owner"],
    ["a world without members", { world: {} }, "world: deployments is missing"],
    ["a time in a world", { world: { deployments: [], actors: {}, recorded_from: "x" } }, "world: recorded_from"],
    [
      "a world's credential without its deployment",
      { world: { deployments: [], actors: { a: { credential: "x", key_id: "1", deployment_id: "2" } } } },
      "world: actors.a.deployment_id"
    ],
    ["an id", { world: { deployments: [{ id: "abc" }], actors: {} } }, "world: deployments.0.id"],
    [
      "an id after which too few can come",
      { world: { deployments: [{ id: String(2n ** 63n - 1n - 2n ** 48n) }], actors: {} } },
      "world: deployments.0.id"
    ],
    [
      "an id after which none can come",
      { world: { deployments: [{ id: String(2n ** 63n - 1n) }], actors: {} } },
      "world: deployments.0.id"
    ],
    ...["authz_cache_seconds", "rate_limit_scheme_cache_seconds"].flatMap((field) =>
      [Infinity, 1e300, -1].map(
        (seconds) =>
          [
            `${field} of ${seconds}`,
            { world: { ...Emulator.defaultWorld, environment: { [field]: seconds } } },
            `world: environment.${field} `
          ] as const
      )
    ),
    ["an audit row", { auditRows: [{ request_id: 5 }] }, "audit rows: 0."]
  ] as const)
    it.effect(`refuses ${what} that it cannot use, and names it`, () =>
      Effect.gen(function* () {
        const error = yield* Effect.flip(Layer.build(Emulator.layer(options as Emulator.Options)))
        assert.strictEqual(error._tag, "EmulatorConfigError")
        assert.include(error.message, message)
      }).pipe(Effect.scoped)
    )
})
