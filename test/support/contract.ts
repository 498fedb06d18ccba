/** The recorded contract, typed as far as tests need it. */
import { readFileSync } from "node:fs"
import { fileURLToPath } from "node:url"

const contractFolder = fileURLToPath(new URL("../contract/", import.meta.url))

const read = (name: string): string => readFileSync(`${contractFolder}${name}`, "utf8")

export interface Field {
  readonly name: string
  readonly type: string
  readonly nullable: boolean
  readonly optional: boolean
}

export interface Route {
  readonly id: string
  readonly method: string
  readonly path: string
  readonly host: "platform" | "gateway"
  readonly pathParams: ReadonlyArray<{ readonly name: string }>
  readonly query: ReadonlyArray<Field>
  readonly requestBody: { readonly encoding: "json" | "multipart"; readonly schema: string } | null
  readonly success: { readonly status: number; readonly schema: string | null }
  readonly errors: ReadonlyArray<{ readonly status: number; readonly when: string; readonly message: string }>
  readonly safety: "safe" | "idempotent" | "unsafe"
  readonly repeat: string
}

interface ContractSchema {
  readonly direction: "request" | "response"
  readonly fields: ReadonlyArray<Field>
}

interface Contract {
  readonly meta: { readonly hosts: Readonly<Record<"platform" | "gateway", string>> }
  readonly routes: ReadonlyArray<Route>
  readonly schemas: Readonly<Record<string, ContractSchema>>
}

export const contract: Contract = JSON.parse(read("contract.json"))

const routes: ReadonlyMap<string, Route> = new Map(contract.routes.map((route) => [route.id, route]))

export const routeOf = (id: string): Route => {
  const route = routes.get(id)
  if (route === undefined) throw new Error(`no route ${id} in the contract`)
  return route
}

/** The fields of `#Name`. */
export const fieldsOf = (name: string): ReadonlyArray<Field> => {
  const schema = contract.schemas[name.replace("#", "")]
  if (schema === undefined) throw new Error(`no schema ${name} in the contract`)
  return schema.fields
}

/** A name of the wire as ours. */
export const camel = (name: string): string => name.replace(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase())

export interface RecordedPart {
  readonly name: string
  readonly filename?: string
  readonly content_type?: string
  readonly value: string
}

export interface Exchange {
  readonly id: string
  readonly operation: string | null
  readonly target: "api" | "gateway"
  readonly actor: string
  readonly request: {
    readonly method: string
    readonly path: string
    readonly query: string
    readonly headers: Readonly<Record<string, string>>
    readonly body?: string
    readonly body_base64?: string
    readonly body_fill?: { readonly marker: string; readonly text: string; readonly count: number }
    readonly parts?: ReadonlyArray<RecordedPart>
  }
  readonly response: {
    readonly status: number
    readonly headers: Readonly<Record<string, string>>
    readonly body: string
  }
}

export const exchanges: ReadonlyArray<Exchange> = read("exchanges.jsonl")
  .split("\n")
  .filter((line) => line !== "")
  .map((line) => JSON.parse(line))

/** The text of one of `examples/`. */
export const example = (name: string): string => read(`examples/${name}.json`)

export const hasExample = (name: string): boolean => {
  try {
    example(name)
    return true
  } catch {
    return false
  }
}

const validationStatuses = [400, 413, 415, 422]

/** An operation's own errors, by class with their statuses, computed from the contract alone. */
export const ownErrorsOf = (route: Route): ReadonlyMap<string, ReadonlyArray<number>> => {
  const listed = new Set(route.errors.map(({ status }) => status))
  const classes: ReadonlyArray<readonly [string, ReadonlyArray<number>]> = [
    ["ValidationError", validationStatuses],
    ["AuthorizationError", [403]],
    ["NotFoundError", route.host === "gateway" ? [] : [404]],
    ["ConflictError", [409]]
  ]
  return new Map(
    classes.flatMap(([name, statuses]) => {
      const own = statuses.filter((status) => listed.has(status))
      return own.length === 0 ? [] : [[name, own] as const]
    })
  )
}

/** The class that a status means for an operation, where the outcome is known. */
export const classOfStatus = (route: Route, status: number): string => {
  for (const [name, statuses] of ownErrorsOf(route)) if (statuses.includes(status)) return name
  const isUnsafe = route.safety === "unsafe" && route.host === "platform"
  if (status === 401) return "AuthenticationError"
  if (status === 429) return "RateLimitError"
  if (status >= 500) return isUnsafe ? "OutcomeUnknownError" : "ServerError"
  return status === 408 && isUnsafe ? "OutcomeUnknownError" : "UnexpectedStatusError"
}

const transient = [408, 429, 500, 502, 503, 504]

/** Whether the same request may be sent again after a status. */
export const isRetryableStatus = (route: Route, status: number): boolean => {
  if (route.host === "gateway" || !transient.includes(status)) return false
  return route.safety === "unsafe" ? status === 429 : true
}
