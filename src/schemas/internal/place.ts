/**
 * The order of an audit trail, apart from the schema: it is asked once per row.
 */
import * as Order from "effect/Order"
import type { Timestamp } from "../Timestamp.js"
import { compareText } from "./rfc3339.js"

/**
 * What tells a row's place: every row is one.
 *
 * @since 0.1.0
 * @category models
 */
export interface Place {
  readonly timestamp: Timestamp
  readonly requestId: string
}

/** Oldest first: by moment, then by request id as text. */
export const comparePlaces = (a: Place, b: Place): -1 | 0 | 1 =>
  compareText(a.timestamp.text, b.timestamp.text) || Order.string(a.requestId, b.requestId)
