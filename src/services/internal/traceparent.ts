/**
 * How a server is told of the span that it works for.
 */
import type * as Tracer from "effect/Tracer"

/** The header of a span, as W3C Trace Context has it. */
export const traceparent = (span: Tracer.AnySpan): string =>
  `00-${span.traceId}-${span.spanId}-${span.sampled ? "01" : "00"}`
