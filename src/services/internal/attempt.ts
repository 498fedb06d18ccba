/**
 * One request of a call, within its limits.
 */
import * as HttpClient from "@effect/platform/HttpClient"
import { type HttpClientError, isHttpClientError } from "@effect/platform/HttpClientError"
import * as HttpClientRequest from "@effect/platform/HttpClientRequest"
import type { HttpClientResponse } from "@effect/platform/HttpClientResponse"
import type * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import type * as Tracer from "effect/Tracer"
import { blankSecrets, spellingsOf } from "../../errors/internal/blank.js"
import type { Failure } from "../../errors/internal/failure.js"
import { retryAfter } from "../../errors/internal/retryAfter.js"
import { serverMessage } from "../../errors/internal/serverMessage.js"
import { Alarm } from "./alarm.js"
import { clientFailure, isInBody, isSuccess, readAnswer, wordsSoFar } from "./answer.js"
import type { Restore } from "./exchange.js"
import { Gathered } from "./gathered.js"
import type { Kernel } from "./kernel.js"
import { AttemptLimit, Deadline, nearest } from "./limits.js"
import type { Operation } from "./operation.js"
import { traceparent } from "./traceparent.js"

/** What all attempts of a call share. */
export class Attempt<out A, out E> {
  constructor(
    /** Without the headers of the trace. */
    readonly request: HttpClientRequest.HttpClientRequest,
    readonly clock: Clock.Clock,
    readonly span: Tracer.Span,
    /** What an error must never quote. */
    readonly secrets: ReadonlyArray<string>,
    /** What follows from the plain facts of a failure. */
    readonly onFailure: (failure: Failure) => Effect.Effect<A, E>
  ) {}
}

/** Sends the request of an operation once, in an uninterruptible region; `restore` says where it may be interrupted. */
export type Send = <Path extends string, Query, Body, A, E>(
  operation: Operation<Path, Query, Body, A, E>,
  attempt: Attempt<A, E>,
  restore: Restore
) => Effect.Effect<A, E>

/** What is known of an answer while its body is still coming. */
interface Answer {
  readonly status: number
  readonly headers: Readonly<Record<string, string | undefined>>
  /** Of an error. */
  readonly heard: Gathered | undefined
}

const noAnswer: Answer = { status: 0, headers: {}, heard: undefined }

/** How the gateway refuses a credential: by these words, or as a decision. */
const verdict = /^\s*(?:Invalid API key|\{.*"allowed")/s

const visible = /^[\x21-\x7e]+$/

/** A request that tells the server of its span. */
const withTrace = (request: HttpClientRequest.HttpClientRequest, span: Tracer.Span) => {
  const value = traceparent(span)
  // A parent's ids may come from anywhere; what is no legal header value would be a defect deep in some clients.
  return visible.test(value) ? HttpClientRequest.setHeader(request, "traceparent", value) : request
}

const timedOut = (limit: "attempt" | "operation", millis: number, status: Option.Option<number>): Failure => ({
  _tag: "TimedOut",
  limit,
  duration: Duration.millis(millis),
  status
})

const deadlinePassed: Failure = {
  _tag: "NotSent",
  message: "the deadline had passed; nothing was sent",
  code: Option.none()
}

const protocolChanged = (status: number): Failure => ({
  _tag: "Lost",
  message: `status ${status} changed the protocol`,
  code: Option.none(),
  status: Option.some(status)
})

/** For the client and the key of a kernel. */
export const makeSend = (kernel: Kernel): Send => {
  const key = Redacted.value(kernel.apiKey)
  // Of every error the key is taken out, and it is always the same one.
  let ofKey: ReturnType<typeof spellingsOf> | undefined
  const spellings: typeof spellingsOf = (secret) =>
    secret === key ? (ofKey ??= spellingsOf(secret)) : spellingsOf(secret)

  return <Path extends string, Query, Body, A, E>(
    operation: Operation<Path, Query, Body, A, E>,
    { clock, onFailure, request, secrets, span }: Attempt<A, E>,
    restore: Restore
  ) =>
    Effect.withFiberRuntime<A, E>((parent, { runtimeFlags }) => {
      // Both are the call's own, never those of where the client was built: that can be another call, the first that asked a `LayerMap` for the key.
      const attemptLimit = Context.get(parent.currentContext, AttemptLimit)
      const left = nearest(Context.get(parent.currentContext, Deadline)) - clock.unsafeCurrentTimeMillis()
      const limit = left < attemptLimit ? ("operation" as const) : ("attempt" as const)
      const millis = Math.min(attemptLimit, left)
      const { wantsBody } = operation.output
      if (left <= 0) {
        return onFailure(operation.repeat === "unsafe" ? deadlinePassed : timedOut(limit, millis, Option.none()))
      }
      const isPropagated = span.traceId !== "noop" && parent.getFiberRef(HttpClient.currentTracerPropagation)
      const traced = isPropagated ? withTrace(request, span) : request
      const alarm = new Alarm(millis, clock)
      let answer = noAnswer
      const read = (response: HttpClientResponse): Effect.Effect<string, Failure | HttpClientError> => {
        const { headers, status } = response
        span.attribute("http.response.status_code", status)
        // A change of the protocol, which nobody asked for: what its connection will still say is no answer.
        if (status < 200) return Effect.fail(protocolChanged(status))
        const heard = isSuccess(status) ? undefined : new Gathered()
        answer = { status, headers, heard }
        return readAnswer(response, headers, { wantsBody, maxBytes: kernel.maxAnswerBytes, heard, alarm })
      }
      const settle = (text: string): Effect.Effect<A, E> => {
        const { headers, status } = answer
        if (!isSuccess(status)) {
          const blank = blankSecrets([key, ...secrets], spellings)
          const message = serverMessage(status, headers["content-type"], text, blank)
          return onFailure({
            _tag: "Answered",
            status,
            message,
            subject: operation.host === "gateway" && verdict.test(text) ? "principal" : "client",
            location:
              status >= 300 && status <= 399
                ? Option.map(Option.fromNullable(headers["location"]), (location) => blank(location).slice(0, 2048))
                : Option.none(),
            retryAfter:
              status === 429 || status >= 500
                ? retryAfter(headers["retry-after"], status === 429 ? message : "", clock.unsafeCurrentTimeMillis())
                : Option.none()
          })
        }
        const decoded = operation.output.decode(text)
        return Either.isRight(decoded)
          ? Effect.succeed(decoded.right)
          : onFailure({ _tag: "Unreadable", status, ...decoded.left })
      }
      const status = () => (answer === noAnswer ? Option.none() : Option.some(answer.status))
      return kernel.exchange(traced, read, {
        parent,
        runtimeFlags,
        restore,
        span,
        alarm,
        onSuccess: settle,
        onFailure: (error) => onFailure(isHttpClientError(error) ? clientFailure(error, status()) : error),
        // A status that is known decides; then only the words are missing.
        onTimeout: () =>
          answer === noAnswer || isInBody(answer.status, wantsBody)
            ? onFailure(timedOut(limit, millis, status()))
            : settle(answer.heard === undefined ? "" : wordsSoFar(answer.heard))
      })
    })
}
