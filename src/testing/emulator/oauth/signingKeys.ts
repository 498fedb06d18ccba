/** The keys with which an OAuth app signs: at most one is active, retired ones are kept, compromised ones hidden. */
import * as Effect from "effect/Effect"
import * as Answer from "../Answer.js"
import * as Database from "../database.js"
import * as Failure from "../Failure.js"
import { nextId } from "../ids.js"
import type * as Moment from "../Moment.js"
import * as Route from "../Route.js"
import type { OAuthApp, SigningKey, World } from "../World.js"
import * as Find from "./find.js"
import * as Pem from "./pem.js"
import * as RsaKeys from "./rsaKeys.js"
import * as Show from "./show.js"

const rsa: RsaHashedKeyGenParams = {
  name: "RSASSA-PKCS1-v1_5",
  hash: "SHA-256",
  modulusLength: 2048,
  publicExponent: Uint8Array.of(1, 0, 1)
}

const generatedPem: Effect.Effect<string> = Effect.promise(() =>
  crypto.subtle
    .generateKey(rsa, true, ["sign", "verify"])
    .then(({ publicKey }) => crypto.subtle.exportKey("spki", publicKey))
    .then((der) => Pem.fromDer(new Uint8Array(der)))
)

const fixedPem = (world: World): Effect.Effect<string> =>
  Effect.sync(() => Pem.fromModulus(RsaKeys.modulus(world.signingKeysMade++)))

/** Gives the app a new active key; the one that was active is retired. */
export const activate = (world: World, app: Pick<OAuthApp, "id">, moment: Moment.Moment): Effect.Effect<SigningKey> =>
  Effect.gen(function* () {
    const id = yield* nextId(world, moment)
    const key: SigningKey = {
      id,
      oauthAppId: app.id,
      kid: `oas-${app.id}-${id}`,
      status: "active",
      publicKeyPem: yield* world.options.secure ? generatedPem : fixedPem(world),
      activatedAt: moment,
      retiredAt: null,
      createdAt: moment
    }
    const retired = (world.signingKeysOfApp.get(app.id) ?? []).map((old): SigningKey =>
      old.status === "active" ? { ...old, status: "retired", retiredAt: moment } : old
    )
    world.signingKeysOfApp.set(app.id, [...retired, key])
    return key
  })

const base = "/oauth/apps/{oauth_app_slug}/signing-keys"

export const routes: ReadonlyArray<Route.PlatformRoute> = [
  Route.platform("listOAuthAppSigningKeys", "GET", base, (call) =>
    Effect.map(Find.app(call, call.params.oauth_app_slug), ({ id }) => {
      const keys = (call.world.signingKeysOfApp.get(id) ?? []).filter(({ status }) => status !== "compromised")
      const sorted = keys.sort(Find.latestFirst(({ activatedAt }) => activatedAt))
      return Answer.json({ keys: sorted.map(Show.signingKey) })
    })
  ),

  Route.platform("rotateOAuthAppSigningKey", "POST", `${base}/rotate`, (call) =>
    Effect.gen(function* () {
      const app = yield* Find.app(call, call.params.oauth_app_slug)
      const key = yield* activate(call.world, app, call.moment)
      return Answer.json({ new: Show.signingKey(key) })
    })
  ),

  Route.platform("compromiseOAuthAppSigningKey", "POST", `${base}/{kid}/compromise`, (call) =>
    Effect.gen(function* () {
      const { kid, oauth_app_slug: slug } = call.params
      const { id } = yield* Find.app(call, slug)
      yield* Database.taken(kid)
      const keys = call.world.signingKeysOfApp.get(id) ?? []
      if (!keys.some((key) => key.kid === kid && key.status !== "compromised")) {
        return yield* Failure.notFound(`no signing key with kid '${kid}' for this app`)
      }
      const marked = keys.map((key): SigningKey => (key.kid === kid ? { ...key, status: "compromised" } : key))
      call.world.signingKeysOfApp.set(id, marked)
      return Answer.noContent
    })
  )
]
