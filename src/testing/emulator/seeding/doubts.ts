/** What a world file says that is probably meant otherwise: references to nothing, and the same thing twice. */
import * as Predicate from "effect/Predicate"
import { scoped } from "../World.js"
import type { AuditRow, World } from "../World.js"
import type { Decoded } from "../WorldFile.js"

/** What must be the `key` of something in `list`: this field of the lists at the end. */
const references = [
  [
    "deployment_id",
    "deployments",
    "id",
    "users organizations workspaces rate_limit_schemes api_auth_apps api_keys oauth_apps oauth_clients oauth_grants"
  ],
  ["rate_limit_scheme_slug", "rate_limit_schemes", "slug", "api_auth_apps api_keys"],
  ["organization_id", "organizations", "id", "workspaces organization_memberships workspace_memberships api_auth_apps"],
  ["user_id", "users", "id", "organization_memberships workspace_memberships api_auth_apps"],
  ["workspace_id", "workspaces", "id", "workspace_memberships api_auth_apps"],
  ["organization_membership_id", "organization_memberships", "id", "workspace_memberships"],
  ["app_slug", "api_auth_apps", "app_slug", "api_keys"],
  ["oauth_app_id", "oauth_apps", "id", "oauth_signing_keys oauth_clients"],
  ["oauth_client_id", "oauth_clients", "id", "oauth_grants oauth_access_tokens"],
  ["oauth_grant_id", "oauth_grants", "id", "oauth_access_tokens"],
  ["api_auth_app_slug", "api_auth_apps", "app_slug", "oauth_grants oauth_access_tokens"]
] as const

/** What tells the items of these lists apart. */
const unique = [
  ["credential", "actors"],
  [
    "id",
    "deployments users organizations workspaces organization_memberships workspace_memberships api_keys oauth_apps oauth_clients oauth_grants"
  ],
  ["slug", "rate_limit_schemes oauth_apps"],
  ["app_slug", "api_auth_apps"],
  ["secret", "api_keys"],
  ["fqdn", "oauth_apps"],
  ["kid", "oauth_signing_keys"],
  ["client_id", "oauth_clients"],
  ["value", "oauth_access_tokens"],
  ["hostname", "domains"]
] as const

/** A slug is one of its deployment. */
const keyOf = (item: unknown, field: string): string | null => {
  if (!Predicate.isReadonlyRecord(item)) return null
  const { [field]: key, deployment_id: deployment } = item
  if (typeof key !== "string") return null
  if (!field.endsWith("slug")) return key
  return typeof deployment === "string" ? scoped(deployment, key) : null
}

/** Each by its field; never a value, which can be a secret. */
export const doubts = (file: Decoded): ReadonlyArray<string> => {
  const deploymentOf = new Map(file.oauth_clients.map(({ deployment_id, id }) => [id, deployment_id]))
  const lists = new Map<string, unknown>(Object.entries(file)).set(
    "oauth_access_tokens",
    file.oauth_access_tokens.map((token) => ({ ...token, deployment_id: deploymentOf.get(token.oauth_client_id) }))
  )
  const definitions = Object.entries(file.oauth_apps).map(
    ([name, { scope_definitions }]) => [`oauth_apps.${name}.scope_definitions`, scope_definitions] as const
  )
  for (const [list, items] of definitions) lists.set(list, items)
  /** Where the items of some lists have a field, and what it says. */
  const entries = (names: string, field: string) =>
    names.split(" ").flatMap((list) =>
      Object.entries(lists.get(list) ?? {}).flatMap(([name, item]: readonly [string, unknown]) => {
        const key = keyOf(item, field)
        return key === null ? [] : [{ list, place: `${list}.${name}.${field}`, key }]
      })
    )
  const actors = Object.entries(file.actors).filter(([, actor]) => {
    const of = /^aa_(\d+)$/.exec(actor?.backend_app_slug ?? "")
    return of !== null && of[1] !== actor?.deployment_id
  })
  return [
    ...actors.map(([name]) => `actors.${name}.backend_app_slug is another deployment's, so the key is not accepted`),
    ...references.flatMap(([field, list, key, names]) => {
      const known = new Set(entries(list, key).map((entry) => entry.key))
      if (list === "deployments") known.add(file.console_deployment_id)
      const lost = entries(names, field).filter((entry) => !known.has(entry.key))
      return lost.map(({ place }) => `${place} names nothing that is there`)
    }),
    ...[...unique, ["scope", definitions.map(([list]) => list).join(" ")] as const].flatMap(([field, names]) => {
      const seen = new Set<string>()
      return entries(names, field).flatMap(({ key, list, place }) => {
        const one = `${list} ${key}`
        if (seen.has(one)) return [`${place} is there twice`]
        seen.add(one)
        return []
      })
    })
  ]
}

/** Those of audit rows; what the console has is in no world. */
export const rowDoubts = (world: World, rows: ReadonlyArray<AuditRow>): ReadonlyArray<string> =>
  rows.flatMap(({ appSlug, deploymentId }, index) => {
    if (deploymentId === world.consoleDeploymentId || world.apiAuthApps.has(scoped(deploymentId, appSlug))) return []
    const field = world.deployments.has(deploymentId) ? "app_slug" : "deployment_id"
    return [`${index}.${field} names nothing that is there`]
  })
