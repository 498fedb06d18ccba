export interface Exchange {
  readonly id: string
  readonly operation: string | null
}
export interface ReplayRequest {
  readonly target: "api" | "gateway"
  readonly method: string
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string | Uint8Array | undefined
}
export interface ReplayAnswer {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}
export interface ReplayResult {
  readonly id: string
  readonly operation: string
  readonly ok: boolean
  readonly diffs: ReadonlyArray<string>
}
export function loadFile(file: string): Array<Exchange>
export function loadWorld(file: string): {
  readonly world: Readonly<Record<string, unknown>> & { readonly recorded_from: string }
  readonly auditText: string
}
export function replay(options: {
  readonly exchanges: ReadonlyArray<Exchange>
  readonly world: Readonly<Record<string, unknown>>
  readonly auditText: string
  readonly send: (request: ReplayRequest) => Promise<ReplayAnswer>
  readonly wait?: boolean
}): Promise<Array<ReplayResult>>
