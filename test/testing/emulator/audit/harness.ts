/** Audit rows made up for tests, and what an honest scan over them says. */
import * as fc from "fast-check"
import { verdictOf } from "../../../../src/testing/emulator/audit/verdict.js"
import type { AuditRow } from "../../../../src/testing/emulator/World.js"
import { deployment } from "../gateway/harness.js"

export const base = 1_795_000_000_000_000n

// all of one length, so that their order as text is that in which they were made
let made = 1_000_000

export const row = (fields: Partial<AuditRow> = {}): AuditRow => ({
  requestId: `req_${made++}`,
  deploymentId: deployment,
  appSlug: "iso-and",
  keyId: "7",
  keyName: "key",
  outcome: "VALID",
  blockedByRule: null,
  clientIp: "1.1.1.1",
  path: "GET /v1",
  userAgent: null,
  rateLimits: null,
  timestamp: base,
  ...fields
})

const outcomes = ["VALID", "BLOCKED", "allowed", "blocked", "RATE_LIMITED", "ERROR", "ALLOWED", "Blocked"]

/** Rows that crowd into few moments, so that many share one. */
export const rows = (span: number): fc.Arbitrary<ReadonlyArray<AuditRow>> =>
  fc
    .array(
      fc.record({
        offset: fc.integer({ min: 0, max: span }),
        outcome: fc.constantFrom(...outcomes),
        keyId: fc.constantFrom("7", "8", "0"),
        path: fc.constantFrom("GET /a", "GET /b", "POST /a"),
        rule: fc.constantFrom("1/60s", "permission_denied", "rate_limit:1/60s", null)
      }),
      { maxLength: 60 }
    )
    .map((all) =>
      all.map(({ keyId, offset, outcome, path, rule }, index) =>
        row({
          requestId: `req_${index}`,
          timestamp: base + BigInt(offset),
          keyId,
          path,
          outcome,
          blockedByRule: verdictOf(outcome) === "blocked" ? rule : null
        })
      )
    )

/** Newest first, by timestamp and then request id. */
export const newestFirst = (all: ReadonlyArray<AuditRow>): ReadonlyArray<AuditRow> =>
  [...all].sort((a, b) =>
    a.timestamp === b.timestamp ? (a.requestId < b.requestId ? 1 : -1) : a.timestamp < b.timestamp ? 1 : -1
  )
