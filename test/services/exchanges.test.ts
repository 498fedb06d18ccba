import { assert, it } from "@effect/vitest"
import { type WachtError, WachtClient } from "effect-wacht"
import * as DateTime from "effect/DateTime"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import { classOfStatus, type Exchange, exchanges, isRetryableStatus, routeOf } from "../support/contract.js"
import { parseExact } from "../support/exactJson.js"
import { expectedValue, plain, rewritten } from "../support/expected.js"
import {
  invoke,
  isOperationName,
  layerOf,
  type OperationName,
  operations,
  type Reply,
  someArguments,
  stub
} from "../support/sdk.js"
import { recordedCall } from "./recorded.js"

const statusWords: Readonly<Record<number, string>> = {
  400: "Bad Request",
  401: "Unauthorized",
  404: "Not Found",
  405: "Method Not Allowed",
  415: "Unsupported Media Type",
  422: "Unprocessable Content"
}

/** The platform's only message; the gateway's plain text; else nothing was said and the status speaks. */
const wordsOf = ({ response }: Exchange): string => {
  const said = (): unknown => {
    try {
      return JSON.parse(response.body)?.errors?.[0]?.message
    } catch {
      return response.body.trim() === "" ? undefined : response.body.trim()
    }
  }
  const words = said()
  return typeof words === "string" ? words : (statusWords[response.status] ?? "")
}

const limitIn = (message: string): Option.Option<number> => {
  const found = /Retry after (\d+) seconds/.exec(message)?.[1]
  return found === undefined ? Option.none() : Option.some(found === "60" ? 60_000 : Number(found))
}

/** Everything that an error of the SDK says, besides its stack. */
const errorFacts = (error: WachtError.WachtError): Readonly<Record<string, unknown>> => {
  const { startedAt, ...facts } = { startedAt: undefined, ...error }
  return {
    ...facts,
    message: error.message,
    ...("retryAfter" in facts ? { retryAfter: Option.map(facts.retryAfter, Duration.toMillis) } : {}),
    ...(startedAt === undefined ? {} : { hasStart: DateTime.isDateTime(startedAt) })
  }
}

/** The same, as the contract has it. */
const expectedFacts = (exchange: Exchange, name: OperationName): Readonly<Record<string, unknown>> => {
  const route = routeOf(name)
  const { status } = exchange.response
  const message = wordsOf(exchange)
  const tag = classOfStatus(route, status)
  const isUnknown = tag === "OutcomeUnknownError"
  const facts = { operation: name, message, isRetryable: isRetryableStatus(route, status), _tag: tag }
  if (isUnknown) {
    return {
      ...facts,
      isRetryable: false,
      hasStart: true,
      reason: status === 408 ? "Timeout" : "ServerError",
      status: Option.some(status)
    }
  }
  return {
    ...facts,
    status,
    ...(tag === "AuthenticationError" ? { subject: route.host === "gateway" ? "principal" : "client" } : {}),
    ...(tag === "AuthorizationError" ? { isPlanGate: message === "API auth app creation requires Growth plan" } : {}),
    ...(tag === "RateLimitError" ? { retryAfter: limitIn(message) } : {}),
    ...(tag === "ServerError" ? { retryAfter: Option.none() } : {}),
    ...(tag === "UnexpectedStatusError" ? { location: Option.none() } : {})
  }
}

const checkOutcome = (
  exchange: Exchange,
  name: OperationName,
  outcome: Either.Either<unknown, WachtError.WachtError>
) => {
  const { response } = exchange
  if (response.status < 200 || response.status > 299) {
    if (Either.isRight(outcome)) return assert.fail("an error status was taken for a success")
    return assert.deepStrictEqual(errorFacts(outcome.left), expectedFacts(exchange, name))
  }
  if (Either.isLeft(outcome))
    return assert.fail(`a success was taken for ${outcome.left._tag}: ${outcome.left.message}`)
  const { schema } = routeOf(name).success
  if (schema === null || schema === "#Empty") return assert.isUndefined(outcome.right)
  const recorded = parseExact(response.body)
  assert.deepStrictEqual(plain(outcome.right), expectedValue(recorded, schema))
  const output = operations[name].output.schema
  if (output === undefined) return assert.fail("an operation with an answer has no schema of it")
  const written = Schema.encodeUnknownSync(output)(outcome.right)
  assert.deepStrictEqual(JSON.parse(JSON.stringify(written)), rewritten(recorded, schema))
}

const replyOf = ({ response }: Exchange): Reply => {
  const headers =
    response.status === 204
      ? { "content-type": "application/json", "content-length": "2" }
      : Object.fromEntries(Object.entries(response.headers))
  return { status: response.status, headers, body: response.body }
}

/** Where no operation was meant, the answer is played to a call of a route that the services do not cover. */
const playUncovered = (exchange: Exchange) =>
  Effect.gen(function* () {
    const { request } = yield* WachtClient.WachtClient
    const outcome = yield* Effect.either(
      request({ method: "GET", path: "/elsewhere", safety: "safe", response: Schema.Unknown })
    )
    if (Either.isRight(outcome)) return assert.fail("an error status was taken for a success")
    const { status } = exchange.response
    const tags: Readonly<Record<number, string>> = {
      400: "ValidationError",
      401: "AuthenticationError",
      404: "NotFoundError",
      405: "UnexpectedStatusError"
    }
    // A HEAD of a route that has a GET: nothing to read.
    if (status === 200) return assert.strictEqual(outcome.left._tag, "DecodeError")
    assert.strictEqual(outcome.left._tag, tags[status])
    assert.strictEqual(outcome.left.message, wordsOf(exchange))
  })

it.effect("every recorded answer gives the value or the error that the contract says", () => {
  let reply: Reply = { status: 200 }
  const { client } = stub(() => reply)
  return Effect.gen(function* () {
    const call = yield* invoke
    const counts = { used: 0, agreeing: 0, answersOnly: 0 }
    const differences: Array<string> = []
    for (const exchange of exchanges) {
      reply = replyOf(exchange)
      const name = exchange.operation
      const play =
        name === null || !isOperationName(name)
          ? playUncovered(exchange)
          : Effect.gen(function* () {
              const recorded = recordedCall(exchange)
              if (recorded === undefined) counts.answersOnly++
              const outcome = yield* Effect.either(call(name, ...(recorded?.args ?? someArguments(name))))
              checkOutcome(exchange, name, outcome)
            })
      if (name === null) counts.answersOnly++
      counts.used++
      const exit = yield* Effect.exit(play)
      if (exit._tag === "Success") counts.agreeing++
      else differences.push(`${exchange.id}: ${String(exit.cause)}`)
    }
    console.log(
      `exchanges: ${counts.used} used, ${counts.agreeing} agreeing; ${counts.answersOnly} of them as answers only`
    )
    assert.deepStrictEqual(differences, [])
    assert.strictEqual(counts.used, exchanges.length)
    assert.isAtLeast(counts.used - counts.answersOnly, 500)
  }).pipe(Effect.provide(layerOf(client)))
})
