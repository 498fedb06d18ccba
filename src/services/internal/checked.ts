/**
 * What a check of an input comes to.
 */
import * as Either from "effect/Either"
import type { InputIssue } from "../../errors/ClientError.js"

/** A value that may be sent, or everything that is wrong with it. */
export type Checked<A> = Either.Either<A, ReadonlyArray<InputIssue>>

/** The value where nothing was found. */
export const checked = <A>(value: A, issues: ReadonlyArray<InputIssue>): Checked<A> =>
  issues.length === 0 ? Either.right(value) : Either.left(issues)
