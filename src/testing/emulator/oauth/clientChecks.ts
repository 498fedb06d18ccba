/** The checks of a client's request, in the server's order; each gives the words of the first rule broken. */
import * as Effect from "effect/Effect"
import * as Failure from "../Failure.js"
import { trimToNull } from "../text.js"
import type { OAuthClient } from "../World.js"
import type { CreateClient, UpdateClient } from "./clientInput.js"
import * as ClientRules from "./clientRules.js"
import { refuse } from "./find.js"
import type { KeyMaterialInput } from "./keyMaterial.js"
import * as KeyMaterial from "./keyMaterial.js"
import * as Urls from "./urls.js"

type Checked = Effect.Effect<void, Failure.Failure>

const redirectUris = (input: CreateClient | UpdateClient): string | undefined =>
  input.redirect_uris?.length === 0
    ? "redirect_uris must include at least one URI for authorization_code"
    : (Urls.redirectUrisViolation("redirect_uris", input.redirect_uris ?? []) ??
      Urls.redirectUrisViolation("post_logout_redirect_uris", input.post_logout_redirect_uris ?? []))

const pageUris = (input: CreateClient): string | undefined => {
  for (const field of ["client_uri", "logo_uri", "tos_uri", "policy_uri"] as const) {
    const uri = trimToNull(input[field])
    const violation = uri === null ? undefined : Urls.webUriViolation(field, uri)
    if (violation !== undefined) return violation
  }
  return undefined
}

export const create = (input: CreateClient, keys: KeyMaterialInput): Checked =>
  refuse(
    ClientRules.tokenSettingsViolation(input) ??
      ClientRules.grantTypesViolation(input.grant_types) ??
      ClientRules.authMethodViolation(input.client_auth_method) ??
      KeyMaterial.createViolation(input.client_auth_method, keys) ??
      pageUris(input) ??
      redirectUris(input)
  )

/** Fails where the client was deactivated. */
export const active = (client: OAuthClient): Checked =>
  client.isActive ? Effect.void : Failure.notFound("OAuth client not found or inactive")

/** Of what is stored, only the method and the keys matter; the pages' URIs are not checked at all. */
export const update = (client: OAuthClient, input: UpdateClient, keys: KeyMaterialInput): Checked =>
  Effect.gen(function* () {
    yield* refuse(
      ClientRules.tokenSettingsViolation(input) ??
        (input.grant_types === undefined ? undefined : ClientRules.grantTypesViolation(input.grant_types))
    )
    yield* active(client)
    const method = input.client_auth_method ?? client.clientAuthMethod
    yield* refuse(
      ClientRules.authMethodViolation(method) ??
        redirectUris(input) ??
        KeyMaterial.updateViolation(method, client, keys)
    )
  })
