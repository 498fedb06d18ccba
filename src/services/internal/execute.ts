/**
 * The kernel: one call of one operation.
 */
import type { HttpClientRequest } from "@effect/platform/HttpClientRequest"
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Exit from "effect/Exit"
import type * as Fiber from "effect/Fiber"
import * as FiberRef from "effect/FiberRef"
import type * as Tracer from "effect/Tracer"
import { type Failure, mayAct } from "../../errors/internal/failure.js"
import { memoize } from "../../schemas/internal/memoize.js"
import { RequestPolicy } from "../RequestPolicy.js"
import { Attempt, makeSend } from "./attempt.js"
import type { Kernel } from "./kernel.js"
import type { Restore } from "./exchange.js"
import { AcceptsRepeatAnswer } from "./limits.js"
import * as metrics from "./metrics.js"
import type { Input, Operation } from "./operation.js"
import { addBody, makePrepare } from "./prepare.js"
import { secretsIn } from "./requestBody.js"

/**
 * Runs one of the operations that the services are made of.
 *
 * @since 0.1.0
 * @category models
 */
export interface Execute {
  <Path extends string, Query, Body, A, E>(
    operation: Operation<Path, Query, Body, A, E>,
    input: Input<Path, Query, Body>
  ): Effect.Effect<A, E>
}

const noPolicy = RequestPolicy.defaultValue()

/** What a span tells of an operation. */
type Traced = Pick<Operation<string, never, never, unknown, unknown>, "host" | "method" | "name" | "path" | "service">

/** What a call runs in. An instance: literals on this path end up in the engine's old space, with all that they hold. */
class Frame {
  constructor(
    readonly clock: Clock.Clock,
    readonly fiber: Fiber.RuntimeFiber<unknown, unknown>,
    readonly restore: Restore,
    readonly span: Tracer.Span,
    readonly startedAt: number
  ) {}
}

/** Makes the function that runs operations. */
export const makeExecute = (kernel: Kernel): Execute => {
  const prepare = makePrepare(kernel)
  const send = makeSend(kernel)

  /** In an uninterruptible region; `restore` says where it may be interrupted. */
  const run = <Path extends string, Query, Body, A, E>(
    operation: Operation<Path, Query, Body, A, E>,
    input: Input<Path, Query, Body>,
    { clock, fiber, restore, span, startedAt }: Frame
  ): Effect.Effect<A, E> => {
    let sentAt = startedAt
    const { name, repeat } = operation
    /** Under the span, so that a printed cause says which operation failed, as it does below `Effect.withSpan`. */
    const fail = (failure: Failure): Effect.Effect<never, E> =>
      Effect.withParentSpan(
        Effect.fail(operation.toError({ operation: name, repeat, startedAt: sentAt }, failure)),
        span
      )
    let sent = 0
    /** Attempts that certainly did not act; one that a policy ended, or that is still on its way beside another, may have. */
    let inert = 0
    let failedBy: Readonly<Record<string, string>> = {}
    const onFailure = (failure: Failure): Effect.Effect<A, E> => {
      const words = sent - 1 > inert ? operation.repeatAnswer : undefined
      if (!mayAct(failure)) inert++
      failedBy = { "error.type": failure._tag === "Answered" ? String(failure.status) : failure._tag }
      const failed = fail(failure)
      // Any other 404, an app's that is gone or a proxy's, says nothing of what an earlier attempt did.
      if (failure._tag !== "Answered" || failure.status !== 404 || words?.test(failure.message) !== true) return failed
      const done = operation.output.decode("")
      return Effect.flatMap(AcceptsRepeatAnswer, (accepts) =>
        accepts && Either.isRight(done) ? Effect.succeed(done.right) : failed
      )
    }
    /** All attempts, as the policy in scope has it. */
    const attempts = (request: HttpClientRequest): Effect.Effect<A, E> => {
      // Read now: until a failure the caller may have changed its input, or wiped what was redacted.
      const attempt = new Attempt(request, clock, span, secretsIn(input), onFailure)
      const { currentContext } = fiber
      const isSet = currentContext.unsafeMap.has(RequestPolicy.key)
      const policy = isSet ? Context.get(currentContext, RequestPolicy) : kernel.policy
      if (policy === noPolicy) return send(operation, attempt, restore)
      const once = Effect.uninterruptibleMask((restore) => {
        sentAt = clock.unsafeCurrentTimeMillis()
        if (sent > 0) {
          span.attribute("http.request.resend_count", sent)
          span.event("retry", clock.unsafeCurrentTimeNanos(), failedBy)
        }
        // An attempt that a policy ends says nothing of itself.
        failedBy = {}
        sent++
        return send(operation, attempt, restore)
      })
      const info = {
        operation: operation.name,
        safety: operation.repeat === "metered" ? ("unsafe" as const) : operation.repeat,
        isDoneWhenNotFound: operation.repeatAnswer !== undefined
      }
      return Effect.mapError(restore(policy<A, E>(once, info)), (error) => operation.admit(error, sentAt))
    }
    const prepared = prepare(operation, input)
    return Effect.matchEffect(
      operation.body === undefined ? prepared : restore(addBody(prepared, operation.body, input.body)),
      { onFailure: (issues) => fail({ _tag: "Refused", issues }), onSuccess: attempts }
    )
  }

  /** Always the same for one operation, so made once. */
  const spanOf = memoize(({ host, method, name, path, service }: Traced) => {
    // A URL has brackets around an IPv6 address, and leaves out the usual port.
    const { hostname, port, protocol } = new URL(kernel.baseUrls[host])
    return Effect.makeSpan(`effect-wacht.${service}.${name}`, {
      kind: "client",
      captureStackTrace: false,
      attributes: {
        "http.request.method": method,
        "server.address": hostname.replace(/[[\]]/g, ""),
        "server.port": Number(port || (protocol === "http:" ? 80 : 443)),
        "url.template": path
      }
    })
  })

  return (operation, input) =>
    Effect.uninterruptibleMask((restore) =>
      Effect.flatMap(spanOf(operation), (span) =>
        Effect.withFiberRuntime((fiber) => {
          const clock = Context.get(fiber.currentDefaultServices, Clock.Clock)
          const startedAt = clock.unsafeCurrentTimeMillis()
          /** Ends what the call began; `Effect.useSpan` and `Effect.onExit` would do the same at twice the price. */
          const over = <A, E>(exit: Exit.Exit<A, E>): Exit.Exit<A, E> => {
            const isTimed = fiber.getFiberRef(FiberRef.currentTracerTimingEnabled)
            // Who keeps spans has no use for what a call gave, which may be large or secret.
            if (Exit.isFailure(exit)) span.attribute("error.type", metrics.errorName(exit))
            span.end(isTimed ? clock.unsafeCurrentTimeNanos() : BigInt(0), Exit.isSuccess(exit) ? Exit.void : exit)
            const tags = fiber.getFiberRef(FiberRef.currentMetricLabels)
            metrics.called(operation.name, clock.unsafeCurrentTimeMillis() - startedAt, exit, tags)
            return exit
          }
          const frame = new Frame(clock, fiber, restore, span, startedAt)
          // Suspended, so that the span ends also where an input throws when it is looked at.
          return Effect.matchCauseEffect(
            Effect.suspend(() => run(operation, input, frame)),
            {
              onFailure: (cause) => over(Exit.failCause(cause)),
              onSuccess: (value) => over(Exit.succeed(value))
            }
          )
        })
      )
    )
}
