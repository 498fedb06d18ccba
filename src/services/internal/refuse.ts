/**
 * Inputs of what is derived from operations, refused in the words of `EncodeError`.
 */
import { EncodeError, type InputIssue } from "../../errors/ClientError.js"

/** Nothing was sent: `field` of `name` is none of what is allowed. */
export const refuse = (name: string, field: string, allowed: string, rule: InputIssue["rule"] = "rule"): EncodeError =>
  new EncodeError({ operation: name, issues: [{ field, rule, allowed }] })
