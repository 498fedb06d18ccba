/**
 * What the SDK counts. No label holds anything of an end user: operations, error tags and the names of rules only.
 */
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Metric from "effect/Metric"
import * as MetricBoundaries from "effect/MetricBoundaries"
import * as MetricLabel from "effect/MetricLabel"
import * as Predicate from "effect/Predicate"
import type { WachtError } from "../../errors/WachtError.js"
import type { AuthzDecision } from "../../schemas/Authz.js"

type Labels = ReadonlyArray<MetricLabel.MetricLabel>

/** With what an app tags its own metrics by (`Effect.tagMetrics`); the same list where that is nothing. */
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
  MetricBoundaries.exponential({ start: 1, factor: 2, count: 16 }),
  "how long calls took with all attempts"
)

const errors = Metric.counter("effect_wacht_errors_total", {
  description: "failed calls by operation and error",
  incremental: true
})

const retries = Metric.counter("effect_wacht_retries_total", {
  description: "repeated requests, by operation and by the error that was repeated",
  incremental: true
})

const budget = Metric.gauge("effect_wacht_retry_budget_tokens", {
  description: "what is left of the retry budget that was used last"
})

const remaining = Metric.gauge("effect_wacht_rate_limit_remaining", {
  description: "what the last gateway check said is left, by rule"
})

const mostRules = 16

/** `120/60s`; any other text of an answer is no label. */
const ruleName = /^\d{1,12}\/\d{1,12}m?s$/

const errorName = <E>({ cause }: Exit.Failure<unknown, E>): string => {
  if (cause._tag !== "Fail") return "Interrupted"
  const { error } = cause
  return Predicate.hasProperty(error, "_tag") && typeof error._tag === "string" ? error._tag : "Unknown"
}

/** Notes a call that is over, with the labels of its fiber. */
export const called = (operation: string, millis: number, exit: Exit.Exit<unknown, unknown>, tags: Labels): void => {
  duration.unsafeUpdate(millis, tagged(ofOperation(operation), tags))
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
    for (const limit of decision.rateLimits.slice(0, mostRules)) {
      if (ruleName.test(limit.rule)) remaining.unsafeUpdate(limit.remaining, tagged(ofRule(limit.rule), tags))
    }
  })
