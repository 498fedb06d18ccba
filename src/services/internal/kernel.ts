/**
 * What a kernel is made of.
 */
import type * as Redacted from "effect/Redacted"
import type { CallPolicy } from "../RequestPolicy.js"
import type { Exchange } from "./exchange.js"
import type { Host } from "./operation.js"

/** Of the scope in which the client was built only the policy is kept: that scope can be a single request's, which asked a `LayerMap` for the key first. */
export interface Kernel {
  /** Over the user's HTTP client. */
  readonly exchange: Exchange
  readonly apiKey: Redacted.Redacted
  /** Without a slash at the end. */
  readonly baseUrls: Readonly<Record<Host, string>>
  readonly maxAnswerBytes: number
  /** For calls whose own scope sets none. */
  readonly policy: CallPolicy
}
