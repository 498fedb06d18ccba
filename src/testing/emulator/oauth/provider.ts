/**
 * The host name provider of production deployments.
 *
 * It knows a name from its registration on, which nothing undoes: where the app that it was registered for did not
 * come about, the name is taken for good. A name that an app has is left to the app's own uniqueness.
 */
import * as Effect from "effect/Effect"
import * as Failure from "../Failure.js"
import type { World } from "../World.js"

const failure = (text: string): Effect.Effect<never, Failure.Failure> =>
  Failure.fail(502, `Cloudflare API errors: ${text}`)

/** Whether some app has this host name. */
export const isUsed = (world: World, hostname: string): boolean => {
  for (const app of world.oauthApps.values()) if (app.fqdn === hostname) return true
  return false
}

export const register = (world: World, hostname: string): Effect.Effect<void, Failure.Failure> => {
  const domain = world.domains.get(hostname)
  if (domain?.state === "failing") return failure(domain.providerError ?? "")
  if (domain?.state === "pending" && !isUsed(world, hostname)) return failure("1406: Duplicate custom hostname found.")
  if (domain !== undefined) return Effect.void
  return Effect.sync(() => void world.domains.set(hostname, { hostname, state: "pending", providerError: null }))
}

/** Whether the name is served. Generated names are never registered, so they never are. */
export const isVerified = (world: World, hostname: string): Effect.Effect<boolean, Failure.Failure> => {
  const domain = world.domains.get(hostname)
  return domain?.state === "failing" ? failure(domain.providerError ?? "") : Effect.succeed(domain?.state === "active")
}
