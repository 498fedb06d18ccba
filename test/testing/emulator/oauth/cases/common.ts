/** What the tables of refusals are made of. */
import type { Input } from "../harness.js"

/** One request and what has to be said to it. `first`: requests that have to be made before. */
export interface Case {
  readonly status: number
  readonly message: string
  readonly send: Request
  readonly first?: ReadonlyArray<Request>
}
export type Request = readonly [method: string, path: string, input?: Input]

export const app = "/oauth/apps/seeded"
export const basic = `${app}/clients/281474976710672001`
export const inactive = `${app}/clients/281474976710672003`
export const isPem = "-----BEGIN PUBLIC KEY-----"
export const clientBody = {
  client_auth_method: "none",
  grant_types: ["authorization_code"],
  redirect_uris: ["https://a.b/c"]
}

export const fault = (status: number, message: string, request: Request, first?: ReadonlyArray<Request>): Case => ({
  status,
  message,
  send: request,
  ...(first === undefined ? {} : { first })
})

/** What every route says that reads JSON. */
export const jsonFaults = (method: string, path: string, misshapen: unknown): ReadonlyArray<Case> => {
  const json = (body: string): Input => ({ body, headers: { "content-type": "application/json; charset=utf-8" } })
  return [
    fault(400, "Bad request", [method, path, json("{")]),
    fault(400, "Bad request", [method, path, json("")]),
    fault(400, "Bad request", [method, path, { json: {}, body: Uint8Array.of(0x22, 0xff, 0x22) }]),
    fault(413, "Request failed", [method, path, json(`{"a":"${"x".repeat(2_097_152)}"}`)]),
    fault(415, "Request failed", [method, path, { body: "{}" }]),
    fault(415, "Request failed", [method, path, { body: "{}", headers: { "content-type": "text/json" } }]),
    fault(422, "Invalid request payload", [method, path, { json: misshapen }]),
    fault(422, "Invalid request payload", [method, path, { json: null }])
  ]
}

/** Text that the database does not take. */
export const nulFault = (method: string, path: string): Case =>
  fault(500, "Something went wrong", [method, path, { json: { ...clientBody, ...nulText } }])
const nulText = { name: "\u0000", display_name: "\u0000", client_name: "\u0000" }

export const pathFaults = (method: string, path: (slug: string) => string, input: Input = {}): ReadonlyArray<Case> => [
  fault(404, "OAuth app not found", [method, path("nope"), input]),
  fault(404, "OAuth app not found", [method, path("seeded"), { ...input, actor: "noplan" }]),
  fault(400, "Bad request", [method, path("%ff"), input]),
  fault(500, "Something went wrong", [method, path("%00"), input])
]

export const clientFaults = (method: string, path: (slug: string, id: string) => string, input: Input = {}) => [
  ...pathFaults(method, (slug) => path(slug, "281474976710672001"), input),
  fault(404, "OAuth client not found", [method, path("seeded", "5"), input]),
  fault(404, "OAuth client not found", [method, path("seeded-nokeys", "281474976710672001"), input]),
  fault(400, "Bad request", [method, path("seeded", "oc_Seeded11111111111111111111111111"), input]),
  fault(400, "Bad request", [method, path("seeded", "9223372036854775808"), input]),
  fault(400, "Bad request", [method, path("nope", "1.0"), input])
]
