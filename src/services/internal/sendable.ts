/**
 * What cannot be sent, as issues of an input, in the caller's own spelling.
 */
import { snakeToCamel } from "effect/String"
import type { InputIssue } from "../../errors/ClientError.js"
import { asWritten } from "../../schemas/internal/issues.js"
import { findUnsendable } from "../../schemas/internal/sendable.js"

/** Where the keys below are the caller's own. */
const free = ["metadata", "jwks"]

/** In the spelling of the caller, whose keys the schemas have renamed. */
const renamed = (path: ReadonlyArray<string | number>): ReadonlyArray<string | number> => {
  const own = path.findIndex((key) => free.includes(String(key)))
  return path.map((key, index) => (typeof key === "string" && (own < 0 || index < own) ? snakeToCamel(key) : key))
}

/**
 * All in an input that cannot be sent. What a schema encoded may hold a form's bytes, and its names are given as the caller wrote them.
 */
export const unsendable = (input: unknown, isEncoded = false): ReadonlyArray<InputIssue> =>
  findUnsendable(input, isEncoded).map(({ message, path }) => ({
    field: asWritten(isEncoded ? renamed(path) : path),
    rule: "rule",
    allowed: message
  }))
