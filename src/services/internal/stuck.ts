/**
 * Pages from which there is no way on.
 */
import { PaginationError } from "../../errors/ClientError.js"

/** More is promised by a page of `operation`, but there is nothing from which to go on. */
export const stuck = (
  operation: string,
  message = "a page with too few new rows to go on says that there are more"
): PaginationError => new PaginationError({ operation, message })
