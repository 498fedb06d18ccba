/** Hostile path parameters, through the services: each reaches its own route of its own host as one segment, or nothing is sent. */
import * as HttpClient from "@effect/platform/HttpClient"
import * as HttpClientResponse from "@effect/platform/HttpClientResponse"
import { Wacht } from "effect-wacht"
import type { GrantId, KeyId, OAuthClientRecordId } from "effect-wacht/schemas"
import type { WachtError } from "effect-wacht/errors"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import { type Arguments, defaultArguments, type OperationCase, operationCases, services } from "../faults/calls.js"
import { hostileId, hostileText, nastyTexts, nastyValues } from "./hostile.js"
import { breathe, Seeded } from "./random.js"

/** The parameter of a route that a value is put into; by the contract's names. */
interface Target {
  readonly operation: OperationCase
  /** Its place among the parameters of the path. */
  readonly name: string
  readonly argument: "slug" | "scope" | "kid" | "keyId" | "recordId" | "grantId"
}

const argumentOf = (name: string): Target["argument"] => {
  switch (name) {
    case "scope":
    case "kid":
      return name
    case "key_id":
      return "keyId"
    case "oauth_client_id":
      return "recordId"
    case "grant_id":
      return "grantId"
    default:
      return "slug"
  }
}

export const targets: ReadonlyArray<Target> = operationCases.flatMap((operation) =>
  [...operation.path.matchAll(/\{(\w+)\}/g)].map(([, name = ""]) => ({ operation, name, argument: argumentOf(name) }))
)

/** Each of them has generated values of its own, spread over the routes that have it. */
export const parameters: ReadonlyArray<string> = [...new Set(targets.map(({ name }) => name))]

const isId = (target: Target): boolean => ["keyId", "recordId", "grantId"].includes(target.argument)

const withValue = (target: Target, value: unknown): Arguments => ({
  ...defaultArguments,
  // What plain JavaScript passes is not checked by a compiler.
  [target.argument]: value as string & KeyId & OAuthClientRecordId & GrantId
})

const origin = "https://platform.example"

/** What is wrong with an address, if anything. */
const strays = (target: Target, value: unknown, method: string, address: URL): string | undefined => {
  if (address.origin !== origin) return `another origin: ${address.origin}`
  if (address.username !== "" || address.password !== "") return "credentials in the address"
  if (address.hash !== "") return "a hash"
  if (method !== target.operation.method) return `another method: ${method}`
  const template = target.operation.path.split("/")
  const segments = address.pathname.split("/")
  if (segments.length !== template.length) return `another route: ${address.pathname}`
  for (const [index, part] of template.entries()) {
    const segment = segments[index] ?? ""
    if (!part.startsWith("{")) {
      if (segment !== part) return `another route: ${address.pathname}`
    } else if (part === `{${target.name}}` && decodeURIComponent(segment) !== value) {
      return `another value: ${segment}`
    }
  }
  return undefined
}

/** One value in one parameter; a problem in words, or nothing. */
export type Check = (target: Target, value: unknown) => Effect.Effect<string | undefined>

const describe = (target: Target, value: unknown, problem: string): string =>
  `${target.operation.name} {${target.name}} ${typeof value === "string" ? JSON.stringify(value.slice(0, 200)) : typeof value}: ${problem}`

/** A client whose server is only this function: what it was asked for last is looked at. */
const makeCheck: Effect.Effect<Check> = Effect.gen(function* () {
  const asked: Array<{ readonly method: string; readonly url: URL }> = []
  const client = HttpClient.make((request, url) => {
    asked.push({ method: request.method, url })
    return Effect.succeed(HttpClientResponse.fromWeb(request, new Response(null, { status: 204 })))
  })
  const context = yield* Effect.scoped(
    Layer.build(
      Wacht.layer({ apiKey: Redacted.make("backend_0QzVx2L7mB4kTnW8"), baseUrl: origin, gatewayUrl: origin }).pipe(
        Layer.provide(Layer.succeed(HttpClient.HttpClient, client))
      )
    )
  ).pipe(Effect.orDie)
  const sdk = yield* Effect.provide(services, context)
  return (target, value) =>
    Effect.suspend(() => {
      asked.length = 0
      const args = withValue(target, value)
      // The form with the fewest arguments: the slug stands in bodies as well, where other rules apply.
      const call = target.operation.forms(args).at(-1)
      if (call === undefined) return Effect.succeed("no form")
      return Effect.map(Effect.exit(call(sdk)), (exit: Exit.Exit<unknown, WachtError>) => {
        if (Exit.isFailure(exit) && exit.cause._tag !== "Fail")
          return describe(target, value, `a defect: ${exit.cause._tag}`)
        const failure = Exit.isFailure(exit) && exit.cause._tag === "Fail" ? exit.cause.error : undefined
        const first = asked[0]
        if (first === undefined) {
          if (failure?._tag !== "EncodeError")
            return describe(target, value, `nothing sent, but ${String(failure?._tag)}`)
          const isEchoed =
            typeof value === "string" &&
            value.length >= 12 &&
            JSON.stringify(failure).includes(JSON.stringify(value).slice(1, -1))
          return isEchoed ? describe(target, value, "the refusal echoes it") : undefined
        }
        if (failure?._tag === "EncodeError") return describe(target, value, "refused, and sent all the same")
        if (asked.length > 1) return describe(target, value, "sent more than once")
        const problem = strays(target, value, first.method, first.url)
        return problem === undefined ? undefined : describe(target, value, problem)
      })
    })
})

export interface PathReport {
  readonly values: number
  readonly problems: ReadonlyArray<string>
}

/** Every listed value in every parameter of every route, then `perParameter` generated ones for each parameter, by the contract's name of it. */
export const fuzzPaths = (seed: number, perParameter: number): Effect.Effect<PathReport> =>
  Effect.gen(function* () {
    const check = yield* makeCheck
    const random = new Seeded(seed)
    const problems: Array<string> = []
    let values = 0
    const run = function* (target: Target, value: unknown) {
      values++
      const problem = yield* check(target, value)
      if (problem !== undefined) problems.push(problem)
      if (values % 200 === 0) yield* breathe
    }
    for (const target of targets) {
      for (const value of [...nastyTexts, ...nastyValues]) yield* run(target, value)
    }
    for (const name of parameters) {
      const routes = targets.filter((target) => target.name === name)
      for (let index = 0; index < perParameter && problems.length < 20; index++) {
        const target = routes[index % routes.length]
        if (target !== undefined) yield* run(target, isId(target) ? hostileId(random) : hostileText(random))
      }
    }
    return { values, problems }
  })
