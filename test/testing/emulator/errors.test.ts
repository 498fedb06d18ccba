/** Every error that the contract lists for a route, asked for. */
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { Emulator } from "effect-wacht/testing"
import type { Input } from "./harness.js"
import { contract, owner, recordedWorld, refusal, send } from "./harness.js"

interface Listed {
  readonly status: number
  readonly message: string
  readonly when: string
}
interface Route {
  readonly id: string
  readonly host: string
  readonly method: string
  readonly path: string
  readonly query: ReadonlyArray<{ readonly name: string; readonly type: string }>
  readonly requestBody: { readonly encoding: string } | null
  readonly errors: ReadonlyArray<Listed>
}
const { routes }: { readonly routes: ReadonlyArray<Route> } = JSON.parse(contract("contract.json"))
const platformRoutes = routes.filter(({ host }) => host === "platform")

type Request = readonly [method: string, path: string, input?: Input]
interface Case {
  readonly send: Request
  readonly first?: ReadonlyArray<Request>
}

const json = (value: unknown): Input => ({ json: value })
/** Has what any route asks for. */
const whole = {
  name: "x",
  category: "personal",
  client_auth_method: "none",
  grant_types: ["authorization_code"],
  redirect_uris: ["https://a.b"]
}
const broken: Input = { body: "{", headers: { "content-type": "application/json" } }

/** The route with plausible values for the names in its path. */
const fill = (path: string) => path.replace(/\{\w+_id\}/g, "5").replace(/\{\w+\}/g, "x")

/** A request that fails in the way that is common to all routes; `undefined` where the error is the route's own. */
const common = ({ method, path, query, requestBody }: Route, { message, status, when }: Listed): Case | undefined => {
  const target = fill(path)
  switch (`${status} ${message}`) {
    case "401 Authorization header must be Bearer token":
      return { send: [method, target, { actor: null }] }
    case "401 Authentication failed":
      return { send: [method, target, { actor: "revoked" }] }
    case "429 Rate limit exceeded. Retry after {n} seconds": {
      const limited: Request = [method, target, { actor: "limited" }]
      return { first: [limited, limited], send: limited }
    }
    case "413 Request failed":
      return { send: [method, target, json("x".repeat(2_097_152))] }
    case "415 Request failed":
      return { send: [method, target, { body: "{}" }] }
    case "422 Invalid request payload":
      return { send: [method, target, json([{}])] }
    case "400 Bad request":
      if (requestBody?.encoding === "json" && !/path/i.test(when)) return { send: [method, target, broken] }
      if (/path id|numeric/i.test(when))
        return { send: [method, path.replace(/\{\w+_id\}/g, "x1").replace(/\{\w+\}/g, "x")] }
      if (/UTF-8/.test(when)) return { send: [method, path.replace(/\{\w+_id\}/g, "5").replace(/\{\w+\}/g, "%ff")] }
      if (query.length > 0) return { send: [method, `${target}?${query.find(({ type }) => type !== "string")?.name}=`] }
      return undefined
    case "500 Something went wrong":
      if (path.includes("{") && !/\{\w+_id\}/.test(path))
        return { send: [method, path.replace(/\{\w+\}/g, "%00"), json(whole)] }
      return undefined
    default:
      return undefined
  }
}

const app = "/api-auth/apps"
const shop = { app_slug: "shop", name: "Shop", key_prefix: "sk" }
const user = "281474976710660001"
const organization = "281474976710661001"
const other = "281474976710661002"
const workspace = "281474976710662001"
const scheme = "/api-auth/rate-limit-schemes"
const rule = { unit: "minute", duration: 1, max_requests: 1 }
const make = (more: object): Case => ({ send: ["POST", app, json({ ...shop, ...more })] })
const rules = (more: object) => ({ slug: "s", name: "S", rules: [{ ...rule, ...more }] })
const owned: Request = ["POST", app, json({ ...shop, user_id: user, organization_id: organization })]
const change = (more: object): Case => ({ first: [owned], send: ["PATCH", `${app}/shop`, json(more)] })

const ruleCases = (wrap: (more: object) => Request): Readonly<Record<string, Case>> => ({
  "Duration must be positive": { send: wrap({ duration: 0 }) },
  "Max requests must be positive": { send: wrap({ max_requests: 0 }) },
  "Rate limit window cannot exceed 30 days": { send: wrap({ unit: "calendar_day", duration: 31 }) },
  "Millisecond-based limits cannot exceed 60000 milliseconds (60 seconds)": {
    send: wrap({ unit: "millisecond", duration: 60_001 })
  },
  "Second-based limits cannot exceed 1800 seconds (30 minutes)": { send: wrap({ unit: "second", duration: 1801 }) },
  "Minute-based limits cannot exceed 1440 minutes (24 hours)": { send: wrap({ unit: "minute", duration: 1441 }) },
  "Calendar day limits must be exactly 1 day": { send: wrap({ unit: "calendar_day", duration: 2 }) }
})

/** By operation, then by message. */
const own: Readonly<Record<string, Readonly<Record<string, Case>>>> = {
  listApiAuthApps: { "Something went wrong": { send: ["GET", `${app}?limit=-3`] } },
  createApiAuthApp: {
    "API auth app creation requires Growth plan": { send: ["POST", app, { ...json(shop), actor: "pro" }] },
    "permissions/resources cannot be set when user_id is attached": make({ user_id: user, permissions: [] }),
    "workspace_id does not exist for this deployment": make({ user_id: user, workspace_id: "5" }),
    "workspace_id does not belong to organization_id": make({
      user_id: user,
      workspace_id: workspace,
      organization_id: other
    }),
    "organization_id does not exist for this deployment": make({ user_id: user, organization_id: "5" }),
    "user_id does not exist for this deployment": make({ user_id: "281474976710660005" }),
    "user_id is not a member of organization_id": make({
      user_id: "281474976710660004",
      organization_id: organization
    }),
    "user_id is not a member of workspace_id": make({ user_id: user, workspace_id: "281474976710662002" }),
    "user_id is required when organization_id/workspace_id is provided": make({ workspace_id: workspace }),
    "Resource already exists": make({ app_slug: "audit-app" }),
    "Something went wrong": make({ name: "\u0000" })
  },
  getApiAuthApp: { "API key app not found": { send: ["GET", `${app}/seeded-deleted`] } },
  updateApiAuthApp: {
    "API key app not found": { send: ["PATCH", `${app}/nope`, json({})] },
    "permissions/resources can only be updated when app is not attached to a user": change({ resources: [] }),
    "workspace_id does not exist for this deployment": change({ workspace_id: 5 }),
    "workspace_id does not belong to organization_id": change({ organization_id: other, workspace_id: workspace }),
    "organization_id does not exist for this deployment": change({ organization_id: "5" }),
    "user_id is not a member of organization_id": change({ organization_id: other }),
    "user_id is not a member of workspace_id": change({ workspace_id: "281474976710662002" }),
    "organization_id/workspace_id cannot be set when app has no user_id": {
      send: ["PATCH", `${app}/audit-app`, json({ organization_id: organization })]
    }
  },
  deleteApiAuthApp: { "API key app not found": { send: ["DELETE", `${app}/nope`] } },
  createRateLimitScheme: {
    "Scheme slug is required": { send: ["POST", scheme, json({ ...rules({}), slug: " \t" })] },
    "Scheme name is required": { send: ["POST", scheme, json({ ...rules({}), name: "" })] },
    "Rate limit scheme must include at least one rule": { send: ["POST", scheme, json({ ...rules({}), rules: [] })] },
    "Rate limit scheme '{slug}' already exists": { send: ["POST", scheme, json({ ...rules({}), slug: "seeded-ip" })] },
    "Something went wrong": { send: ["POST", scheme, json({ ...rules({}), description: "\u0000" })] },
    ...ruleCases((more) => ["POST", scheme, json(rules(more))])
  },
  getRateLimitScheme: { "Rate limit scheme not found": { send: ["GET", `${scheme}/nope`] } },
  updateRateLimitScheme: {
    "Rate limit scheme not found": { send: ["PATCH", `${scheme}/nope`, json({})] },
    "Scheme name cannot be empty": { send: ["PATCH", `${scheme}/nope`, json({ name: " " })] },
    "Rate limit scheme must include at least one rule": { send: ["PATCH", `${scheme}/nope`, json({ rules: [] })] },
    ...ruleCases((more) => ["PATCH", `${scheme}/nope`, json({ rules: [{ ...rule, ...more }] })])
  },
  deleteRateLimitScheme: {
    "Rate limit scheme not found": { send: ["DELETE", `${scheme}/nope`] },
    "Cannot delete rate limit scheme while it is assigned to API auth apps": {
      send: ["DELETE", `${scheme}/seeded-ip`]
    },
    "Cannot delete rate limit scheme while it is assigned to active API keys": {
      first: [
        ["POST", scheme, json(rules({}))],
        ["POST", app, json({ ...shop, rate_limit_scheme_slug: "s" })],
        ["POST", `${app}/shop/keys`, json({ name: "k" })],
        ["DELETE", `${app}/shop`]
      ],
      send: ["DELETE", `${scheme}/s`]
    }
  },
  listApiKeys: { "API key app not found": { send: ["GET", `${app}/seeded-deleted/keys`] } },
  createApiKey: {
    "API key app not found": { send: ["POST", `${app}/nope/keys`, json({ name: "k" })] },
    "user is not a member of the org": { send: ["POST", `${app}/ex-member-app/keys`, json({ name: "k" })] },
    "organization_membership_id and workspace_membership_id belong to different organizations": {
      send: ["POST", `${app}/torn/keys`, json({ name: "k" })]
    }
  },
  revokeApiKey: {
    "API key app not found": { send: ["POST", `${app}/nope/keys/5/revoke`, json({})] },
    "API key not found": { send: ["POST", `${app}/audit-app/keys/281474976710665008/revoke`, json({})] },
    "API key not found or already revoked": {
      send: ["POST", `${app}/audit-empty/keys/281474976710665008/revoke`, json({})]
    }
  },
  rotateApiKey: {
    "API key app not found": { send: ["POST", `${app}/nope/keys/5/rotate`] },
    "API key not found": { send: ["POST", `${app}/audit-app/keys/281474976710665008/rotate`] },
    "API key not found or inactive": { send: ["POST", `${app}/audit-empty/keys/281474976710665008/rotate`] },
    "API key app not found or inactive": { send: ["POST", `${app}/seeded-inactive/keys/281474976710665006/rotate`] },
    "user is not a member of the org": { send: ["POST", `${app}/ex-member-app/keys/281474976710665005/rotate`] },
    "organization_membership_id and workspace_membership_id belong to different organizations": {
      send: ["POST", `${app}/torn/keys/400000000000000001/rotate`]
    }
  }
}

/** What needs a race, a broken constraint or an outage. */
const unreachable = new Set([
  "404 API auth app not found",
  "404 Related resource not found",
  "404 Organization membership not found | Workspace membership not found",
  "409 Resource already exists",
  "500 Something went wrong"
])

/** The recorded world and beside it an app whose organization and workspace do not belong together. */
const world = {
  ...recordedWorld,
  workspaces: [
    ...(recordedWorld["workspaces"] as ReadonlyArray<object>),
    { id: "281474976710662002", deployment_id: owner, organization_id: organization, name: "Second" },
    { id: "281474976710662003", deployment_id: owner, organization_id: other, name: "Third" }
  ],
  workspace_memberships: [
    ...(recordedWorld["workspace_memberships"] as ReadonlyArray<object>),
    {
      id: "281474976710664003",
      workspace_id: "281474976710662003",
      organization_id: other,
      organization_membership_id: "281474976710663009",
      user_id: user
    }
  ],
  api_auth_apps: [
    ...(recordedWorld["api_auth_apps"] as ReadonlyArray<object>),
    {
      ...shop,
      app_slug: "torn",
      deployment_id: owner,
      user_id: user,
      organization_id: organization,
      workspace_id: "281474976710662003"
    }
  ],
  api_keys: [
    ...(recordedWorld["api_keys"] as ReadonlyArray<object>),
    {
      id: "400000000000000001",
      deployment_id: owner,
      app_slug: "torn",
      name: "k",
      key_prefix: "sk",
      secret: `sk_${"t".repeat(43)}`
    }
  ]
}

const words = (message: string) =>
  new RegExp(`^${message.replace(/[.*+?^$()|[\]\\]/g, "\\$&").replace(/\{\w+\}/g, ".+")}$`)

for (const route of platformRoutes)
  describe(route.id, () => {
    const isOurs = route.path.startsWith("/api-auth") && !route.path.includes("/audit/")
    for (const error of route.errors) {
      const { message, status, when } = error
      const found = common(route, error) ?? own[route.id]?.[message]
      if (found === undefined) {
        if (isOurs)
          it(`${status} ${message} cannot be asked for`, () => assert.isTrue(unreachable.has(`${status} ${message}`)))
        continue
      }
      it.effect(`${status} ${message}: ${when}`, () =>
        Effect.gen(function* () {
          for (const [method, path, input] of found.first ?? []) yield* send(method, path, input)
          const [actualStatus, actual] = refusal(yield* send(...found.send))
          assert.strictEqual(actualStatus, status)
          assert.match(actual ?? "", words(message))
        }).pipe(Effect.provide(Emulator.layer({ world })))
      )
    }
  })
