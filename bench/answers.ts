// What the benchmark's server answers, in the shapes and sizes that were recorded from the platform.
const app = {
  deployment_id: "22227738391781623",
  user_id: "58775293875233015",
  organization_id: "58775453074235639",
  workspace_id: "58775489011032311",
  app_slug: "jane-personal",
  name: "Jane's keys",
  description: null,
  is_active: true,
  key_prefix: "acme_user",
  permissions: ["reports:read"],
  resources: [],
  rate_limits: [],
  created_at: "2026-06-13T08:00:00.500Z",
  updated_at: "2026-06-13T08:00:00.500Z",
  deleted_at: null
}

const key = (index: number) => ({
  id: String(76883605787287799n + BigInt(index)),
  deployment_id: "22227738391781623",
  app_slug: "partner-api",
  name: `ci-pipeline-${index}`,
  key_prefix: "acme_live",
  key_suffix: "HJEFee5g",
  permissions: ["reports:read", "reports:write"],
  metadata: { team: "data", tier: index % 3 },
  rate_limits: [
    { unit: "minute", duration: 1, max_requests: 120, mode: "per_key", priority: 0 },
    { unit: "calendar_day", duration: 1, max_requests: 50000, priority: 10 }
  ],
  rate_limit_scheme_slug: "standard",
  org_role_permissions: [],
  workspace_role_permissions: [],
  expires_at: "2026-12-31T23:59:59Z",
  last_used_at: "2026-06-18T04:11:07.930Z",
  is_active: true,
  created_at: "2026-06-15T09:30:00.148337Z",
  updated_at: "2026-06-15T09:30:00.148337Z",
  revoked_at: null,
  revoked_reason: null
})

/** Newest first, a microsecond shared by three rows. */
const newest = Date.UTC(2026, 5, 20) * 1000
const moment = (index: number): string => {
  const micros = newest - Math.floor(index / 3) * 1777
  const text = new Date(Math.floor(micros / 1000)).toISOString()
  return `${text.slice(0, -1)}${String(micros % 1000).padStart(3, "0")}Z`
}

const newestId = 900_000_000_000

const row = (index: number) => ({
  request_id: `req_${newestId - index}`,
  deployment_id: "281474976710656001",
  app_slug: "audit-app",
  key_id: "281474976710665003",
  key_name: `key ${index % 7}`,
  outcome: index % 5 === 0 ? "BLOCKED" : "VALID",
  blocked_by_rule: index % 5 === 0 ? "permission_denied" : null,
  client_ip: `10.0.2.${index % 256}`,
  path: "GET /v1/items",
  user_agent: "curl/8",
  rate_limits: [{ rule: "100/60s", remaining: index % 100, limit: 100 }],
  latency_us: 1289,
  timestamp: moment(index)
})

const pageOf = (first: number, size: number, hasMore: boolean): string =>
  JSON.stringify({
    data: Array.from({ length: size }, (_, index) => row(first + index)),
    limit: size,
    has_more: hasMore,
    next_cursor: "MTc0OTk2NjYwMDAxODpyZXFfMTAw"
  })

/** How many rows a page of the trail has, and how many pages there are. */
export const pageSize = 1000
export const pageCount = 20

/** The answers as JSON text. */
export const answers = {
  app: JSON.stringify(app),
  missing: JSON.stringify({ errors: [{ message: "API auth app not found", code: 404 }] }),
  keys: JSON.stringify({ keys: Array.from({ length: 100 }, (_, index) => key(index)) }),
  auditPage: pageOf(0, pageSize, false),
  /** The page after a row of the trail, by the number in the row's id. */
  trail: (after: number | undefined): string => {
    const first = after === undefined ? 0 : newestId - after + 1
    return pageOf(first, pageSize, first + pageSize < pageSize * pageCount)
  }
}
