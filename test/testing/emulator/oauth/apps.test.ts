import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as TestClock from "effect/TestClock"
import type { World } from "../../../../src/testing/emulator/World.js"
import type { FormPart } from "./harness.js"
import { form, recordedWorld, refusal, send } from "./harness.js"

const create = (world: World, fields: Readonly<Record<string, string>>, actor = "owner") =>
  send(world, "POST", "/oauth/apps", { form: form({ slug: "s", name: "n", ...fields }), actor })
const patch = (world: World, slug: string, json: unknown, actor = "owner") =>
  send(world, "PATCH", `/oauth/apps/${slug}`, { json, actor })

const shown = (answer: { readonly status: number; readonly body: unknown }) => {
  assert.strictEqual(answer.status, 200, JSON.stringify(answer.body))
  return answer.body as Record<string, unknown>
}
const slugs = (answer: { readonly body: unknown }) =>
  (answer.body as { apps: ReadonlyArray<{ slug: string }> }).apps.map(({ slug }) => slug)
const defaults = (scope: string) => ({
  scope,
  display_name: scope,
  description: `Allows ${scope} access`,
  archived: false,
  category: "",
  organization_permission: null,
  workspace_permission: null
})

describe("a new OAuth app", () => {
  it.effect("is made from trimmed parts, under a generated host name outside production", () =>
    Effect.gen(function* () {
      const world = yield* recordedWorld()
      yield* TestClock.setTime(new Date("2026-11-23T12:00:00.5Z"))
      const app = shown(
        yield* create(world, {
          slug: " a/b ",
          name: "\u00a0N ",
          description: "  ",
          domain: "no host name at all",
          supported_scopes: " b,a,,b",
          allow_dynamic_client_registration: "On",
          is_active: "false"
        })
      )
      assert.match(String(app["fqdn"]), /^[a-z0-9]{16}\.oapi\.trywacht\.xyz$/)
      assert.deepStrictEqual(app, {
        id: app["id"],
        slug: "a/b",
        name: "N",
        description: null,
        logo_url: null,
        fqdn: app["fqdn"],
        supported_scopes: ["a", "b"],
        scope_definitions: [defaults("a"), defaults("b")],
        allow_dynamic_client_registration: true,
        is_active: true,
        created_at: "2026-11-23T12:00:00.500Z",
        updated_at: "2026-11-23T12:00:00.500Z"
      })
    })
  )

  it.effect("may register clients by itself if the form says so in one of four words", () =>
    Effect.gen(function* () {
      const world = yield* recordedWorld()
      const words = { "1": true, TRUE: true, yes: true, oN: true, "0": false, y: false, "": false, "true!": false }
      for (const [word, expected] of Object.entries(words)) {
        const app = shown(yield* create(world, { slug: `w${word}`, allow_dynamic_client_registration: word }))
        assert.strictEqual(app["allow_dynamic_client_registration"], expected, word)
      }
    })
  )

  it.effect("shows where its logo is, by the type of the last one that is an image", () =>
    Effect.gen(function* () {
      const world = yield* recordedWorld()
      const logoUrl = (slug: string, ...logos: ReadonlyArray<readonly [type: string, value: string]>) => {
        const parts: ReadonlyArray<FormPart> = logos.map(([type, value]) => ({ name: "logo", type, value }))
        return Effect.map(
          send(world, "POST", "/oauth/apps", { form: [...parts, ...form({ slug, name: "n" })] }),
          (answer) => shown(answer)["logo_url"]
        )
      }
      const types = { jpeg: "jpg", jpg: "jpg", png: "png", gif: "gif", webp: "webp", "x-icon": "ico" }
      for (const [type, extension] of Object.entries({ ...types, "vnd.microsoft.icon": "ico" })) {
        assert.strictEqual(
          yield* logoUrl(type, [`image/${type}`, "x"]),
          `https://cdn.wacht.services/deployments/281474976710656001/oauth-apps/${type}/logo.${extension}`
        )
      }
      assert.match(String(yield* logoUrl("two", ["image/svg+xml", "x"], ["image/png", "x"])), /\/logo\.png$/)
      assert.isNull(yield* logoUrl("none", ["application/pdf", "x"], ["image/svg+xml", ""]))
    })
  )

  it.effect("needs a slug of its own in its deployment only", () =>
    Effect.gen(function* () {
      const world = yield* recordedWorld()
      shown(yield* create(world, {}))
      assert.deepStrictEqual(refusal(yield* create(world, {})), [409, "Resource already exists"])
      shown(yield* create(world, {}, "noplan"))
    })
  )

  it.effect("has an active signing key", () =>
    Effect.gen(function* () {
      const world = yield* recordedWorld()
      const app = shown(yield* create(world, {}))
      const keys = shown(yield* send(world, "GET", "/oauth/apps/s/signing-keys"))["keys"]
      assert.lengthOf(keys as ReadonlyArray<unknown>, 1)
      assert.match(JSON.stringify(keys), new RegExp(`"kid":"oas-${String(app["id"])}-\\d{18}".*"status":"active"`))
    })
  )
})

describe("a production app", () => {
  const verify = (world: World, slug: string, actor = "prod") =>
    send(world, "POST", `/oauth/apps/${slug}/verify-domain`, { actor })

  it.effect("has the host name asked for, in lower case, verified as the provider says", () =>
    Effect.gen(function* () {
      const world = yield* recordedWorld()
      assert.strictEqual(
        shown(yield* create(world, { slug: "a", fqdn: " Auth.Example.COM " }, "prod"))["fqdn"],
        "auth.example.com"
      )
      shown(yield* create(world, { slug: "b", fqdn: "ignored", domain: "live.example.com" }, "prod"))
      const answer = (domain: string, verified: boolean) => ({ domain, cname_target: "oauth.wacht.services", verified })
      assert.deepStrictEqual((yield* verify(world, "a")).body, answer("auth.example.com", false))
      assert.deepStrictEqual((yield* verify(world, "b")).body, answer("live.example.com", true))
      assert.deepStrictEqual((yield* verify(world, "b")).body, answer("live.example.com", true))
      assert.deepStrictEqual(
        (yield* verify(world, "seeded", "owner")).body,
        answer("seeded-issuer.oapi.trywacht.xyz", false)
      )
    })
  )

  it.effect("leaves its host name registered when it is refused afterwards", () =>
    Effect.gen(function* () {
      const world = yield* recordedWorld()
      const definitions = '[{"scope":"a","display_name":"","description":"","category":"x"}]'
      const fields = { slug: "a", fqdn: "a.example.com", supported_scopes: "a" }
      const refused = yield* create(world, { ...fields, scope_definitions: definitions }, "prod")
      assert.strictEqual(refused.status, 400)
      const corrected = refusal(yield* create(world, fields, "prod"))
      assert.strictEqual(corrected[0], 502)
      assert.match(String(corrected[1]), /^Cloudflare API errors: \d+: /)
      shown(yield* create(world, { ...fields, fqdn: "b.example.com" }, "prod"))
    })
  )

  it.effect("cannot have the host name of another", () =>
    Effect.gen(function* () {
      const world = yield* recordedWorld()
      shown(yield* create(world, { slug: "a", fqdn: "a.example.com" }, "prod"))
      const again = yield* create(world, { slug: "b", fqdn: "A.example.com" }, "prod")
      assert.deepStrictEqual(refusal(again), [409, "Resource already exists"])
    })
  )
})

describe("updating an OAuth app", () => {
  it.effect("keeps what is absent or null, takes blank text as it is, and moves updated_at", () =>
    Effect.gen(function* () {
      const world = yield* recordedWorld()
      const before = shown(yield* create(world, { description: "d", supported_scopes: "a" }))
      yield* TestClock.adjust("1 second")
      const nulls = { name: null, description: null, supported_scopes: null, is_active: null }
      const same = shown(yield* patch(world, "s", { ...nulls, allow_dynamic_client_registration: null, slug: "x" }))
      assert.deepStrictEqual(same, { ...before, updated_at: "1970-01-01T00:00:01Z" })
      const blank = shown(yield* patch(world, "s", { name: " ", description: "", is_active: false }))
      assert.deepStrictEqual([blank["name"], blank["description"], blank["is_active"]], [" ", "", false])
    })
  )

  it.effect("resets every definition that is not sent, also those that the mapping route calls immutable", () =>
    Effect.gen(function* () {
      const world = yield* recordedWorld()
      const given = { scope: "ws", display_name: "W", description: "w", archived: true, category: "workspace" }
      const sent = shown(
        yield* patch(world, "seeded", { scope_definitions: [{ ...given, workspace_permission: "free" }] })
      )
      assert.deepStrictEqual(sent["scope_definitions"], [
        defaults("org"),
        defaults("org:plain"),
        defaults("read:x"),
        { ...given, organization_permission: null, workspace_permission: "free" }
      ])
      const reset = shown(yield* patch(world, "seeded", { scope_definitions: null }))
      assert.deepStrictEqual(
        reset["scope_definitions"],
        ["org", "org:plain", "read:x", "ws"].map((scope) => defaults(scope))
      )
    })
  )

  it.effect("replaces the scopes, and with them the definitions", () =>
    Effect.gen(function* () {
      const world = yield* recordedWorld()
      const given = { scope: "new", display_name: " N ", description: "n ", category: "personal" }
      const app = shown(
        yield* patch(world, "seeded", { supported_scopes: ["ws", " new ", "", "ws"], scope_definitions: [given] })
      )
      assert.deepStrictEqual(app["supported_scopes"], ["new", "ws"])
      assert.deepStrictEqual(app["scope_definitions"], [{ ...defaults("new"), ...given }, defaults("ws")])
      assert.deepStrictEqual(shown(yield* patch(world, "seeded", { supported_scopes: [] }))["scope_definitions"], [])
    })
  )
})

describe("an inactive OAuth app", () => {
  it.effect("is managed like an active one", () =>
    Effect.gen(function* () {
      const world = yield* recordedWorld()
      assert.include(shown(yield* patch(world, "seeded", { is_active: false })), { is_active: false })
      const app = "/oauth/apps/seeded"
      const scope = `${app}/scopes/org:plain`
      const client = { client_auth_method: "none", grant_types: ["authorization_code"], redirect_uris: ["https://a.b"] }
      for (const [method, path, json] of [
        ["PATCH", app, {}],
        ["POST", `${app}/verify-domain`, undefined],
        ["PATCH", scope, { description: "d" }],
        ["POST", `${scope}/archive`, undefined],
        ["POST", `${scope}/unarchive`, undefined],
        ["POST", `${scope}/mapping`, { category: "personal" }],
        ["GET", `${app}/clients`, undefined],
        ["POST", `${app}/clients`, client],
        ["POST", `${app}/clients/281474976710672001/rotate-secret`, undefined],
        ["GET", `${app}/clients/281474976710672001/grants`, undefined],
        ["GET", `${app}/signing-keys`, undefined],
        ["POST", `${app}/signing-keys/rotate`, undefined]
      ] as const)
        assert.strictEqual((yield* send(world, method, path, { json })).status, 200, `${method} ${path}`)
    })
  )
})

describe("one scope", () => {
  const definition = (answer: { readonly status: number; readonly body: unknown }, scope: string) =>
    (shown(answer)["scope_definitions"] as ReadonlyArray<Record<string, unknown>>).find((one) => one["scope"] === scope)

  it.effect("is renamed, archived and mapped without touching the others", () =>
    Effect.gen(function* () {
      const world = yield* recordedWorld()
      const scope = "/oauth/apps/seeded/scopes/%20org:plain%20"
      const before = shown(yield* patch(world, "seeded-nokeys", {}))
      yield* send(world, "PATCH", scope, { json: { display_name: " Plain ", description: null } })
      yield* send(world, "POST", `${scope}/archive`)
      yield* send(world, "POST", `${scope}/archive`, { body: "not read" })
      const mapped = yield* send(world, "POST", `${scope}/mapping`, {
        json: { category: "Organization", organization_permission: "org:admin", workspace_permission: " " }
      })
      assert.deepStrictEqual(definition(mapped, "org:plain"), {
        scope: "org:plain",
        display_name: "Plain",
        description: "Allows org:plain access",
        archived: true,
        category: "organization",
        organization_permission: "org:admin",
        workspace_permission: null
      })
      assert.include(definition(mapped, "org"), { archived: false, organization_permission: "org:read" })
      assert.include(shown(mapped)["supported_scopes"], "org:plain")
      const restored = yield* send(world, "POST", `${scope}/unarchive`)
      assert.include(definition(restored, "org:plain"), { archived: false, organization_permission: "org:admin" })
      const padded = yield* send(world, "PATCH", scope, { json: { description: "\u2003 Reads  all\n" } })
      assert.include(definition(padded, "org:plain"), { display_name: "Plain", description: "Reads  all" })
      const blank = yield* send(world, "PATCH", scope, { json: { display_name: " ", description: "d" } })
      assert.include(definition(blank, "org:plain"), { display_name: "org:plain", description: "d" })
      assert.strictEqual(shown(yield* patch(world, "seeded-nokeys", {}))["created_at"], before["created_at"])
    })
  )

  it.effect("can be mapped step by step, a permission repeated on every later call", () =>
    Effect.gen(function* () {
      const world = yield* recordedWorld()
      shown(yield* patch(world, "seeded", { scope_definitions: [] }))
      const map = (json: unknown) => send(world, "POST", "/oauth/apps/seeded/scopes/ws/mapping", { json })
      assert.include(definition(yield* map({ category: "workspace" }), "ws"), { workspace_permission: null })
      const set = yield* map({ category: "workspace", workspace_permission: "ws:read" })
      assert.include(definition(set, "ws"), { workspace_permission: "ws:read" })
      assert.strictEqual((yield* map({ category: "workspace", workspace_permission: "ws:read" })).status, 200)
      assert.strictEqual((yield* map({ category: "workspace", workspace_permission: "" })).status, 400)
      assert.strictEqual((yield* map({ category: "organization" })).status, 400)
    })
  )
})

describe("listing OAuth apps", () => {
  it.effect("gives those of the deployment, inactive ones too, newest first", () =>
    Effect.gen(function* () {
      const world = yield* recordedWorld()
      yield* TestClock.setTime(new Date("2026-11-23T12:00:00Z"))
      for (const slug of ["a", "c", "b"]) yield* create(world, { slug })
      yield* patch(world, "a", { is_active: false })
      assert.deepStrictEqual(slugs(yield* send(world, "GET", "/oauth/apps")), [
        "b",
        "c",
        "a",
        "seeded-nokeys",
        "seeded"
      ])
      assert.deepStrictEqual(slugs(yield* send(world, "GET", "/oauth/apps", { actor: "prod" })), ["p-broken"])
      assert.deepStrictEqual(slugs(yield* send(world, "GET", "/oauth/apps", { actor: "noplan" })), [])
    })
  )
})
