/**
 * The kernel: one call of one operation.
 */
import * as HttpBody from "@effect/platform/HttpBody"
import type * as Headers from "@effect/platform/Headers"
import * as HttpClient from "@effect/platform/HttpClient"
import * as HttpClientRequest from "@effect/platform/HttpClientRequest"
import type * as HttpClientResponse from "@effect/platform/HttpClientResponse"
import * as HttpTraceContext from "@effect/platform/HttpTraceContext"
import type * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import type * as Fiber from "effect/Fiber"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import type * as Tracer from "effect/Tracer"
import type { InputIssue } from "../../errors/ClientError.js"
import { blankSecrets } from "../../errors/internal/blank.js"
import { type Call, type Failure, mayAct } from "../../errors/internal/failure.js"
import { retryAfter } from "../../errors/internal/retryAfter.js"
import { serverMessage } from "../../errors/internal/serverMessage.js"
import { RequestPolicy } from "../RequestPolicy.js"
import { abandon, type Answer, isSuccess, readAnswer, requestFailure } from "./answer.js"
import { withLimit } from "./limit.js"
import { AcceptsRepeatAnswer, AttemptLimit, Deadline } from "./limits.js"
import type { Host, Input, Method, Operation } from "./operation.js"
import * as metrics from "./metrics.js"
import { fillPath } from "./path.js"
import { queryString } from "./query.js"
import { secretsIn } from "./requestBody.js"
import { version } from "./version.js"

/** What a kernel is made of. */
export interface Kernel {
  /** Traced by nobody, following no redirect. */
  readonly client: HttpClient.HttpClient
  readonly apiKey: Redacted.Redacted
  /** Without a slash at the end. */
  readonly baseUrls: Readonly<Record<Host, string>>
  readonly maxAnswerBytes: number
  /** Where the client was built: what a call's own scope does not set is looked up here. */
  readonly buildContext: Context.Context<never>
}

/** Runs an operation. */
export interface Execute {
  <Path extends string, Query, Body, A, E>(
    operation: Operation<Path, Query, Body, A, E>,
    input: Input<Path, Query, Body>
  ): Effect.Effect<A, E>
}

const setting = <Id, Value>(
  fiber: Fiber.RuntimeFiber<unknown, unknown>,
  kernel: Kernel,
  reference: Context.Reference<Id, Value>
): Value =>
  Context.get(fiber.currentContext.unsafeMap.has(reference.key) ? fiber.currentContext : kernel.buildContext, reference)

interface Prepared {
  readonly url: string
  readonly body: HttpBody.HttpBody
}

/** What is known of an answer while its body is still coming. */
interface Seen {
  answer: Answer | undefined
}

const visible = /^[\x21-\x7e]+$/

/** A parent's ids may come from anywhere; what is no legal header value would be a defect deep in some clients. */
const traceHeaders = (span: Tracer.Span): Headers.Headers | undefined => {
  const headers = HttpTraceContext.toHeaders(span)
  // The longer of the two forms holds every id.
  return visible.test(headers["b3"] ?? "") ? headers : undefined
}

const isNotFound = (failure: Failure): boolean => failure._tag === "Answered" && failure.status === 404

const noPolicy = RequestPolicy.defaultValue()

const safetyOf = { safe: "safe", idempotent: "idempotent", unsafe: "unsafe", metered: "unsafe" } as const

/** Makes the function that runs operations. */
export const makeExecute = (kernel: Kernel): Execute => {
  const key = Redacted.value(kernel.apiKey)
  const common = {
    accept: "application/json",
    "accept-encoding": "identity",
    "user-agent": `effect-wacht/${version}`
  }
  const headers: Readonly<Record<Host, Readonly<Record<string, string>>>> = {
    platform: { ...common, authorization: `Bearer ${key}` },
    // The credential that the gateway judges stands in the body; it takes no other.
    gateway: common
  }
  const addresses: Readonly<Record<Host, string>> = {
    platform: new URL(kernel.baseUrls.platform).hostname,
    gateway: new URL(kernel.baseUrls.gateway).hostname
  }

  const prepare = <Path extends string, Query, Body, A, E>(
    operation: Operation<Path, Query, Body, A, E>,
    input: Input<Path, Query, Body>
  ): Effect.Effect<Prepared, ReadonlyArray<InputIssue>> => {
    const path = fillPath(operation.path, input.path ?? {}, operation.ids)
    const query =
      operation.query === undefined || input.query === undefined
        ? Either.right({})
        : operation.query.encode(input.query)
    const issues = [...(Either.isLeft(path) ? path.left : []), ...(Either.isLeft(query) ? query.left : [])]
    const url = () =>
      kernel.baseUrls[operation.host] +
      Either.getOrElse(path, () => "") +
      queryString(Either.getOrElse(query, () => ({})))
    if (operation.body === undefined || input.body === undefined) {
      return issues.length === 0 ? Effect.succeed({ url: url(), body: HttpBody.empty }) : Effect.fail(issues)
    }
    return Effect.matchEffect(operation.body.encode(input.body), {
      onFailure: (more) => Effect.fail([...issues, ...more]),
      onSuccess: (body) => (issues.length === 0 ? Effect.succeed({ url: url(), body }) : Effect.fail(issues))
    })
  }

  /** By host and method, with all headers that are the same for every request. */
  const templates = new Map<string, HttpClientRequest.HttpClientRequest>()
  const template = (host: Host, method: Method): HttpClientRequest.HttpClientRequest => {
    const name = `${method} ${host}`
    const known = templates.get(name)
    if (known !== undefined) return known
    const made = HttpClientRequest.make(method)("", { headers: headers[host] })
    templates.set(name, made)
    return made
  }

  const request = <Path extends string, Query, Body, A, E>(
    operation: Operation<Path, Query, Body, A, E>,
    { body, url }: Prepared,
    propagated: Headers.Headers | undefined
  ): HttpClientRequest.HttpClientRequest => {
    const plain = HttpClientRequest.setUrl(template(operation.host, operation.method), url)
    const traced = propagated === undefined ? plain : HttpClientRequest.setHeaders(plain, propagated)
    return body._tag === "Empty" ? traced : HttpClientRequest.setBody(traced, body)
  }

  let blankKey: ((text: string) => string) | undefined

  const answered = (answer: Answer, now: number, secrets: ReadonlyArray<string>): Failure => {
    const blank = secrets.length === 0 ? (blankKey ??= blankSecrets([key])) : blankSecrets([key, ...secrets])
    const message = serverMessage(answer.status, answer.headers["content-type"], answer.text, blank)
    return {
      _tag: "Answered",
      status: answer.status,
      message,
      location:
        answer.status >= 300 && answer.status <= 399
          ? Option.map(Option.fromNullable(answer.headers["location"]), (location) => blank(location).slice(0, 2048))
          : Option.none(),
      retryAfter:
        answer.status === 429 || answer.status >= 500
          ? retryAfter(answer.headers["retry-after"], answer.status === 429 ? message : "", now)
          : Option.none()
    }
  }

  /** One attempt, within its limits; fails with plain facts. */
  const attempt = <Path extends string, Query, Body, A, E>(
    operation: Operation<Path, Query, Body, A, E>,
    prepared: Prepared,
    clock: Clock.Clock,
    span: Tracer.Span,
    secrets: () => ReadonlyArray<string>
  ): Effect.Effect<A, Failure> =>
    Effect.withFiberRuntime((fiber) => {
      const attemptLimit = setting(fiber, kernel, AttemptLimit)
      const left = setting(fiber, kernel, Deadline) - clock.unsafeCurrentTimeMillis()
      const limit = left < attemptLimit ? ("operation" as const) : ("attempt" as const)
      const millis = Math.min(attemptLimit, left)
      const timedOut = (status: Option.Option<number>): Failure => ({
        _tag: "TimedOut",
        limit,
        duration: Duration.millis(Math.max(millis, 0)),
        status
      })
      if (left <= 0) {
        return Effect.fail(
          operation.repeat === "unsafe"
            ? {
                _tag: "NotSent",
                message: "the deadline had passed; nothing was sent",
                code: Option.none(),
                mayRepeat: false
              }
            : timedOut(Option.none())
        )
      }
      const isPropagated = span.traceId !== "noop" && fiber.getFiberRef(HttpClient.currentTracerPropagation)
      const propagated = isPropagated ? traceHeaders(span) : undefined
      const seen: Seen = { answer: undefined }
      let isReading = false
      const read = (response: HttpClientResponse.HttpClientResponse) => {
        const { headers, status } = response
        span.attribute("http.response.status_code", status)
        seen.answer = { status, headers, text: "" }
        return Effect.suspend(() => {
          isReading = true
          return readAnswer(response, headers, {
            wantsBody: operation.output.wantsBody,
            maxBytes: kernel.maxAnswerBytes
          })
        })
      }
      const exchange = Effect.uninterruptibleMask((restore) =>
        Effect.matchEffect(restore(kernel.client.execute(request(operation, prepared, propagated))), {
          onFailure: (error) => Effect.fail(requestFailure(error)),
          // Interrupted while it is read, a response ends its connection itself.
          onSuccess: (response) =>
            Effect.onInterrupt(restore(read(response)), () => (isReading ? Effect.void : abandon(response)))
        })
      )
      const onTimeout = (): Effect.Effect<Answer, Failure> => {
        const { answer } = seen
        if (answer === undefined) return Effect.fail(timedOut(Option.none()))
        // The status is known, and it decides; only the words are missing.
        return isSuccess(answer.status) && operation.output.wantsBody
          ? Effect.fail(timedOut(Option.some(answer.status)))
          : Effect.succeed(answer)
      }
      return Effect.flatMap(withLimit(exchange, millis, clock, onTimeout), (answer): Effect.Effect<A, Failure> => {
        if (!isSuccess(answer.status)) {
          return Effect.fail(answered(answer, clock.unsafeCurrentTimeMillis(), secrets()))
        }
        return Either.match(operation.output.decode(answer.text), {
          onLeft: (issue) => Effect.fail<Failure>({ _tag: "Unreadable", status: answer.status, ...issue }),
          onRight: Effect.succeed
        })
      })
    })

  /** All attempts of one call, as the policy in scope has it. */
  const attempts = <Path extends string, Query, Body, A, E>(
    operation: Operation<Path, Query, Body, A, E>,
    prepared: Prepared,
    call: Call,
    clock: Clock.Clock,
    span: Tracer.Span,
    secrets: () => ReadonlyArray<string>
  ): Effect.Effect<A, E> => {
    let mayHaveActed = false
    const once = Effect.catchAll(attempt(operation, prepared, clock, span, secrets), (failure) =>
      Effect.withFiberRuntime<A, E>((fiber) => {
        const isRepeated = mayHaveActed && isNotFound(failure)
        if (isRepeated && operation.repeatAnswer && setting(fiber, kernel, AcceptsRepeatAnswer)) {
          const done = operation.output.decode("")
          if (Either.isRight(done)) return Effect.succeed(done.right)
        }
        mayHaveActed = mayHaveActed || mayAct(failure)
        return Effect.fail(operation.toError(call, failure))
      })
    )
    return Effect.withFiberRuntime((fiber) => {
      const policy = setting(fiber, kernel, RequestPolicy)
      if (policy === noPolicy) return once
      const info = {
        operation: operation.name,
        safety: safetyOf[operation.repeat],
        isDoneWhenNotFound: operation.repeatAnswer
      }
      return Effect.mapError(policy<A, E>(once, info), (error) => operation.admit(error, call.startedAt))
    })
  }

  return (operation, input) =>
    Effect.clockWith((clock) => {
      const call: Call = {
        operation: operation.name,
        repeat: operation.repeat,
        subject: operation.host === "gateway" ? "principal" : "client",
        startedAt: clock.unsafeCurrentTimeMillis()
      }
      const secrets = () => secretsIn(input)
      const options = {
        kind: "client",
        captureStackTrace: false,
        attributes: {
          "http.request.method": operation.method,
          "server.address": addresses[operation.host],
          "url.template": operation.path
        }
      } as const
      const called = Effect.useSpan(`effect-wacht.${operation.service}.${operation.name}`, options, (span) =>
        Effect.matchEffect(prepare(operation, input), {
          onFailure: (issues) => Effect.fail(operation.toError(call, { _tag: "Refused", issues })),
          onSuccess: (prepared) => attempts(operation, prepared, call, clock, span, secrets)
        })
      )
      return Effect.onExit(called, (exit) =>
        Effect.sync(() => metrics.called(operation.name, clock.unsafeCurrentTimeMillis() - call.startedAt, exit))
      )
    })
}
