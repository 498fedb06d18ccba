/**
 * The layout of a world file (`world.json`): what exists before the first request.
 *
 * Names are those of the API, ids decimal strings, times RFC 3339. Only `deployments` and `actors` are needed.
 */
import * as ParseResult from "effect/ParseResult"
import * as Schema from "effect/Schema"
import { isWorldId } from "./ids.js"
import * as Moment from "./Moment.js"

const Id = Schema.String.pipe(
  Schema.filter((text) => isWorldId(text) || "a 64-bit id as a decimal string is expected, and none of the very last")
)
/** Counted in microseconds afterwards. */
const Seconds = Schema.Number.pipe(Schema.between(0, Number.MAX_SAFE_INTEGER))

const Time = Schema.transformOrFail(Schema.String, Schema.BigIntFromSelf, {
  strict: true,
  decode: (text, _, ast) => {
    const moment = Moment.parse(text)
    return moment === undefined
      ? ParseResult.fail(new ParseResult.Type(ast, text, "an RFC 3339 timestamp is expected"))
      : ParseResult.succeed(moment)
  },
  encode: (moment) => ParseResult.succeed(Moment.format(moment))
})

/** What recorded worlds have for people, or twice. */
const unread = Schema.optional(Schema.Unknown)
const Strings = Schema.Array(Schema.String)
const text = Schema.String
const yes = Schema.optionalWith(Schema.Boolean, { default: () => true })
const no = Schema.optionalWith(Schema.Boolean, { default: () => false })
const strings = Schema.optionalWith(Strings, { default: () => [] })
const nullableText = Schema.optionalWith(Schema.NullOr(Schema.String), { default: () => null })
const nullableId = Schema.optionalWith(Schema.NullOr(Id), { default: () => null })
const nullableTime = Schema.optionalWith(Schema.NullOr(Time), { default: () => null })
const list = <A, I>(item: Schema.Schema<A, I>) => Schema.optionalWith(Schema.Array(item), { default: () => [] })

const Rule = Schema.Struct({
  unit: Schema.Literal("millisecond", "second", "minute", "hour", "day", "calendar_day", "month", "calendar_month"),
  duration: Schema.Int,
  max_requests: Schema.Int,
  mode: Schema.optional(Schema.NullOr(Schema.Literal("per_app", "per_key", "per_key_and_ip", "per_app_and_ip"))),
  endpoints: Schema.optional(Schema.NullOr(Strings)),
  priority: Schema.optionalWith(Schema.Int, { default: () => 0 })
})

const defaultRules: ReadonlyArray<typeof Rule.Type> = [
  { unit: "minute", duration: 1, max_requests: 1000, mode: "per_app", priority: 0 }
]

const Environment = Schema.Struct({
  generated_domain: Schema.optionalWith(text, { default: () => "oapi.trywacht.xyz" }),
  cname_target: Schema.optionalWith(text, { default: () => "oauth.wacht.services" }),
  cdn_base: Schema.optionalWith(text, { default: () => "https://cdn.wacht.services" }),
  authz_cache_seconds: Schema.optionalWith(Seconds, { default: () => 60 }),
  rate_limit_scheme_cache_seconds: Schema.optionalWith(Seconds, { default: () => 3600 }),
  default_rate_limits: Schema.optionalWith(Schema.Array(Rule), { default: () => defaultRules })
})

const Deployment = Schema.Struct({
  id: Id,
  mode: Schema.optionalWith(Schema.Literal("staging", "production"), { default: () => "staging" as const }),
  plan: Schema.optionalWith(Schema.NullOr(text), { default: () => "growth" }),
  subscription_status: Schema.optionalWith(Schema.NullOr(text), { default: () => "active" }),
  deleted: no,
  organization_permissions: strings,
  workspace_permissions: strings
})

const Actor = Schema.Struct({
  credential: text,
  key_id: Id,
  key_name: Schema.optionalWith(text, { default: () => "backend" }),
  deployment_id: Id,
  backend_app_slug: Schema.optional(text),
  state: Schema.optionalWith(Schema.Literal("active", "expired", "revoked"), { default: () => "active" as const }),
  expires_at: nullableTime,
  rate_limits: Schema.optional(Schema.Array(Rule))
})

const times = { created_at: Schema.optional(Time), updated_at: Schema.optional(Time) }
const Role = Schema.Struct({ name: text, permissions: strings })
const membership = { id: Id, organization_id: Id, user_id: Id, active: yes, roles: list(Role) }

const Scheme = Schema.Struct({
  id: Id,
  deployment_id: Id,
  slug: text,
  name: text,
  description: nullableText,
  rules: Schema.Array(Rule),
  ...times
})

const ApiAuthApp = Schema.Struct({
  deployment_id: Id,
  user_id: nullableId,
  organization_id: nullableId,
  workspace_id: nullableId,
  app_slug: text,
  name: text,
  key_prefix: text,
  description: nullableText,
  is_active: yes,
  permissions: strings,
  resources: strings,
  rate_limit_scheme_slug: nullableText,
  deleted_at: nullableTime,
  ...times
})

const ApiKey = Schema.Struct({
  id: Id,
  deployment_id: Id,
  app_slug: text,
  name: text,
  key_prefix: text,
  key_suffix: unread,
  secret: text,
  permissions: strings,
  metadata: Schema.optionalWith(Schema.Unknown, { default: () => ({}) }),
  /** Absent: that of its app. */
  rate_limit_scheme_slug: Schema.optional(Schema.NullOr(Schema.String)),
  owner_user_id: nullableId,
  organization_id: nullableId,
  workspace_id: nullableId,
  organization_membership_id: nullableId,
  workspace_membership_id: nullableId,
  org_role_permissions: strings,
  workspace_role_permissions: strings,
  expires_at: nullableTime,
  last_used_at: nullableTime,
  /** Absent: whether it was not revoked. */
  is_active: Schema.optional(Schema.Boolean),
  revoked_at: nullableTime,
  revoked_reason: nullableText,
  ...times
})

const ScopeDefinition = Schema.Struct({
  scope: text,
  display_name: Schema.optional(text),
  description: Schema.optional(text),
  archived: no,
  category: Schema.optionalWith(Schema.Literal("", "personal", "organization", "workspace"), {
    default: () => "" as const
  }),
  organization_permission: nullableText,
  workspace_permission: nullableText
})

const OAuthApp = Schema.Struct({
  id: Id,
  deployment_id: Id,
  slug: text,
  name: text,
  description: nullableText,
  logo_url: nullableText,
  fqdn: text,
  supported_scopes: strings,
  scope_definitions: list(ScopeDefinition),
  allow_dynamic_client_registration: no,
  is_active: yes,
  ...times
})

const SigningKey = Schema.Struct({
  id: Id,
  oauth_app_id: Id,
  kid: text,
  algorithm: unread,
  status: Schema.Literal("active", "retired", "compromised"),
  public_key_pem: text,
  activated_at: Schema.optional(Time),
  retired_at: nullableTime,
  created_at: Schema.optional(Time)
})

const Jwks = Schema.Struct({
  keys: Schema.Array(Schema.Record({ key: text, value: Schema.NullOr(Schema.Union(text, Strings)) }))
})

const OAuthClient = Schema.Struct({
  id: Id,
  deployment_id: Id,
  oauth_app_id: Id,
  client_id: text,
  client_auth_method: text,
  grant_types: Schema.optionalWith(Strings, { default: () => ["authorization_code"] }),
  redirect_uris: strings,
  post_logout_redirect_uris: strings,
  client_name: nullableText,
  client_uri: nullableText,
  logo_uri: nullableText,
  tos_uri: nullableText,
  policy_uri: nullableText,
  contacts: strings,
  software_id: nullableText,
  software_version: nullableText,
  token_endpoint_auth_signing_alg: nullableText,
  jwks_uri: nullableText,
  jwks: Schema.optionalWith(Schema.NullOr(Jwks), { default: () => null }),
  public_key_pem: nullableText,
  id_token_signing_alg: Schema.optionalWith(text, { default: () => "RS256" }),
  access_token_format: Schema.optionalWith(text, { default: () => "opaque" }),
  access_token_ttl_seconds: Schema.optionalWith(Schema.Int, { default: () => 3600 }),
  skip_consent: no,
  is_active: yes,
  ...times
})

const OAuthGrant = Schema.Struct({
  id: Id,
  deployment_id: Id,
  api_auth_app_slug: text,
  oauth_client_id: Id,
  resource: text,
  granted_resource: nullableText,
  scopes: strings,
  /** Absent: by its `revoked_at`. */
  status: Schema.optional(Schema.Literal("active", "revoked", "expired")),
  granted_at: Schema.optional(Time),
  expires_at: nullableTime,
  revoked_at: nullableTime,
  granted_by_user_id: nullableId,
  ...times
})

const OAuthAccessToken = Schema.Struct({
  value: text,
  oauth_client_id: Id,
  oauth_grant_id: nullableId,
  api_auth_app_slug: text,
  scopes: strings,
  resource: nullableText,
  granted_resource: nullableText,
  expires_at: Time,
  revoked_at: nullableTime
})

const Domain = Schema.Struct({
  hostname: text,
  state: Schema.Literal("active", "pending", "failing"),
  provider_error: nullableText
})

export const WorldFile = Schema.Struct({
  schema: Schema.optional(Schema.Literal(1)),
  recorded_from: Schema.optional(Time),
  recorded_to: unread,
  environment: Schema.optionalWith(Environment, { default: () => Schema.decodeSync(Environment)({}) }),
  console_deployment_id: Schema.optionalWith(Id, { default: () => "100000000000000001" }),
  deployments: Schema.Array(Deployment),
  actors: Schema.Record({ key: text, value: Schema.NullOr(Actor) }),
  users: list(Schema.Struct({ id: Id, deployment_id: Id, first_name: text, deleted: no })),
  organizations: list(Schema.Struct({ id: Id, deployment_id: Id, name: text })),
  workspaces: list(Schema.Struct({ id: Id, deployment_id: Id, organization_id: Id, name: text })),
  organization_memberships: list(Schema.Struct(membership)),
  workspace_memberships: list(Schema.Struct({ ...membership, workspace_id: Id, organization_membership_id: Id })),
  rate_limit_schemes: list(Scheme),
  api_auth_apps: list(ApiAuthApp),
  api_keys: list(ApiKey),
  oauth_apps: list(OAuthApp),
  oauth_signing_keys: list(SigningKey),
  oauth_clients: list(OAuthClient),
  oauth_grants: list(OAuthGrant),
  oauth_access_tokens: list(OAuthAccessToken),
  domains: list(Domain),
  audit: Schema.optional(Schema.Struct({ rows_file: Schema.optional(text), base: unread, guard_hours: unread }))
})

export type Decoded = typeof WorldFile.Type
/** A world as written in a file. */
export type Encoded = typeof WorldFile.Encoded
export type DecodedRule = typeof Rule.Type

/** One row of the audit trail, as in the file beside the world. */
export const AuditRow = Schema.Struct({
  request_id: text,
  deployment_id: Id,
  app_slug: text,
  key_id: text,
  key_name: text,
  outcome: text,
  blocked_by_rule: nullableText,
  client_ip: text,
  path: text,
  user_agent: nullableText,
  rate_limits: Schema.optionalWith(Schema.Unknown, { default: () => null }),
  timestamp: Time
})
export type DecodedAuditRow = typeof AuditRow.Type
export type EncodedAuditRow = typeof AuditRow.Encoded
