/** Answers that no server should send: whatever comes, a call ends with a value or with one of its typed errors. */
import * as HttpClient from "@effect/platform/HttpClient"
import type * as HttpClientRequest from "@effect/platform/HttpClientRequest"
import * as HttpClientResponse from "@effect/platform/HttpClientResponse"
import { Wacht } from "effect-wacht"
import { isWachtError } from "effect-wacht/errors"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import { WholeResponse } from "../../src/testing/emulator/WholeResponse.js"
import { type OperationCase, operationCases, services } from "../faults/calls.js"
import { hostileText } from "./hostile.js"
import { breathe, Seeded } from "./random.js"

type Json = null | boolean | number | string | ReadonlyArray<Json> | { readonly [key: string]: Json }

const extremes: ReadonlyArray<Json> = [
  null,
  true,
  false,
  0,
  -1,
  1.5,
  1e21,
  -1e308,
  2 ** 53,
  "",
  " ",
  "0",
  "9223372036854775808",
  "2026-02-30T00:00:00Z",
  "2026-06-14T16:02:11.482913Z",
  "9999999-01-01T00:00:00Z",
  [],
  {},
  [null],
  [[]],
  { "": null }
]

const keys = ["__proto__", "constructor", "prototype", "toString", "hasOwnProperty", "then", "id", "data", "secret", ""]

const randomJson = (random: Seeded, depth: number): Json => {
  if (depth <= 0 || random.is(0.4)) return random.is(0.5) ? random.pick(extremes) : hostileText(random)
  if (random.is(0.5)) return Array.from({ length: random.below(4) }, () => randomJson(random, depth - 1))
  return asObject(
    Array.from({ length: random.below(5) }, (): readonly [string, Json] => [
      random.is(0.5) ? random.pick(keys) : hostileText(random),
      randomJson(random, depth - 1)
    ])
  )
}

/** Own members only, `__proto__` included. */
const asObject = (entries: ReadonlyArray<readonly [string, Json]>): Json => Object.fromEntries(entries)

/** One change somewhere in a JSON value. */
const mutate = (random: Seeded, value: Json): Json => {
  if (Array.isArray(value) && value.length > 0 && random.is(0.8)) {
    const at = random.below(value.length)
    if (random.is(0.1)) return value.filter((_: Json, index: number) => index !== at)
    if (random.is(0.1)) return [...value, ...value]
    return value.map((item: Json, index: number) => (index === at ? mutate(random, item) : item))
  }
  if (typeof value === "object" && value !== null && !Array.isArray(value) && random.is(0.9)) {
    const entries = Object.entries(value)
    if (entries.length === 0 || random.is(0.1)) {
      return asObject([...entries, [random.pick(keys), randomJson(random, 2)]])
    }
    const at = random.below(entries.length)
    if (random.is(0.15)) return asObject(entries.filter((_, index) => index !== at))
    if (random.is(0.1))
      return asObject(entries.map(([key, item], index) => [index === at ? random.pick(keys) : key, item]))
    return asObject(entries.map(([key, item], index) => [key, index === at ? mutate(random, item) : item]))
  }
  return random.is(0.7) ? random.pick(extremes) : randomJson(random, 3)
}

/** One change somewhere in a text. */
const scramble = (random: Seeded, text: string): string => {
  const at = random.below(text.length + 1)
  const to = at + random.below(8)
  switch (random.below(5)) {
    case 0:
      return text.slice(0, at)
    case 1:
      return text.slice(0, at) + text.slice(to)
    case 2:
      return text.slice(0, at) + hostileText(random) + text.slice(at)
    case 3:
      return text.replace(/"(\d{16,19})"/, () => `${random.below(10)}${"9".repeat(random.below(30))}`)
    default:
      return text.slice(0, at) + text.slice(0, to) + text.slice(at)
  }
}

const statuses = [
  200, 200, 200, 200, 201, 202, 206, 299, 300, 302, 304, 400, 401, 403, 404, 405, 408, 409, 413, 415, 418, 422, 429,
  500, 501, 502, 503, 504, 599
]

const types = ["application/json", "text/html", "text/plain; charset=utf-16", "", "multipart/form-data", "image/png"]

const withoutBody = new Set([204, 205, 304])

const bytes = (random: Seeded): ArrayBuffer =>
  Uint8Array.from({ length: random.below(200) }, () => random.below(256)).buffer

/** An answer as a client gives it; web responses cost more than all the rest, and are made where they matter. */
type Reply = (request: HttpClientRequest.HttpClientRequest) => HttpClientResponse.HttpClientResponse

const whole =
  (status: number, headers: Readonly<Record<string, string>>, body: string): Reply =>
  (request) =>
    new WholeResponse(request, status, headers, body)

const web =
  (response: Response): Reply =>
  (request) =>
    HttpClientResponse.fromWeb(request, response)

const mutated = (random: Seeded, operation: OperationCase): Reply => {
  const recorded = operation.answer === "" ? "{}" : operation.answer
  let text = recorded
  if (random.is(0.75)) {
    let value: Json = JSON.parse(recorded)
    const count = 1 + random.below(3)
    for (let index = 0; index < count; index++) value = mutate(random, value)
    text = JSON.stringify(value)
  } else {
    text = scramble(random, recorded)
  }
  return whole(200, { "content-type": "application/json" }, text)
}

const header = (random: Seeded): string =>
  hostileText(random)
    .replace(/[^\x20-\x7e]/g, "")
    .slice(0, 60)

const arbitrary = (random: Seeded): Reply => {
  const status = random.pick(statuses)
  const headers = new Headers({ "content-type": random.pick(types) })
  if (random.is(0.2)) headers.set("retry-after", random.is(0.5) ? header(random) : String(random.below(1e6)))
  if (random.is(0.1)) headers.set("content-length", String(random.below(100)))
  if (random.is(0.1)) headers.set("content-encoding", random.pick(["gzip", "br", "identity", "x"]))
  if (random.is(0.2)) headers.set("location", header(random))
  if (random.is(0.1)) headers.set(random.pick(["x-wacht", "set-cookie", "__proto__", "constructor"]), header(random))
  if (random.is(0.3)) return web(new Response(withoutBody.has(status) ? null : bytes(random), { status, headers }))
  const body = random.is(0.5) ? JSON.stringify(randomJson(random, 5)) : hostileText(random)
  return whole(status, Object.fromEntries(headers), withoutBody.has(status) ? "" : body)
}

const isClean = (): boolean =>
  Reflect.ownKeys(Object.prototype).length === cleanKeys && Object.keys({}).length === 0 && Object.keys([]).length === 0

const cleanKeys = Reflect.ownKeys(Object.prototype).length

/** What came of one answer. */
const problemOf = (operation: OperationCase, exit: Exit.Exit<unknown, unknown>, status: number): string | undefined => {
  if (!isClean()) return "a prototype was changed"
  if (Exit.isSuccess(exit)) return status >= 200 && status < 300 ? undefined : `success of a ${status}`
  const failure = exit.cause._tag === "Fail" ? exit.cause.error : undefined
  if (!isWachtError(failure)) return `no typed error: ${String(exit.cause)}`
  if (failure.operation !== operation.name) return `an error of ${failure.operation}`
  const isOfSuccess =
    failure._tag === "DecodeError" || (failure._tag === "OutcomeUnknownError" && failure.reason === "Unreadable")
  if (isOfSuccess !== (status >= 200 && status < 300)) return `${failure._tag} of a ${status}`
  return undefined
}

export interface AnswerReport {
  readonly answers: number
  readonly values: number
  readonly problems: ReadonlyArray<string>
}

/** Spread over all operations. */
export const fuzzAnswers = (
  seed: number,
  counts: { readonly mutated: number; readonly random: number }
): Effect.Effect<AnswerReport> =>
  Effect.gen(function* () {
    const random = new Seeded(seed)
    let next: Reply = web(new Response())
    const client = HttpClient.make((request) => Effect.sync(() => next(request)))
    const context = yield* Effect.scoped(
      Layer.build(
        Wacht.layer({ apiKey: Redacted.make("backend_0QzVx2L7mB4kTnW8") }).pipe(
          Layer.provide(Layer.succeed(HttpClient.HttpClient, client))
        )
      )
    ).pipe(Effect.orDie)
    const sdk = yield* Effect.provide(services, context)
    const problems: Array<string> = []
    let answers = 0
    let values = 0
    const run = function* (operation: OperationCase, make: () => Reply) {
      answers++
      let status = 0
      next = (request) => {
        const response = make()(request)
        status = response.status
        return response
      }
      const exit = yield* Effect.exit(operation.call(sdk))
      if (Exit.isSuccess(exit)) values++
      const problem = problemOf(operation, exit, status)
      if (problem !== undefined) problems.push(`${operation.name}, answer ${answers} of seed ${seed}: ${problem}`)
      if (answers % 100 === 0) yield* breathe
    }
    for (let index = 0; index < counts.mutated + counts.random && problems.length < 20; index++) {
      const operation = operationCases[index % operationCases.length]
      if (operation === undefined) continue
      yield* run(operation, index < counts.mutated ? () => mutated(random, operation) : () => arbitrary(random))
    }
    return { answers, values, problems }
  })
