/**
 * What an experiment found.
 */

/** What must never be. */
export interface Violation {
  readonly kind: "secret lost" | "duplicate left alive" | "key revoked by mistake" | "key brought back" | "wrong answer"
  readonly detail: string
}

/** One experiment's result. */
export interface Outcome {
  readonly scenario: string
  readonly violations: ReadonlyArray<Violation>
  /** Runs that ended with the one live key in hand, and with a typed error. */
  readonly inHand: number
  readonly named: number
  readonly crashes: number
  /** Keys in somebody's hand that a later run of the same job replaced, which could not know. */
  readonly superseded: number
}
