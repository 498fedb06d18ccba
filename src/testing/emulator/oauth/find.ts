/** Look-ups that most routes begin with, in the order in which the server makes them. */
import * as Effect from "effect/Effect"
import * as Order from "effect/Order"
import type { PlatformCall } from "../Call.js"
import * as Database from "../database.js"
import * as Failure from "../Failure.js"
import type { OAuthApp, OAuthClient } from "../World.js"
import { scoped } from "../World.js"

/** Refuses with 400 and the words of a rule that was broken. */
export const refuse = (violation: string | undefined): Effect.Effect<void, Failure.Failure> =>
  violation === undefined ? Effect.void : Failure.badRequest(violation)

export const app = (call: PlatformCall<unknown>, slug: string): Effect.Effect<OAuthApp, Failure.Failure> =>
  Effect.flatMap(Database.taken(slug), () => {
    const found = call.world.oauthApps.get(scoped(call.deployment.id, slug))
    return found === undefined ? Failure.notFound("OAuth app not found") : Effect.succeed(found)
  })

/** A client by its record id; it has to belong to the app of the path. */
export const client = (
  call: PlatformCall<{ readonly oauth_app_slug: string; readonly oauth_client_id: string }>
): Effect.Effect<OAuthClient, Failure.Failure> =>
  Effect.flatMap(app(call, call.params.oauth_app_slug), ({ id }) => {
    const found = call.world.oauthClients.get(call.params.oauth_client_id)
    return found === undefined || found.oauthAppId !== id
      ? Failure.notFound("OAuth client not found")
      : Effect.succeed(found)
  })

/** Latest first; ids grow with time and decide among equals. */
export const latestFirst = <A extends { readonly id: string }>(moment: (value: A) => bigint): Order.Order<A> =>
  Order.reverse(
    Order.combine(
      Order.mapInput(Order.bigint, moment),
      Order.mapInput(Order.bigint, ({ id }) => BigInt(id))
    )
  )
