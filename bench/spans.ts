// What the span of a call costs: none, nobody listening, a tracer that keeps spans as an exporter does.
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Tracer from "effect/Tracer"
import * as UndiciClient from "effect-wacht/UndiciClient"
import { fromEffect, sdkCall, sdkRuntime } from "./clients.js"
import type { Case } from "./rounds.js"

/** Sent away in batches, as exporters do. */
const batch = 512
let finished: Array<unknown> = []

const hex = (length: number): string => {
  let text = ""
  while (text.length < length)
    text += Math.floor(Math.random() * 0x1_0000_0000)
      .toString(16)
      .padStart(8, "0")
  return text.slice(0, length)
}

const listening = Tracer.make({
  span: (name, parent, context, links, startTime, kind) => {
    const attributes = new Map<string, unknown>()
    let status: Tracer.SpanStatus = { _tag: "Started", startTime }
    const span: Tracer.Span = {
      _tag: "Span",
      name,
      spanId: hex(16),
      traceId: Option.match(parent, { onNone: () => hex(32), onSome: ({ traceId }) => traceId }),
      parent,
      context,
      links,
      kind,
      sampled: true,
      attributes,
      get status() {
        return status
      },
      attribute: (key, value) => void attributes.set(key, value),
      event: () => undefined,
      addLinks: () => undefined,
      end: (endTime, exit) => {
        status = { _tag: "Ended", startTime, endTime, exit }
        finished.push({
          name,
          startTime,
          endTime,
          attributes: Object.fromEntries(attributes),
          ok: Exit.isSuccess(exit)
        })
        if (finished.length >= batch) finished = []
      }
    }
    return span
  },
  context: (run) => run()
})

/** Over UndiciClient, where it shows most. */
export const spanCases = (baseUrl: string): ReadonlyArray<Case> => {
  const call = sdkCall("app")
  const runtime = sdkRuntime(baseUrl, UndiciClient.layer)
  return [
    fromEffect("tracing disabled", runtime, Effect.withTracerEnabled(call, false)),
    fromEffect("a span, nobody listening (the default)", runtime, call),
    fromEffect(
      "a span, a tracer listening",
      sdkRuntime(baseUrl, Layer.provideMerge(UndiciClient.layer, Layer.setTracer(listening))),
      Effect.withTracer(call, listening)
    )
  ]
}
