// The audit stream from end to end, against a loop of fetch and JSON.parse over the same pages.
import * as FetchHttpClient from "@effect/platform/FetchHttpClient"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import * as ApiKeys from "effect-wacht/ApiKeys"
import * as UndiciClient from "effect-wacht/UndiciClient"
import { pageCount, pageSize } from "./answers.js"
import { sdkRuntime } from "./clients.js"
import type { Case } from "./rounds.js"

interface RawPage {
  readonly data: ReadonlyArray<{ readonly request_id: string; readonly timestamp: string }>
  readonly has_more: boolean
}

const rows = pageSize * pageCount

const check = (count: number): void => {
  if (count !== rows) throw new Error(`${count} rows instead of ${rows}`)
}

const raw = (baseUrl: string): Case => ({
  name: "fetch + JSON.parse in a loop",
  run: async () => {
    let count = 0
    let cursor = ""
    for (;;) {
      const url = `${baseUrl}/api-auth/apps/audit-app/audit/logs?limit=${pageSize}${cursor}`
      const page = JSON.parse(await (await fetch(url)).text()) as RawPage
      count += page.data.length
      const last = page.data.at(-1)
      if (!page.has_more || last === undefined) break
      cursor = `&cursor_ts=${encodeURIComponent(last.timestamp)}&cursor_id=${last.request_id}`
    }
    check(count)
  }
})

/** The server's newest row is fixed, so the window begins before all of them. */
export const window = { startDate: new Date(Date.UTC(2026, 0, 1)) }

const streamed = (name: string, baseUrl: string, http: Parameters<typeof sdkRuntime>[1]): Case => {
  const runtime = sdkRuntime(baseUrl, http)
  const program = ApiKeys.streamApiAuditLogs("audit-app", window).pipe(
    Stream.runFold(0, (count) => count + 1),
    Effect.map(check)
  )
  return { name, run: () => runtime.runPromise(program) }
}

/** Per run over all pages; the first is the raw loop. */
export const streamCases = (baseUrl: string): ReadonlyArray<Case> => [
  raw(baseUrl),
  streamed("streamApiAuditLogs over UndiciClient", baseUrl, UndiciClient.layer),
  streamed("streamApiAuditLogs over the stock fetch layer", baseUrl, FetchHttpClient.layer)
]
