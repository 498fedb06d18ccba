/**
 * Provisions an API with Wacht, and lives through its first day: `npm run demo`.
 *
 * Everything runs against the embedded emulator. The calls would be the same over `Wacht.layerConfig()` and a real HTTP client, but not the
 * waits: `moveOn` moves only the clock of this process, by which the emulator goes. The real service's limits, copies and hours have to be
 * waited out.
 */
import { ApiKeys, Gateway, OAuth, WachtError } from "effect-wacht"
import type { ApiKeyWithSecret, AuthzDecision } from "effect-wacht/schemas"
import { Emulator } from "effect-wacht/testing"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import type * as Redacted from "effect/Redacted"
import { MovableClock, withMovableClock } from "./story/clock.js"
import { plot } from "./story/plot.js"
import { bold, chapter, dim, giveUp, line, step } from "./story/report.js"

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
      .pipe(Effect.catchTag("ConflictError", () => keys.getApiAuthApp("reports"))),
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
      keys.rotateApiKey(key.appSlug, key.id),
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
  const revoke = keys.revokeApiKey(rotated.appSlug, rotated.id, { reason: "end of the demo" }).pipe(
    Effect.as("done"),
    // Whoever revoked it: it is dead, which is all that was wanted.
    Effect.catchTag("NotFoundError", (error) => Effect.succeed(`${error._tag}, ${error.message}`))
  )
  yield* step("revocation", revoke, (outcome) => outcome)
  yield* step("revocation once more", revoke, (outcome) => outcome)
  yield* line()
})

const soon = Option.match({
  onNone: () => "in a while",
  onSome: (wait: Duration.Duration) => `in ${Duration.format(wait)}`
})

/** What no step has an answer to ends here, with what to do about each class of failure; the type says that none is left over. */
export const demo: Effect.Effect<void, never, ApiKeys.ApiKeys | OAuth.OAuth | Gateway.Gateway> = story.pipe(
  WachtError.catchGroup("InputError", (error) => giveUp(error, "The input breaks a rule. Mend it.")),
  WachtError.catchGroup("NetworkError", (error) =>
    giveUp(error, "No answer came. Run it again when the network is up.")
  ),
  WachtError.catchGroup("BusyError", (error) =>
    giveUp(error, `Wacht is busy or broken. Run it again ${soon(error.retryAfter)}.`)
  ),
  Effect.catchTags({
    AuthenticationError: (error) =>
      giveUp(
        error,
        error.subject === "client"
          ? "Wacht refuses the backend key, or its gateway is out of reach. Check WACHT_API_KEY first."
          : "The key that was checked is dead. Issue another one."
      ),
    AuthorizationError: (error) =>
      giveUp(
        error,
        error.isPlanGate
          ? "The deployment's plan does not have this. Change the plan."
          : "The backend key may not do this. Give it the right, or take another key."
      ),
    NotFoundError: (error) => giveUp(error, "It is not there, or no longer. Make it, then run this again."),
    OutcomeUnknownError: (error) =>
      giveUp(
        error,
        error.operation === "createApiKey"
          ? "There may be a key that nobody knows: look for it, and revoke it. `createApiKeyReconciled` in its place leaves no doubt."
          : `It may have been done. Do not repeat it: \`${error.operation}Reconciled\` finds out.`
      ),
    UnexpectedStatusError: (error) =>
      giveUp(error, "That is not Wacht's answer. Check WACHT_API_URL, and what stands before it."),
    DecodeError: (error) => giveUp(error, "The answer is not as agreed. Look for a newer effect-wacht.")
  }),
  withMovableClock
)

// Run, not imported by its test. A defect rejects the promise: Node shows it and exits with 1.
if (/\bprovision(\.ts)?$/.test(process.argv[1] ?? "")) {
  const main: Effect.Effect<void> = demo.pipe(
    Effect.provide(Emulator.layerWacht()),
    Effect.catchTag("EmulatorConfigError", (error) => giveUp(error, "Mend the options of the emulator."))
  )
  await Effect.runPromise(main)
}
