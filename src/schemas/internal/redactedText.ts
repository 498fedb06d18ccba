/**
 * Looking into a `Redacted` without a surprise.
 */
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"

const valueOf = Option.liftThrowable(Redacted.value)

/** The text that it holds; undefined where it holds something else, or was wiped, at which Effect throws. */
export const redactedText = (u: unknown): string | undefined => {
  const value: unknown = Redacted.isRedacted(u) ? Option.getOrUndefined(valueOf(u)) : undefined
  return typeof value === "string" ? value : undefined
}
