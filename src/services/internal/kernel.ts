/**
 * What a kernel is made of, and how it looks up what is set in a call's scope.
 */
import * as Context from "effect/Context"
import type * as Fiber from "effect/Fiber"
import type * as Redacted from "effect/Redacted"
import type { Exchange } from "./exchange.js"
import type { Host } from "./operation.js"

/** What a kernel is made of. */
export interface Kernel {
  /** Over the user's HTTP client. */
  readonly exchange: Exchange
  readonly apiKey: Redacted.Redacted
  /** Without a slash at the end. */
  readonly baseUrls: Readonly<Record<Host, string>>
  readonly maxAnswerBytes: number
  /** Where the client was built: what a call's own scope does not set is looked up here. */
  readonly buildContext: Context.Context<never>
}

/** What is set in the scope of a call, or where the client was built. */
export const setting = <Id, Value>(
  fiber: Fiber.RuntimeFiber<unknown, unknown>,
  kernel: Kernel,
  reference: Context.Reference<Id, Value>
): Value =>
  Context.get(fiber.currentContext.unsafeMap.has(reference.key) ? fiber.currentContext : kernel.buildContext, reference)
