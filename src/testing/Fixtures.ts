/**
 * Every model and every error as a value for tests: typed, the same on every run, and replaceable field by field.
 *
 * ```ts
 * const Fresh = Layer.mock(ApiKeys.ApiKeys)({
 *   getApiAuthApp: () => Effect.fail(Fixtures.notFoundError()),
 *   createApiAuthApp: (input) => Effect.succeed(Fixtures.apiAuthApp({ appSlug: input.appSlug, name: input.name }))
 * })
 * ```
 *
 * @since 0.1.0
 */
export type { Fixture } from "./fixtures/make.js"

export * from "./fixtures/apiKeys.js"
export * from "./fixtures/audit.js"
export * from "./fixtures/authz.js"
export * from "./fixtures/errors.js"
export * from "./fixtures/oauth.js"
