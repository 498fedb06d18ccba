/**
 * The kernel: one call of one operation.
 */
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Exit from "effect/Exit"
import * as FiberRef from "effect/FiberRef"
import type * as Tracer from "effect/Tracer"
import { type Call, type Failure, mayAct } from "../../errors/internal/failure.js"
import { RequestPolicy } from "../RequestPolicy.js"
import { type Attempt, makeSend } from "./attempt.js"
import { type Kernel, setting } from "./kernel.js"
import { AcceptsRepeatAnswer } from "./limits.js"
import * as metrics from "./metrics.js"
import type { Host, Input, Operation } from "./operation.js"
import { makePrepare } from "./prepare.js"
import { secretsIn } from "./requestBody.js"

/** Runs an operation. */
export interface Execute {
  <Path extends string, Query, Body, A, E>(
    operation: Operation<Path, Query, Body, A, E>,
    input: Input<Path, Query, Body>
  ): Effect.Effect<A, E>
}

const isNotFound = (failure: Failure): boolean => failure._tag === "Answered" && failure.status === 404

const noPolicy = RequestPolicy.defaultValue()

const safetyOf = { safe: "safe", idempotent: "idempotent", unsafe: "unsafe", metered: "unsafe" } as const

/** Makes the function that runs operations. */
export const makeExecute = (kernel: Kernel): Execute => {
  const prepare = makePrepare(kernel)
  const send = makeSend(kernel)
  const addresses: Readonly<Record<Host, string>> = {
    platform: new URL(kernel.baseUrls.platform).hostname,
    gateway: new URL(kernel.baseUrls.gateway).hostname
  }

  /** All attempts of one call, as the policy in scope has it. */
  const attempts = <Path extends string, Query, Body, A, E>(
    operation: Operation<Path, Query, Body, A, E>,
    call: Call,
    attempt: Attempt
  ): Effect.Effect<A, E> => {
    let mayHaveActed = false
    const once = Effect.catchAll(send(operation, attempt), (failure) =>
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
    Effect.withFiberRuntime((fiber) => {
      const clock = Context.get(fiber.currentDefaultServices, Clock.Clock)
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
      /** Ends what the call began; `Effect.useSpan` and `Effect.onExit` would do the same in twice the time. */
      const over = (span: Tracer.Span, exit: Exit.Exit<unknown, unknown>): void => {
        const isTimed = fiber.getFiberRef(FiberRef.currentTracerTimingEnabled)
        span.end(isTimed ? clock.unsafeCurrentTimeNanos() : BigInt(0), exit)
        metrics.called(operation.name, clock.unsafeCurrentTimeMillis() - call.startedAt, exit)
      }
      return Effect.uninterruptibleMask((restore) =>
        Effect.flatMap(Effect.makeSpan(`effect-wacht.${operation.service}.${operation.name}`, options), (span) => {
          const called = Effect.matchEffect(prepare(operation, input), {
            onFailure: (issues) => Effect.fail(operation.toError(call, { _tag: "Refused", issues })),
            onSuccess: (request) => attempts(operation, call, { request, clock, span, secrets })
          })
          return Effect.matchCauseEffect(restore(called), {
            onFailure: (cause) => {
              over(span, Exit.failCause(cause))
              return Effect.failCause(cause)
            },
            onSuccess: (value) => {
              over(span, Exit.succeed(value))
              return Effect.succeed(value)
            }
          })
        })
      )
    })
}
