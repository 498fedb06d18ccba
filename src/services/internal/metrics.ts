/**
 * What the SDK counts. No label holds anything of an end user.
 */
import type * as Effect from "effect/Effect"
import * as Metric from "effect/Metric"
import type { WachtError } from "../../errors/WachtError.js"

const retries: Metric.Metric.Counter<number> = Metric.counter("effect_wacht_retries_total", {
  description: "repeated requests, by operation and by the error that was repeated",
  incremental: true
})

const budget = Metric.gauge("effect_wacht_retry_budget_tokens", {
  description: "what is left of the retry budget that was used last"
})

/** Counts a repeat. */
export const retried = (error: WachtError): Effect.Effect<void> => {
  const labelled = Metric.tagged(Metric.tagged(retries, "operation", error.operation), "error", error._tag)
  return Metric.update(labelled, 1)
}

/** Shows what is left of a budget. */
export const budgetLevel = (tokens: number): Effect.Effect<void> => Metric.set(budget, tokens)
