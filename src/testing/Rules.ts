/**
 * Replaces the network by rules: which request, and what it is answered. The SDK above runs as it is, with all its checks.
 *
 * ```ts
 * const Throttled = Rules.layerWacht([
 *   Rules.on(Rules.operation("listApiKeys"), Rules.status(429, { headers: { "retry-after": "5" } })).pipe(Rules.once),
 *   Rules.on(Rules.operation("listApiKeys"), Rules.value([Fixtures.apiKey({ name: "mine" })])),
 *   Rules.on(Rules.operation("createApiKey"), Rules.lostAfterSending)
 * ])
 * ```
 *
 * @since 0.1.0
 */
import * as Headers from "@effect/platform/Headers"
import * as HttpClient from "@effect/platform/HttpClient"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import { constTrue, dual } from "effect/Function"
import * as Layer from "effect/Layer"
import { type Pipeable, pipeArguments } from "effect/Pipeable"
import * as Redacted from "effect/Redacted"
import { statusText } from "../errors/internal/serverMessage.js"
import * as Wacht from "../services/Wacht.js"
import { makeClient, type RuleAnswer, type RuleData, type RuleMatcher } from "./rules/client.js"
import type { SeenRequest } from "./rules/request.js"
import type { OperationName, Success } from "./rules/table.js"

const MatcherTypeId: unique symbol = Symbol.for("effect-wacht/Rules/Matcher")
const AnswerTypeId: unique symbol = Symbol.for("effect-wacht/Rules/Answer")
const RuleTypeId: unique symbol = Symbol.for("effect-wacht/Rules/Rule")

export type { SeenRequest } from "./rules/request.js"
export type { OperationName, Success } from "./rules/table.js"

/**
 * Which requests; `A` is what the SDK reads from a success of theirs, `never` where it does not know.
 *
 * @since 0.1.0
 * @category models
 */
export interface Matcher<out A> {
  /** The type that the operation answers with: only an answer of that type fits. */
  readonly [MatcherTypeId]: (_: never) => A
  readonly matcher: RuleMatcher
  /** Whether a request that fits by operation or route is meant. */
  readonly when: (request: SeenRequest) => boolean
}

/**
 * What a request is answered; `A` is the value that a success stands for, `never` where the answer is given word by word.
 *
 * @since 0.1.0
 * @category models
 */
export interface Answer<out A> {
  /** The type of the value in the answer. */
  readonly [AnswerTypeId]: (_: never) => A
  readonly answer: RuleAnswer
}

/**
 * One rule; it answers every request that matches unless `once` or `times` limits it.
 *
 * @since 0.1.0
 * @category models
 */
export interface Rule extends Pipeable {
  readonly [RuleTypeId]: RuleData
}

const phantom = (never: never): never => never

const makeMatcher = <A>(matcher: RuleMatcher, when: (request: SeenRequest) => boolean): Matcher<A> => ({
  [MatcherTypeId]: phantom,
  matcher,
  when
})

const makeAnswer = <A>(answer: RuleAnswer): Answer<A> => ({ [AnswerTypeId]: phantom, answer })

const makeRule = (data: RuleData): Rule => ({
  [RuleTypeId]: data,
  pipe() {
    return pipeArguments(this, arguments)
  }
})

/**
 * The requests of an operation, found by method and path; `when` narrows them by parameters, query or body.
 *
 * @since 0.1.0
 * @category matchers
 */
export const operation = <Name extends OperationName>(
  name: Name,
  when: (request: SeenRequest) => boolean = constTrue
): Matcher<Success<Name>> => makeMatcher({ _tag: "Operation", name }, when)

/**
 * The requests of a method and a path template, such as `/deployments/{id}`: for routes that the services do not cover. The template is the
 * whole path, with that of the `baseUrl`.
 *
 * @since 0.1.0
 * @category matchers
 */
export const route = (
  method: string,
  template: `/${string}`,
  when: (request: SeenRequest) => boolean = constTrue
): Matcher<never> => makeMatcher({ _tag: "Route", method: method.toUpperCase(), template }, when)

/**
 * Every request.
 *
 * @since 0.1.0
 * @category matchers
 */
export const any: Matcher<never> = makeMatcher({ _tag: "Any" }, constTrue)

/**
 * A success with this value, written as the server writes it; `undefined` where the operation gives nothing.
 *
 * @since 0.1.0
 * @category answers
 */
export const value = <A>(value: A): Answer<A> => makeAnswer({ _tag: "Value", value })

/**
 * JSON as it is, with 200 unless told otherwise. As of every answer, the status is one from 200 to 599; another is a defect once it is asked for.
 *
 * @since 0.1.0
 * @category answers
 */
export const json = (
  body: unknown,
  options?: { readonly status?: number | undefined; readonly headers?: Readonly<Record<string, string>> | undefined }
): Answer<never> =>
  makeAnswer({
    _tag: "Response",
    status: options?.status ?? 200,
    // A header is the same in any case.
    headers: { "content-type": "application/json", ...Headers.fromInput(options?.headers) },
    body: JSON.stringify(body)
  })

/**
 * A status from 200 to 599 in the platform's error form (of `checkAuthz` plain text, a 401 as of an unknown key), with the status' own name
 * unless a message is given.
 *
 * @since 0.1.0
 * @category answers
 */
export const status = (
  code: number,
  options?: { readonly message?: string | undefined; readonly headers?: Readonly<Record<string, string>> | undefined }
): Answer<never> =>
  makeAnswer({
    _tag: "Response",
    status: code,
    headers: { "content-type": "application/json", ...Headers.fromInput(options?.headers) },
    body: JSON.stringify({ errors: [{ message: options?.message ?? statusText(code), code }] }),
    plain: options?.message ?? (code === 401 ? "Invalid API key" : statusText(code))
  })

/**
 * Any answer, word by word: the page of a proxy, a body cut short.
 *
 * @since 0.1.0
 * @category answers
 */
export const respond = (options: {
  readonly status: number
  readonly headers?: Readonly<Record<string, string>> | undefined
  readonly body?: string | undefined
}): Answer<never> =>
  makeAnswer({
    _tag: "Response",
    status: options.status,
    headers: options.headers ?? {},
    body: options.body ?? ""
  })

/**
 * Nobody listens: the request certainly never left.
 *
 * @since 0.1.0
 * @category answers
 */
export const lostBeforeSending: Answer<never> = makeAnswer({ _tag: "Lost", isSent: false })

/**
 * The connection is lost after the request left: it may have acted.
 *
 * @since 0.1.0
 * @category answers
 */
export const lostAfterSending: Answer<never> = makeAnswer({ _tag: "Lost", isSent: true })

/**
 * No answer ever comes; a time limit or an interruption ends the call.
 *
 * @since 0.1.0
 * @category answers
 */
export const neverAnswers: Answer<never> = makeAnswer({ _tag: "Never" })

/**
 * Answers every request that matches. A value must be one of the operation's own.
 *
 * @since 0.1.0
 * @category constructors
 */
export const on = <A>({ matcher, when }: Matcher<A>, { answer }: Answer<NoInfer<A>>): Rule =>
  makeRule({ matcher, when, answer, times: Number.POSITIVE_INFINITY })

/**
 * Limits a rule to so many requests, none where that is below 1, or no number; later ones go on to the next rule that matches.
 *
 * @since 0.1.0
 * @category combinators
 */
export const times: {
  (count: number): (self: Rule) => Rule
  (self: Rule, count: number): Rule
} = dual(2, (self: Rule, count: number): Rule => makeRule({ ...self[RuleTypeId], times: count }))

/**
 * Limits a rule to one request.
 *
 * @since 0.1.0
 * @category combinators
 */
export const once: (self: Rule) => Rule = times(1)

/**
 * What a test can see of the rules' work.
 *
 * @since 0.1.0
 * @category models
 */
export interface Service {
  /** All requests so far, oldest first, those without a rule included. */
  readonly requests: Effect.Effect<ReadonlyArray<SeenRequest>>
  /** How many rules have answered nothing yet. */
  readonly unused: Effect.Effect<number>
}

/**
 * The rules of a layer.
 *
 * @since 0.1.0
 * @category tags
 */
export class Rules extends Context.Tag("effect-wacht/testing/Rules")<Rules, Service>() {}

/**
 * An `HttpClient` that answers by the first rule that matches and is not used up. A request without one is a defect that shows its method
 * and path. Each layer built counts for itself. A `baseUrl` may have a path of its own: operations are known all the same, and the template of a
 * `route` is the whole path.
 *
 * @since 0.1.0
 * @category layers
 */
export const layer = (rules: ReadonlyArray<Rule>): Layer.Layer<HttpClient.HttpClient | Rules> =>
  Layer.effectContext(
    Effect.sync(() => {
      const { client, requests, unused } = makeClient(rules.map((rule) => rule[RuleTypeId]))
      return Context.make(HttpClient.HttpClient, client).pipe(Context.add(Rules, { requests, unused }))
    })
  )

/**
 * The SDK's services over rules, ready to use.
 *
 * @since 0.1.0
 * @category layers
 */
export const layerWacht = (rules: ReadonlyArray<Rule>): Layer.Layer<Wacht.Services | Rules | HttpClient.HttpClient> =>
  Wacht.layer({ apiKey: Redacted.make("a_key_that_no_server_knows") }).pipe(
    Layer.orDie,
    Layer.provideMerge(layer(rules))
  )
