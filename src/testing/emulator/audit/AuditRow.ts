/** One decision of the gateway, as the audit routes show it. */

export interface AuditRow {
  readonly requestId: string
  readonly deploymentId: string
  readonly appSlug: string
  /** `"0"` for OAuth tokens. */
  readonly keyId: string
  readonly keyName: string
  /** `VALID` or `BLOCKED` where the gateway wrote it; seeded rows may hold other words. */
  readonly outcome: string
  readonly blockedByRule: string | null
  readonly clientIp: string
  /** `<METHOD> <path>`. */
  readonly path: string
  readonly userAgent: string | null
  /** JSON text. */
  readonly rateLimits: string | null
  /** Microseconds. A `number`, exact until the year 2255: a store of a million rows compares them all the time. */
  readonly at: number
}

/** What an outcome word counts as. Words of neither kind count in totals only. */
export type Verdict = "allowed" | "blocked" | "other"

export const verdictOf = (outcome: string): Verdict => {
  switch (outcome) {
    case "VALID":
    case "allowed":
      return "allowed"
    case "BLOCKED":
    case "blocked":
    case "RATE_LIMITED":
      return "blocked"
    default:
      return "other"
  }
}
