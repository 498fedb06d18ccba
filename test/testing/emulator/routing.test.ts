import { assert, describe, it, layer } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as TestClock from "effect/TestClock"
import * as fc from "fast-check"
import { Emulator } from "effect-wacht/testing"
import { contract, recordedWorld, refusal, send } from "./harness.js"

interface Route {
  readonly host: string
  readonly method: string
  readonly path: string
}
const { routes }: { readonly routes: ReadonlyArray<Route> } = JSON.parse(contract("contract.json"))
const paths = [...new Set(routes.filter(({ host }) => host === "platform").map(({ path }) => path))]

describe("a backend key's own limit", () => {
  it.effect("without a rule of its own it shares a thousand calls a minute with the deployment's other keys", () =>
    Effect.gen(function* () {
      const call = (credential: string) => Effect.map(send("GET", "/oauth/apps", { credential }), refusal)
      yield* Effect.replicateEffect(call("sk_one"), 600)
      yield* Effect.replicateEffect(call("sk_two"), 400)
      assert.deepStrictEqual(yield* call("sk_one"), [429, "Rate limit exceeded. Retry after 60000 seconds"])
      assert.deepStrictEqual(yield* call("sk_two"), [429, "Rate limit exceeded. Retry after 60000 seconds"])
      assert.deepStrictEqual(yield* call("sk_other"), [200, undefined])
      yield* TestClock.adjust("1 minute")
      assert.deepStrictEqual(yield* call("sk_one"), [200, undefined])
    }).pipe(
      Effect.provide(
        Emulator.layer({
          world: {
            deployments: [{ id: "1" }, { id: "2" }],
            actors: {
              one: { credential: "sk_one", key_id: "11", deployment_id: "1" },
              two: { credential: "sk_two", key_id: "12", deployment_id: "1" },
              other: { credential: "sk_other", key_id: "21", deployment_id: "2" }
            }
          }
        })
      )
    )
  )
})

layer(Emulator.layer({ world: recordedWorld }))("routing", (it) => {
  for (const path of paths) {
    const target = path.replace(/\{\w+\}/g, "1")
    const methods = routes.filter((route) => route.path === path).map(({ method }) => method)
    const allow = methods.includes("GET") ? [...methods, "HEAD"] : methods

    it.effect(`${path}: other methods are 405 and say which there are, but only to who is known`, () =>
      Effect.gen(function* () {
        for (const method of ["PUT", "OPTIONS", "TRACE", "get"]) {
          const answer = yield* send(method, target)
          assert.deepStrictEqual(refusal(answer), [405, "Method not allowed"])
          assert.sameMembers((answer.headers["allow"] ?? "").split(","), allow)
        }
        assert.strictEqual((yield* send("PUT", target, { actor: null })).status, 401)
      })
    )

    it.effect(`${path}: slashes and empty segments more are 404`, () =>
      Effect.gen(function* () {
        const others = [`${target}/`, `/${target}`, `${target}/x/y/z`, target.replace("/1", "/"), target.toUpperCase()]
        for (const other of others.filter((one) => one !== target && one.startsWith("/")))
          if (!paths.includes(other))
            assert.deepStrictEqual(refusal(yield* send("GET", other)), [404, "Not found"], other)
      })
    )
  }

  it.effect("what is not known is refused before it is missed", () =>
    Effect.gen(function* () {
      assert.deepStrictEqual(refusal(yield* send("GET", "/x")), [404, "Not found"])
      for (const actor of ["revoked", "expired", "wrongslug"])
        assert.deepStrictEqual(refusal(yield* send("GET", "/x", { actor })), [401, "Authentication failed"])
    })
  )

  for (const [header, message] of [
    ["", "Authorization header must be Bearer token"],
    ["Bearer", "Authorization header must be Bearer token"],
    ["bearer KEY", "Authorization header must be Bearer token"],
    ["BEARER KEY", "Authorization header must be Bearer token"],
    ["Bearer\tKEY", "Authorization header must be Bearer token"],
    ["Basic KEY", "Authorization header must be Bearer token"],
    ["Bearer KEYé", "Authorization header must be Bearer token"],
    ["Bearer KEYx", "Authentication failed"],
    ["Bearer x", "Authentication failed"],
    ["Bearer   KEY  ", undefined],
    ["Bearer KEY", undefined]
  ] as const)
    it.effect(
      `authorization: ${JSON.stringify(header)} ${message === undefined ? "passes" : `is refused: ${message}`}`,
      () =>
        Effect.gen(function* () {
          const authorization = header.replace("KEY", recordedWorld.actors["owner"]?.credential ?? "")
          const answer = yield* send("GET", "/api-auth/apps", { headers: { authorization } })
          assert.deepStrictEqual(refusal(answer), message === undefined ? [200, undefined] : [401, message])
        })
    )

  it.effect("HEAD is GET without its body", () =>
    Effect.gen(function* () {
      const answer = yield* send("HEAD", "/api-auth/apps")
      assert.deepStrictEqual(
        [answer.status, answer.text, answer.headers["content-type"]],
        [200, "", "application/json"]
      )
      const missing = yield* send("HEAD", "/api-auth/apps/nope")
      assert.deepStrictEqual([missing.status, missing.text], [404, ""])
    })
  )

  it.effect("path values are decoded once, and what cannot be is 400", () =>
    Effect.gen(function* () {
      const slug = "a/b c?é%2F"
      const json = { app_slug: slug, name: "Odd", key_prefix: "sk" }
      assert.strictEqual((yield* send("POST", "/api-auth/apps", { json })).status, 200)
      const at = (path: string) => Effect.map(send("GET", `/api-auth/apps/${path}`), refusal)
      assert.deepStrictEqual(yield* at(encodeURIComponent(slug)), [200, undefined])
      assert.deepStrictEqual(yield* at("a/b%20c%3F%C3%A9%252F"), [404, "Not found"])
      assert.deepStrictEqual(yield* at("a%2Fb+c%3F%C3%A9%252F"), [404, "API key app not found"])
      for (const path of ["%ff", "%C3", "%ED%A0%80"]) assert.deepStrictEqual(yield* at(path), [400, "Bad request"])
      assert.deepStrictEqual(yield* at("%00"), [500, "Something went wrong"])
    })
  )

  it.effect("a value may be what another route has as a fixed part of its path", () =>
    Effect.gen(function* () {
      const compromised = yield* send("POST", "/oauth/apps/seeded/signing-keys/rotate/compromise")
      assert.deepStrictEqual(refusal(compromised), [404, "no signing key with kid 'rotate' for this app"])
    })
  )

  it.effect("ids in paths are signed 64-bit decimals", () =>
    Effect.gen(function* () {
      const at = (id: string) =>
        Effect.map(send("POST", `/api-auth/apps/audit-app/keys/${id}/revoke`, { json: {} }), refusal)
      for (const id of [
        "abc",
        "1.0",
        "1e3",
        "9223372036854775808",
        "-9223372036854775809",
        "%20",
        "0x1",
        "9".repeat(5000)
      ])
        assert.deepStrictEqual(yield* at(id), [400, "Bad request"], id)
      for (const id of ["-1", "+1", "0", "007", "9223372036854775807"])
        assert.deepStrictEqual(yield* at(id), [404, "API key not found"], id)
    })
  )

  it.effect("bodies: media type, then size, then text", () =>
    Effect.gen(function* () {
      const create = (body: string | Uint8Array, type?: string) =>
        Effect.map(
          send("POST", "/api-auth/rate-limit-schemes", {
            body,
            ...(type === undefined ? {} : { headers: { "content-type": type } })
          }),
          ({ status }) => status
        )
      const large = " ".repeat(2_097_153)
      for (const type of [undefined, "text/plain", "application/x-www-form-urlencoded", "application/jsonx", "json"])
        assert.strictEqual(yield* create(large, type), 415)
      for (const type of [
        "application/json",
        "application/json; charset=utf-8",
        "APPLICATION/JSON",
        "application/vnd.api+json"
      ]) {
        assert.strictEqual(yield* create(large, type), 413)
        assert.strictEqual(yield* create("{}", type), 422)
      }
      assert.strictEqual(yield* create(" ".repeat(2_097_152), "application/json"), 400)
      assert.strictEqual(yield* create("", "application/json"), 400)
      assert.strictEqual(yield* create(Uint8Array.of(0x22, 0xff, 0x22), "application/json"), 400)
      assert.strictEqual(yield* create(Uint8Array.of(0xef, 0xbb, 0xbf, 0x7b, 0x7d), "application/json"), 400)
      assert.strictEqual(yield* create("[".repeat(1_000_000), "application/json"), 422)
    })
  )

  it.effect("any path, query and body gets an answer in the API's form", () =>
    Effect.gen(function* () {
      const runtime = yield* Effect.runtime<Effect.Effect.Context<ReturnType<typeof send>>>()
      const { runPromise } = yield* Effect.promise(() => import("effect/Runtime"))
      const piece = fc.oneof(
        fc.constantFrom("apps", "api-auth", "oauth", "keys", "1", "%ff", "%", "%00", "..;", "a%2Fb", "clients"),
        fc.webSegment()
      )
      yield* Effect.promise(() =>
        fc.assert(
          fc.asyncProperty(
            fc.constantFrom("GET", "POST", "PATCH", "DELETE"),
            fc.array(piece, { minLength: 1, maxLength: 6 }),
            fc.webQueryParameters(),
            fc.oneof(fc.json(), fc.string(), fc.uint8Array()),
            async (method, segments, query, body) => {
              const answer = await runPromise(runtime)(
                send(method, `/${segments.join("/")}?${query}`, {
                  body,
                  headers: { "content-type": "application/json" }
                })
              )
              assert.include([200, 204, 400, 404, 405, 409, 413, 415, 422, 500], answer.status)
              if (answer.status >= 400) assert.isString(refusal(answer)[1])
            }
          ),
          { numRuns: 300 }
        )
      )
    })
  )
})
