/**
 * What the gateway remembers: a key for a minute, the rules of a scheme for an hour. Whatever happens to them
 * meanwhile is not noticed. What was not found is not remembered.
 */
import type * as Moment from "../Moment.js"
import type { ApiKey, RateLimitRule, World } from "../World.js"
import { scoped } from "../World.js"

const isFresh = (readAt: Moment.Moment, seconds: number, moment: Moment.Moment): boolean =>
  moment - readAt < BigInt(Math.round(seconds * 1e6))

/** The key with this clear text if it is neither revoked nor of an inactive or deleted app. */
export const readKey = (world: World, secret: string, moment: Moment.Moment): ApiKey | undefined => {
  const copy = world.cachedKeys.get(secret)
  if (copy !== undefined && isFresh(copy.readAt, world.environment.authzCacheSeconds, moment)) return copy.key
  const key = liveKey(world, secret)
  if (key !== undefined) world.cachedKeys.set(secret, { key, readAt: moment })
  return key
}

const liveKey = (world: World, secret: string): ApiKey | undefined => {
  const key = world.apiKeys.get(world.apiKeysBySecret.get(secret) ?? "")
  const app = key && world.apiAuthApps.get(scoped(key.deploymentId, key.appSlug))
  const isLive = key?.isActive === true && key.revokedAt === null && app?.isActive === true && app.deletedAt === null
  return isLive ? key : undefined
}

/** The rules of a scheme; without one, and with one that does not exist, the default. */
export const readRules = (
  world: World,
  deploymentId: string,
  slug: string | null,
  moment: Moment.Moment
): ReadonlyArray<RateLimitRule> => {
  if (slug === null) return world.environment.defaultRateLimits
  const name = scoped(deploymentId, slug)
  const copy = world.cachedRules.get(name)
  if (copy !== undefined && isFresh(copy.readAt, world.environment.rateLimitSchemeCacheSeconds, moment)) {
    return copy.rules
  }
  const scheme = world.rateLimitSchemes.get(name)
  if (scheme === undefined) return world.environment.defaultRateLimits
  world.cachedRules.set(name, { rules: scheme.rules, readAt: moment })
  return scheme.rules
}
