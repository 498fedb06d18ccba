/** Rate-limit rules: which apply to a call, how they are called, and what they count. */

import type { RateLimitRule } from "../World.js"

/** Whose call it is. `subject` is a key's id, or the id of a token's grant. */
export interface Caller {
  readonly deploymentId: string
  readonly appSlug: string
  readonly subject: string
  readonly path: string
  readonly clientIp: string
}

const millisecondsPerUnit: Readonly<Record<RateLimitRule["unit"], number>> = {
  millisecond: 1,
  second: 1000,
  minute: 60_000,
  hour: 3_600_000,
  day: 86_400_000,
  calendar_day: 86_400_000,
  month: 2_592_000_000,
  calendar_month: 2_592_000_000
}

/** The length of a rule's window in milliseconds. Calendar units are windows of fixed length like the others. */
export const windowMillis = (rule: RateLimitRule): number => millisecondsPerUnit[rule.unit] * rule.duration

/** `500ms`, `60s`: milliseconds below one second, else whole seconds. */
export const windowName = (millis: number): string => (millis < 1000 ? `${millis}ms` : `${Math.floor(millis / 1000)}s`)

/** `120/60s`. */
export const ruleName = (rule: RateLimitRule): string => `${rule.maxRequests}/${windowName(windowMillis(rule))}`

/** Paths are compared as they are, `*` is all of them; no list is all, an empty list is none. */
export const appliesTo = (rule: RateLimitRule, path: string): boolean =>
  rule.endpoints?.some((endpoint) => endpoint === "*" || endpoint === path) ?? true

/** The rules that a call is counted by, in the order in which they are tried. */
export const rulesFor = (rules: ReadonlyArray<RateLimitRule>, path: string): ReadonlyArray<RateLimitRule> =>
  rules.filter((rule) => appliesTo(rule, path)).sort((a, b) => a.priority - b.priority)

/** Rules of one mode and window share a counter, whatever their maximum. */
export const counterKey = (rule: RateLimitRule, caller: Caller): string => {
  const { appSlug, clientIp, deploymentId, path, subject } = caller
  const window = windowMillis(rule)
  switch (rule.mode) {
    case "per_key":
      return JSON.stringify(["key", subject, path, window])
    case "per_key_and_ip":
      return JSON.stringify(["key_ip", subject, clientIp, path, window])
    case "per_app_and_ip":
      return JSON.stringify(["app_ip", deploymentId, appSlug, clientIp, window])
    default:
      return JSON.stringify(["app", deploymentId, appSlug, window])
  }
}
