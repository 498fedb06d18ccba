import * as HttpClient from "@effect/platform/HttpClient"
import * as HttpClientRequest from "@effect/platform/HttpClientRequest"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Random from "effect/Random"
import * as Redacted from "effect/Redacted"
import * as TestClock from "effect/TestClock"
import { readFileSync } from "node:fs"
import { inspect } from "node:util"
import { OAuth } from "effect-wacht"
import { Emulator, Fault } from "effect-wacht/testing"
import { check } from "./harness.js"
import { page } from "./supportTable.js"
import { wholeTimes } from "../../support/times.js"
import { app, scheme, send, withEmulator, warnings } from "./steered.js"

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
