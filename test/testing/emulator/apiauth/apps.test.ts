/** Rules of API-auth apps, over small worlds of their own. */
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { Emulator } from "effect-wacht/testing"
import { refusal, send } from "../harness.js"

const app = { app_slug: "shop", name: "Shop", key_prefix: "sk" }
const credential = "sk_one"
const layer = (more: Readonly<Record<string, unknown>> = {}, deployment: Readonly<Record<string, unknown>> = {}) =>
  Emulator.layer({
    world: {
      deployments: [{ id: "1", ...deployment }, { id: "2" }],
      actors: { one: { credential, key_id: "11", deployment_id: "1" } },
      users: [
        { id: "21", deployment_id: "1", first_name: "Ada" },
        { id: "22", deployment_id: "2", first_name: "Bob" },
        { id: "23", deployment_id: "1", first_name: "Eve", deleted: true }
      ],
      ...more
    }
  })

const create = (json: object) => send("POST", "/api-auth/apps", { credential, json: { ...app, ...json } })
const patch = (json: object) => send("PATCH", "/api-auth/apps/shop", { credential, json })

interface Page {
  readonly data: ReadonlyArray<{ readonly app_slug: string }>
  readonly has_more: boolean
  readonly limit: number
  readonly offset: number
}
const list = (query = "") =>
  Effect.map(send("GET", `/api-auth/apps?${query}`, { credential }), ({ body }) => body as Page)
const slugs = (query = "") => Effect.map(list(query), ({ data }) => data.map(({ app_slug }) => app_slug))

describe("an app is only made", () => {
  const gate = [403, "API auth app creation requires Growth plan"] as const
  for (const [plan, status, passes] of [
    ["growth", "active", true],
    ["growth", "past_due", false],
    ["growth", "canceled", false],
    ["growth", "", false],
    ["growth", null, false],
    ["pro", "active", false],
    ["starter", "active", false],
    [null, "active", false]
  ] as const)
    it.effect(`on Growth with an active subscription: ${plan}, ${status}`, () =>
      Effect.gen(function* () {
        // the plan comes before every rule of the request
        const wrong = refusal(yield* create({ user_id: "9", resources: [] }))
        assert.deepStrictEqual(refusal(yield* create({})), passes ? [200, undefined] : gate)
        assert.strictEqual(wrong[0], passes ? 400 : 403)
      }).pipe(Effect.provide(layer({}, { plan, subscription_status: status })))
    )

  it.effect("for a live user of the deployment", () =>
    Effect.gen(function* () {
      const missing = [400, "user_id does not exist for this deployment"] as const
      for (const user_id of ["22", "23", 24]) assert.deepStrictEqual(refusal(yield* create({ user_id })), missing)
      assert.deepStrictEqual(refusal(yield* create({ user_id: 21 })), [200, undefined])
    }).pipe(Effect.provide(layer()))
  )
})

describe("an app with a user", () => {
  it.effect("has neither permissions nor resources of its own, not even none", () =>
    Effect.gen(function* () {
      const refused = [400, "permissions/resources cannot be set when user_id is attached"] as const
      for (const json of [{ resources: ["r"] }, { resources: [] }, { permissions: [] }, { permissions: ["p"] }])
        assert.deepStrictEqual(refusal(yield* create({ user_id: "21", ...json })), refused)
      assert.strictEqual((yield* create({ user_id: "21", resources: null, permissions: null })).status, 200)
      const kept = [400, "permissions/resources can only be updated when app is not attached to a user"] as const
      for (const json of [{ resources: ["r"] }, { resources: [] }, { permissions: [] }])
        assert.deepStrictEqual(refusal(yield* patch(json)), kept)
      assert.strictEqual((yield* patch({ resources: null, permissions: null })).status, 200)
    }).pipe(Effect.provide(layer()))
  )
})

describe("an app whose user was deleted", () => {
  it.effect("has no member left: neither for a tenant nor for a key", () =>
    Effect.gen(function* () {
      const moved = yield* patch({ organization_id: "31" })
      assert.deepStrictEqual(refusal(moved), [400, "user_id is not a member of organization_id"])
      const key = yield* send("POST", "/api-auth/apps/tenanted/keys", { credential, json: { name: "k" } })
      assert.deepStrictEqual(refusal(key), [400, "user is not a member of the org"])
    }).pipe(
      Effect.provide(
        layer({
          organizations: [{ id: "31", deployment_id: "1", name: "Acme" }],
          organization_memberships: [{ id: "41", organization_id: "31", user_id: "23" }],
          api_auth_apps: [
            { ...app, deployment_id: "1", user_id: "23" },
            { ...app, app_slug: "tenanted", deployment_id: "1", user_id: "23", organization_id: "31" }
          ]
        })
      )
    )
  )
})

describe("the description of an app", () => {
  it.effect("is blanked by the empty text, left by null, and never null again", () =>
    Effect.gen(function* () {
      const described = (answer: { readonly body: unknown }) =>
        (answer.body as { readonly description: string | null }).description
      assert.strictEqual(described(yield* create({})), null)
      assert.strictEqual(described(yield* patch({ description: " d " })), " d ")
      assert.strictEqual(described(yield* patch({ description: null })), " d ")
      assert.strictEqual(described(yield* patch({ description: "" })), "")
      assert.strictEqual(described(yield* patch({})), "")
      assert.strictEqual(described(yield* create({ app_slug: "other", description: "" })), "")
    }).pipe(Effect.provide(layer()))
  )
})

describe("the list of apps", () => {
  const times = (hour: number) => ({ created_at: `2026-01-01T0${hour}:00:00Z` })
  const seeded = {
    api_auth_apps: [
      { ...app, deployment_id: "1", ...times(1) },
      { ...app, deployment_id: "1", app_slug: "idle", is_active: false, ...times(2) },
      { ...app, deployment_id: "1", app_slug: "gone", is_active: false, deleted_at: "2026-01-02T00:00:00Z" },
      { ...app, deployment_id: "1", app_slug: "gone-live", deleted_at: "2026-01-02T00:00:00Z" },
      { ...app, deployment_id: "2", app_slug: "theirs" }
    ]
  }

  it.effect("shows inactive apps when asked, deleted ones and those of others never", () =>
    Effect.gen(function* () {
      assert.deepStrictEqual(yield* slugs(), ["shop"])
      assert.deepStrictEqual(yield* slugs("include_inactive=false"), ["shop"])
      assert.deepStrictEqual(yield* slugs("include_inactive=true"), ["idle", "shop"])
      for (const slug of ["gone", "gone-live", "theirs"])
        assert.deepStrictEqual(yield* slugs(`include_inactive=true&search=${slug}`), [])
      assert.deepStrictEqual(yield* slugs("search=idle"), [])
      assert.deepStrictEqual(yield* slugs("include_inactive=true&search=idle"), ["idle"])
      yield* send("DELETE", "/api-auth/apps/idle", { credential })
      assert.deepStrictEqual(yield* slugs("include_inactive=true"), ["shop"])
    }).pipe(Effect.provide(layer(seeded)))
  )

  it.effect("takes a blank search for none, and any other for the whole slug as it is", () =>
    Effect.gen(function* () {
      for (const search of ["", "+", "%20%09", "%E2%80%83"])
        assert.deepStrictEqual(yield* slugs(`search=${search}`), ["shop"], search)
      for (const search of ["sho", "SHOP", "Shop", "+shop", "shop+", "*"])
        assert.deepStrictEqual(yield* slugs(`search=${search}`), [], search)
      yield* create({ app_slug: " a b  c" })
      for (const search of ["+a+b++c", "%20a%20b+%20c"])
        assert.deepStrictEqual(yield* slugs(`search=${search}`), [" a b  c"], search)
    }).pipe(Effect.provide(layer(seeded)))
  )

  it.effect("shows 50 at first", () =>
    Effect.gen(function* () {
      const { data, ...rest } = yield* list()
      assert.deepStrictEqual([data.length, rest], [50, { has_more: true, limit: 50, offset: 0 }])
      const next = yield* list("offset=50")
      assert.deepStrictEqual([next.data.length, next.has_more, next.limit, next.offset], [1, false, 50, 50])
    }).pipe(
      Effect.provide(
        layer({
          api_auth_apps: Array.from({ length: 51 }, (_, index) => ({
            ...app,
            deployment_id: "1",
            app_slug: `app-${index}`
          }))
        })
      )
    )
  )
})
