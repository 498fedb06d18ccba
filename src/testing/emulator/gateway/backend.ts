/** Judges backend keys: API keys of the console's deployment, with the rules of their own in place of a scheme. */
import type * as Moment from "../Moment.js"
import type { World } from "../World.js"
import type { Identity, Refusal } from "./Identity.js"

/** `undefined`: no backend key. */
export const identify = (world: World, value: string, moment: Moment.Moment): Identity | Refusal | undefined => {
  const key = world.backendKeys.get(value)
  if (key === undefined) return undefined
  if (key.state === "revoked") return "invalid-api-key"
  if (key.state === "expired" || (key.expiresAt !== null && key.expiresAt <= moment)) return "unauthorized"
  return {
    deploymentId: world.consoleDeploymentId,
    appSlug: key.backendAppSlug,
    keyId: key.keyId,
    keyName: key.keyName,
    auditKeyId: key.keyId,
    limitedId: key.keyId,
    ownerUserId: null,
    organizationId: null,
    workspaceId: null,
    organizationMembershipId: null,
    workspaceMembershipId: null,
    permissions: [],
    metadata: "{}",
    rules: key.rateLimits.length === 0 ? world.environment.defaultRateLimits : key.rateLimits,
    headers: {
      "x-wacht-key-id": key.keyId,
      "x-wacht-deployment-id": world.consoleDeploymentId,
      "x-wacht-app-slug": key.backendAppSlug,
      "x-wacht-key-name": key.keyName
    }
  }
}
