/**
 * A trail that is hard to read: thousands of rows in one microsecond, ids that do not follow the time, all in the last days.
 */
import type { Emulator } from "../../src/testing/index.js"

export const appSlug = "shop"
const deploymentId = "200000000000000001"
export const credential = `sk_emulator_${"0".repeat(43)}`
export const secret = `sk_${"0".repeat(43)}`

const keyId = "300000000000000011"
const firstId = 100_000_000
const day = 86_400_000
const at = { created_at: "2026-01-01T00:00:00Z" }
// What has no limit of its own counts a thousand calls a minute: the proof's two keys are given more.
const wide = [{ unit: "second", duration: 1, max_requests: 1_000_000_000 }] as const

export const world: Emulator.WorldFile = {
  deployments: [{ id: deploymentId }],
  actors: { owner: { credential, key_id: "200000000000000002", deployment_id: deploymentId, rate_limits: wide } },
  rate_limit_schemes: [
    { id: "300000000000000001", deployment_id: deploymentId, slug: "wide", name: "Wide", rules: wide, ...at }
  ],
  api_auth_apps: [
    {
      deployment_id: deploymentId,
      app_slug: appSlug,
      name: "Shop",
      key_prefix: "sk",
      rate_limit_scheme_slug: "wide",
      ...at
    }
  ],
  api_keys: [
    {
      id: keyId,
      deployment_id: deploymentId,
      app_slug: appSlug,
      name: "first",
      key_prefix: "sk",
      secret,
      rate_limit_scheme_slug: "wide",
      ...at
    }
  ]
}

/** Groups that share a microsecond: mostly some tens of rows, now and then more than two pages. */
const tie = (group: number): number => (group % 997 === 0 ? 2_500 : 1 + ((group * 31) % 40))

const timestamp = (micros: number): string => {
  const millis = Math.floor(micros / 1000)
  return `${new Date(millis).toISOString().slice(0, -1)}${String(micros % 1000).padStart(3, "0")}Z`
}

/** `count` rows of the five days before a moment. */
export const makeRows = (count: number, before: number) => {
  const step = Math.max(1, Math.floor((5 * day * 1000) / Math.max(1, Math.ceil(count / 20))))
  const rows = []
  let micros = (before - 3_600_000) * 1000
  for (let group = 0; rows.length < count; group++) {
    const text = timestamp(micros)
    for (let left = Math.min(tie(group), count - rows.length); left > 0; left--) {
      const n: number = rows.length
      rows.push({
        request_id: `req_${firstId + n}`,
        deployment_id: deploymentId,
        app_slug: appSlug,
        key_id: keyId,
        key_name: "first",
        outcome: n % 9 === 0 ? "BLOCKED" : "VALID",
        blocked_by_rule: n % 9 === 0 ? "120/60s" : null,
        client_ip: `10.0.${(n >> 8) & 255}.${n & 255}`,
        path: `GET /v1/items/${n % 5000}`,
        user_agent: "curl/8.5.0",
        rate_limits: [{ rule: "120/60s", remaining: n % 120, limit: 120 }],
        latency_us: 1000,
        timestamp: text
      })
    }
    // Neighbours are often one microsecond apart, and seldom far.
    micros -= group % 3 === 0 ? step : 1
  }
  return rows
}

/** Which row of `makeRows` an id belongs to; none of them for rows that arrived later. */
export const numberOf = (requestId: string, count: number): number | undefined => {
  const number = Number(requestId.slice(4)) - firstId
  return number >= 0 && number < count ? number : undefined
}
