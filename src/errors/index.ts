/**
 * The errors, flat.
 *
 * @since 0.1.0
 */
export * from "./ApiError.js"
export * from "./ClientError.js"
export * from "./OutcomeUnknownError.js"
export * from "./ReconciliationError.js"
export * from "./WachtError.js"
