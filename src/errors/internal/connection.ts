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
  /^(?:E(?:CONNREFUSED|NOTFOUND|AI_AGAIN|(?:HOST|NET)UNREACH)|UND_ERR_CONNECT_TIMEOUT|HOSTNAME_MISMATCH|INVALID_(?:CA|PURPOSE))$|^(?:CERT|CRL|ERR_TLS_CERT|UNABLE_TO)_|SELF_SIGNED_CERT/

/** On a connection that stood, the same codes say that it was lost: a route can go away after the request was heard. */
const established = /^(?:read|write|writev|shutdown|send\w*|recv\w*)$/

/** A code is looked at, never quoted at length. */
const codeForm = /^[A-Z][A-Z0-9_]{2,63}$/

/** A chain may have no end: each cause may be made as it is asked for. */
const mostCauses = 256

/** Whether the request certainly never left, and the code that says most: of all in the chain of causes, aggregates included, nearest first. */
export const connectionFailure = (
  error: unknown
): { readonly isNotSent: boolean; readonly code: Option.Option<string> } => {
  const codes: Array<string> = []
  let decisive: string | undefined
  const causes = new Set([error])
  // What is added on the way is visited in its turn.
  for (const each of causes) {
    if (!Predicate.isRecord(each)) continue
    try {
      const { cause, code, errors, syscall } = each
      if (typeof code === "string" && codeForm.test(code)) {
        codes.push(code)
        if (notSent.test(code) && !(typeof syscall === "string" && established.test(syscall))) decisive ??= code
      }
      for (const next of [cause, ...(Array.isArray(errors) ? errors.slice(0, mostCauses) : [errors])]) {
        if (causes.size < mostCauses) causes.add(next)
      }
    } catch {
      // One that cannot be looked at says nothing.
    }
  }
  return { isNotSent: decisive !== undefined, code: Option.fromNullable(decisive ?? codes[0]) }
}
