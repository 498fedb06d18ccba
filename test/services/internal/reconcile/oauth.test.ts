import { assert, it } from "@effect/vitest"
import { ApiKeys, OAuth } from "effect-wacht"
import { Emulator, Fault } from "effect-wacht/testing"
import type * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import { describe } from "vitest"
import { elapse, fail, sent, Services, timed } from "./harness.js"

const app = "acme-oauth"
const input = {
  clientAuthMethod: "client_secret_basic",
  grantTypes: ["authorization_code"],
  redirectUris: ["https://app.example"],
  contacts: ["ops@app.example"]
} as const
const clients = Effect.flatMap(Emulator.Emulator, ({ state }) =>
  Effect.map(state, ({ oauthClients }) => [...oauthClients.values()])
)
const activeKids = Effect.flatMap(OAuth.OAuth, (oauth) =>
  Effect.map(oauth.listOAuthAppSigningKeys(app), (keys) =>
    keys.filter(({ status }) => status === "active").map(({ kid }) => kid)
  )
)

describe("OAuth clients", () => {
  it.effect("are created once, with their secret in hand, whatever is lost", () =>
    Effect.gen(function* () {
      yield* fail("createOAuthClient", Fault.loseAfter)
      yield* fail("rotateOAuthClientSecret", Fault.loseAfter)
      const client = yield* elapse(OAuth.createOAuthClientReconciled(app, input, { marker: "m", isRerun: false }))
      const [stored, ...others] = yield* clients
      assert.lengthOf(others, 0)
      assert.strictEqual(Option.getOrThrow(Option.map(client.clientSecret, Redacted.value)), stored?.clientSecret)
      assert.deepStrictEqual(stored?.contacts, ["ops@app.example", "effect-wacht:m"])
      yield* fail("listOAuthClients", Fault.status(503), 2)
      const again = yield* elapse(OAuth.createOAuthClientReconciled(app, input, { marker: "m" }))
      assert.strictEqual(again.id, client.id)
      assert.lengthOf(yield* clients, 1)
    }).pipe(Effect.provide(Services))
  )

  it.effect("are named where another run made one while this one took over", () =>
    Effect.gen(function* () {
      const oauth = yield* OAuth.OAuth
      const marked = { ...input, contacts: ["effect-wacht:m"] }
      yield* oauth.createOAuthClient(app, marked)
      const rivalled: Context.Tag.Service<OAuth.OAuth> = {
        ...oauth,
        rotateOAuthClientSecret: (slug, id) =>
          Effect.tap(oauth.rotateOAuthClientSecret(slug, id), () => Effect.orDie(oauth.createOAuthClient(app, marked)))
      }
      const run = OAuth.createOAuthClientReconciled(app, input, { marker: "m" })
      const error = yield* elapse(Effect.flip(Effect.provideService(run, OAuth.OAuth, rivalled)))
      assert.containsSubset(error, { _tag: "ReconciliationError", reason: "Several" })
      assert.sameMembers(
        error._tag === "ReconciliationError" ? [...error.live] : [],
        (yield* clients).map(({ id }) => id)
      )
    }).pipe(Effect.provide(Services))
  )

  it.effect("refuse the marker of another job", () =>
    Effect.gen(function* () {
      const contacts = ["effect-wacht:another"]
      const error = yield* Effect.flip(OAuth.createOAuthClientReconciled(app, { ...input, contacts }))
      assert.containsSubset(error, { _tag: "EncodeError", field: "contacts" })
    }).pipe(Effect.provide(Services))
  )

  it.effect("have the secret in hand that works, after a rotation that was lost", () =>
    Effect.gen(function* () {
      const oauth = yield* OAuth.OAuth
      const { id } = yield* oauth.createOAuthClient(app, input)
      yield* fail("rotateOAuthClientSecret", Fault.loseAfter, 2)
      const { clientSecret } = yield* elapse(OAuth.rotateOAuthClientSecretReconciled(app, id))
      const [stored] = yield* clients
      assert.strictEqual(Redacted.value(clientSecret), stored?.clientSecret)
      assert.strictEqual(yield* sent("rotateOAuthClientSecret"), 3)
      yield* fail("rotateOAuthClientSecret", Fault.loseAfter, 9)
      const error = yield* elapse(Effect.flip(OAuth.rotateOAuthClientSecretReconciled(app, id, { rounds: 1 })))
      assert.containsSubset(error, { _tag: "ReconciliationError", reason: "Unresolved", live: [id] })
    }).pipe(Effect.provide(Services))
  )
})

describe("signing keys", () => {
  it.effect("are rotated once, whatever is lost, and not again by a later run", () =>
    Effect.gen(function* () {
      const [replaces] = yield* activeKids
      yield* fail("rotateOAuthAppSigningKey", Fault.loseBefore)
      yield* fail("rotateOAuthAppSigningKey", Fault.loseAfter)
      const made = yield* elapse(OAuth.rotateOAuthAppSigningKeyReconciled(app))
      assert.deepStrictEqual(yield* activeKids, [made.new.kid])
      yield* fail("listOAuthAppSigningKeys", Fault.status(503), 2)
      const again = yield* elapse(OAuth.rotateOAuthAppSigningKeyReconciled(app, { replaces }))
      assert.strictEqual(again.new.kid, made.new.kid)
      assert.strictEqual(yield* sent("rotateOAuthAppSigningKey"), 2)
    }).pipe(Effect.provide(Services))
  )
})

describe("what a slug names", () => {
  const scheme = {
    slug: "s",
    name: "S",
    rules: [{ unit: "minute", duration: 1, maxRequests: 5, mode: "per_key", endpoints: ["/a"] }]
  } as const
  const apiApp = { appSlug: "a", name: "A", keyPrefix: "sk", permissions: ["b", "a"], description: "x" }
  const oauthApp = {
    slug: " shop ",
    name: " Shop ",
    supportedScopes: ["openid", "email"],
    scopeDefinitions: [{ scope: "email", displayName: "", description: "" }],
    allowDynamicClientRegistration: true,
    logo: { data: new Uint8Array([1]), contentType: "image/png" }
  } as const

  type Job = (isRerun?: boolean) => Effect.Effect<unknown, { readonly _tag: string }, ApiKeys.ApiKeys | OAuth.OAuth>
  const jobs: ReadonlyArray<
    readonly [operation: Fault.OperationName, job: Job, look: Fault.OperationName, slug: string]
  > = [
    [
      "createRateLimitScheme",
      (isRerun) => ApiKeys.createRateLimitSchemeReconciled(scheme, { isRerun }),
      "getRateLimitScheme",
      "s"
    ],
    ["createApiAuthApp", (isRerun) => ApiKeys.createApiAuthAppReconciled(apiApp, { isRerun }), "getApiAuthApp", "a"],
    ["createOAuthApp", (isRerun) => OAuth.createOAuthAppReconciled(oauthApp, { isRerun }), "listOAuthApps", "shop"]
  ]

  for (const [operation, job, look, slug] of jobs) {
    it.effect(`${operation} is success where every field is as sent`, () =>
      Effect.gen(function* () {
        yield* fail(operation, Fault.loseBefore)
        yield* fail(operation, Fault.loseAfter)
        yield* elapse(job(false))
        assert.strictEqual(yield* sent(operation), 2)
        assert.strictEqual((yield* Effect.flip(job(false)))._tag, "ConflictError")
        assert.strictEqual((yield* Effect.flip(job()))._tag, "ConflictError")
        yield* job(true)
      }).pipe(Effect.provide(Services))
    )

    it.effect(`${operation} does not take what it made for missing where its look is refused`, () =>
      Effect.gen(function* () {
        yield* fail(operation, Fault.loseAfter)
        yield* fail(look, Fault.status(401))
        const error = yield* elapse(Effect.flip(job()))
        assert.containsSubset(error, { _tag: "ReconciliationError", reason: "Unresolved", live: [slug] })
        assert.strictEqual(yield* sent(operation), 1)
      }).pipe(Effect.provide(Services))
    )
  }

  it.effect("is waited for, and sent again, as the options say", () =>
    Effect.gen(function* () {
      const options = { rounds: 0, settle: "5 seconds" } as const
      const creations: ReadonlyArray<readonly [Fault.OperationName, ReturnType<Job>]> = [
        ["createApiAuthApp", ApiKeys.createApiAuthAppReconciled(apiApp, options)],
        ["createRateLimitScheme", ApiKeys.createRateLimitSchemeReconciled(scheme, options)],
        ["createOAuthApp", OAuth.createOAuthAppReconciled(oauthApp, options)]
      ]
      for (const [operation, create] of creations) {
        yield* fail(operation, Fault.loseBefore)
        const { exit, millis } = yield* elapse(timed(Effect.flip(create)))
        assert.containsSubset(exit, { value: { _tag: "ReconciliationError", reason: "Unresolved", live: [] } })
        assert.strictEqual(millis, 5000)
      }
    }).pipe(Effect.provide(Services))
  )

  it.effect("is refused where there is no input", () =>
    Effect.gen(function* () {
      const nothing: unknown = null
      const creations: ReadonlyArray<ReturnType<Job>> = [
        ApiKeys.createApiAuthAppReconciled(nothing as typeof apiApp),
        ApiKeys.createRateLimitSchemeReconciled(nothing as typeof scheme),
        OAuth.createOAuthAppReconciled(nothing as typeof oauthApp)
      ]
      for (const create of creations) {
        assert.containsSubset(yield* Effect.flip(create), { _tag: "EncodeError", field: "input" })
      }
    }).pipe(Effect.provide(Services))
  )

  for (const slug of ["", ".", ".."]) {
    it.effect(`is refused where no path can name it, and nothing is sent: "${slug}"`, () =>
      Effect.gen(function* () {
        const refused = (operation: string, field: string) => ({
          _tag: "EncodeError",
          operation,
          issues: [{ field, rule: "rule" }]
        })
        const ofApp = yield* Effect.flip(ApiKeys.createApiAuthAppReconciled({ ...apiApp, appSlug: slug }))
        assert.containsSubset(ofApp, refused("createApiAuthApp", "appSlug"))
        const ofScheme = yield* Effect.flip(ApiKeys.createRateLimitSchemeReconciled({ ...scheme, slug }))
        assert.containsSubset(ofScheme, refused("createRateLimitScheme", "slug"))
        const ofOAuthApp = yield* Effect.flip(OAuth.createOAuthAppReconciled({ ...oauthApp, slug: ` ${slug} ` }))
        assert.containsSubset(ofOAuthApp, refused("createOAuthApp", "slug"))
        const { requests } = yield* Emulator.Emulator
        assert.lengthOf(yield* requests, 0)
      }).pipe(Effect.provide(Services))
    )
  }

  it.effect("is not taken for an OAuth app whose slug only begins with it", () =>
    Effect.gen(function* () {
      const oauth = yield* OAuth.OAuth
      yield* oauth.createOAuthApp({ ...oauthApp, slug: "shop-2" })
      yield* fail("createOAuthApp", Fault.loseBefore)
      const { slug } = yield* elapse(OAuth.createOAuthAppReconciled(oauthApp))
      assert.strictEqual(slug, "shop")
    }).pipe(Effect.provide(Services))
  )

  it.effect("is a conflict where a field differs, which is named", () =>
    Effect.gen(function* () {
      const keys = yield* ApiKeys.ApiKeys
      yield* keys.createRateLimitScheme({ ...scheme, name: "T", rules: [{ ...scheme.rules[0], maxRequests: 6 }] })
      yield* fail("createRateLimitScheme", Fault.loseBefore)
      const error = yield* elapse(Effect.flip(ApiKeys.createRateLimitSchemeReconciled(scheme)))
      assert.strictEqual(error._tag, "ConflictError")
      assert.match(error.message, /name, rules$/)
    }).pipe(Effect.provide(Services))
  )
})
