/**
 * Telling moments apart in time.
 */
import { Timestamp } from "../../schemas/Timestamp.js"

/** Whether `a` comes before `b` in time, where there are both. */
export const isBefore = (a: Timestamp | undefined, b: Timestamp | undefined): boolean =>
  a !== undefined && b !== undefined && Timestamp.Order(a, b) < 0
