/**
 * The check of what goes into a path, for what would wait before its first request.
 */
import * as Either from "effect/Either"
import type { EncodeError } from "../../errors/ClientError.js"
import { refusedInput } from "../../errors/internal/failure.js"
import { fillPath } from "./path.js"

/** Refuses what the operation would refuse. */
export const checkPath = (
  operation: string,
  values: Readonly<Record<string, string>>,
  ids: ReadonlyArray<string> = []
): Either.Either<unknown, EncodeError> =>
  Either.mapLeft(
    fillPath(
      Object.keys(values)
        .map((name) => `/{${name}}`)
        .join(""),
      values,
      ids
    ),
    (issues) => refusedInput(operation, issues)
  )
