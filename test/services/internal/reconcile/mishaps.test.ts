import * as HttpClient from "@effect/platform/HttpClient"
import * as HttpClientError from "@effect/platform/HttpClientError"
import { assert, describe, it } from "@effect/vitest"
import { ApiKeys, OAuth, Wacht } from "effect-wacht"
import type { CreateOAuthClientInput, CreateRateLimitSchemeInput } from "effect-wacht/schemas"
import { Emulator } from "effect-wacht/testing"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import { onVirtualTime } from "../policy/harness.js"
import { makeApp } from "./harness.js"

/** When a request acts that has no answer: never, at once, or when the caller has long begun to look. */
const fates = [undefined, "0 seconds", "29 seconds"] as const

/** What befalls a job: the request after some that were answered has no answer, as its connection is lost or its caller crashes. */
interface Mishap {
  readonly after: number
  readonly acts: (typeof fates)[number]
  readonly isCrash: boolean
}

/** A network with these mishaps, one after the other. */
const makeNetwork = (client: HttpClient.HttpClient, mishaps: ReadonlyArray<Mishap>) => {
  let met = 0
  let answered = 0
  let crash: Effect.Effect<unknown> = Effect.void
  const network = HttpClient.transform(client, (effect, request) =>
    Effect.suspend(() => {
      const mishap = mishaps[met]
      if (mishap === undefined || answered++ < mishap.after) return effect
      met++
      answered = 0
      const late = mishap.acts === undefined ? Effect.void : Effect.forkDaemon(Effect.delay(effect, mishap.acts))
      const lost = new HttpClientError.RequestError({ request, reason: "Transport", cause: new Error("lost") })
      return Effect.zipRight(late, mishap.isCrash ? Effect.zipRight(crash, Effect.never) : Effect.fail(lost))
    })
  )
  /** Nothing where it crashed. */
  const run = <A, E, R>(job: Effect.Effect<A, E, R>) =>
    Effect.gen(function* () {
      const crashed = yield* Deferred.make<void>()
      crash = Deferred.succeed(crashed, undefined)
      const ended = Effect.asSome(Effect.either(job))
      return yield* Effect.raceFirst(ended, Effect.as(Deferred.await(crashed), Option.none()))
    })
  return { network, run, areMet: () => met === mishaps.length }
}

type Needs = ApiKeys.ApiKeys | OAuth.OAuth
interface Failure {
  readonly _tag: string
  readonly live?: ReadonlyArray<string>
}

interface Kind {
  /** Makes what is there before the job, and gives the job of a run, which ends with its secret or name. */
  readonly prepare: Effect.Effect<(isRerun: boolean) => Effect.Effect<string, Failure, Needs>, Failure, Needs>
  /** Of all that is alive. */
  readonly live: (state: Emulator.State) => ReadonlyArray<{ readonly id: string; readonly has: string | null }>
}

const makeShop = makeApp("shop")
const makeKey = Effect.flatMap(ApiKeys.ApiKeys, (service) => service.createApiKey("shop", { name: "k" }))
const oauthApp = "acme-oauth"
const client: CreateOAuthClientInput = {
  clientAuthMethod: "client_secret_basic",
  grantTypes: ["authorization_code"],
  redirectUris: ["https://a.example/cb"]
}
const scheme: CreateRateLimitSchemeInput = {
  slug: "standard",
  name: "Standard",
  rules: [{ unit: "minute", duration: 1, maxRequests: 1 }]
}
const makeClient = Effect.flatMap(OAuth.OAuth, (service) => service.createOAuthClient(oauthApp, client))
const activeKid = Effect.flatMap(OAuth.OAuth, (service) =>
  Effect.map(service.listOAuthAppSigningKeys(oauthApp), (all) => all.find(({ status }) => status === "active")?.kid)
)

const keys: Kind["live"] = ({ apiKeys }) =>
  [...apiKeys.values()].filter(({ isActive }) => isActive).map(({ id, secret }) => ({ id, has: secret }))
const clients: Kind["live"] = ({ oauthClients }) =>
  [...oauthClients.values()]
    .filter(({ isActive }) => isActive)
    .map(({ clientSecret, id }) => ({ id, has: clientSecret }))

const kinds: Readonly<Record<string, Kind>> = {
  createApiKeyReconciled: {
    prepare: Effect.as(makeShop, (isRerun) =>
      Effect.map(ApiKeys.createApiKeyReconciled("shop", { name: "k" }, { marker: "job", isRerun }), ({ secret }) =>
        Redacted.value(secret)
      )
    ),
    live: keys
  },
  rotateApiKeyReconciled: {
    prepare: Effect.map(
      Effect.zipRight(makeShop, makeKey),
      ({ id }) =>
        () =>
          Effect.map(ApiKeys.rotateApiKeyReconciled("shop", id), ({ secret }) => Redacted.value(secret))
    ),
    live: keys
  },
  createOAuthClientReconciled: {
    prepare: Effect.succeed((isRerun) =>
      Effect.map(OAuth.createOAuthClientReconciled(oauthApp, client, { marker: "job", isRerun }), ({ clientSecret }) =>
        Redacted.value(Option.getOrThrow(clientSecret))
      )
    ),
    live: clients
  },
  rotateOAuthClientSecretReconciled: {
    prepare: Effect.map(
      makeClient,
      ({ id }) =>
        (isRerun) =>
          Effect.map(OAuth.rotateOAuthClientSecretReconciled(oauthApp, id, { isRerun }), ({ clientSecret }) =>
            Redacted.value(clientSecret)
          )
    ),
    live: clients
  },
  rotateOAuthAppSigningKeyReconciled: {
    prepare: Effect.map(
      activeKid,
      (replaces) => (isRerun) =>
        Effect.map(OAuth.rotateOAuthAppSigningKeyReconciled(oauthApp, { replaces, isRerun }), ({ new: { kid } }) => kid)
    ),
    // One was made, and it is the one in hand.
    live: ({ signingKeysOfApp }) =>
      [...signingKeysOfApp.values()]
        .flat()
        .slice(1)
        .map(({ kid }) => ({ id: kid, has: kid }))
  },
  createApiAuthAppReconciled: {
    prepare: Effect.succeed((isRerun) =>
      Effect.map(
        ApiKeys.createApiAuthAppReconciled({ appSlug: "shop", name: "Shop", keyPrefix: "acme" }, { isRerun }),
        ({ appSlug }) => appSlug
      )
    ),
    live: ({ apiAuthApps }) => [...apiAuthApps.values()].map(({ appSlug }) => ({ id: appSlug, has: appSlug }))
  },
  createRateLimitSchemeReconciled: {
    prepare: Effect.succeed((isRerun) =>
      Effect.map(ApiKeys.createRateLimitSchemeReconciled(scheme, { isRerun }), ({ id }) => id)
    ),
    live: ({ rateLimitSchemes }) => [...rateLimitSchemes.values()].map(({ id }) => ({ id, has: id }))
  },
  createOAuthAppReconciled: {
    prepare: Effect.succeed((isRerun) =>
      Effect.map(OAuth.createOAuthAppReconciled({ slug: "mcp", name: "MCP" }, { isRerun }), ({ id }) => id)
    ),
    live: ({ oauthApps }) =>
      [...oauthApps.values()].filter(({ slug }) => slug !== oauthApp).map(({ id }) => ({ id, has: id }))
  }
}

/** Runs a job until it has a result; whether all mishaps came to pass. */
const experiment = ({ live, prepare }: Kind, mishaps: ReadonlyArray<Mishap>) =>
  Effect.gen(function* () {
    const { apiKey, state } = yield* Emulator.Emulator
    const client = yield* HttpClient.HttpClient
    const over = (client: HttpClient.HttpClient) =>
      Effect.provide(
        Wacht.layer({ apiKey }).pipe(Layer.orDie, Layer.provide(Layer.succeed(HttpClient.HttpClient, client)))
      )
    const job = yield* over(client)(prepare)
    const { areMet, network, run } = makeNetwork(client, mishaps)
    const told = JSON.stringify(mishaps)
    // The run after one that crashed may find that somebody was faster.
    for (let count = 0; count < 2 * mishaps.length + 2; count++) {
      const before = live(yield* state)
      const ended = yield* run(over(network)(job(count > 0)))
      if (Option.isNone(ended)) continue
      const alive = live(yield* state)
      if (Either.isRight(ended.value)) {
        assert.deepStrictEqual(
          alive.map(({ has }) => has),
          [ended.value.right],
          told
        )
        return areMet()
      }
      const error = ended.value.left
      if (error._tag === "ReconciliationError") {
        assert.includeMembers(
          [...(error.live ?? [])],
          alive.map(({ id }) => id),
          told
        )
      } else {
        // It could not even look.
        assert.strictEqual(error._tag, "TransportError", told)
        assert.deepStrictEqual(alive, before, told)
      }
    }
    return assert.fail(`no result: ${told}`)
  }).pipe(Effect.provide(Emulator.layer()))

/** Every way in which a job can meet up to so many mishaps more; how many that are. */
const explore = (kind: Kind, deep: number, mishaps: ReadonlyArray<Mishap> = []): Effect.Effect<number, unknown> =>
  Effect.gen(function* () {
    let count = 1
    if (deep === 0) return count
    for (const isCrash of [true, false]) {
      for (const acts of fates) {
        for (let after = 0; ; after++) {
          const more = [...mishaps, { after, acts, isCrash }]
          if (!(yield* experiment(kind, more))) break
          count += yield* explore(kind, deep - 1, more)
        }
      }
    }
    return count
  })

describe("a job whose requests are lost or whose runs crash, at any two places", () => {
  for (const [name, kind] of Object.entries(kinds)) {
    it(`${name} ends with one live thing, and it in hand`, () =>
      onVirtualTime(
        Effect.map(explore(kind, 2), (ways) => {
          assert.isAbove(ways, 40)
        })
      ))
  }
})
