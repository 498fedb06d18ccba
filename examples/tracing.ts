/**
 * Spans and metrics to an OpenTelemetry collector. Every operation is one client span under yours, and the server is sent its `traceparent`.
 */
import { Otlp } from "@effect/opentelemetry"
import { FetchHttpClient } from "@effect/platform"
import { ApiKeys, Gateway } from "effect-wacht"
import { Effect, Layer } from "effect"

/** `http://localhost:4318` is where a collector listens by default. */
export const Telemetry = (collector: string) =>
  Otlp.layerJson({ baseUrl: collector, resource: { serviceName: "reports" } }).pipe(
    Layer.provide(FetchHttpClient.layer)
  )

export const rotateAndCheck = Effect.gen(function* () {
  const keys = yield* ApiKeys.ApiKeys
  const gateway = yield* Gateway.Gateway
  const key = yield* keys.createApiKey("reports", { name: "nightly report" })
  const rotated = yield* keys.rotateApiKey("reports", key.id)
  const decision = yield* gateway.checkAuthz({
    principal: { type: "api_key", value: rotated.secret },
    resource: "/v1/reports",
    method: "GET"
  })
  return decision.allowed
}).pipe(Effect.withSpan("rotate and check"))
