/**
 * Whether what is stored is what was sent, field by field, as the server stores it.
 */
import * as Option from "effect/Option"
import type { ApiAuthApp, CreateApiAuthAppInput } from "../../../schemas/ApiAuthApp.js"
import type { Jwk, JwkInput } from "../../../schemas/Jwk.js"
import type { CreateOAuthAppInput, OAuthApp } from "../../../schemas/OAuthApp.js"
import type { OAuthClient } from "../../../schemas/OAuthClient.js"
import type { CreateOAuthClientInput } from "../../../schemas/OAuthClientInput.js"
import type { OAuthScopeDefinitionInput } from "../../../schemas/OAuthScope.js"
import { trim } from "../../../schemas/internal/rules.js"
import type { CreateRateLimitSchemeInput, RateLimitScheme } from "../../../schemas/RateLimitScheme.js"
import { valueOf } from "../storedInput.js"

/** The fields that are not the same. */
const different = (isSame: Readonly<Record<string, boolean>>): ReadonlyArray<string> =>
  Object.keys(isSame).filter((field) => !isSame[field])

const sameText = (sent: string | undefined, stored: Option.Option<string>): boolean =>
  sent === undefined || Option.getOrElse(stored, () => "") === sent

/** In any order; what was not sent is whatever it is. */
export const sameList = (sent: ReadonlyArray<string> | undefined, stored: ReadonlyArray<string>): boolean =>
  sent === undefined || JSON.stringify([...sent].sort()) === JSON.stringify([...stored].sort())

/** Of an app. What was created is active; one that was switched off since refuses its keys. */
export const appDifferences = (input: CreateApiAuthAppInput, app: ApiAuthApp): ReadonlyArray<string> =>
  different({
    name: input.name === app.name,
    keyPrefix: input.keyPrefix === app.keyPrefix,
    description: sameText(input.description, app.description),
    userId: sameText(input.userId, app.userId),
    organizationId: sameText(input.organizationId, app.organizationId),
    workspaceId: sameText(input.workspaceId, app.workspaceId),
    rateLimitSchemeSlug: sameText(input.rateLimitSchemeSlug, app.rateLimitSchemeSlug),
    permissions: sameList(input.permissions, app.permissions),
    resources: sameList(input.resources, app.resources),
    isActive: app.isActive
  })

const ruleText = (rule: CreateRateLimitSchemeInput["rules"][number] | RateLimitScheme["rules"][number]): string =>
  JSON.stringify([
    rule.unit,
    rule.duration,
    rule.maxRequests,
    valueOf(rule.mode),
    valueOf(rule.endpoints),
    rule.priority ?? 0
  ])

/** Of a scheme. */
export const schemeDifferences = (input: CreateRateLimitSchemeInput, scheme: RateLimitScheme): ReadonlyArray<string> =>
  different({
    name: input.name === scheme.name,
    description: sameText(input.description, scheme.description),
    rules: sameList(input.rules.map(ruleText), scheme.rules.map(ruleText))
  })

/** Outside production a host name that was sent is ignored, and one under this domain is made. */
const generatedDomain = ".oapi.trywacht.xyz"

const sameHost = (sent: string | undefined, stored: string): boolean =>
  sent === undefined || trim(sent).toLowerCase() === stored || stored.endsWith(generatedDomain)

const normalized = (scopes: ReadonlyArray<string>): ReadonlyArray<string> => [
  ...new Set(scopes.map(trim).filter((scope) => scope !== ""))
]

/** The text without blanks around it, where there is any. */
const orElse = <Fallback>(text: string | undefined, fallback: Fallback): string | Fallback =>
  trim(text ?? "") || fallback

/** Where blank counts as left out. */
const sameOrNone = (sent: string | undefined, stored: Option.Option<string>): boolean =>
  orElse(sent, null) === Option.getOrNull(stored)

/** Definitions of scopes that are not supported were dropped; of duplicates the last one won. */
const sameDefinitions = (sent: ReadonlyArray<OAuthScopeDefinitionInput> | undefined, app: OAuthApp): boolean => {
  const wanted = new Map((sent ?? []).map((definition) => [trim(definition.scope), definition]))
  return app.scopeDefinitions.every((stored) => {
    const definition = wanted.get(stored.scope)
    return (
      definition === undefined ||
      (orElse(definition.displayName, stored.scope) === trim(stored.displayName) &&
        orElse(definition.description, `Allows ${stored.scope} access`) === trim(stored.description) &&
        (definition.archived ?? false) === stored.archived &&
        (definition.category ?? "") === stored.category &&
        sameOrNone(definition.organizationPermission, stored.organizationPermission) &&
        sameOrNone(definition.workspacePermission, stored.workspacePermission))
    )
  })
}

/** Of an OAuth app; of a logo only that there is one can be told. */
export const oauthAppDifferences = (input: CreateOAuthAppInput, app: OAuthApp): ReadonlyArray<string> =>
  different({
    name: trim(input.name) === app.name,
    description: input.description === undefined || sameText(trim(input.description), app.description),
    fqdn: sameHost(input.fqdn, app.fqdn),
    supportedScopes: sameList(input.supportedScopes && normalized(input.supportedScopes), app.supportedScopes),
    scopeDefinitions: sameDefinitions(input.scopeDefinitions, app),
    allowDynamicClientRegistration:
      (input.allowDynamicClientRegistration ?? app.allowDynamicClientRegistration) ===
      app.allowDynamicClientRegistration,
    logo: input.logo === undefined || input.logo.data.length === 0 || Option.isSome(app.logoUrl),
    isActive: app.isActive
  })

/** The members that are set; shown are all but `ext`, which is not kept. */
const keyText = (key: Jwk | JwkInput): string =>
  JSON.stringify(
    Object.entries(key)
      .map(([name, value]) => [name, valueOf(value)])
      .filter(([name, value]) => name !== "ext" && value !== undefined)
      .sort()
  )

/** A PEM is kept as a key set of one. */
const sentKeys = ({ jwks, publicKeyPem }: CreateOAuthClientInput): ReadonlyArray<Jwk | JwkInput> => {
  const pem = orElse(publicKeyPem, undefined)
  return jwks?.keys ?? (pem === undefined ? [] : [{ kty: "PEM", public_key_pem: pem }])
}

/** Of a client: what decides who may use it, for what. Its words, which tell people of it, may have changed. */
export const clientDifferences = (input: CreateOAuthClientInput, client: OAuthClient): ReadonlyArray<string> =>
  different({
    clientAuthMethod: input.clientAuthMethod === client.clientAuthMethod,
    grantTypes: sameList(input.grantTypes, client.grantTypes),
    redirectUris: sameList(input.redirectUris, client.redirectUris),
    postLogoutRedirectUris: sameList(input.postLogoutRedirectUris ?? [], client.postLogoutRedirectUris),
    jwksUri: sameOrNone(input.jwksUri, client.jwksUri),
    jwks: sameList(sentKeys(input).map(keyText), Option.getOrUndefined(client.jwks)?.keys.map(keyText) ?? []),
    tokenEndpointAuthSigningAlg: sameOrNone(input.tokenEndpointAuthSigningAlg, client.tokenEndpointAuthSigningAlg),
    accessTokenFormat: (input.accessTokenFormat ?? "opaque") === client.accessTokenFormat,
    accessTokenTtlSeconds: (input.accessTokenTtlSeconds ?? 3600) === client.accessTokenTtlSeconds,
    skipConsent: (input.skipConsent ?? false) === client.skipConsent
  })
