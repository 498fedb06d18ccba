/**
 * What our errors are made of.
 */
import * as Cause from "effect/Cause"
import * as Data from "effect/Data"
import { NodeInspectSymbol } from "effect/Inspectable"

/**
 * Effect's own, but for how an error is shown that failed under a span, as every call's does: Effect wraps it in a proxy that, when shown, gives
 * the proxy again, and what prints a failed assertion would go on for ever.
 */
export const TaggedError: typeof Data.TaggedError = (tag) => {
  const Base = Data.TaggedError(tag)
  const show: unknown = Base.prototype[NodeInspectSymbol]
  Object.defineProperty(Base.prototype, NodeInspectSymbol, {
    value(this: object) {
      // On Bun it is text, with the span.
      const shown: unknown = typeof show === "function" ? show.call(this) : this
      return shown === this ? Cause.originalError(this) : shown
    }
  })
  return Base
}
