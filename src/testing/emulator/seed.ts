/** Builds a `World` from a world file. */
import * as Data from "effect/Data"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as ParseResult from "effect/ParseResult"
import * as Schema from "effect/Schema"
import * as Moment from "./Moment.js"
import { seedApiAuth } from "./seeding/apiauth.js"
import { doubts, rowDoubts } from "./seeding/doubts.js"
import { seedOAuth } from "./seeding/oauth.js"
import { freeJson, rule } from "./seeding/parts.js"
import { seedTenants } from "./seeding/tenants.js"
import type { Options, World } from "./World.js"
import { empty } from "./World.js"
import type { Decoded, DecodedAuditRow } from "./WorldFile.js"
import { AuditRow, WorldFile } from "./WorldFile.js"

/**
 * An option or a world file that an emulator cannot use; `message` names the field.
 *
 * @since 0.1.0
 * @category errors
 */
export class EmulatorConfigError extends Data.TaggedError("EmulatorConfigError")<{ readonly message: string }> {}

/** As many as a person reads. */
const mostDoubts = 20

const refused = (what: string) => (error: ParseResult.ParseError) => {
  const [issue] = ParseResult.ArrayFormatter.formatErrorSync(error)
  const field = issue === undefined || issue.path.length === 0 ? "" : ` ${issue.path.map(String).join(".")}`
  // Never the value: it can be a credential.
  const expected = issue?.message.replace(/, actual [^]*$/, "") ?? "cannot be read"
  return new EmulatorConfigError({ message: `${what}:${field} ${expected}` })
}

/** A recorded world may have gaps that were meant. */
const warn = (what: string, all: ReadonlyArray<string>): Effect.Effect<void> => {
  const more = all.length > mostDoubts ? `; and ${all.length - mostDoubts} more` : ""
  return all.length === 0 ? Effect.void : Effect.logWarning(`${what}: ${all.slice(0, mostDoubts).join("; ")}${more}`)
}

/** A name that is wrong in one item is wrong in most. */
const place = (key: PropertyKey): string => (typeof key === "number" ? "*" : String(key))

/** Reads a parsed world file. Entities without times get those of the clock. */
export const fromFile = (input: unknown, options: Options): Effect.Effect<World, EmulatorConfigError> =>
  Effect.gen(function* () {
    const strict = Schema.decodeUnknownEither(WorldFile)(input, { errors: "all", onExcessProperty: "error" })
    const file = Either.isRight(strict)
      ? strict.right
      : yield* Effect.mapError(Schema.decodeUnknown(WorldFile)(input), refused("world"))
    const present = file.recorded_from ?? (yield* Moment.now)
    const { environment } = file
    const world = empty(options, {
      generatedDomain: environment.generated_domain,
      cnameTarget: environment.cname_target,
      cdnBase: environment.cdn_base,
      authzCacheSeconds: environment.authz_cache_seconds,
      rateLimitSchemeCacheSeconds: environment.rate_limit_scheme_cache_seconds,
      defaultRateLimits: environment.default_rate_limits.map(rule)
    })
    world.consoleDeploymentId = file.console_deployment_id
    // what the seed stamps is earlier than what the first request stamps
    if (file.recorded_from === undefined) world.lastMoment = present
    seedTenants(world, file)
    seedApiAuth(world, file, present)
    seedOAuth(world, file, present)
    world.lastId = greatestId(file)
    yield* checkReferences(world, file)
    const unknown = Either.match(strict, {
      onLeft: (error) => ParseResult.ArrayFormatter.formatErrorSync(error).filter(({ _tag }) => _tag === "Unexpected"),
      onRight: () => []
    })
    yield* warn("world", [
      ...new Set(unknown.map(({ path }) => `${path.map(place).join(".")} is no part of a world`)),
      ...doubts(file)
    ])
    return world
  })

const checkReferences = (world: World, file: Decoded): Effect.Effect<void, EmulatorConfigError> => {
  for (const [name, actor] of Object.entries(file.actors)) {
    if (actor !== null && !world.deployments.has(actor.deployment_id)) {
      const message = `world: actors.${name}.deployment_id no deployment ${actor.deployment_id} is in deployments`
      return Effect.fail(new EmulatorConfigError({ message }))
    }
  }
  return Effect.void
}

const greatestId = (file: Decoded): bigint => {
  const lists: ReadonlyArray<ReadonlyArray<{ readonly id: string }>> = [
    file.deployments,
    file.users,
    file.organizations,
    file.workspaces,
    file.organization_memberships,
    file.workspace_memberships,
    file.rate_limit_schemes,
    file.api_keys,
    file.oauth_apps,
    file.oauth_signing_keys,
    file.oauth_clients,
    file.oauth_grants
  ]
  let greatest = 0n
  for (const entities of lists) for (const { id } of entities) greatest = BigInt(id) > greatest ? BigInt(id) : greatest
  return greatest
}

const auditRow = (row: DecodedAuditRow) => ({
  requestId: row.request_id,
  deploymentId: row.deployment_id,
  appSlug: row.app_slug,
  keyId: row.key_id,
  keyName: row.key_name,
  outcome: row.outcome,
  blockedByRule: row.blocked_by_rule,
  clientIp: row.client_ip,
  path: row.path,
  userAgent: row.user_agent,
  rateLimits: row.rate_limits === null ? null : freeJson(row.rate_limits),
  timestamp: row.timestamp
})

/** Reads audit rows of a world, given as parsed objects. */
export const auditRows = (world: World, rows: ReadonlyArray<unknown>) =>
  Schema.decodeUnknown(Schema.Array(AuditRow))(rows).pipe(
    Effect.mapError(refused("audit rows")),
    Effect.map((decoded) => decoded.map(auditRow)),
    Effect.tap((read) => warn("audit rows", rowDoubts(world, read)))
  )
