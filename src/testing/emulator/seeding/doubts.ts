/** What a world file says that is probably meant otherwise: references to nothing, and the same thing twice. */
import { scoped } from "../World.js"
import type { Decoded } from "../WorldFile.js"

interface Deployed {
  readonly deployment_id: string
}

interface Limited extends Deployed {
  readonly rate_limit_scheme_slug?: string | null | undefined
}

interface Member {
  readonly organization_id: string
  readonly user_id: string
}

/** What nothing but its list tells from another. */
const twice = <A>(list: string, items: ReadonlyArray<A>, keyOf: (item: A) => string): ReadonlyArray<string> => {
  const seen = new Set<string>()
  return items.flatMap((item, index) => {
    const key = keyOf(item)
    if (seen.has(key)) return [`${list}.${index} is there twice`]
    seen.add(key)
    return []
  })
}

/** References in a list; `known` has what they may name. */
const missing = <A>(
  list: string,
  items: ReadonlyArray<A>,
  field: string,
  keyOf: (item: A) => string | null,
  known: ReadonlySet<string>
): ReadonlyArray<string> =>
  items.flatMap((item, index) => {
    const key = keyOf(item)
    return key === null || known.has(key) ? [] : [`${list}.${index}.${field} names nothing that is there`]
  })

/** Each by its field; never a value, which can be a secret. */
export const doubts = (file: Decoded): ReadonlyArray<string> => {
  const deployments = new Set([file.console_deployment_id, ...file.deployments.map(({ id }) => id)])
  const apps = new Set(file.api_auth_apps.map((app) => scoped(app.deployment_id, app.app_slug)))
  const schemes = new Set(file.rate_limit_schemes.map((scheme) => scoped(scheme.deployment_id, scheme.slug)))
  const oauthApps = new Set(file.oauth_apps.map(({ id }) => id))
  const clients = new Set(file.oauth_clients.map(({ id }) => id))
  const grants = new Set(file.oauth_grants.map(({ id }) => id))
  const users = new Set(file.users.map(({ id }) => id))
  const organizations = new Set(file.organizations.map(({ id }) => id))
  const workspaces = new Set(file.workspaces.map(({ id }) => id))
  const members: Readonly<Record<string, ReadonlyArray<Member>>> = {
    organization_memberships: file.organization_memberships,
    workspace_memberships: file.workspace_memberships
  }
  const deployed: Readonly<Record<string, ReadonlyArray<Deployed>>> = {
    users: file.users,
    organizations: file.organizations,
    workspaces: file.workspaces,
    rate_limit_schemes: file.rate_limit_schemes,
    api_auth_apps: file.api_auth_apps,
    api_keys: file.api_keys,
    oauth_apps: file.oauth_apps,
    oauth_clients: file.oauth_clients,
    oauth_grants: file.oauth_grants
  }
  const limited: Readonly<Record<string, ReadonlyArray<Limited>>> = {
    api_auth_apps: file.api_auth_apps,
    api_keys: file.api_keys
  }
  const actors = Object.entries(file.actors).flatMap(([name, actor]) => (actor === null ? [] : [{ name, ...actor }]))
  return [
    ...Object.entries(deployed).flatMap(([list, items]) =>
      missing(list, items, "deployment_id", (item) => item.deployment_id, deployments)
    ),
    ...Object.entries(limited).flatMap(([list, items]) =>
      missing(
        list,
        items,
        "rate_limit_scheme_slug",
        ({ deployment_id, rate_limit_scheme_slug: slug }) =>
          slug === null || slug === undefined ? null : scoped(deployment_id, slug),
        schemes
      )
    ),
    ...missing("workspaces", file.workspaces, "organization_id", (one) => one.organization_id, organizations),
    ...Object.entries(members).flatMap(([list, items]) => [
      ...missing(list, items, "organization_id", (member) => member.organization_id, organizations),
      ...missing(list, items, "user_id", (member) => member.user_id, users)
    ]),
    ...missing(
      "workspace_memberships",
      file.workspace_memberships,
      "workspace_id",
      (one) => one.workspace_id,
      workspaces
    ),
    ...missing("api_auth_apps", file.api_auth_apps, "user_id", (app) => app.user_id, users),
    ...missing("api_auth_apps", file.api_auth_apps, "organization_id", (app) => app.organization_id, organizations),
    ...missing("api_auth_apps", file.api_auth_apps, "workspace_id", (app) => app.workspace_id, workspaces),
    ...missing("api_keys", file.api_keys, "app_slug", (key) => scoped(key.deployment_id, key.app_slug), apps),
    ...missing("oauth_signing_keys", file.oauth_signing_keys, "oauth_app_id", (key) => key.oauth_app_id, oauthApps),
    ...missing("oauth_clients", file.oauth_clients, "oauth_app_id", (client) => client.oauth_app_id, oauthApps),
    ...missing("oauth_grants", file.oauth_grants, "oauth_client_id", (grant) => grant.oauth_client_id, clients),
    ...missing(
      "oauth_access_tokens",
      file.oauth_access_tokens,
      "oauth_grant_id",
      (token) => token.oauth_grant_id,
      grants
    ),
    ...missing(
      "oauth_access_tokens",
      file.oauth_access_tokens,
      "oauth_client_id",
      (one) => one.oauth_client_id,
      clients
    ),
    ...twice("actors", actors, ({ credential }) => credential),
    ...twice("deployments", file.deployments, ({ id }) => id),
    ...twice("users", file.users, ({ id }) => id),
    ...twice("organizations", file.organizations, ({ id }) => id),
    ...twice("workspaces", file.workspaces, ({ id }) => id),
    ...twice("rate_limit_schemes", file.rate_limit_schemes, (scheme) => scoped(scheme.deployment_id, scheme.slug)),
    ...twice("api_auth_apps", file.api_auth_apps, (app) => scoped(app.deployment_id, app.app_slug)),
    ...twice("api_keys", file.api_keys, ({ id }) => id),
    ...twice("api_keys", file.api_keys, ({ secret }) => `secret ${secret}`),
    ...twice("oauth_apps", file.oauth_apps, ({ id }) => id),
    ...twice("oauth_apps", file.oauth_apps, (app) => scoped(app.deployment_id, app.slug)),
    ...twice("oauth_clients", file.oauth_clients, ({ id }) => id),
    ...twice("oauth_grants", file.oauth_grants, ({ id }) => id),
    ...twice("oauth_access_tokens", file.oauth_access_tokens, ({ value }) => value),
    ...twice("domains", file.domains, ({ hostname }) => hostname)
  ]
}
