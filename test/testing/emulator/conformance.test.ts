import * as HttpBody from "@effect/platform/HttpBody"
import * as HttpClient from "@effect/platform/HttpClient"
import * as HttpClientRequest from "@effect/platform/HttpClientRequest"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Runtime from "effect/Runtime"
import * as TestClock from "effect/TestClock"
import { readFileSync } from "node:fs"
import { fileURLToPath } from "node:url"
import { Emulator } from "effect-wacht/testing"
import type { ReplayRequest, ReplayResult } from "../../contract/replay.mjs"
import { loadFile, loadWorld, replay } from "../../contract/replay.mjs"
import { page, supportTable, withTable } from "./supportTable.js"

const contract = (name: string) => fileURLToPath(new URL(`../../contract/${name}`, import.meta.url))
const exchanges = loadFile(contract("exchanges.jsonl"))
const { auditText, world } = loadWorld(contract("world.json"))
const auditRows = auditText
  .split("\n")
  .filter((line) => line !== "")
  .map((line) => JSON.parse(line))

const toRequest = ({ body, headers, method, path, target }: ReplayRequest) => {
  const origin = target === "gateway" ? "https://gateway.wacht.dev" : "https://api.wacht.dev"
  // by hand, because a body that is set through the module brings a content type of its own
  const request = HttpClientRequest.get(origin + path)
  const bytes = typeof body === "string" ? new TextEncoder().encode(body) : body
  return HttpClientRequest.setHeaders(request, headers).pipe((request) =>
    Object.assign(Object.create(Object.getPrototypeOf(request)) as typeof request, request, {
      method,
      body: bytes === undefined ? HttpBody.empty : HttpBody.uint8Array(bytes)
    })
  )
}

const run: Effect.Effect<ReadonlyArray<ReplayResult>, never, HttpClient.HttpClient> = Effect.gen(function* () {
  const client = yield* HttpClient.HttpClient
  const runPromise = Runtime.runPromise(yield* Effect.runtime<never>())
  const send = (request: ReplayRequest) =>
    runPromise(
      Effect.gen(function* () {
        const response = yield* client.execute(toRequest(request))
        return { status: response.status, headers: response.headers, body: yield* response.text }
      })
    )
  yield* TestClock.setTime(new Date(world.recorded_from))
  return yield* Effect.promise(() => replay({ exchanges, world, auditText, send, wait: false }))
})

describe("conformance", () => {
  it.effect("every recorded exchange agrees, and the support table says so", () =>
    Effect.gen(function* () {
      const results = yield* Effect.provide(run, Emulator.layer({ world, auditRows }))
      const disagreements = results.filter(({ ok }) => !ok).map(({ diffs, id }) => `${id}: ${diffs.join(" | ")}`)
      assert.deepStrictEqual(disagreements, [])
      assert.strictEqual(results.length, 820)
      const text = readFileSync(page, "utf8")
      assert.strictEqual(text, withTable(text, supportTable(results)), "npm run conformance -- --write-docs")
    })
  )
})
