/**
 * Wacht's API authentication and OAuth as Effect services.
 *
 * @since 0.1.0
 */

/**
 * API-auth apps, keys, rate-limit schemes, audit.
 *
 * @since 0.1.0
 * @category modules
 */
export * as ApiKeys from "./services/ApiKeys.js"

/**
 * The classes of the errors, as types: a declaration of yours that holds one finds its name through here. Their values are in `effect-wacht/errors`.
 *
 * @since 0.1.0
 * @category modules
 */
export type * as Errors from "./errors/index.js"

/**
 * The gateway's authorization check.
 *
 * @since 0.1.0
 * @category modules
 */
export * as Gateway from "./services/Gateway.js"

/**
 * OAuth apps, scopes, clients, grants, signing keys.
 *
 * @since 0.1.0
 * @category modules
 */
export * as OAuth from "./services/OAuth.js"

/**
 * Time limits, repeats, budgets and pacing as combinators.
 *
 * @since 0.1.0
 * @category modules
 */
export * as Policy from "./services/Policy.js"

/**
 * One policy around every single call.
 *
 * @since 0.1.0
 * @category modules
 */
export * as RequestPolicy from "./services/RequestPolicy.js"

/**
 * All schemas.
 *
 * @since 0.1.0
 * @category modules
 */
export * as Schemas from "./schemas/index.js"

/**
 * All services in one layer.
 *
 * @since 0.1.0
 * @category modules
 */
export * as Wacht from "./services/Wacht.js"

/**
 * The client that the services share.
 *
 * @since 0.1.0
 * @category modules
 */
export * as WachtClient from "./services/WachtClient.js"

/**
 * The errors as a union, and groups of them.
 *
 * @since 0.1.0
 * @category modules
 */
export * as WachtError from "./errors/WachtError.js"
