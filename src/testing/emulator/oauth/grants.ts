/** What users granted to a client. Grants are made by consent, so this API only lists and revokes them. */
import * as Effect from "effect/Effect"
import * as Answer from "../Answer.js"
import * as Route from "../Route.js"
import * as Find from "./find.js"
import * as Show from "./show.js"

const base = "/oauth/apps/{oauth_app_slug}/clients/{oauth_client_id}/grants"

export const routes: ReadonlyArray<Route.PlatformRoute> = [
  Route.platform("listOAuthGrants", "GET", base, (call) =>
    Effect.map(Find.client(call), ({ id }) => {
      const ids = call.world.oauthGrantsOfClient.get(id) ?? []
      const grants = ids.flatMap((grantId) => call.world.oauthGrants.get(grantId) ?? [])
      return Answer.json({ grants: grants.sort(Find.latestFirst(({ createdAt }) => createdAt)).map(Show.grant) })
    })
  ),

  // succeeds for grants that are unknown, revoked or of another client, and leaves those as they are
  Route.platform("revokeOAuthGrant", "POST", `${base}/{grant_id}/revoke`, (call) =>
    Effect.map(Find.client(call), ({ id }) => {
      const grant = call.world.oauthGrants.get(call.params.grant_id)
      if (grant !== undefined && grant.oauthClientId === id && grant.status === "active") {
        const revoked = { ...grant, status: "revoked", revokedAt: call.moment, updatedAt: call.moment } as const
        call.world.oauthGrants.set(grant.id, revoked)
      }
      return Answer.emptyObject
    })
  )
]
