/**
 * What the SDK counts. No label holds anything of an end user: operations, error tags and the names of rules only.
 */
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Metric from "effect/Metric"
import * as MetricBoundaries from "effect/MetricBoundaries"
import * as MetricLabel from "effect/MetricLabel"
import * as Predicate from "effect/Predicate"
import type { WachtError } from "../../errors/WachtError.js"
import type { AuthzDecision } from "../../schemas/Authz.js"

type Labels = ReadonlyArray<MetricLabel.MetricLabel>

/** With the tags that an app gives its metrics (`Effect.tagMetrics`); the very same list where there are none. */
const tagged = (labels: Labels, tags: Labels): Labels => (tags.length === 0 ? labels : [...labels, ...tags])

/** Labels of rules come from the server: an endless number must not fill the memory. */
const mostLabels = 256

/** One list per label: a metric finds its state by the list itself, where comparing labels would cost more than the update. */
const perLabel = <Made>(make: (label: string) => Made): ((label: string) => Made) => {
  const made = new Map<string, Made>()
  const overflow = make("other")
  return (label) => {
    let known = made.get(label)
    if (known === undefined) {
      if (made.size >= mostLabels) return overflow
      made.set(label, (known = make(label)))
    }
    return known
  }
}

const ofOperation = perLabel((operation): Labels => [MetricLabel.make("operation", operation)])
const ofError = perLabel((operation) =>
  perLabel((error): Labels => [...ofOperation(operation), MetricLabel.make("error", error)])
)
const ofRule = perLabel((rule): Labels => [MetricLabel.make("rule", rule)])

const duration = Metric.histogram(
  "effect_wacht_call_duration_milliseconds",
  MetricBoundaries.exponential({ start: 1, factor: 2, count: 18 }),
  "calls with all attempts"
)

const errors = Metric.counter("effect_wacht_errors_total", {
  description: "failed calls by operation and error",
  incremental: true
})

const retries = Metric.counter("effect_wacht_retries_total", {
  description: "repeats by operation and error",
  incremental: true
})

const budget = Metric.gauge("effect_wacht_retry_budget_tokens", {
  description: "left in the budget used last"
})

const remaining = Metric.gauge("effect_wacht_rate_limit_remaining", {
  description: "left by the last gateway check"
})

const mostRules = 16

/** `120/60s`; any other text of an answer is no label. */
const ruleName = /^\d{1,12}\/\d{1,12}m?s$/

/** By what a failed call is counted. */
export const errorName = <E>({ cause }: Exit.Failure<unknown, E>): string => {
  if (cause._tag !== "Fail") return Cause.isInterruptedOnly(cause) ? "Interrupted" : "Defect"
  const { error } = cause
  return Predicate.hasProperty(error, "_tag") && typeof error._tag === "string" ? error._tag : "Unknown"
}

/** Notes a call that is over, with the labels of its fiber. */
export const called = (operation: string, millis: number, exit: Exit.Exit<unknown, unknown>, tags: Labels): void => {
  // A clock can be set back.
  duration.unsafeUpdate(Math.max(0, millis), tagged(ofOperation(operation), tags))
  if (Exit.isFailure(exit)) errors.unsafeUpdate(1, tagged(ofError(operation)(errorName(exit)), tags))
}

/** Counts a repeat. */
export const retried = (error: WachtError): Effect.Effect<void> =>
  Effect.map(Effect.metricLabels, (tags) => retries.unsafeUpdate(1, tagged(ofError(error.operation)(error._tag), tags)))

/** Shows what is left of a budget. */
export const budgetLevel = (tokens: number): Effect.Effect<void> => Metric.set(budget, tokens)

/** Shows what a gateway check left of each rule that it counted. */
export const decided = (decision: AuthzDecision): Effect.Effect<void> =>
  Effect.map(Effect.metricLabels, (tags) => {
    // Rules of one name, of a key and of its app, are one label: the lowest comes last, and stays.
    const byRemaining = decision.rateLimits.slice(0, mostRules).sort((a, b) => b.remaining - a.remaining)
    for (const limit of byRemaining) {
      if (ruleName.test(limit.rule)) remaining.unsafeUpdate(limit.remaining, tagged(ofRule(limit.rule), tags))
    }
  })
