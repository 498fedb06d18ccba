/** Every route of both hosts; a domain adds its list here. */
import type { GatewayRoute, PlatformRoute } from "./Route.js"
import * as apps from "./apiauth/apps.js"
import * as keys from "./apiauth/keys.js"
import * as schemes from "./apiauth/schemes.js"
import * as audit from "./audit/routes.js"
import * as check from "./gateway/check.js"
import * as oauth from "./oauth/routes.js"

export const platformRoutes: ReadonlyArray<PlatformRoute> = [
  ...apps.routes,
  ...keys.routes,
  ...schemes.routes,
  ...audit.routes,
  ...oauth.routes
]

export const gatewayRoutes: ReadonlyArray<GatewayRoute> = check.routes
