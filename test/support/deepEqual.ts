/**
 * Chai takes `Option.some` and `Option.none` for equal, since both can be iterated, and one `Redacted` for any other, since none has
 * members. Every test that compares deeply is taught better.
 */
import * as Equal from "effect/Equal"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import { chai } from "vitest"

const { eql } = chai.util

/** True or false where this decides, null where chai does. */
const compare = (left: unknown, right: unknown): boolean | null => {
  if (Option.isOption(left) && Option.isOption(right)) return left._tag === right._tag ? null : false
  if (Redacted.isRedacted(left) && Redacted.isRedacted(right)) return Equal.equals(left, right)
  return null
}

chai.config.deepEqual = (left, right) => eql(left, right, { comparator: compare })
