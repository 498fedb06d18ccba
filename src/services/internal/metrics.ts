/**
 * What the SDK counts. No label holds anything of an end user: operations, error tags and the names of rules only.
 */
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Metric from "effect/Metric"
import * as MetricBoundaries from "effect/MetricBoundaries"
import type { WachtError } from "../../errors/WachtError.js"
import type { AuthzDecision } from "../../schemas/Authz.js"

type Counter = Metric.Metric.Counter<number>
type Gauge = Metric.Metric.Gauge<number>

/** Labels of rules come from the server: an endless number must not fill the memory. */
const mostLabels = 256

/** Labelled once: hashing the labels again for each call would cost more than the update. */
const perLabel = <M>(make: (label: string) => M): ((label: string) => M) => {
  const made = new Map<string, M>()
  const overflow = make("other")
  return (label) => {
    const known = made.get(label)
    if (known !== undefined) return known
    if (made.size >= mostLabels) return overflow
    const metric = make(label)
    made.set(label, metric)
    return metric
  }
}

const duration = perLabel((operation) =>
  Metric.tagged(
    Metric.histogram(
      "effect_wacht_call_duration_milliseconds",
      MetricBoundaries.exponential({ start: 1, factor: 2, count: 16 }),
      "how long calls took, with all their attempts; its count is the number of calls"
    ),
    "operation",
    operation
  )
)

const counter = (name: string, description: string): ((operation: string, error: string) => Counter) => {
  const total: Counter = Metric.counter(name, { description, incremental: true })
  const byOperation = perLabel((operation) =>
    perLabel((error): Counter => Metric.tagged(Metric.tagged(total, "operation", operation), "error", error))
  )
  return (operation, error) => byOperation(operation)(error)
}

const errors = counter("effect_wacht_errors_total", "calls that failed, by operation and error")
const retries = counter(
  "effect_wacht_retries_total",
  "repeated requests, by operation and by the error that was repeated"
)

const budget: Gauge = Metric.gauge("effect_wacht_retry_budget_tokens", {
  description: "what is left of the retry budget that was used last"
})

const mostRules = 16

/** `120/60s`; any other text of an answer is no label. */
const ruleName = /^\d{1,12}\/\d{1,12}m?s$/

const remaining = perLabel((rule): Gauge =>
  Metric.tagged(
    Metric.gauge("effect_wacht_rate_limit_remaining", {
      description: "what the last gateway check said is left, by rule"
    }),
    "rule",
    rule
  )
)

const errorName = <E>(exit: Exit.Failure<unknown, E>): string => {
  const { cause } = exit
  if (cause._tag !== "Fail") return "Interrupted"
  const { error } = cause
  return typeof error === "object" && error !== null && "_tag" in error && typeof error._tag === "string"
    ? error._tag
    : "Unknown"
}

/** Notes a call that is over. */
export const called = (operation: string, millis: number, exit: Exit.Exit<unknown, unknown>): void => {
  duration(operation).unsafeUpdate(millis, [])
  if (Exit.isFailure(exit)) errors(operation, errorName(exit)).unsafeUpdate(1, [])
}

/** Counts a repeat. */
export const retried = (error: WachtError): Effect.Effect<void> =>
  Effect.sync(() => retries(error.operation, error._tag).unsafeUpdate(1, []))

/** Shows what is left of a budget. */
export const budgetLevel = (tokens: number): Effect.Effect<void> => Metric.set(budget, tokens)

/** Shows what a gateway check left of each rule that it counted. */
export const decided = (decision: AuthzDecision): Effect.Effect<void> =>
  Effect.sync(() => {
    for (const limit of decision.rateLimits.slice(0, mostRules)) {
      if (ruleName.test(limit.rule)) remaining(limit.rule).unsafeUpdate(limit.remaining, [])
    }
  })
