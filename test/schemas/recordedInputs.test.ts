import { assert, describe, it } from "@effect/vitest"
import * as Either from "effect/Either"
import * as Schema from "effect/Schema"
import { contract, exchanges } from "../support/contract.js"
import { queries, readJson, requests } from "./contract.js"

/** What the server took and we refuse: each for a reason of the design. */
const refusedHere: Readonly<Record<string, ReadonlyArray<string>>> = {
  "null stands for left out: leave it out": [
    "rls/create/null-mode-endpoints",
    "rls/update/description-null",
    "rls/update/rules-null",
    "rls/update/name-null",
    "apps/create/nulls",
    "apps/update/description-null",
    "apps/update/scheme-null",
    "keys/create/expires-null",
    "oauth/apps/update/description-null",
    "oauth/clients/create/nulls",
    "oauth/clients/update/name-null",
    "gateway/own-user-agent"
  ],
  "moments are values, and are written with Z": [
    "keys/create/offset-date",
    "keys/create/date-space",
    "audit/logs/start-offset-tz"
  ],
  "enums are spelled as in the contract": [
    "oauth/apps/update/definitions",
    "oauth/apps/update/definitions-unlisted-ignored",
    "oauth/scopes/mapping/org-ok",
    "oauth/clients/create/grants-padded"
  ],
  "the server ignores the value silently": [
    "audit/logs/outcome-VALID",
    "audit/timeseries/interval-year",
    "audit/timeseries/interval-HOUR"
  ]
}

/** What the server refused and only the server can know, or what no input can spell. */
const refusedThere: Readonly<Record<string, ReadonlyArray<string>>> = {
  "who and what exists": [
    "apps/create/user-number-id-rounded",
    "apps/create/unknown-user",
    "apps/create/other-deployment-user",
    "apps/create/user-not-in-org",
    "apps/create/user-not-in-ws",
    "apps/create/unknown-org",
    "apps/create/unknown-ws",
    "apps/create/ws-not-in-org",
    "apps/update/org-without-user",
    "apps/update/user-app-empty-permissions",
    "apps/update/user-app-ws-other-org",
    "apps/update/ws-unknown",
    "apps/update/org-unknown",
    "keys/create/user-no-longer-member",
    "oauth/scopes/mapping/org-unknown-permission",
    "oauth/scopes/mapping/ws-unknown-permission",
    "oauth/scopes/mapping/org-drop-permission",
    "oauth/scopes/mapping/other-deployment-permission"
  ],
  "a cursor is opaque": [
    "audit/logs/cursor-bad-base64",
    "audit/logs/cursor-bad-ms",
    "audit/logs/cursor-out-of-range",
    "audit/logs/cursor-not-utf8"
  ],
  "the path or the text of the request, not the input": [
    "apps/create/duplicate-json-key",
    "apps/list/duplicate-param",
    "keys/revoke/id-text",
    "keys/revoke/id-overflow",
    "oauth/scopes/update/blank-scope",
    "oauth/scopes/mapping/blank-scope",
    "oauth/clients/update/id-text",
    "oauth/clients/update/id-is-client-id"
  ],
  "no field of ours": ["keys/revoke/body-key-id-bad", "gateway/unknown-field"]
}

interface Given {
  readonly id: string
  readonly status: number
  readonly isRead: boolean
}

const given: Array<Given> = []
const jsonOf = (text: string): unknown => {
  try {
    return readJson(text)
  } catch {
    return undefined
  }
}
for (const { id, operation, request, response } of exchanges) {
  const route = contract.routes.find((one) => one.id === operation)
  if (route === undefined) continue
  const query = queries[route.id]
  if (query !== undefined && request.query !== undefined) {
    const parameters = Object.fromEntries(new URLSearchParams(request.query))
    const isRead = Either.isRight(Schema.decodeUnknownEither(query)(parameters))
    given.push({ id, status: response.status, isRead })
  }
  const body = route.requestBody?.encoding === "json" ? requests[route.requestBody.schema.replace("#", "")] : undefined
  const json = jsonOf(request.body ?? "")
  if (body !== undefined && json !== undefined) {
    given.push({ id, status: response.status, isRead: Either.isRight(Schema.decodeUnknownEither(body)(json)) })
  }
}

const listed = (table: Readonly<Record<string, ReadonlyArray<string>>>) => Object.values(table).flat().sort()

describe("recorded inputs", () => {
  it("there are many", () => assert.isAbove(given.length, 300))

  it("what the server takes is taken, but for what the design refuses", () => {
    const refused = given.filter(({ isRead, status }) => status < 300 && !isRead).map(({ id }) => id)
    assert.deepStrictEqual(refused.sort(), listed(refusedHere))
  })

  it("what the server refuses is refused before it is sent, but for what only the server can know", () => {
    const taken = given.filter(({ isRead, status }) => (status === 400 || status === 422) && isRead).map(({ id }) => id)
    assert.deepStrictEqual(taken.sort(), listed(refusedThere))
  })
})
