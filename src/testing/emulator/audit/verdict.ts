/** What an outcome word counts as. Words of neither kind count in totals only. */
export type Verdict = "allowed" | "blocked" | "other"

/** The gateway writes `VALID` and `BLOCKED`; seeded rows hold the other words. */
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
