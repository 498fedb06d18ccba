/**
 * What a failed connection says about the request: did it certainly never leave?
 */
import * as Option from "effect/Option"
import * as Predicate from "effect/Predicate"

/**
 * Nothing was written: the name was not found, nobody listened, no route, or no connection in time; or the other side's certificate was
 * refused, which comes before.
 */
const notSent =
  /^(?:E(?:CONNREFUSED|NOTFOUND|AI_AGAIN|(?:HOST|NET)UNREACH)|UND_ERR_CONNECT_TIMEOUT|HOSTNAME_MISMATCH|PATH_LENGTH_EXCEEDED|INVALID_(?:CA|PURPOSE))$|^(?:CERT|CRL|ERR_TLS_CERT|ERROR_IN_C(?:ERT|RL)|UNABLE_TO)_|SELF_SIGNED_CERT/

/** On a connection that stood, the same codes say that it was lost: a route can go away after the request was heard. */
const established = /^(?:read|write|writev|shutdown|send\w*|recv\w*)$/

/** A code is looked at, never quoted at length. */
const codeForm = /^[A-Z][A-Z0-9_]{2,63}$/

/** A chain may have no end: each cause may be made as it is asked for. */
const mostCauses = 256

/** While a connection is made, nothing of the request is written, whatever goes wrong. */
const connecting = /^(?:connect|getaddrinfo)$/

const isBeforeSending = (code: string, syscall: unknown): boolean => {
  const step = typeof syscall === "string" ? syscall : ""
  return connecting.test(step) || (notSent.test(code) && !established.test(step))
}

/**
 * Whether the request certainly never left, and the code that says most. Of all causes, aggregates included, every one must say so: a client that
 * tries again by itself tells of the first try and of the last, and the first may have been heard.
 */
export const connectionFailure = (
  error: unknown
): { readonly isNotSent: boolean; readonly code: Option.Option<string> } => {
  let lost: string | undefined
  let unsent: string | undefined
  let isWhole = true
  const causes = new Set([error])
  // What is added on the way is visited in its turn.
  for (const each of causes) {
    if (!Predicate.isRecord(each)) continue
    try {
      const { cause, code, errors, syscall } = each
      const parts: ReadonlyArray<unknown> = Array.isArray(errors) ? errors : []
      // An aggregate's own code is that of one of its parts.
      if (typeof code === "string" && codeForm.test(code) && parts.length === 0) {
        if (isBeforeSending(code, syscall)) unsent ??= code
        else lost ??= code
      }
      for (const next of [cause, ...parts]) {
        if (causes.size < mostCauses) causes.add(next)
        else isWhole = false
      }
    } catch {
      // One that cannot be looked at could say anything.
      isWhole = false
    }
  }
  return {
    isNotSent: isWhole && unsent !== undefined && lost === undefined,
    code: Option.fromNullable(lost ?? unsent)
  }
}
