/**
 * Testing without an account: the API emulated in process or as a server, or the network replaced by rules.
 *
 * @since 0.1.0
 */

/**
 * The whole API, stateful, in this process or as a server.
 *
 * @since 0.1.0
 * @category modules
 */
export * as Emulator from "./Emulator.js"

/**
 * What an emulator can be told to let go wrong.
 *
 * @since 0.1.0
 * @category modules
 */
export * as Fault from "./Fault.js"

/**
 * Every model and every error as a value for tests.
 *
 * @since 0.1.0
 * @category modules
 */
export * as Fixtures from "./Fixtures.js"

/**
 * The network replaced by rules: values, statuses and lost connections.
 *
 * @since 0.1.0
 * @category modules
 */
export * as Rules from "./Rules.js"
