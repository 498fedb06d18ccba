/** What tests of a steered emulator share. */
import * as HttpClient from "@effect/platform/HttpClient"
import * as HttpClientRequest from "@effect/platform/HttpClientRequest"
import * as Effect from "effect/Effect"
import * as Logger from "effect/Logger"
import { Emulator } from "effect-wacht/testing"

export const app = { app_slug: "shop", name: "Shop", key_prefix: "sk" }
export const scheme = { slug: "s", name: "S", rules: [{ unit: "minute", duration: 1, max_requests: 2 }] }

/** A request with the emulator's own credential. */
export const send = (method: "GET" | "POST" | "DELETE", path: string, json?: unknown) =>
  Effect.gen(function* () {
    const client = yield* HttpClient.HttpClient
    const { apiKey } = yield* Emulator.Emulator
    const bare = HttpClientRequest.make(method)(`https://api.wacht.dev${path}`)
    const request = json === undefined ? bare : HttpClientRequest.bodyUnsafeJson(bare, json)
    const response = yield* client.execute(HttpClientRequest.bearerToken(request, apiKey))
    return { status: response.status, headers: response.headers, text: yield* response.text }
  })

export const withEmulator = <A, E>(
  test: (emulator: Emulator.Service) => Effect.Effect<A, E, Emulator.Emulator | HttpClient.HttpClient>,
  options?: Emulator.Options
) => Effect.flatMap(Emulator.Emulator, test).pipe(Effect.provide(Emulator.layer(options)))

/** What is logged, in order. */
export const warnings = () => {
  const messages: Array<string> = []
  const logger = Logger.make(({ message }) => {
    messages.push(String(message))
  })
  return { messages, layer: Logger.replace(Logger.defaultLogger, logger) }
}
