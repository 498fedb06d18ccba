/** OAuth clients: list, create, update, deactivate, and a new secret. */
import * as Effect from "effect/Effect"
import * as Answer from "../Answer.js"
import * as Call from "../Call.js"
import * as Database from "../database.js"
import * as Failure from "../Failure.js"
import { freeText, nextId } from "../ids.js"
import * as Route from "../Route.js"
import { trimToNull } from "../text.js"
import type { OAuthClient } from "../World.js"
import { append } from "../World.js"
import * as Checks from "./clientChecks.js"
import type { CreateClient, UpdateClient } from "./clientInput.js"
import * as ClientInput from "./clientInput.js"
import { hasSecret } from "./clientRules.js"
import * as Find from "./find.js"
import type { KeyMaterialInput } from "./keyMaterial.js"
import * as KeyMaterial from "./keyMaterial.js"
import * as Show from "./show.js"

/** A text with a prefix, which no client has yet. */
const unique =
  (name: "clientId" | "clientSecret", prefix: string, length: number) =>
  ({ moment, world }: Call.PlatformCall<unknown>): Effect.Effect<string> => {
    const isTaken = (text: string): boolean => {
      for (const client of world.oauthClients.values()) if (client[name] === prefix + text) return true
      return false
    }
    return Effect.map(freeText(world, moment, length, isTaken), (text) => prefix + text)
  }
const newClientId = unique("clientId", "oc_", 32)
const newSecret = unique("clientSecret", "oc_secret_", 43)

const keysOf = (input: CreateClient | UpdateClient, isUpdate: boolean): KeyMaterialInput =>
  KeyMaterial.readInput(
    { jwks_uri: input.jwks_uri ?? null, jwks: input.jwks ?? null, public_key_pem: input.public_key_pem ?? null },
    isUpdate
  )

const storeKeys = (stored: KeyMaterial.KeyMaterial, input: KeyMaterialInput) => {
  const keys = KeyMaterial.store(stored, input)
  return { ...keys, publicKeyPem: KeyMaterial.pemOf(keys.jwks) }
}

/** Blank clears, absent and null keep. */
const edited = (sent: string | undefined, stored: string | null): string | null =>
  sent === undefined ? stored : trimToNull(sent)

const base = "/oauth/apps/{oauth_app_slug}/clients"

export const routes: ReadonlyArray<Route.PlatformRoute> = [
  Route.platform("listOAuthClients", "GET", base, (call) =>
    Effect.map(Find.app(call, call.params.oauth_app_slug), ({ id }) => {
      const ids = call.world.oauthClientsOfApp.get(id) ?? []
      const clients = ids.flatMap((clientId) => call.world.oauthClients.get(clientId) ?? [])
      const sorted = clients.sort(Find.latestFirst(({ createdAt }) => createdAt))
      return Answer.json({ clients: sorted.map((client) => Show.client(client)) })
    })
  ),

  Route.platform("createOAuthClient", "POST", base, (call) =>
    Effect.gen(function* () {
      const input = yield* Call.body(call, ClientInput.createClient)
      const app = yield* Find.app(call, call.params.oauth_app_slug)
      const keys = keysOf(input, false)
      yield* Checks.create(input, keys)
      const { moment, world } = call
      const client = yield* Database.taken<OAuthClient>({
        id: yield* nextId(world, moment),
        deploymentId: app.deploymentId,
        oauthAppId: app.id,
        clientId: yield* newClientId(call),
        clientAuthMethod: input.client_auth_method,
        grantTypes: input.grant_types,
        redirectUris: input.redirect_uris,
        postLogoutRedirectUris: input.post_logout_redirect_uris,
        clientName: trimToNull(input.client_name),
        clientUri: trimToNull(input.client_uri),
        logoUri: trimToNull(input.logo_uri),
        tosUri: trimToNull(input.tos_uri),
        policyUri: trimToNull(input.policy_uri),
        contacts: input.contacts ?? [],
        softwareId: trimToNull(input.software_id),
        softwareVersion: trimToNull(input.software_version),
        tokenEndpointAuthSigningAlg: trimToNull(input.token_endpoint_auth_signing_alg),
        ...storeKeys({ jwksUri: null, jwks: null }, keys),
        idTokenSigningAlg: input.id_token_signing_alg ?? "RS256",
        accessTokenFormat: input.access_token_format ?? "opaque",
        accessTokenTtlSeconds: input.access_token_ttl_seconds ?? 3600,
        skipConsent: input.skip_consent ?? false,
        isActive: true,
        clientSecret: hasSecret(input.client_auth_method) ? yield* newSecret(call) : null,
        createdAt: moment,
        updatedAt: moment
      })
      world.oauthClients.set(client.id, client)
      append(world.oauthClientsOfApp, app.id, client.id)
      return Answer.json(Show.client(client, client.clientSecret ?? undefined))
    })
  ),

  Route.platform("updateOAuthClient", "PATCH", `${base}/{oauth_client_id}`, (call) =>
    Effect.gen(function* () {
      const input = yield* Call.body(call, ClientInput.updateClient)
      const client = yield* Find.client(call)
      const keys = keysOf(input, true)
      yield* Checks.update(client, input, keys)
      const updated = yield* Database.taken<OAuthClient>({
        ...client,
        clientAuthMethod: input.client_auth_method ?? client.clientAuthMethod,
        grantTypes: input.grant_types ?? client.grantTypes,
        redirectUris: input.redirect_uris ?? client.redirectUris,
        postLogoutRedirectUris: input.post_logout_redirect_uris ?? client.postLogoutRedirectUris,
        clientName: edited(input.client_name, client.clientName),
        clientUri: edited(input.client_uri, client.clientUri),
        logoUri: edited(input.logo_uri, client.logoUri),
        tosUri: edited(input.tos_uri, client.tosUri),
        policyUri: edited(input.policy_uri, client.policyUri),
        contacts: input.contacts ?? client.contacts,
        softwareId: edited(input.software_id, client.softwareId),
        softwareVersion: edited(input.software_version, client.softwareVersion),
        tokenEndpointAuthSigningAlg:
          trimToNull(input.token_endpoint_auth_signing_alg) ?? client.tokenEndpointAuthSigningAlg,
        ...storeKeys(client, keys),
        idTokenSigningAlg: input.id_token_signing_alg ?? client.idTokenSigningAlg,
        accessTokenFormat: input.access_token_format ?? client.accessTokenFormat,
        accessTokenTtlSeconds: input.access_token_ttl_seconds ?? client.accessTokenTtlSeconds,
        skipConsent: input.skip_consent ?? client.skipConsent,
        updatedAt: call.moment
      })
      call.world.oauthClients.set(client.id, updated)
      return Answer.json(Show.client(updated))
    })
  ),

  Route.platform("deactivateOAuthClient", "DELETE", `${base}/{oauth_client_id}`, (call) =>
    Effect.gen(function* () {
      const client = yield* Find.client(call)
      if (!client.isActive) return yield* Failure.notFound("OAuth client not found or already inactive")
      call.world.oauthClients.set(client.id, { ...client, isActive: false, updatedAt: call.moment })
      return Answer.noContent
    })
  ),

  Route.platform("rotateOAuthClientSecret", "POST", `${base}/{oauth_client_id}/rotate-secret`, (call) =>
    Effect.gen(function* () {
      const client = yield* Find.client(call)
      yield* Checks.active(client)
      if (!hasSecret(client.clientAuthMethod)) {
        return yield* Failure.badRequest("client_secret rotation is not supported for this auth method")
      }
      const clientSecret = yield* newSecret(call)
      call.world.oauthClients.set(client.id, { ...client, clientSecret, updatedAt: call.moment })
      return Answer.json({ client_secret: clientSecret })
    })
  )
]
