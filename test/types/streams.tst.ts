import { ApiKeys } from "effect-wacht"
import type { NotFoundError, PaginationError, ValidationError } from "effect-wacht/errors"
import { type ApiAuditLog, type ApiAuthApp, AuditPosition, type AuditPositionEncoded } from "effect-wacht/schemas"
import type { Schema, Stream } from "effect"
import type { WachtError } from "effect-wacht"
import { describe, expect, test } from "tstyche"

type TrailError = NotFoundError | ValidationError | WachtError.CallError | PaginationError

declare const position: AuditPosition

describe("streams", () => {
  test("have exact errors and need the service alone", () => {
    expect(ApiKeys.streamApiAuditLogs("app")).type.toBe<
      Stream.Stream<ApiKeys.ApiAuditEntry, TrailError, ApiKeys.ApiKeys>
    >()
    expect(ApiKeys.tailApiAuditLogs("app")).type.toBe<
      Stream.Stream<ApiKeys.ApiAuditEntry, TrailError, ApiKeys.ApiKeys>
    >()
    expect(ApiKeys.streamApiAuthApps()).type.toBe<
      Stream.Stream<ApiAuthApp, ValidationError | WachtError.CallError | PaginationError, ApiKeys.ApiKeys>
    >()
    expect<ApiKeys.ApiAuditEntry>().type.toBe<{ readonly row: ApiAuditLog; readonly position: AuditPosition }>()
  })

  test("take no paging of their own", () => {
    expect(ApiKeys.streamApiAuditLogs).type.not.toBeCallableWith("app", { cursor: "a" })
    expect(ApiKeys.streamApiAuditLogs).type.not.toBeCallableWith("app", { offset: 1 })
    expect(ApiKeys.streamApiAuthApps).type.not.toBeCallableWith({ offset: 1 })
    expect(ApiKeys.streamApiAuditLogs).type.toBeCallableWith("app", { outcome: "blocked" }, { from: position })
  })

  test("a position is encoded to texts", () => {
    expect(AuditPosition).type.toBeAssignableTo<Schema.Schema<AuditPosition, AuditPositionEncoded>>()
    expect<AuditPositionEncoded>().type.toBe<{
      readonly timestamp: string
      readonly requestId: string
      readonly startDate?: string | undefined
    }>()
  })
})
