import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as TestClock from "effect/TestClock"
import { Emulator } from "effect-wacht/testing"
import { check, recordedWorld, refusal, send } from "./harness.js"

type Shown = Readonly<Record<string, unknown>>
const shown = <A = Shown>(sent: { readonly status: number; readonly body: unknown; readonly text: string }): A => {
  assert.strictEqual(sent.status, 200, sent.text)
  return sent.body as A
}
const post = (path: string, json: unknown) => Effect.map(send("POST", path, { json }), (sent) => shown(sent))
const patch = (path: string, json: unknown) => Effect.map(send("PATCH", path, { json }), (sent) => shown(sent))
const get = <A = Shown>(path: string) => Effect.map(send("GET", path), (sent) => shown<A>(sent))
const listKeys = (slug: string) =>
  Effect.map(
    get<{ readonly keys: ReadonlyArray<Shown> }>(`/api-auth/apps/${slug}/keys?include_inactive=true`),
    ({ keys }) => keys
  )

const world = Emulator.layer({ world: recordedWorld })
const app = { app_slug: "shop", name: "Shop", key_prefix: "sk" }
const minute = { unit: "minute", duration: 1, max_requests: 5 }

describe("keys", () => {
  it.effect("a rotation is one step: the successor is made in the microsecond in which the old key dies", () =>
    Effect.gen(function* () {
      yield* post("/api-auth/apps", app)
      const key = shown(
        yield* send("POST", "/api-auth/apps/shop/keys", {
          headers: { "content-type": "application/json" },
          // as text: the number is more than a JavaScript one can hold
          body:
            '{"name":"first","permissions":["b","a"],"metadata":{"z":9007199254740993,"a":[1.5]},' +
            '"expires_at":"2030-01-02T03:04:05.678901+02:00"}'
        })
      )
      yield* TestClock.adjust("3 seconds")
      const successor = yield* send("POST", `/api-auth/apps/shop/keys/${String(key["id"])}/rotate`)
      const [listed, old] = yield* listKeys("shop")
      const made = shown(successor)
      assert.strictEqual(made["created_at"], old?.["revoked_at"])
      assert.strictEqual(made["updated_at"], old?.["updated_at"])
      assert.deepInclude(old, { is_active: false, revoked_reason: "Rotated" })
      const { secret, ...rest } = made
      assert.deepStrictEqual(listed, rest)
      assert.match(String(secret), /^sk_[A-Za-z0-9_-]{43}$/)
      assert.strictEqual(String(secret).slice(-8), made["key_suffix"])
      assert.notStrictEqual(secret, key["secret"])
      assert.deepInclude(made, { name: "first", permissions: ["b", "a"], expires_at: "2030-01-02T01:04:05.678901Z" })
      assert.include(successor.text, '"metadata":{"a":[1.5],"z":9007199254740993}')
    }).pipe(Effect.provide(Emulator.layer({ world: recordedWorld })))
  )

  it.effect("every update of an app stamps its scheme on all of its keys, and moves their time", () =>
    Effect.gen(function* () {
      yield* post("/api-auth/rate-limit-schemes", { slug: "s", name: "S", rules: [minute] })
      yield* post("/api-auth/apps", app)
      yield* post("/api-auth/apps/shop/keys", { name: "first" })
      const updated = yield* patch("/api-auth/apps/shop", { rate_limit_scheme_slug: "s" })
      const [key] = yield* listKeys("shop")
      assert.deepInclude(key, { rate_limit_scheme_slug: "s", updated_at: updated["updated_at"] })
      assert.deepStrictEqual(key?.["rate_limits"], [{ ...minute, priority: 0 }])
      const created = yield* post("/api-auth/apps/shop/keys", { name: "second" })
      assert.deepStrictEqual(created["rate_limits"], [], "empty in the answer of a creation, whatever the scheme")
    }).pipe(Effect.provide(world))
  )

  it.effect("a key of a tenant's app copies the memberships and role permissions of its owner", () =>
    Effect.gen(function* () {
      const [user, organization] = ["281474976710660001", "281474976710661001"]
      yield* post("/api-auth/apps", { ...app, app_slug: "owned", user_id: user, organization_id: organization })
      const key = yield* post("/api-auth/apps/owned/keys", { name: "k" })
      assert.deepInclude(key, {
        owner_user_id: user,
        organization_id: organization,
        organization_membership_id: "281474976710663001",
        org_role_permissions: ["org:admin", "org:read"],
        workspace_role_permissions: []
      })
      assert.notProperty(key, "workspace_id")
      assert.notProperty(key, "workspace_membership_id")
    }).pipe(Effect.provide(world))
  )

  it.effect("a deleted app takes its keys and its audit log with it, and keeps its slug", () =>
    Effect.gen(function* () {
      yield* post("/api-auth/apps", app)
      const key = yield* post("/api-auth/apps/shop/keys", { name: "k" })
      const deleted = yield* send("DELETE", "/api-auth/apps/shop")
      assert.strictEqual(deleted.text, "{}")
      for (const path of ["", "/keys", "/audit/logs", "/audit/analytics", "/audit/timeseries"])
        assert.deepStrictEqual(refusal(yield* send("GET", `/api-auth/apps/shop${path}`)), [
          404,
          "API key app not found"
        ])
      const refused = yield* check(String(key["secret"]))
      assert.deepStrictEqual([refused.status, refused.text], [401, "Invalid API key"])
      assert.deepStrictEqual(refusal(yield* send("POST", "/api-auth/apps", { json: app })), [
        409,
        "Resource already exists"
      ])
    }).pipe(Effect.provide(world))
  )

  it.effect("the rotated key passes for as long as the gateway's copy of it lasts", () =>
    Effect.gen(function* () {
      yield* post("/api-auth/apps", app)
      const key = yield* post("/api-auth/apps/shop/keys", { name: "k" })
      const unused = yield* post("/api-auth/apps/shop/keys", { name: "unused" })
      assert.strictEqual((yield* check(String(key["secret"]))).status, 200)
      for (const { id } of [key, unused]) yield* send("POST", `/api-auth/apps/shop/keys/${String(id)}/rotate`)
      assert.strictEqual((yield* check(String(key["secret"]))).status, 200)
      assert.strictEqual((yield* check(String(unused["secret"]))).status, 401)
      yield* TestClock.adjust("61 seconds")
      assert.strictEqual((yield* check(String(key["secret"]))).status, 401)
    }).pipe(Effect.provide(world))
  )
})

describe("the list of apps", () => {
  const page = (query: string) =>
    Effect.map(
      get<{ readonly data: ReadonlyArray<Shown>; readonly has_more: boolean }>(`/api-auth/apps?${query}`),
      ({ data, has_more }) => [data.length, has_more]
    )
  it.effect("takes its limit literally", () =>
    Effect.gen(function* () {
      const [all] = yield* page("limit=1000")
      assert.isAbove(Number(all), 20)
      assert.deepStrictEqual(yield* page(`limit=${all}`), [all, false])
      assert.deepStrictEqual(yield* page(`limit=${Number(all) - 1}`), [Number(all) - 1, true])
      assert.deepStrictEqual(yield* page("limit=0"), [0, true])
      assert.deepStrictEqual(yield* page("limit=-1"), [1, false])
      assert.deepStrictEqual(yield* page("limit=-2"), [0, false])
      for (const query of ["limit=-3", "offset=-1"])
        assert.deepStrictEqual(refusal(yield* send("GET", `/api-auth/apps?${query}`)), [500, "Something went wrong"])
      for (const query of [
        "limit=",
        "limit=1.0",
        "limit=2147483648",
        "include_inactive=1",
        "include_inactive=",
        "limit=1&limit=1"
      ])
        assert.deepStrictEqual(refusal(yield* send("GET", `/api-auth/apps?${query}`)), [400, "Bad request"], query)
      assert.deepStrictEqual(yield* page("search=audit-app"), [1, false])
      assert.deepStrictEqual(yield* page("search=audit"), [0, false])
      assert.deepStrictEqual(yield* page("search=audit%2Dapp&foo=1&foo=2"), [1, false])
    }).pipe(Effect.provide(world))
  )
})

describe("schemes", () => {
  it.effect("ids are raw numbers; a PATCH replaces the rules and moves the scheme to the front", () =>
    Effect.gen(function* () {
      yield* TestClock.setTime(new Date(recordedWorld.recorded_from))
      yield* post("/api-auth/rate-limit-schemes", { slug: "a", name: "A", rules: [minute] })
      yield* post("/api-auth/rate-limit-schemes", { slug: "b", name: "B", rules: [minute] })
      yield* patch("/api-auth/rate-limit-schemes/a", { rules: [{ ...minute, mode: "per_key", endpoints: [] }] })
      const list = yield* send("GET", "/api-auth/rate-limit-schemes")
      assert.match(list.text, /^\{"schemes":\[\{"id":\d{18},"deployment_id":281474976710656001,"slug":"a"/)
      const { schemes, total } = shown<{ readonly schemes: ReadonlyArray<Shown>; readonly total: number }>(list)
      assert.strictEqual(total, schemes.length)
      assert.deepStrictEqual(schemes[0]?.["rules"], [{ ...minute, mode: "per_key", endpoints: [], priority: 0 }])
      const gone = yield* send("DELETE", "/api-auth/rate-limit-schemes/b")
      assert.deepStrictEqual([gone.status, gone.text, gone.headers["content-type"]], [204, "", "application/json"])
    }).pipe(Effect.provide(world))
  )
})

describe("under a test clock that stands", () => {
  it.effect("what is measured from the first of many requests ends when its time was adjusted", () =>
    Effect.gen(function* () {
      yield* post("/api-auth/rate-limit-schemes", { slug: "s", name: "S", rules: [{ ...minute, max_requests: 1 }] })
      yield* post("/api-auth/apps", { ...app, rate_limit_scheme_slug: "s" })
      const key = yield* post("/api-auth/apps/shop/keys", { name: "k" })
      const call = Effect.map(check(String(key["secret"])), ({ body, status }) => [
        status,
        (body as { readonly retry_after: number | null } | undefined)?.retry_after
      ])
      assert.deepStrictEqual(yield* call, [200, null])
      assert.deepStrictEqual(yield* call, [200, 60_000])
      yield* TestClock.adjust("59999 millis")
      assert.deepStrictEqual(yield* call, [200, 60_000])
      yield* TestClock.adjust("1 millis")
      assert.deepStrictEqual(yield* call, [200, null], "exactly as long as it was told to wait")
      yield* send("POST", `/api-auth/apps/shop/keys/${String(key["id"])}/revoke`, { json: {} })
      assert.deepStrictEqual(yield* call, [200, 60_000], "the gateway's copy is judged")
      yield* TestClock.adjust("1 minute")
      assert.strictEqual((yield* call)[0], 401)
    }).pipe(Effect.provide(world))
  )
})
