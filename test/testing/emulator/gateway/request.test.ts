import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { emulate } from "./harness.js"

const path = "/v1/authz/check"
const json = { "content-type": "application/json" }
const principal = { type: "api_key", value: "k" }
const good = { principal, resource: "/v1", method: "GET" }

/** The text of an answer up to its first colon: what follows is the parser's own. */
const fixed = (text: string) => text.split(":")[0]

const post = (
  body: string | Uint8Array,
  headers: Readonly<Record<string, string>> = json
): Effect.Effect<ReadonlyArray<unknown>> =>
  Effect.gen(function* () {
    const { gateway } = yield* emulate()
    const answer = yield* gateway({ method: "POST", path, headers, body })
    return [answer.status, answer.headers["content-type"]?.split(";")[0], fixed(answer.body)]
  })

const notJson = [400, "text/plain", "Failed to parse the request body as JSON"]
const wrongShape = [422, "text/plain", "Failed to deserialize the JSON body into the target type"]
/** Accepted as a request; the key `k` is then refused. */
const judged = [401, "application/json", '{"request_id"']

describe("the body of a check", () => {
  it.effect("must be declared as JSON", () =>
    Effect.gen(function* () {
      const expected = [415, "text/plain", "Expected request with `Content-Type"]
      assert.deepStrictEqual(yield* post(JSON.stringify(good), {}), expected)
      assert.deepStrictEqual(yield* post(JSON.stringify(good), { "content-type": "text/plain" }), expected)
      assert.deepStrictEqual(yield* post("x".repeat(3_000_000), {}), expected)
      assert.deepStrictEqual(yield* post(JSON.stringify(good), { "content-type": "application/x+json" }), judged)
    })
  )

  it.effect("must not be over 2 MiB", () =>
    Effect.gen(function* () {
      const text = JSON.stringify(good)
      assert.deepStrictEqual(yield* post(text + " ".repeat(2_097_152 - text.length)), judged)
      assert.deepStrictEqual(yield* post(text + " ".repeat(2_097_153 - text.length)), [
        413,
        "text/plain",
        "Failed to buffer the request body"
      ])
    })
  )

  it.effect("must be JSON; what follows a whole value is not read", () =>
    Effect.gen(function* () {
      for (const text of ["", "{", '{"principal"', "nonsense", "{,}"])
        assert.deepStrictEqual(yield* post(text), notJson)
      assert.deepStrictEqual(yield* post(Uint8Array.of(0xff, 0xfe)), notJson)
      assert.deepStrictEqual(yield* post(JSON.stringify(good) + " x"), judged)
    })
  )

  it.effect("must have the members, of their types, and none besides", () =>
    Effect.gen(function* () {
      const wrong: ReadonlyArray<unknown> = [
        ...["principal", "resource", "method"].map((name) => ({ ...good, [name]: undefined })),
        ...["principal", "resource", "method"].map((name) => ({ ...good, [name]: null })),
        { ...good, extra: 1 },
        { ...good, clientIp: "1.1.1.1" },
        { ...good, principal: { ...principal, extra: 1 } },
        { ...good, principal: { type: "api_key" } },
        { ...good, principal: { type: "API_KEY", value: "k" } },
        { ...good, principal: { type: "m2m_oauth", value: "k" } },
        { ...good, principal: { type: "api_key", value: 5 } },
        { ...good, principal: { type: "api_key", value: null } },
        { ...good, method: 1 },
        { ...good, client_ip: 1 },
        { ...good, user_agent: [] },
        { ...good, required_permissions: "read" },
        { ...good, required_permissions: ["read", null] },
        [],
        "text",
        5,
        null
      ]
      for (const body of wrong)
        assert.deepStrictEqual(yield* post(JSON.stringify(body)), wrongShape, JSON.stringify(body))
      assert.deepStrictEqual(yield* post('{"resource":"/a","resource":"/b"}'), wrongShape)
    })
  )

  it.effect("may leave out or null the rest", () =>
    Effect.gen(function* () {
      const body = { ...good, client_ip: null, user_agent: null, required_permissions: null }
      assert.deepStrictEqual(yield* post(JSON.stringify(body)), judged)
    })
  )

  it.effect("is refused for whatever is wrong first", () =>
    Effect.gen(function* () {
      assert.deepStrictEqual(yield* post('{"extra":1,'), wrongShape)
      assert.deepStrictEqual(yield* post('{"resource":"/a",,"extra":1}'), notJson)
    })
  )
})

describe("the gateway's routes", () => {
  it.effect("are one; all else has an empty body", () =>
    Effect.gen(function* () {
      const { gateway } = yield* emulate()
      for (const method of ["GET", "HEAD", "PUT", "PATCH", "DELETE", "OPTIONS"]) {
        const answer = yield* gateway({ method, path })
        assert.deepStrictEqual([answer.status, answer.headers["allow"], answer.body], [405, "POST", ""], method)
      }
      for (const other of ["/", "/v1/authz/check/", "/v1//authz/check", "/api-auth/apps", "/x"]) {
        const answer = yield* gateway({ method: "POST", path: other, headers: json, body: JSON.stringify(good) })
        assert.deepStrictEqual([answer.status, answer.headers, answer.body], [404, {}, ""], other)
      }
    })
  )
})

const empty = {
  allowed: false,
  reason: null,
  blocked_rule: null,
  identity: null,
  permissions: [],
  metadata: null,
  rate_limits: [],
  retry_after: null,
  headers: {}
}

describe("method and resource", () => {
  it.effect("are checked before the credential, and refused without a word", () =>
    Effect.gen(function* () {
      const { check } = yield* emulate()
      const bad = [
        ...["", " ", "TRACE", "CONNECT", "GETS"].map((method) => ({ method })),
        ...["", "  ", "?x", " #y", "\t?"].map((resource) => ({ resource }))
      ]
      for (const fields of bad) {
        const { body, status } = yield* check("x", fields)
        const { request_id, ...rest } = body
        assert.strictEqual(status, 400, JSON.stringify(fields))
        assert.match(request_id, /^req_\d{17,19}$/)
        assert.deepStrictEqual(rest, empty)
      }
    })
  )

  it.effect("take any case and blanks around them; the path loses query and fragment and gets its slash", () =>
    Effect.gen(function* () {
      const { check, get, key } = yield* emulate()
      const { secret } = key("iso-method")
      const calls = [
        { method: " patch ", resource: " /a/b?c=d#e " },
        { method: "Options", resource: "a#?b" },
        { method: "HEAD", resource: "urn:wacht:user:1" },
        { method: "get", resource: "/a b" },
        { method: "get", resource: "/c?d\ne" }
      ]
      for (const fields of calls) assert.strictEqual((yield* check(secret, fields)).status, 200)
      const { body } = yield* get("/api-auth/apps/iso-method/audit/logs")
      assert.deepStrictEqual(
        body.data.map((row: { readonly path: string }) => row.path),
        ["GET /c", "GET /a b", "HEAD /urn:wacht:user:1", "OPTIONS /a", "PATCH /a/b"]
      )
    })
  )
})
