/** The 18 routes under `/oauth`, in the order in which `allow` names their methods. */
import type { PlatformRoute } from "../Route.js"
import * as Apps from "./apps.js"
import * as Clients from "./clients.js"
import * as Grants from "./grants.js"
import * as Scopes from "./scopeRoutes.js"
import * as SigningKeys from "./signingKeys.js"

export const routes: ReadonlyArray<PlatformRoute> = [
  ...Apps.routes,
  ...Scopes.routes,
  ...Clients.routes,
  ...Grants.routes,
  ...SigningKeys.routes
]
