import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as TestClock from "effect/TestClock"
import { Emulator } from "effect-wacht/testing"
import { check, owner, recordedWorld, refusal, send } from "./harness.js"

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
const twoDeployments = {
  deployments: [{ id: "1" }, { id: "2" }],
  actors: {
    one: { credential: "sk_one", key_id: "11", deployment_id: "1" },
    two: { credential: "sk_two", key_id: "12", deployment_id: "2" }
  }
}
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

  it.effect("a successor is made for its owner as the app has it now", () =>
    Effect.gen(function* () {
      const [user, organization] = ["281474976710660001", "281474976710661001"]
      yield* post("/api-auth/apps", { ...app, user_id: user })
      const key = yield* post("/api-auth/apps/shop/keys", { name: "k" })
      assert.notProperty(key, "organization_id")
      yield* patch("/api-auth/apps/shop", { organization_id: organization })
      const successor: Shown = shown(yield* send("POST", `/api-auth/apps/shop/keys/${String(key["id"])}/rotate`))
      assert.deepInclude(successor, {
        owner_user_id: user,
        organization_id: organization,
        organization_membership_id: "281474976710663001",
        org_role_permissions: ["org:admin", "org:read"]
      })
    }).pipe(Effect.provide(world))
  )

  it.effect("a key of another deployment's app of the same slug is not found; a successor was never used", () =>
    Effect.gen(function* () {
      const to = (action: string, credential: string) =>
        send("POST", `/api-auth/apps/shop/keys/21/${action}`, { credential, json: {} })
      for (const action of ["revoke", "rotate"])
        assert.deepStrictEqual(refusal(yield* to(action, "sk_one")), [404, "API key not found"])
      const successor: Shown = shown(yield* to("rotate", "sk_two"))
      assert.deepInclude(successor, { deployment_id: "2", name: "k", last_used_at: null })
    }).pipe(
      Effect.provide(
        Emulator.layer({
          world: {
            ...twoDeployments,
            api_auth_apps: [
              { ...app, deployment_id: "1" },
              { ...app, deployment_id: "2" }
            ],
            api_keys: [
              {
                id: "21",
                deployment_id: "2",
                app_slug: "shop",
                name: "k",
                key_prefix: "sk",
                secret: `sk_${"k".repeat(43)}`,
                last_used_at: "2026-01-01T00:00:00Z"
              }
            ]
          }
        })
      )
    )
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

describe("text with a NUL", () => {
  it.effect("is more than the database takes, in lists and escaped in free JSON too", () =>
    Effect.gen(function* () {
      const create = (more: object) =>
        Effect.map(send("POST", "/api-auth/apps/audit-app/keys", { json: { name: "k", ...more } }), refusal)
      for (const more of [
        { permissions: ["a", "\u0000"] },
        { metadata: { a: ["\u0000"] } },
        { metadata: { "\u0000": 1 } }
      ])
        assert.deepStrictEqual(yield* create(more), [500, "Something went wrong"], JSON.stringify(more))
      assert.deepStrictEqual(
        yield* create({ metadata: { a: "\\u0000" } }),
        [200, undefined],
        "the letters of an escape"
      )
    }).pipe(Effect.provide(world))
  )

  it.effect("is found after every check that asks no database, and after what is missing", () =>
    Effect.gen(function* () {
      const nul = "\u0000"
      const [apps, schemes] = ["/api-auth/apps", "/api-auth/rate-limit-schemes"]
      const rules = [minute]
      yield* post(schemes, { slug: "taken", name: "T", rules })
      const gate = "API auth app creation requires Growth plan"
      const unowned = "user_id is required when organization_id/workspace_id is provided"
      for (const [method, path, json, status, message, actor] of [
        ["POST", apps, { ...app, name: nul }, 403, gate, "pro"],
        ["POST", apps, { ...app, name: nul, organization_id: "281474976710661001" }, 400, unowned],
        ["POST", apps, { ...app, app_slug: "audit-app", name: nul }, 500, "Something went wrong"],
        ["PATCH", `${apps}/nope`, { name: nul }, 404, "API key app not found"],
        ["PATCH", `${apps}/audit-app`, { resources: [nul] }, 500, "Something went wrong"],
        ["PATCH", `${apps}/%00`, { name: 1 }, 422, "Invalid request payload"],
        ["POST", `${apps}/nope/keys`, { name: nul }, 404, "API key app not found"],
        ["POST", `${apps}/audit-app/keys/5/revoke`, { reason: nul }, 404, "API key not found"],
        ["POST", schemes, { slug: nul, name: " ", rules }, 400, "Scheme name is required"],
        ["POST", schemes, { slug: "taken", name: nul, rules }, 409, "Rate limit scheme 'taken' already exists"],
        ["POST", schemes, { slug: nul, name: "N", rules }, 500, "Something went wrong"],
        [
          "POST",
          schemes,
          { slug: "n", name: "N", rules: [{ ...minute, endpoints: [nul] }] },
          500,
          "Something went wrong"
        ],
        ["PATCH", `${schemes}/%00`, { name: "" }, 400, "Scheme name cannot be empty"],
        ["PATCH", `${schemes}/nope`, { name: nul }, 404, "Rate limit scheme not found"],
        ["GET", `${apps}/%00/audit/logs?limit=x`, undefined, 400, "Bad request"],
        ["GET", `${apps}/%00/audit/logs?cursor=%00`, undefined, 500, "Something went wrong"]
      ] as const) {
        const answer = yield* send(method, path, { ...(json && { json }), ...(actor && { actor }) })
        assert.deepStrictEqual(refusal(answer), [status, message], `${method} ${path} ${JSON.stringify(json)}`)
      }
      const [key] = yield* listKeys("audit-app")
      const revoke = `${apps}/audit-app/keys/${String(key?.["id"])}/revoke`
      assert.strictEqual((yield* send("POST", revoke, { json: { reason: nul } })).status, 500)
      assert.strictEqual((yield* listKeys("audit-app"))[0]?.["is_active"], key?.["is_active"], "nothing was written")
    }).pipe(Effect.provide(world))
  )

  it.effect("is none where its escape is spelt out, or where no database reads it", () =>
    Effect.gen(function* () {
      const made = yield* send("POST", "/api-auth/apps", { json: { ...app, name: "\\u0000" } })
      assert.strictEqual(made.status, 200)
      const logs = (query: string) =>
        Effect.map(send("GET", `/api-auth/apps/audit-app/audit/logs?${query}`), ({ status }) => status)
      assert.strictEqual(yield* logs("outcome=%00"), 200)
      assert.strictEqual(yield* logs("cursor=%00"), 400)
    }).pipe(Effect.provide(world))
  )
})

describe("the tenant of an app", () => {
  const [user, organization, other] = ["281474976710660001", "281474976710661001", "281474976710661002"]
  const [workspace, elsewhere] = ["281474976710662001", "281474976710662009"]
  const update = (json: object) => send("PATCH", "/api-auth/apps/shop", { json })

  it.effect("is left as it is where an update says nothing of it, and has to fit together afterwards", () =>
    Effect.gen(function* () {
      yield* post("/api-auth/apps", { ...app, user_id: user, workspace_id: workspace })
      const foreign = [400, "workspace_id does not belong to organization_id"] as const
      assert.deepStrictEqual(refusal(yield* update({ workspace_id: elsewhere })), foreign)
      assert.deepStrictEqual(refusal(yield* update({ organization_id: other, workspace_id: null })), foreign)
      for (const json of [{ organization_id: null, workspace_id: null }, { organization_id: organization }]) {
        const same: Shown = shown(yield* update(json))
        assert.deepInclude(same, { organization_id: organization, workspace_id: workspace })
      }
    }).pipe(
      Effect.provide(
        Emulator.layer({
          world: {
            ...recordedWorld,
            workspaces: [
              { id: workspace, deployment_id: owner, organization_id: organization, name: "Main" },
              { id: elsewhere, deployment_id: owner, organization_id: other, name: "Elsewhere" }
            ]
          }
        })
      )
    )
  )

  it.effect("is of the deployment, and one in which its owner's membership still runs", () =>
    Effect.gen(function* () {
      const create = (json: object) =>
        Effect.map(send("POST", "/api-auth/apps", { json: { ...app, user_id: user, ...json } }), refusal)
      for (const [json, message] of [
        [{ workspace_id: "32" }, "workspace_id does not exist for this deployment"],
        [{ organization_id: "31" }, "organization_id does not exist for this deployment"],
        [{ workspace_id: "33" }, "user_id is not a member of workspace_id"]
      ] as const)
        assert.deepStrictEqual(yield* create(json), [400, message])
      const made = yield* send("POST", "/api-auth/apps/left/keys", { json: { name: "k" } })
      assert.deepStrictEqual(refusal(made), [400, "user is not a member of the org"])
    }).pipe(
      Effect.provide(
        Emulator.layer({
          world: {
            ...recordedWorld,
            organizations: [
              { id: organization, deployment_id: owner, name: "Acme" },
              { id: "31", deployment_id: "281474976710656002", name: "Foreign" }
            ],
            workspaces: [
              { id: "32", deployment_id: "281474976710656002", organization_id: "31", name: "Foreign" },
              { id: "33", deployment_id: owner, organization_id: organization, name: "Left" }
            ],
            workspace_memberships: [
              {
                id: "34",
                workspace_id: "33",
                organization_id: organization,
                organization_membership_id: "281474976710663001",
                user_id: user,
                active: false
              }
            ],
            api_auth_apps: [
              {
                ...app,
                app_slug: "left",
                deployment_id: owner,
                user_id: user,
                organization_id: organization,
                workspace_id: "33"
              }
            ]
          }
        })
      )
    )
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
      for (const query of ["limit=-3", "limit=-2147483648", "offset=-1", "search=%00"])
        assert.deepStrictEqual(refusal(yield* send("GET", `/api-auth/apps?${query}`)), [500, "Something went wrong"])
      for (const query of [
        "limit=",
        "limit=1.0",
        "limit=2147483648",
        "limit=-2147483649",
        "limit",
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
      assert.include(yield* patch("/api-auth/rate-limit-schemes/a", { description: " d " }), { description: " d " })
      assert.include(yield* patch("/api-auth/rate-limit-schemes/a", { description: null }), { description: " d " })
      assert.include(yield* patch("/api-auth/rate-limit-schemes/a", { description: "" }), { description: "" })
      const gone = yield* send("DELETE", "/api-auth/rate-limit-schemes/b")
      assert.deepStrictEqual([gone.status, gone.text, gone.headers["content-type"]], [204, "", "application/json"])
      assert.strictEqual(gone.headers["content-length"], "2", "a 204 claims a body")
    }).pipe(Effect.provide(world))
  )

  it.effect("need a slug, then a name, then rules, and stay while an inactive app has them", () =>
    Effect.gen(function* () {
      const create = (json: object) => Effect.map(send("POST", "/api-auth/rate-limit-schemes", { json }), refusal)
      const nothing = { slug: " ", name: " ", rules: [] }
      assert.deepStrictEqual(yield* create(nothing), [400, "Scheme slug is required"])
      assert.deepStrictEqual(yield* create({ ...nothing, slug: "s" }), [400, "Scheme name is required"])
      yield* post("/api-auth/rate-limit-schemes", { slug: "s", name: "S", rules: [minute] })
      yield* post("/api-auth/apps", { ...app, rate_limit_scheme_slug: "s" })
      yield* patch("/api-auth/apps/shop", { is_active: false })
      assert.deepStrictEqual(refusal(yield* send("DELETE", "/api-auth/rate-limit-schemes/s")), [
        400,
        "Cannot delete rate limit scheme while it is assigned to API auth apps"
      ])
    }).pipe(Effect.provide(world))
  )
})

describe("the rules of a scheme", () => {
  it.effect("are refused for a duration, then a maximum, then a window, then the bound of the unit", () =>
    Effect.gen(function* () {
      const wrong = (more: object) =>
        Effect.map(
          send("PATCH", "/api-auth/rate-limit-schemes/nope", { json: { rules: [{ ...minute, ...more }] } }),
          refusal
        )
      const [tooMany, tooLong] = [{ max_requests: 0 }, { duration: 43_201 }]
      assert.deepStrictEqual(yield* wrong({ ...tooMany, duration: 0 }), [400, "Duration must be positive"])
      assert.deepStrictEqual(yield* wrong({ ...tooMany, ...tooLong }), [400, "Max requests must be positive"])
      assert.deepStrictEqual(yield* wrong(tooLong), [400, "Rate limit window cannot exceed 30 days"])
      const bound = "Minute-based limits cannot exceed 1440 minutes (24 hours)"
      assert.deepStrictEqual(yield* wrong({ duration: 43_200 }), [400, bound])
    }).pipe(Effect.provide(world))
  )

  it.effect("are taken up to the bound of their unit", () =>
    Effect.gen(function* () {
      for (const [unit, duration] of [
        ["millisecond", 60_000],
        ["second", 1800],
        ["minute", 1440],
        ["hour", 720],
        ["day", 30],
        ["calendar_day", 1],
        ["month", 1],
        ["calendar_month", 1]
      ] as const)
        yield* post("/api-auth/rate-limit-schemes", { slug: unit, name: unit, rules: [{ ...minute, unit, duration }] })
    }).pipe(Effect.provide(world))
  )
})

describe("the schemes of two deployments", () => {
  it.effect("are listed apart, and one goes whoever uses another of the same slug elsewhere", () =>
    Effect.gen(function* () {
      const json = { slug: "s", name: "S", rules: [minute] }
      for (const credential of ["sk_one", "sk_two"])
        shown(yield* send("POST", "/api-auth/rate-limit-schemes", { credential, json }))
      yield* send("POST", "/api-auth/apps", { credential: "sk_two", json: { ...app, rate_limit_scheme_slug: "s" } })
      yield* send("POST", "/api-auth/apps/shop/keys", { credential: "sk_two", json: { name: "k" } })
      const list: Shown = shown(yield* send("GET", "/api-auth/rate-limit-schemes", { credential: "sk_one" }))
      assert.strictEqual(list["total"], 1)
      const remove = (credential: string) =>
        Effect.map(send("DELETE", "/api-auth/rate-limit-schemes/s", { credential }), ({ status }) => status)
      assert.strictEqual(yield* remove("sk_two"), 400)
      assert.strictEqual(yield* remove("sk_one"), 204)
    }).pipe(Effect.provide(Emulator.layer({ world: twoDeployments })))
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
