/** Both hosts over the world of the recordings, with the clock of the test. */
import * as Effect from "effect/Effect"
import * as TestClock from "effect/TestClock"
import { readFileSync } from "node:fs"
import type { Answer } from "../../../../src/testing/emulator/Answer.js"
import * as Kernel from "../../../../src/testing/emulator/Kernel.js"
import { fromFile } from "../../../../src/testing/emulator/seed.js"
import type { ApiKey, Options, RateLimitRule, World } from "../../../../src/testing/emulator/World.js"
import { defaultOptions, scoped } from "../../../../src/testing/emulator/World.js"

const read = (name: string) => readFileSync(new URL(`../../../contract/${name}`, import.meta.url), "utf8")
const file = JSON.parse(read("world.json"))

export const deployment = "281474976710656001"
export const start = "2026-11-23T10:26:30.000Z"

export interface Sent {
  readonly method?: string
  readonly path: string
  readonly query?: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string | Uint8Array
}

export interface Emulated {
  readonly world: World
  readonly gateway: (sent: Sent) => Effect.Effect<Answer>
  readonly platform: (sent: Sent) => Effect.Effect<Answer>
  /** A check of an API key (or, by `principal`, of a token); the answer as text if it is no JSON. */
  readonly check: (value: string, fields?: Readonly<Record<string, unknown>>) => Effect.Effect<Checked>
  /** A platform request of an actor, `owner` unless said; the body parsed. */
  readonly get: (path: string, query?: string, actor?: string) => Effect.Effect<Got>
  readonly key: (appSlug: string) => ApiKey
}

// the tests look into answers of every shape
// oxlint-disable-next-line typescript/no-explicit-any
export type Body = any
export interface Checked {
  readonly status: number
  readonly body: Body
}
export type Got = Checked

const parsed = ({ body, headers, status }: Answer): Checked => ({
  status,
  body: headers["content-type"] === "application/json" && body !== "" ? JSON.parse(body) : body
})

export const emulate = (options: Partial<Options> = {}): Effect.Effect<Emulated> =>
  Effect.gen(function* () {
    yield* TestClock.setTime(Date.parse(start))
    const world = yield* Effect.orDie(fromFile(file, { ...defaultOptions, ...options }))
    const kernel = Kernel.make(world)
    const send = (host: Kernel.Host) => (sent: Sent) =>
      kernel.handle(host, {
        method: sent.method ?? "GET",
        path: sent.path,
        query: sent.query ?? "",
        headers: sent.headers ?? {},
        body: sent.body instanceof Uint8Array ? sent.body : new TextEncoder().encode(sent.body ?? ""),
        clientAddress: "127.0.0.1"
      })
    const [gateway, platform] = [send("gateway"), send("platform")]
    const check: Emulated["check"] = (value, { headers, principal = "api_key", ...fields } = {}) =>
      gateway({
        method: "POST",
        path: "/v1/authz/check",
        headers: { "content-type": "application/json", ...(headers as Record<string, string> | undefined) },
        body: JSON.stringify({ principal: { type: principal, value }, resource: "/v1", method: "GET", ...fields })
      }).pipe(Effect.map(parsed))
    const get: Emulated["get"] = (path, query = "", actor = "owner") =>
      platform({ path, query, headers: { authorization: `Bearer ${credential(actor)}` } }).pipe(Effect.map(parsed))
    const key = (appSlug: string) => {
      const [id] = world.apiKeysOfApp.get(scoped(deployment, appSlug)) ?? []
      const found = world.apiKeys.get(id ?? "")
      if (found === undefined) throw new Error(`no key in ${appSlug}`)
      return found
    }
    return { world, gateway, platform, check, get, key }
  })

export const credential = (actor: string): string => file.actors[actor].credential

/** Replaces an entity of a map by a changed one. */
export const change = <K, V>(map: Map<K, V>, key: K, fields: Partial<V>): void => {
  const value = map.get(key)
  if (value === undefined) throw new Error(`nothing at ${String(key)}`)
  map.set(key, { ...value, ...fields })
}

export const rule = (fields: Partial<RateLimitRule>): RateLimitRule => ({
  unit: "minute",
  duration: 1,
  maxRequests: 1,
  mode: undefined,
  endpoints: undefined,
  priority: 0,
  ...fields
})

/** Puts a key under a scheme of its own with these rules. */
export const limit = ({ key, world }: Emulated, appSlug: string, rules: ReadonlyArray<RateLimitRule>): string => {
  const slug = `scheme of ${appSlug}`
  const times = { createdAt: 0n, updatedAt: 0n }
  world.rateLimitSchemes.set(scoped(deployment, slug), {
    id: "1",
    deploymentId: deployment,
    slug,
    name: slug,
    description: null,
    rules,
    ...times
  })
  const { id, secret } = key(appSlug)
  change(world.apiKeys, id, { rateLimitSchemeSlug: slug })
  return secret
}
