/**
 * Provisions an API with Wacht, and lives through its first day: `npm run demo`.
 *
 * Everything runs against the embedded emulator. The calls would be the same over `Wacht.layerConfig()` and a real HTTP client, but not the
 * waits: `moveOn` moves only the clock of this process, by which the emulator goes. The real service's limits, copies and hours have to be
 * waited out.
 */
import { ApiKeys, Gateway, OAuth } from "effect-wacht"
import type { ApiKeyWithSecret, AuthzDecision } from "effect-wacht/schemas"
import { Emulator } from "effect-wacht/testing"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import type * as Redacted from "effect/Redacted"
import { MovableClock, withMovableClock } from "./story/clock.js"
import { plot } from "./story/plot.js"
import { bold, chapter, dim, line, step } from "./story/report.js"

const describe = (decision: AuthzDecision): string =>
  decision.allowed
    ? "allowed"
    : `denied, ${Option.getOrElse(decision.reason, () => "no reason")} by ${Option.getOrElse(decision.blockedRule, () => "no rule")}`

const check = (secret: Redacted.Redacted, resource: string) =>
  Effect.flatMap(Gateway.Gateway, (gateway) =>
    gateway.checkAuthz({ principal: { type: "api_key", value: secret }, resource, method: "GET" })
  )

/** The scheme and the OAuth app, as the vendor's own example has them. */
const provision = Effect.gen(function* () {
  const keys = yield* ApiKeys.ApiKeys

  const scheme = yield* step(
    "rate-limit scheme internal-default",
    keys
      .createRateLimitScheme({
        slug: "internal-default",
        name: "Internal default",
        description: "Default limits for internal services",
        rules: [{ unit: "minute", duration: 1, maxRequests: 120, mode: "per_key" }]
      })
      .pipe(Effect.catchTag("ConflictError", () => keys.getRateLimitScheme("internal-default"))),
    ({ id, rules }) => `id ${id}, ${rules.map((rule) => `${rule.maxRequests} per ${rule.unit}`).join(", ")}`
  )

  yield* step(
    "OAuth app acme-oauth",
    OAuth.updateOAuthAppKeepingScopes("acme-oauth", {
      name: "Acme OAuth v2",
      description: "Updated OAuth app config",
      supportedScopes: ["openid", "profile", "email"],
      allowDynamicClientRegistration: false,
      isActive: true
    }),
    (app) => `now ${app.name}, scopes ${app.supportedScopes.join(" ")}`
  )
  const app = yield* step(
    "API-auth app reports",
    keys
      .createApiAuthApp({
        appSlug: "reports",
        name: "Reports API",
        keyPrefix: "acme_live",
        rateLimitSchemeSlug: scheme.slug
      })
      .pipe(
        Effect.catchTags({
          ConflictError: () => keys.getApiAuthApp("reports"),
          // The plan gate is told apart from a missing right; the demo's deployment has the plan.
          AuthorizationError: (error) =>
            error.isPlanGate ? Effect.dieMessage("this deployment's plan has no API-auth apps") : Effect.fail(error)
        })
      ),
    ({ appSlug, rateLimits }) => `${appSlug}, ${rateLimits.length} rule from its scheme`
  )

  return yield* step(
    "first key",
    keys.createApiKey(app.appSlug, { name: "nightly report", metadata: { team: "data" } }),
    (key) => `${key.keyPrefix}_…${key.keySuffix}, secret ${key.secret}`
  )
})

/** Calls until the scheme's rule refuses. */
const exhaust = (key: ApiKeyWithSecret) =>
  Effect.gen(function* () {
    const { moveOn } = yield* MovableClock
    const { allowed, denied } = yield* step(
      "calls until the limit",
      Effect.iterate(
        { allowed: 0, denied: Option.none<AuthzDecision>() },
        {
          while: ({ denied }) => Option.isNone(denied),
          body: ({ allowed }) =>
            Effect.map(check(key.secret, "/v1/reports"), (decision) =>
              decision.allowed
                ? { allowed: allowed + 1, denied: Option.none<AuthzDecision>() }
                : { allowed, denied: Option.some(decision) }
            )
        }
      ),
      ({ allowed, denied }) =>
        `${allowed} allowed, then ${Option.match(denied, { onNone: () => "none", onSome: describe })}`
    )
    const wait = Option.flatMap(denied, (decision) => (decision.allowed ? Option.none() : decision.retryAfter))
    yield* Option.match(wait, {
      onNone: () => line(`    ${dim(`no wait asked for after ${allowed} calls`)}`),
      onSome: (duration) =>
        Effect.zipRight(
          line(
            `    ${dim(`the gateway asks to wait ${Duration.format(duration)}: the demo moves its clock on by that`)}`
          ),
          moveOn(duration)
        )
    })
    yield* step("the next call", check(key.secret, "/v1/reports"), describe)
  })

/** Rotates the key; the gateway's own copy of the old one lives for up to a minute. */
const rotate = (key: ApiKeyWithSecret) =>
  Effect.gen(function* () {
    const keys = yield* ApiKeys.ApiKeys
    const { moveOn } = yield* MovableClock
    const rotated = yield* step(
      "rotation",
      keys.rotateApiKey(key.appSlug, key.id).pipe(
        // The old key may be dead already, and nobody knows: this is what the reconciled functions are for.
        Effect.catchTag("OutcomeUnknownError", (error) =>
          Effect.zipRight(Effect.logError(`rotation: ${error.message}`), Effect.fail(error))
        )
      ),
      (next) => `${key.keyPrefix}_…${key.keySuffix} became ${next.keyPrefix}_…${next.keySuffix}`
    )
    yield* step(
      "the old key, at once",
      check(key.secret, "/v1/reports"),
      (decision) => `${describe(decision)}, by the copy that the gateway keeps of keys in use`
    )
    yield* line(`    ${dim("61 seconds pass: the demo moves its clock on")}`)
    yield* moveOn("61 seconds")
    yield* step(
      "the old key, a minute later",
      check(key.secret, "/v1/reports").pipe(
        Effect.map(describe),
        Effect.catchTag("AuthenticationError", (error) =>
          error.subject === "principal"
            ? Effect.succeed(`refused with ${error.status}: ${error.message}`)
            : Effect.fail(error)
        )
      ),
      (outcome) => outcome
    )
    yield* step("the new key", check(rotated.secret, "/v1/reports"), describe)
    return rotated
  })

/** Calls per hour of a working day; the busy hours come in one minute, so that the limit is felt. */
const day = [6, 14, 38, 95, 150, 118, 72, 131, 164, 88, 41, 12]

const work = (key: ApiKeyWithSecret) =>
  Effect.gen(function* () {
    const { moveOn } = yield* MovableClock
    yield* step(
      `a day of ${day.length} hours`,
      Effect.forEach(day, (calls) =>
        Effect.zipRight(moveOn("1 hour"), Effect.replicateEffect(check(key.secret, "/v1/summary"), calls))
      ),
      (hours) => {
        const decisions = hours.flat()
        return `${decisions.length} calls, ${decisions.filter((decision) => !decision.allowed).length} over the limit`
      }
    )
  })

/** What the audit trail says of it. */
const review = (appSlug: string) =>
  Effect.gen(function* () {
    const keys = yield* ApiKeys.ApiKeys
    const analytics = yield* step(
      "analytics",
      keys.getApiAuditAnalytics(appSlug, { includeTopPaths: true, includeBlockedReasons: true }),
      (found) =>
        `${found.totalRequests} calls, ${found.successRate.toFixed(1)} % allowed, ${found.keysUsed24h} keys used`
    )
    for (const path of Option.getOrElse(analytics.topPaths, () => [])) {
      yield* line(`      ${String(path.totalRequests).padStart(5)}  ${path.path}`)
    }
    for (const reason of Option.getOrElse(analytics.blockedReasons, () => [])) {
      yield* line(`      ${String(reason.count).padStart(5)}  blocked by ${reason.blockedByRule}`)
    }
    const series = yield* step(
      "timeseries",
      keys.getApiAuditTimeseries(appSlug, { interval: "hour" }),
      ({ data }) => `${data.length} hours with traffic`
    )
    yield* line()
    for (const row of plot(series)) yield* line(`  ${row}`)
  })

const story = Effect.gen(function* () {
  const keys = yield* ApiKeys.ApiKeys
  yield* line(bold("effect-wacht: an API gets its keys, on the embedded emulator"))
  yield* chapter("Provision")
  const key = yield* provision
  yield* chapter("Call until the limit blocks")
  yield* exhaust(key)
  yield* chapter("Rotate")
  const rotated = yield* rotate(key)
  yield* chapter("Work")
  yield* work(rotated)
  yield* chapter("Look back")
  yield* review(key.appSlug)
  yield* chapter("Clean up")
  yield* step("revocation", keys.revokeApiKey(rotated.appSlug, rotated.id, { reason: "end of the demo" }), () => "done")
  yield* step(
    "revocation once more",
    Effect.flip(keys.revokeApiKey(rotated.appSlug, rotated.id)),
    (error) => `${error._tag}, ${error.message}`
  )
  yield* line()
})

const failed = Effect.sync(() => {
  process.exitCode = 1
})

void story.pipe(
  Effect.provide(Emulator.layerWacht()),
  withMovableClock,
  Effect.catchAllCause((cause) => Effect.zipRight(Effect.logError("the demo failed", cause), failed)),
  Effect.runPromise
)
