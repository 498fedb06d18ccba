/** Decides about a call of a known identity, and writes the audit row. */
import type * as Effect from "effect/Effect"
import * as Trail from "../audit/trail.js"
import { write } from "../json/write.js"
import type * as Moment from "../Moment.js"
import type { World } from "../World.js"
import type { Identity } from "./Identity.js"
import type { Counted, LimitState } from "./limits.js"
import { countCall } from "./limits.js"
import { isPermitted } from "./permissions.js"
import { windowName } from "./rules.js"

/** The call to be judged. */
export interface Subject {
  readonly requestId: string
  readonly method: string
  readonly path: string
  readonly clientIp: string
  readonly userAgent: string
  readonly requiredPermissions: ReadonlyArray<string>
}

export interface Decision {
  readonly reason: "permission_denied" | "rate_limited" | null
  readonly blockedRule: string | null
  readonly rateLimits: ReadonlyArray<LimitState>
  readonly retryAfterMillis: number | null
  /** Made on demand: only the gateway's own answer shows them. */
  readonly headers: () => Readonly<Record<string, string>>
}

/** A denial for permissions counts nothing. */
export const decide = (world: World, identity: Identity, subject: Subject, moment: Moment.Moment): Decision => {
  if (!isPermitted(subject.requiredPermissions, new Set(identity.permissions))) {
    return {
      reason: "permission_denied",
      blockedRule: "permission_denied",
      rateLimits: [],
      retryAfterMillis: null,
      headers: () => passedOn(identity, { "x-wacht-permission-denied": "true" })
    }
  }
  const caller = { ...identity, subject: identity.limitedId, path: subject.path, clientIp: subject.clientIp }
  const counted = countCall(world.counters, identity.rules, caller, Number(moment), world.options.windows)
  return {
    reason: counted.refusal === undefined ? null : "rate_limited",
    blockedRule: counted.refusal?.rule ?? null,
    rateLimits: counted.states,
    retryAfterMillis: counted.refusal?.retryAfterMillis ?? null,
    headers: () => passedOn(identity, limitHeaders(counted.states))
  }
}

/** Rules of one window length overwrite each other's headers. */
const limitHeaders = (states: Counted["states"]): Readonly<Record<string, string>> => {
  const headers: Record<string, string> = {}
  for (const { isAllowed, limit, remaining, windowMillis } of states) {
    const name = `x-ratelimit-${windowName(windowMillis)}`
    headers[`${name}-limit`] = String(limit)
    headers[`${name}-remaining`] = String(remaining)
    if (!isAllowed) headers[`${name}-reset`] = String(windowMillis)
  }
  return headers
}

const passedOn = (identity: Identity, more: Readonly<Record<string, string>>): Readonly<Record<string, string>> => {
  const permissions = identity.permissions.length === 0 ? undefined : identity.permissions.join(",")
  const all = { ...identity.headers, "x-wacht-permissions": permissions, ...more }
  // a value that could not stand in a header is left out
  return Object.fromEntries(
    Object.entries(all).flatMap(([name, value]) =>
      value !== undefined && /^[\t -~]*$/.test(value) ? [[name, value]] : []
    )
  )
}

/** The row of a decision. */
export const record = (
  world: World,
  identity: Identity,
  subject: Subject,
  decision: Decision,
  moment: Moment.Moment
): Effect.Effect<void> =>
  Trail.write(world, {
    requestId: subject.requestId,
    deploymentId: identity.deploymentId,
    appSlug: identity.appSlug,
    keyId: identity.auditKeyId,
    keyName: identity.keyName,
    outcome: decision.reason === null ? "VALID" : "BLOCKED",
    blockedByRule: decision.blockedRule,
    clientIp: subject.clientIp,
    path: `${subject.method} ${subject.path}`,
    userAgent: subject.userAgent,
    rateLimits: write(decision.rateLimits.map(({ limit, remaining, rule }) => ({ limit, remaining, rule }))),
    timestamp: moment
  })
