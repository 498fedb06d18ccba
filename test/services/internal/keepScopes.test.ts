import { assert, describe, it } from "@effect/vitest"
import { OAuth } from "effect-wacht"
import type { OAuthApp, OAuthScopeDefinition, UpdateOAuthAppInput } from "effect-wacht/schemas"
import { Emulator, Fault, Fixtures } from "effect-wacht/testing"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"

const slug = "keeping"

const makeApp = Effect.gen(function* () {
  const oauth = yield* OAuth.OAuth
  yield* oauth.createOAuthApp({
    slug,
    name: "Keeping",
    supportedScopes: ["read", "write", "admin"],
    scopeDefinitions: [
      { scope: "read", displayName: "Read", description: "Reads all", category: "personal" },
      { scope: "write", displayName: "Write", description: "Writes all", archived: true }
    ]
  })
  return yield* oauth.setOAuthScopeMapping(slug, "admin", { category: "organization" })
})

const definition = (app: OAuthApp, scope: string): OAuthScopeDefinition | undefined =>
  app.scopeDefinitions.find((one) => one.scope === scope)

describe("updateOAuthAppKeepingScopes", () => {
  it.effect("keeps what a bare update resets", () =>
    Effect.gen(function* () {
      const before = yield* makeApp
      const after = yield* OAuth.updateOAuthAppKeepingScopes(slug, { name: "Renamed" })
      assert.strictEqual(after.name, "Renamed")
      assert.deepStrictEqual(after.scopeDefinitions, before.scopeDefinitions)
      const oauth = yield* OAuth.OAuth
      const bare = yield* oauth.updateOAuthApp(slug, { name: "Again" })
      assert.strictEqual(definition(bare, "read")?.displayName, "read")
      assert.isFalse(definition(bare, "write")?.archived)
    }).pipe(Effect.provide(Emulator.layerWacht()))
  )

  it.effect("puts the definitions given over those stored, by scope", () =>
    Effect.gen(function* () {
      const before = yield* makeApp
      const after = yield* OAuth.updateOAuthAppKeepingScopes(slug, {
        scopeDefinitions: [{ scope: " read ", displayName: "Look", description: "Looks", archived: true, category: "" }]
      })
      assert.deepStrictEqual(definition(after, "read"), {
        scope: "read",
        displayName: "Look",
        description: "Looks",
        archived: true,
        category: "",
        organizationPermission: Option.none(),
        workspacePermission: Option.none()
      })
      for (const scope of ["write", "admin"]) {
        assert.deepStrictEqual(definition(after, scope), definition(before, scope))
      }
    }).pipe(Effect.provide(Emulator.layerWacht()))
  )

  it.effect("keeps what is left out of a definition, but not the permission of another category", () =>
    Effect.gen(function* () {
      const mapped = [
        {
          scope: "a",
          displayName: "A",
          description: "Does a",
          archived: true,
          category: "organization",
          organizationPermission: Option.some("org:read"),
          workspacePermission: Option.none()
        },
        {
          scope: "b",
          displayName: "B",
          description: "Does b",
          archived: false,
          category: "workspace",
          organizationPermission: Option.none(),
          workspacePermission: Option.some("workspace:read")
        }
      ].map((each) => Fixtures.oauthScopeDefinition(each))
      const app = Fixtures.oauthApp({ slug, supportedScopes: ["a", "b"], scopeDefinitions: mapped })
      const update = (scopeDefinitions: NonNullable<UpdateOAuthAppInput["scopeDefinitions"]>) => {
        const sent: Array<UpdateOAuthAppInput["scopeDefinitions"]> = []
        const Mocked = Layer.mock(OAuth.OAuth)({
          listOAuthApps: () => Effect.succeed([app]),
          updateOAuthApp: (_, input) => Effect.sync(() => (sent.push(input.scopeDefinitions), app))
        })
        return OAuth.updateOAuthAppKeepingScopes(slug, { scopeDefinitions }).pipe(
          Effect.provide(Mocked),
          Effect.map(() => JSON.parse(JSON.stringify(sent[0])))
        )
      }
      const words = { displayName: "New", description: "Is new" }
      const a = { archived: true, category: "organization", organizationPermission: "org:read" }
      const b = { archived: false, category: "workspace", workspacePermission: "workspace:read" }
      assert.deepStrictEqual(
        yield* update([
          { scope: "a", ...words },
          { scope: "b", ...words, archived: true, category: "workspace" }
        ]),
        [
          { scope: "a", ...words, ...a },
          { scope: "b", ...words, ...b, archived: true }
        ]
      )
      assert.deepStrictEqual(
        yield* update([
          { scope: "a", ...words, category: "personal" },
          { scope: "a", ...words, category: "organization", organizationPermission: "org:write" },
          { scope: "b", ...words, category: "" }
        ]),
        [
          { scope: "a", ...words, ...a, organizationPermission: "org:write" },
          { scope: "b", ...words, archived: false, category: "" }
        ]
      )
      assert.deepStrictEqual(yield* update([{ scope: "a", ...words, category: "personal" }]), [
        { scope: "a", ...words, archived: true, category: "personal" },
        { scope: "b", displayName: "B", description: "Does b", ...b }
      ])
      // The category that is stored is the one that counts.
      assert.deepStrictEqual(
        yield* update([
          { scope: "a", ...words, organizationPermission: "org:admin" },
          { scope: "b", ...words, workspacePermission: "workspace:admin" }
        ]),
        [
          { scope: "a", ...words, ...a, organizationPermission: "org:admin" },
          { scope: "b", ...words, ...b, workspacePermission: "workspace:admin" }
        ]
      )
    })
  )

  it.effect("lets the definitions of scopes drop that are no longer supported", () =>
    Effect.gen(function* () {
      const before = yield* makeApp
      const less = yield* OAuth.updateOAuthAppKeepingScopes(slug, { supportedScopes: [" read ", "new"] })
      assert.deepStrictEqual(less.supportedScopes, ["new", "read"])
      assert.deepStrictEqual(definition(less, "read"), definition(before, "read"))
      assert.strictEqual(definition(less, "new")?.displayName, "new")
      const more = yield* OAuth.updateOAuthAppKeepingScopes(slug, { supportedScopes: ["read", "write"] })
      assert.strictEqual(definition(more, "write")?.displayName, "write")
      const emulator = yield* Emulator.Emulator
      const [sent] = (yield* emulator.requests).filter(({ operation }) => operation === "updateOAuthApp")
      const body: { readonly scope_definitions: ReadonlyArray<{ readonly scope: string }> } = JSON.parse(
        sent?.text ?? ""
      )
      assert.deepStrictEqual(
        body.scope_definitions.map(({ scope }) => scope),
        ["read"]
      )
    }).pipe(Effect.provide(Emulator.layerWacht()))
  )

  it.effect("refuses a definition of a scope that is not supported, which the server would drop silently", () =>
    Effect.gen(function* () {
      const before = yield* makeApp
      const scopeDefinitions = [
        { scope: "read", displayName: "Look", description: "Looks" },
        { scope: " later ", displayName: "Later", description: "" }
      ]
      for (const input of [{ scopeDefinitions }, { scopeDefinitions, supportedScopes: ["read"] }]) {
        const error = yield* Effect.flip(OAuth.updateOAuthAppKeepingScopes(slug, input))
        assert.containsSubset(error, {
          _tag: "EncodeError",
          message: "scopeDefinitions[1].scope: a scope of supportedScopes, which is the whole list"
        })
      }
      const first = OAuth.updateOAuthAppKeepingScopes(slug, { scopeDefinitions, supportedScopes: ["later"] })
      assert.containsSubset(yield* Effect.flip(first), { field: "scopeDefinitions[0].scope" })
      const supportedScopes = [...before.supportedScopes, "later"]
      const after = yield* OAuth.updateOAuthAppKeepingScopes(slug, { scopeDefinitions, supportedScopes })
      assert.strictEqual(definition(after, "later")?.displayName, "Later")
    }).pipe(Effect.provide(Emulator.layerWacht()))
  )

  it.effect("does not find what is not listed, and sends nothing", () =>
    Effect.gen(function* () {
      const error = yield* Effect.flip(OAuth.updateOAuthAppKeepingScopes("nobody", { name: "N" }))
      assert.strictEqual(error._tag, "NotFoundError")
      assert.strictEqual(error.operation, "updateOAuthApp")
      assert.strictEqual(error.message, "OAuth app not found")
      const { requests } = yield* Emulator.Emulator
      assert.deepStrictEqual(
        (yield* requests).map(({ operation }) => operation),
        ["listOAuthApps"]
      )
    }).pipe(Effect.provide(Emulator.layerWacht()))
  )

  it.effect("refuses an input before it reads", () =>
    Effect.gen(function* () {
      const unmapped = { scope: "read", displayName: "", description: "", organizationPermission: "org:read" }
      const mapped = { ...unmapped, category: "workspace" }
      const { requests } = yield* Emulator.Emulator
      for (const [input, field] of [
        [{ scopeDefinitions: [mapped] }, "scopeDefinitions[0].organizationPermission"],
        [{ scopeDefinitions: [null, unmapped, 5] }, "scopeDefinitions[0]"],
        [{ scopeDefinitions: unmapped }, "scopeDefinitions"],
        [{ scopeDefinitions: [{ ...mapped, scope: 5 }] }, "scopeDefinitions[0].scope"],
        [{ supportedScopes: "read" }, "supportedScopes"],
        [{ nmae: "N" }, "nmae"],
        [null, "input"]
      ] as const) {
        const error = yield* Effect.flip(OAuth.updateOAuthAppKeepingScopes(slug, input as UpdateOAuthAppInput))
        assert.deepInclude(error, { _tag: "EncodeError", operation: "updateOAuthApp", field })
      }
      assert.deepStrictEqual(yield* requests, [])
      // Here the category is the stored one, and that is none.
      yield* makeApp
      const [{ length }, scopeDefinitions] = [yield* requests, [unmapped]]
      const error = yield* Effect.flip(OAuth.updateOAuthAppKeepingScopes(slug, { scopeDefinitions }))
      assert.deepInclude(error, { _tag: "EncodeError", field: "scopeDefinitions[0].organizationPermission" })
      assert.lengthOf(yield* requests, length + 1)
    }).pipe(Effect.provide(Emulator.layerWacht()))
  )

  it.effect("fails as the two operations do", () =>
    Effect.gen(function* () {
      yield* makeApp
      const emulator = yield* Emulator.Emulator
      yield* emulator.failNext(Fault.status(503), { operation: "listOAuthApps" })
      const unread = yield* Effect.flip(OAuth.updateOAuthAppKeepingScopes(slug, { name: "N" }))
      assert.strictEqual(unread._tag, "ServerError")
      yield* emulator.failNext(Fault.status(400, { message: "no" }), { operation: "updateOAuthApp" })
      const refused = yield* Effect.flip(OAuth.updateOAuthAppKeepingScopes(slug, { name: "N" }))
      assert.strictEqual(refused._tag, "ValidationError")
    }).pipe(Effect.provide(Emulator.layerWacht()))
  )

  it.effect("keeps the permissions that scopes stand for", () => {
    const facts = { displayName: "S", description: "Does", archived: false }
    const none = { organizationPermission: Option.none(), workspacePermission: Option.none() }
    const scopeDefinitions = [
      Fixtures.oauthScopeDefinition({ ...facts, ...none, scope: "a", category: "" }),
      Fixtures.oauthScopeDefinition({
        ...facts,
        ...none,
        scope: "b",
        category: "organization",
        organizationPermission: Option.some("org:read")
      }),
      Fixtures.oauthScopeDefinition({
        ...facts,
        ...none,
        scope: "c",
        category: "workspace",
        workspacePermission: Option.some("workspace:read")
      })
    ]
    const app = Fixtures.oauthApp({ slug, supportedScopes: ["a", "b", "c"], scopeDefinitions })
    const other = Fixtures.oauthApp({ slug: `${slug}-2`, supportedScopes: [], scopeDefinitions: [] })
    const sent: Array<UpdateOAuthAppInput> = []
    const Mocked = Layer.mock(OAuth.OAuth)({
      listOAuthApps: () => Effect.succeed([other, app]),
      updateOAuthApp: (_, input) => Effect.sync(() => (sent.push(input), app))
    })
    return Effect.gen(function* () {
      yield* OAuth.updateOAuthAppKeepingScopes(slug, { name: "N" })
      const unset = { organizationPermission: undefined, workspacePermission: undefined }
      assert.deepStrictEqual(sent, [
        {
          name: "N",
          scopeDefinitions: [
            { ...facts, ...unset, scope: "a", category: "" },
            { ...facts, ...unset, scope: "b", category: "organization", organizationPermission: "org:read" },
            { ...facts, ...unset, scope: "c", category: "workspace", workspacePermission: "workspace:read" }
          ]
        }
      ])
    }).pipe(Effect.provide(Mocked))
  })

  it.effect("refuses to lose a category that it does not know", () => {
    const stored = Fixtures.oauthScopeDefinition({ scope: "later", category: "planetary" })
    const app = Fixtures.oauthApp({ slug, supportedScopes: ["later"], scopeDefinitions: [stored] })
    const sent: Array<unknown> = []
    const Mocked = Layer.mock(OAuth.OAuth)({
      listOAuthApps: () => Effect.succeed([app]),
      updateOAuthApp: (_, input) => {
        sent.push(input.scopeDefinitions)
        return Effect.succeed(app)
      }
    })
    return Effect.gen(function* () {
      const error = yield* Effect.flip(OAuth.updateOAuthAppKeepingScopes(slug, { name: "N" }))
      const allowed =
        "the stored definition to be one that this version can send; give one with a category for its scope"
      const issues = [{ field: "scopeDefinitions", rule: "rule", allowed }]
      assert.containsSubset(error, { _tag: "EncodeError", operation: "updateOAuthApp", issues })
      assert.deepStrictEqual(sent, [])
      const given = { scope: " later ", displayName: "Later", description: "" }
      yield* Effect.flip(OAuth.updateOAuthAppKeepingScopes(slug, { scopeDefinitions: [given] }))
      assert.deepStrictEqual(sent, [])
      const whole = { ...given, category: "personal" } as const
      yield* OAuth.updateOAuthAppKeepingScopes(slug, { scopeDefinitions: [whole] })
      assert.deepStrictEqual(JSON.parse(JSON.stringify(sent)), [[{ ...whole, archived: stored.archived }]])
    }).pipe(Effect.provide(Mocked))
  })
})
