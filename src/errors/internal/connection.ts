/**
 * What a failed connection says about the request: did it certainly never leave?
 */
import * as Option from "effect/Option"
import * as Predicate from "effect/Predicate"

/** The name was not found, nobody listened, no route, or no connection in time: nothing was written. */
const notSentCodes: ReadonlySet<string> = new Set([
  "ECONNREFUSED",
  "ENOTFOUND",
  "EAI_AGAIN",
  "EHOSTUNREACH",
  "ENETUNREACH",
  "UND_ERR_CONNECT_TIMEOUT"
])

/** The other side's certificate was refused before the request was written. */
const certificateCode =
  /^(?:CERT_|ERR_TLS_CERT_|UNABLE_TO_(?:GET|VERIFY|DECRYPT|DECODE)_|DEPTH_ZERO_SELF_SIGNED_CERT$|SELF_SIGNED_CERT_IN_CHAIN$|HOSTNAME_MISMATCH$|INVALID_(?:CA|PURPOSE)$|CRL_)/

/** A code is looked at, never quoted at length. */
const codeForm = /^[A-Z][A-Z0-9_]{2,63}$/

const longestChain = 32

/** All codes in a chain of causes, `errors` of an aggregate included, nearest first. */
const codesOf = (error: unknown): ReadonlyArray<string> => {
  const codes: Array<string> = []
  const seen = new Set<unknown>()
  let layer: ReadonlyArray<unknown> = [error]
  for (let depth = 0; depth < longestChain && layer.length > 0; depth++) {
    const next: Array<unknown> = []
    for (const current of layer) {
      if (!Predicate.isObject(current) || seen.has(current)) continue
      seen.add(current)
      if (Predicate.hasProperty(current, "code") && typeof current.code === "string" && codeForm.test(current.code)) {
        codes.push(current.code)
      }
      if (Predicate.hasProperty(current, "cause")) next.push(current.cause)
      if (Predicate.hasProperty(current, "errors") && Array.isArray(current.errors)) next.push(...current.errors)
    }
    layer = next
  }
  return codes
}

/** Whether the request certainly never left, and the code that says most. */
export const connectionFailure = (
  error: unknown
): { readonly isNotSent: boolean; readonly code: Option.Option<string> } => {
  const codes = codesOf(error)
  const notSent = codes.find((code) => notSentCodes.has(code) || certificateCode.test(code))
  return {
    isNotSent: notSent !== undefined,
    code: Option.fromNullable(notSent ?? codes[0])
  }
}
