import { ApiKeys } from "effect-wacht"
import * as Console from "effect/Console"
import * as Stream from "effect/Stream"

export const printBlocked = ApiKeys.streamApiAuditLogs("reports", { outcome: "blocked" }).pipe(
  Stream.runForEach(({ row }) => Console.log(row.timestamp.text, row.path))
)
