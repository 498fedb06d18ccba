/** Counts a call by every rule that applies to it. */
import type { Counters, Windows } from "./counters.js"
import { take } from "./counters.js"
import type { RateLimitRule } from "../World.js"
import type { Caller } from "./rules.js"
import { counterKey, ruleName, rulesFor, windowMillis } from "./rules.js"

export interface LimitState {
  readonly rule: string
  readonly remaining: number
  readonly limit: number
}

export interface Counted {
  /** One per rule, in the order tried. */
  readonly states: ReadonlyArray<LimitState & { readonly windowMillis: number; readonly isAllowed: boolean }>
  /** The refusing rule with the shortest window: the one that is named and waited for. */
  readonly refusal: { readonly rule: string; readonly retryAfterMillis: number } | undefined
}

/** A call that one rule refuses still counts for the others. */
export const countCall = (
  counters: Counters,
  rules: ReadonlyArray<RateLimitRule>,
  caller: Caller,
  now: number,
  windows: Windows
): Counted => {
  const states = rulesFor(rules, caller.path).map((rule) => {
    const length = windowMillis(rule)
    const taken = take(counters, counterKey(rule, caller), now, length * 1000, rule.maxRequests, windows)
    return { rule: ruleName(rule), limit: rule.maxRequests, windowMillis: length, ...taken }
  })
  let refusal: Counted["refusal"]
  for (const state of states) {
    if (state.isAllowed || (refusal !== undefined && refusal.retryAfterMillis <= state.windowMillis)) continue
    refusal = { rule: state.rule, retryAfterMillis: state.windowMillis }
  }
  return { states, refusal }
}
