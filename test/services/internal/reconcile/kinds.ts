import { ApiKeys, OAuth } from "effect-wacht"
import type { CreateOAuthClientInput, CreateRateLimitSchemeInput } from "effect-wacht/schemas"
import type { Emulator } from "effect-wacht/testing"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import { makeApp } from "./harness.js"

type Needs = ApiKeys.ApiKeys | OAuth.OAuth
/** What a job can fail with. */
export interface Failure {
  readonly _tag: string
  readonly message: string
  readonly live?: ReadonlyArray<string>
}

/** One of the eight functions. */
export interface Kind {
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

/** The eight `…Reconciled` functions, by name. */
export const kinds: Readonly<Record<string, Kind>> = {
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
