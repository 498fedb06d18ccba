// The kernel alone, over a client that answers at once: what the SDK itself costs per call, without a network.
import * as HttpClient from "@effect/platform/HttpClient"
import * as HttpClientResponse from "@effect/platform/HttpClientResponse"
import * as HttpIncomingMessage from "@effect/platform/HttpIncomingMessage"
import * as Headers from "@effect/platform/Headers"
import * as Cookies from "@effect/platform/Cookies"
import { NodeInspectSymbol } from "effect/Inspectable"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Stream from "effect/Stream"
import { answers } from "./answers.js"
import { fromEffect, sdkCall, sdkRuntime } from "./clients.js"

const headers = Headers.fromInput({ "content-type": "application/json", "content-length": String(answers.app.length) })
const bytes = new TextEncoder().encode(answers.app)
const never = Effect.never
const respond = (request: HttpClientResponse.HttpClientResponse["request"]): HttpClientResponse.HttpClientResponse => ({
  [HttpClientResponse.TypeId]: HttpClientResponse.TypeId,
  [HttpIncomingMessage.TypeId]: HttpIncomingMessage.TypeId,
  request,
  status: 200,
  headers,
  cookies: Cookies.empty,
  remoteAddress: Option.none(),
  text: Effect.succeed(answers.app),
  json: never,
  urlParamsBody: never,
  arrayBuffer: never,
  formData: never,
  stream: Stream.make(bytes),
  toJSON: () => ({}),
  [NodeInspectSymbol]: () => "",
  toString: () => ""
})
const immediate = HttpClient.make((request) => Effect.succeed(respond(request)))
const later = HttpClient.make((request) =>
  Effect.async((resume) => {
    queueMicrotask(() => resume(Effect.succeed(respond(request))))
  })
)
const times = Number(process.argv[2] ?? 20000)
for (const [name, client] of [
  ["at once", immediate],
  ["later", later]
] as const) {
  const runtime = sdkRuntime("http://localhost:1", Layer.succeed(HttpClient.HttpClient, client))
  const { run } = fromEffect("", runtime, sdkCall("app"))
  await run(10000, 1)
  let best = Infinity
  for (let i = 0; i < 7; i++) {
    const before = process.cpuUsage()
    await run(times, 1)
    const { user, system } = process.cpuUsage(before)
    best = Math.min(best, (user + system) / times)
  }
  console.log(name, best.toFixed(1), "µs per call")
}
