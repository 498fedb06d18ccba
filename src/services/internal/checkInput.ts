/**
 * The check of an input that is sent later, before anything is looked at or waited for.
 */
import * as Either from "effect/Either"
import type * as Schema from "effect/Schema"
import type { EncodeError } from "../../errors/ClientError.js"
import { refusedInput } from "../../errors/internal/failure.js"
import { encodeInput } from "./requestBody.js"

/** The input, if the operation will take it. */
export const checkInput = <A, I>(
  operation: string,
  schema: Schema.Schema<A, I>,
  input: A
): Either.Either<A, EncodeError> =>
  Either.mapBoth(encodeInput(schema)(input), {
    onLeft: (issues) => refusedInput(operation, issues),
    onRight: () => input
  })
