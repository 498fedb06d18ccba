// Everybody who makes the same calls: raw clients, our SDK over three HTTP layers, and peers.
import * as FetchHttpClient from "@effect/platform/FetchHttpClient"
import * as HttpClient from "@effect/platform/HttpClient"
import * as HttpClientRequest from "@effect/platform/HttpClientRequest"
import * as NodeHttpClient from "@effect/platform-node/NodeHttpClient"
import { WachtClient as VendorClient } from "@wacht/backend"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as ManagedRuntime from "effect/ManagedRuntime"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import * as ApiKeys from "effect-wacht/ApiKeys"
import * as UndiciClient from "effect-wacht/UndiciClient"
import * as Wacht from "effect-wacht/Wacht"
import OpenAI from "openai"
import { Stripe } from "stripe"
import { Agent } from "undici"
import { type Case, fromPromise } from "./rounds.js"

const secret = "wsk_live_benchmark_benchmark_benchmark"
const headers = { authorization: `Bearer ${secret}`, accept: "application/json" }

/** The calls that are compared: a small answer, the same without a length, a list, and a refusal. */
export type Route = "app" | "unsized" | "keys" | "missing"

const slugs = { app: "jane-personal", unsized: "unsized", missing: "missing" }

const paths: Readonly<Record<Route, string>> = {
  app: `/api-auth/apps/${slugs.app}`,
  unsized: `/api-auth/apps/${slugs.unsized}`,
  keys: "/api-auth/apps/partner-api/keys",
  missing: `/api-auth/apps/${slugs.missing}`
}

/** A case from an effect: one fiber per loop, as an application runs it. */
export const fromEffect = <R, E>(
  name: string,
  runtime: ManagedRuntime.ManagedRuntime<R, E>,
  call: Effect.Effect<unknown, unknown, R>
): Case => ({
  name,
  run: (times, atOnce) => {
    const loop = Effect.forEach(Array.from({ length: Math.ceil(times / atOnce) }), () => call, { discard: true })
    return runtime.runPromise(
      Effect.forEach(Array.from({ length: atOnce }), () => loop, { discard: true, concurrency: "unbounded" })
    )
  }
})

/** Our SDK over a layer. */
export const sdkRuntime = (baseUrl: string, http: Layer.Layer<HttpClient.HttpClient>) =>
  ManagedRuntime.make(Layer.provide(Wacht.layer({ apiKey: Redacted.make(secret), baseUrl, gatewayUrl: baseUrl }), http))

export const sdkCall = (route: Route) =>
  Effect.flatMap(ApiKeys.ApiKeys, (keys): Effect.Effect<unknown, unknown> => {
    if (route === "keys") return keys.listApiKeys("partner-api")
    const call = keys.getApiAuthApp(slugs[route])
    return route === "missing" ? Effect.flip(call) : call
  })

const App = Schema.Struct({
  deployment_id: Schema.String,
  app_slug: Schema.String,
  name: Schema.String,
  is_active: Schema.Boolean,
  permissions: Schema.Array(Schema.String),
  created_at: Schema.DateTimeUtc
})

/** What one writes with the platform's HttpClient: decode, limit, span. */
const plainEffect = (url: string) =>
  Effect.flatMap(HttpClient.HttpClient, (client) =>
    client.execute(HttpClientRequest.get(url).pipe(HttpClientRequest.setHeaders(headers))).pipe(
      Effect.flatMap((response) => response.json),
      Effect.flatMap(Schema.decodeUnknown(App)),
      Effect.timeout("30 seconds"),
      Effect.withSpan("getApiAuthApp")
    )
  )

/** The stock fetch layer as it comes, untraced: no check of the answer, no limit, no span. */
const bareFetch = (url: string) => {
  const request = HttpClientRequest.get(url).pipe(HttpClientRequest.setHeaders(headers))
  return Effect.flatMap(HttpClient.HttpClient, (client) =>
    client.execute(request).pipe(
      Effect.flatMap(({ text }) => text),
      Effect.map((text): unknown => JSON.parse(text)),
      Effect.locally(HttpClient.currentTracerDisabledWhen, () => true)
    )
  )
}

/** All cases of a route; the first, raw fetch with JSON.parse, is what the others are compared with. */
export const callCases = (route: Route, baseUrl: string): ReadonlyArray<Case> => {
  const agent = new Agent()
  const vendor = new VendorClient({ apiKey: secret, baseUrl })
  const { hostname, origin, port } = new URL(baseUrl)
  const path = paths[route]
  const own = [
    fromPromise("raw fetch + JSON.parse", async () =>
      JSON.parse(await (await fetch(baseUrl + path, { headers })).text())
    ),
    fromEffect(
      "effect-wacht over the stock undici layer",
      sdkRuntime(baseUrl, NodeHttpClient.layerUndici),
      sdkCall(route)
    ),
    fromEffect("effect-wacht over the stock fetch layer", sdkRuntime(baseUrl, FetchHttpClient.layer), sdkCall(route)),
    fromEffect("effect-wacht over effect-wacht/UndiciClient", sdkRuntime(baseUrl, UndiciClient.layer), sdkCall(route)),
    fromPromise("@wacht/backend (no check of the answer)", () => {
      // Without the empty options the vendor's client sends the key of another client, or of none.
      if (route === "keys") return vendor.apiKeys.listApiKeys("partner-api", {})
      const call = vendor.apiKeys.getApiAuthApp(slugs[route])
      return route === "missing" ? call.catch(() => undefined) : call
    }),
    fromPromise("raw undici.request + JSON.parse", async () =>
      JSON.parse(await (await agent.request({ origin, path, method: "GET", headers })).body.text())
    )
  ]
  if (route !== "app") return own
  const openai = new OpenAI({ apiKey: secret, baseURL: `${baseUrl}/v1` })
  const stripe = new Stripe(secret, { host: hostname, port, protocol: "http", telemetry: false })
  return [
    ...own,
    fromEffect(
      "HttpClient + Schema + timeout + span, by hand, stock undici",
      ManagedRuntime.make(NodeHttpClient.layerUndici),
      plainEffect(baseUrl + path)
    ),
    fromEffect(
      "the platform's fetch layer alone + JSON.parse",
      ManagedRuntime.make(FetchHttpClient.layer),
      bareFetch(baseUrl + path)
    ),
    fromPromise("stripe customers.retrieve", () => stripe.customers.retrieve("cus_1")),
    fromPromise("openai models.retrieve", () => openai.models.retrieve("gpt"))
  ]
}
