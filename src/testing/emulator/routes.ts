/** Every route of both hosts; a domain adds its list here. */
import type { GatewayRoute, PlatformRoute } from "./Route.js"
import * as apps from "./apiauth/apps.js"
import * as keys from "./apiauth/keys.js"
import * as schemes from "./apiauth/schemes.js"

export const platformRoutes: ReadonlyArray<PlatformRoute> = [...apps.routes, ...keys.routes, ...schemes.routes]

export const gatewayRoutes: ReadonlyArray<GatewayRoute> = []
