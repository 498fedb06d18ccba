/**
 * The user's HTTP client as the kernel uses it.
 */
import * as FetchHttpClient from "@effect/platform/FetchHttpClient"
import * as Headers from "@effect/platform/Headers"
import * as HttpClient from "@effect/platform/HttpClient"
import type { HttpClientError } from "@effect/platform/HttpClientError"
import type { HttpClientRequest } from "@effect/platform/HttpClientRequest"
import type { HttpClientResponse } from "@effect/platform/HttpClientResponse"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import type * as FiberId from "effect/FiberId"
import * as FiberRef from "effect/FiberRef"
import * as FiberRefs from "effect/FiberRefs"
import { constTrue } from "effect/Function"
import * as Option from "effect/Option"
import * as Predicate from "effect/Predicate"
import * as Scope from "effect/Scope"
import * as Tracer from "effect/Tracer"
import { directOf, matchDirect } from "./direct.js"
import type { Exchange } from "./exchange.js"
import { matchWithin } from "./limit.js"
import { traceparent } from "./traceparent.js"

/** The two halves of every client of `@effect/platform`, which its type does not show. */
interface Steps {
  readonly preprocess: HttpClient.HttpClient.Preprocess<HttpClientError, never>
  readonly postprocess: (
    request: Effect.Effect<HttpClientRequest, HttpClientError>
  ) => Effect.Effect<HttpClientResponse, HttpClientError>
}

const hasSteps = (client: HttpClient.HttpClient): client is HttpClient.HttpClient & Steps =>
  Predicate.hasProperty(client, "preprocess") && Predicate.hasProperty(client, "postprocess")

// One object for all: the engine spreads what it has seen before four microseconds faster.
const stay = { redirect: "manual" } as const

/** No span of the HTTP client's own, which would hold the query; and a fetch that does not follow. */
const settingsForRequest = (fiberId: FiberId.Single, refs: FiberRefs.FiberRefs): FiberRefs.FiberRefs => {
  const context = FiberRefs.getOrDefault(refs, FiberRef.currentContext)
  const init = Context.getOption(context, FetchHttpClient.RequestInit)
  const staying = Context.add(
    context,
    FetchHttpClient.RequestInit,
    Option.match(init, { onNone: () => stay, onSome: (settings) => ({ ...settings, ...stay }) })
  )
  return FiberRefs.updateManyAs(refs, {
    entries: [
      [HttpClient.currentTracerDisabledWhen, [[fiberId, constTrue]]],
      [FiberRef.currentContext, [[fiberId, staying]]]
    ]
  })
}

/**
 * A client that propagates no traces (`HttpClient.withTracerPropagation`) says so only here, where the header is there already. Somebody
 * else's stays.
 */
const asPropagated = (refs: FiberRefs.FiberRefs, request: HttpClientRequest) => {
  const { traceparent: header } = request.headers
  if (header === undefined || FiberRefs.getOrDefault(refs, HttpClient.currentTracerPropagation)) return request
  const span = Context.getOption(FiberRefs.getOrDefault(refs, FiberRef.currentContext), Tracer.ParentSpan)
  if (!Option.exists(span, (span) => traceparent(span) === header)) return request
  // The platform has no way to take a header away.
  const bare: HttpClientRequest = Object.create(request, {
    headers: { value: Headers.remove(request.headers, "traceparent"), enumerable: true }
  })
  return bare
}

/** Runs in a fiber of the request's own (see `matchWithin`): what is set here nobody else sees. */
const setForRequest = (request: HttpClientRequest): Effect.Effect<HttpClientRequest> => {
  let sent = request
  const settings = Effect.updateFiberRefs((fiberId, refs) => {
    sent = asPropagated(refs, request)
    return settingsForRequest(fiberId, refs)
  })
  return Effect.map(settings, () => sent)
}

/** A client that fails with what it thinks of a status has the answer still: what a status means is the operation's. */
const takeAnswer = (error: HttpClientError): Effect.Effect<HttpClientResponse, HttpClientError> =>
  error._tag === "ResponseError" && error.reason === "StatusCode" ? Effect.succeed(error.response) : Effect.fail(error)

/** What its postprocessing sees of a request. */
type Request = Effect.Effect<HttpClientRequest, HttpClientError>

/**
 * How any client is used: traced by nobody, following no redirect.
 *
 * Fetch follows redirects by default, with the body. A fetch layer merges the settings that it was built with under those of the call,
 * after `preprocess`: only in the request that goes into `postprocess` are both there.
 *
 * Closing the scope of a request ends its connection, which is cheaper than the platform's own watch over every answer: no scope has to be
 * closed where an answer was read to its end.
 */
export const exchangeOver = (client: HttpClient.HttpClient): Exchange => {
  const steps: Steps = hasSteps(client)
    ? client
    : { preprocess: Effect.succeed, postprocess: (request) => Effect.flatMap(request, client.execute) }
  const prepared = HttpClient.withScope(
    HttpClient.makeWith(
      (request: Request) => Effect.catchAll(steps.postprocess(Effect.flatMap(request, setForRequest)), takeAnswer),
      steps.preprocess
    )
  )
  const exchange: Exchange = (request, read, within) =>
    Effect.flatMap(Scope.make(), (scope) => matchWithin(Effect.flatMap(prepared.execute(request), read), scope, within))
  const direct = directOf(client)
  if (direct === undefined) return exchange
  return (request, read, within) => {
    const begun = direct(request, within.parent)
    return begun === undefined
      ? exchange(request, read, within)
      : matchDirect(Effect.flatMap(begun.response, read), begun.abort, within)
  }
}
