/**
 * All services in one layer.
 *
 * @since 0.1.0
 */
import type * as HttpClient from "@effect/platform/HttpClient"
import type * as ConfigError from "effect/ConfigError"
import * as Layer from "effect/Layer"
import * as ApiKeys from "./ApiKeys.js"
import * as Gateway from "./Gateway.js"
import * as OAuth from "./OAuth.js"
import * as WachtClient from "./WachtClient.js"

/**
 * What the layers of this module provide.
 *
 * @since 0.1.0
 * @category models
 */
export type Services = ApiKeys.ApiKeys | OAuth.OAuth | Gateway.Gateway | WachtClient.WachtClient

// Fresh, for a layer is built once by its identity: of two clients that are built together, the second would get the services of the first.
const services = Layer.fresh(Layer.mergeAll(ApiKeys.layer, OAuth.layer, Gateway.layer))

/**
 * Provides every service over any `HttpClient`; all of them share one client, and several such layers, one for each key, share none.
 *
 * @since 0.1.0
 * @category layers
 */
export const layer = (
  options: WachtClient.Options
): Layer.Layer<Services, ConfigError.ConfigError, HttpClient.HttpClient> =>
  Layer.provideMerge(services, WachtClient.layer(options))

/**
 * The same from `Config`: `WACHT_API_KEY` (or `WACHT_BACKEND_API_KEY`), `WACHT_API_URL`, `WACHT_GATEWAY_URL`. The error names what is missing.
 *
 * @since 0.1.0
 * @category layers
 */
export const layerConfig = (
  options?: Pick<WachtClient.Options, "transformClient" | "maxAnswerBytes">
): Layer.Layer<Services, ConfigError.ConfigError, HttpClient.HttpClient> =>
  Layer.provideMerge(services, WachtClient.layerConfig(options))
