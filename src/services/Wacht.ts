/**
 * All services in one layer.
 *
 * @since 0.1.0
 */
import type * as HttpClient from "@effect/platform/HttpClient"
import type * as ConfigError from "effect/ConfigError"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
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

// One layer rather than a graph of four: a program can have thousands of clients, and a graph keeps three times as much for each, 52 KiB.
const withServices = <E, R>(client: Layer.Layer<WachtClient.WachtClient, E, R>): Layer.Layer<Services, E, R> =>
  Layer.flatMap(client, (context) =>
    Layer.effectContext(
      Effect.map(
        Effect.provide(Effect.all([ApiKeys.make, OAuth.make, Gateway.make]), context),
        ([apiKeys, oauth, gateway]) =>
          context.pipe(
            Context.add(ApiKeys.ApiKeys, apiKeys),
            Context.add(OAuth.OAuth, oauth),
            Context.add(Gateway.Gateway, gateway)
          )
      )
    )
  )

/**
 * Provides every service over any `HttpClient`; all of them share one client, and several such layers, one for each key, share none.
 *
 * @since 0.1.0
 * @category layers
 */
export const layer = (
  options: WachtClient.Options
): Layer.Layer<Services, ConfigError.ConfigError, HttpClient.HttpClient> => withServices(WachtClient.layer(options))

/**
 * The same from `Config`: `WACHT_API_KEY` (or `WACHT_BACKEND_API_KEY`), `WACHT_API_URL`, `WACHT_GATEWAY_URL`. The error names what is missing.
 *
 * @since 0.1.0
 * @category layers
 */
export const layerConfig = (
  options?: Pick<WachtClient.Options, "transformClient" | "maxAnswerBytes">
): Layer.Layer<Services, ConfigError.ConfigError, HttpClient.HttpClient> =>
  withServices(WachtClient.layerConfig(options))
