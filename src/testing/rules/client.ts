/** An `HttpClient` that answers by rules and reaches nothing. */
import * as HttpClient from "@effect/platform/HttpClient"
import * as HttpClientError from "@effect/platform/HttpClientError"
import type * as HttpClientRequest from "@effect/platform/HttpClientRequest"
import * as HttpClientResponse from "@effect/platform/HttpClientResponse"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import { firstMismatch } from "../../schemas/internal/issues.js"
import { SeenRequest } from "./request.js"
import { type OperationName, parametersOf, table } from "./table.js"

export type RuleMatcher =
  | { readonly _tag: "Operation"; readonly name: OperationName }
  | { readonly _tag: "Route"; readonly method: string; readonly template: string }
  | { readonly _tag: "Any" }

export type RuleAnswer =
  | { readonly _tag: "Value"; readonly value: unknown }
  | {
      readonly _tag: "Response"
      readonly status: number
      readonly headers: Readonly<Record<string, string>>
      readonly body: string
      /** The words in its place of the gateway, which answers errors as plain text. */
      readonly plain?: string | undefined
    }
  | { readonly _tag: "Lost"; readonly isSent: boolean }
  | { readonly _tag: "Never" }

export interface RuleData {
  readonly matcher: RuleMatcher
  readonly when: (request: SeenRequest) => boolean
  readonly answer: RuleAnswer
  readonly times: number
}

/** A test sent what no rule foresees, or a rule's value is none of its operation's: a mistake of the test, so a defect. */
export class RulesError extends Error {
  override readonly name = "RulesError"
}

/** The connection's end as Node words it. */
class ConnectionError extends Error {
  override readonly name = "ConnectionError"
  constructor(readonly code: string) {
    super(code)
  }
}

const matches = (rule: RuleData, request: SeenRequest): boolean => {
  const { matcher } = rule
  const isRoute =
    matcher._tag === "Any" ||
    (matcher._tag === "Operation"
      ? request.operation._tag === "Some" && request.operation.value === matcher.name
      : matcher.method === request.method && parametersOf(matcher.template, request.path.split("/")) !== undefined)
  return isRoute && rule.when(request)
}

const describe = ({ method, operation, path }: SeenRequest): string =>
  `${method} ${path}${operation._tag === "Some" ? ` (${operation.value})` : ""}`

const json = { "content-type": "application/json" }

const respond = (
  request: HttpClientRequest.HttpClientRequest,
  status: number,
  headers: Readonly<Record<string, string>>,
  body: string
): HttpClientResponse.HttpClientResponse => {
  const hasBody = body !== "" && status !== 204 && status !== 205 && status !== 304
  return HttpClientResponse.fromWeb(request, new Response(hasBody ? body : null, { status, headers }))
}

const lost = (request: HttpClientRequest.HttpClientRequest, code: string) =>
  Effect.fail(new HttpClientError.RequestError({ request, reason: "Transport", cause: new ConnectionError(code) }))

const reply = (
  { answer }: RuleData,
  seen: SeenRequest,
  request: HttpClientRequest.HttpClientRequest
): Effect.Effect<HttpClientResponse.HttpClientResponse, HttpClientError.HttpClientError> => {
  switch (answer._tag) {
    case "Response":
      return Number.isInteger(answer.status) && answer.status >= 200 && answer.status <= 599
        ? Effect.sync(() => {
            const { body, headers, plain, status } = answer
            const isPlain = plain !== undefined && headers["content-type"] === json["content-type"]
            return isPlain && Option.contains(seen.operation, "checkAuthz")
              ? respond(request, status, { ...headers, "content-type": "text/plain; charset=utf-8" }, plain)
              : respond(request, status, headers, body)
          })
        : Effect.die(new RulesError(`a status is a whole number from 200 to 599, not ${answer.status}`))
    case "Lost":
      return lost(request, answer.isSent ? "ECONNRESET" : "ECONNREFUSED")
    case "Never":
      return Effect.never
    case "Value": {
      if (seen.operation._tag === "None") return Effect.die(new RulesError(`no operation has ${describe(seen)}`))
      const name = seen.operation.value
      const { schema } = table[name].output
      const encoded = schema === undefined ? Either.right({}) : Schema.encodeUnknownEither(schema)(answer.value)
      return Either.match(encoded, {
        onLeft: (error) => {
          const { expected, field } = firstMismatch(error)
          return Effect.die(new RulesError(`the value is no answer of ${name}: ${field || "it"} must be ${expected}`))
        },
        onRight: (encoded) => Effect.sync(() => respond(request, 200, json, JSON.stringify(encoded)))
      })
    }
  }
}

export interface RulesClient {
  readonly client: HttpClient.HttpClient
  readonly requests: Effect.Effect<ReadonlyArray<SeenRequest>>
  readonly unused: Effect.Effect<number>
}

/** With a memory of its own: what each rule has answered, and what was asked. */
export const makeClient = (rules: ReadonlyArray<RuleData>): RulesClient => {
  const answered = new Map<number, number>()
  const seen: Array<SeenRequest> = []
  const client = HttpClient.make((request, url) =>
    Effect.suspend(() => {
      const now = new SeenRequest(request, url)
      seen.push(now)
      let spent = 0
      for (const [index, rule] of rules.entries()) {
        if (!matches(rule, now)) continue
        const times = (answered.get(index) ?? 0) + 1
        if (times <= rule.times) {
          answered.set(index, times)
          return reply(rule, now, request)
        }
        spent++
      }
      const note = spent === 0 ? "" : `; ${spent} that match ${spent === 1 ? "is" : "are"} used up`
      return Effect.die(new RulesError(`no rule for ${describe(now)}${note}`))
    })
  )
  return {
    client,
    requests: Effect.sync(() => [...seen]),
    unused: Effect.sync(() => rules.length - answered.size)
  }
}
