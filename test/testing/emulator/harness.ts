/** Requests to an emulator through the `HttpClient` of its layer, and worlds to start it with. */
import * as HttpBody from "@effect/platform/HttpBody"
import * as HttpClient from "@effect/platform/HttpClient"
import * as HttpClientRequest from "@effect/platform/HttpClientRequest"
import * as Effect from "effect/Effect"
import { readFileSync } from "node:fs"

export const contract = (name: string): string =>
  readFileSync(new URL(`../../contract/${name}`, import.meta.url), "utf8")

interface Actor {
  readonly credential: string
}
interface WorldJson extends Readonly<Record<string, unknown>> {
  readonly recorded_from: string
  readonly actors: Readonly<Record<string, Actor | null>>
}
export const recordedWorld: WorldJson = JSON.parse(contract("world.json"))

export const owner = "281474976710656001"

export interface Input {
  readonly json?: unknown
  readonly body?: string | Uint8Array
  readonly headers?: Readonly<Record<string, string>>
  /** A name in the recorded world's actors; null sends no credential. */
  readonly actor?: string | null
  readonly credential?: string
  readonly gateway?: boolean
}

export interface Sent {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly text: string
  /** The parsed body, `undefined` where it is none. */
  readonly body: unknown
}

const bytesOf = ({ body, json }: Input): Uint8Array | undefined => {
  if (body instanceof Uint8Array) return body
  const text = body ?? (json === undefined ? undefined : JSON.stringify(json))
  return text === undefined ? undefined : new TextEncoder().encode(text)
}

const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** A request of any method with exactly the headers given. */
const request = (method: string, url: string, headers: Readonly<Record<string, string>>, body?: Uint8Array) => {
  const bare = HttpClientRequest.setHeaders(HttpClientRequest.get(url), headers)
  return Object.assign(Object.create(Object.getPrototypeOf(bare)) as typeof bare, bare, {
    method,
    body: body === undefined ? HttpBody.empty : HttpBody.uint8Array(body)
  })
}

export const send = (method: string, path: string, input: Input = {}) =>
  Effect.gen(function* () {
    const client = yield* HttpClient.HttpClient
    const actor = input.actor === undefined ? "owner" : input.actor
    const credential = input.credential ?? (actor === null ? undefined : recordedWorld.actors[actor]?.credential)
    const headers = {
      ...(input.gateway === true || credential === undefined ? {} : { authorization: `Bearer ${credential}` }),
      ...(input.json === undefined ? {} : { "content-type": "application/json" }),
      ...input.headers
    }
    const origin = input.gateway === true ? "https://gateway.wacht.dev" : "https://api.wacht.dev"
    const response = yield* client.execute(request(method, origin + path, headers, bytesOf(input)))
    const text = yield* response.text
    const sent: Sent = { status: response.status, headers: response.headers, text, body: parsed(text) }
    return sent
  })

export const check = (value: string, more: Readonly<Record<string, unknown>> = {}) =>
  send("POST", "/v1/authz/check", {
    gateway: true,
    json: { principal: { type: "api_key", value }, resource: "/v1", method: "GET", ...more }
  })

/** The status and the words of a refusal; the words are undefined where there are none. */
export const refusal = ({ body, status }: Sent): readonly [status: number, message: string | undefined] => [
  status,
  (body as { readonly errors?: ReadonlyArray<{ readonly message: string }> } | undefined)?.errors?.[0]?.message
]
