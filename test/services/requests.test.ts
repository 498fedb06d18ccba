import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import { contract, type Exchange, exchanges, fieldsOf, routeOf } from "../support/contract.js"
import { parseExact, toFree } from "../support/exactJson.js"
import { apiKey, invoke, layerOf, type OperationName, operationNames, type Sent, stub } from "../support/sdk.js"
import { bodyText, queryPairs, recordedCall } from "./recorded.js"

interface FormPart {
  readonly name: string
  readonly value: string
  readonly contentType?: string | undefined
}

const partsSent = (sent: Sent): Effect.Effect<ReadonlyArray<FormPart>> =>
  Effect.promise(async () => {
    const { body } = sent
    const headers = { "content-type": sent.headers["content-type"] ?? "" }
    const form = await new Response(body === undefined ? null : new Uint8Array(body), { headers }).formData()
    return Promise.all(
      [...form.entries()].map(async ([name, value]) =>
        typeof value === "string" ? { name, value } : { name, value: await value.text(), contentType: value.type }
      )
    )
  })

const byName = (a: FormPart, b: FormPart) => a.name.localeCompare(b.name)

/** A text part that holds JSON is compared as JSON. */
const partValue = ({ name, value }: FormPart): unknown =>
  name === "scope_definitions" ? toFree(parseExact(value)) : value

const compareForm = (exchange: Exchange, sent: Sent) =>
  Effect.map(partsSent(sent), (parts) => {
    const recorded = (exchange.request.parts ?? []).map(({ content_type: contentType, name, value }): FormPart =>
      contentType === undefined ? { name, value } : { name, value, contentType }
    )
    assert.deepStrictEqual(
      [...parts].sort(byName).map((part) => ({ ...part, value: partValue(part) })),
      recorded.sort(byName).map((part) => ({ ...part, value: partValue(part) }))
    )
  })

const compareBody = (exchange: Exchange, sent: Sent) => {
  const text = bodyText(exchange)
  if (text === undefined || text === "") return Effect.sync(() => assert.isUndefined(sent.body))
  if (exchange.request.parts !== undefined) return compareForm(exchange, sent)
  return Effect.sync(() => {
    assert.strictEqual(sent.headers["content-type"], "application/json")
    const written = new TextDecoder().decode(sent.body)
    assert.deepStrictEqual(toFree(parseExact(written)), toFree(parseExact(text)))
  })
}

const decodedPath = (path: string) => path.split("/").map(decodeURIComponent)

const compareRequest = (exchange: Exchange, name: OperationName, sent: Sent) =>
  Effect.suspend(() => {
    const { request } = exchange
    const route = routeOf(name)
    assert.strictEqual(sent.method, request.method)
    assert.strictEqual(sent.url.origin, contract.meta.hosts[route.host])
    assert.deepStrictEqual(decodedPath(sent.url.pathname), decodedPath(request.path))
    assert.deepStrictEqual(queryPairs(sent.url.search.slice(1)), queryPairs(request.query))
    assert.strictEqual(
      sent.headers.authorization,
      route.host === "gateway" ? undefined : `Bearer ${Redacted.value(apiKey)}`
    )
    return compareBody(exchange, sent)
  })

/** `name`, `rules[].unit`, …: every field that a route's query or body can have. */
const fieldPaths = (type: string, prefix = ""): ReadonlyArray<string> =>
  fieldsOf(type).flatMap((field) => {
    const path = `${prefix}${field.name}`
    const inner = /#\w+/.exec(field.type)?.[0]
    return inner === undefined ? [path] : [path, ...fieldPaths(inner, `${path}.`)]
  })

const requestFields = (name: OperationName): ReadonlyArray<string> => {
  const { query, requestBody } = routeOf(name)
  return [...query.map((field) => field.name), ...(requestBody === null ? [] : fieldPaths(requestBody.schema))]
}

const pathsIn = (json: unknown, prefix = ""): ReadonlyArray<string> => {
  if (Array.isArray(json)) return json.flatMap((item) => pathsIn(item, prefix))
  if (typeof json !== "object" || json === null) return []
  return Object.entries(json).flatMap(([key, item]) => [`${prefix}${key}`, ...pathsIn(item, `${prefix}${key}.`)])
}

const fieldsSent = (sent: Sent): Effect.Effect<ReadonlyArray<string>> => {
  const query = Object.keys(queryPairs(sent.url.search.slice(1)) ?? {})
  if (sent.body === undefined) return Effect.succeed(query)
  if (sent.headers["content-type"]?.startsWith("multipart/")) {
    return Effect.map(partsSent(sent), (parts) =>
      parts.flatMap((part) => [part.name, ...pathsIn(partValue(part), `${part.name}.`)])
    )
  }
  return Effect.sync(() => pathsIn(JSON.parse(new TextDecoder().decode(sent.body))))
}

const jwk = {
  kty: "EC",
  kid: "k1",
  use: "sig",
  key_ops: ["verify"],
  alg: "ES256",
  n: "AQAB",
  e: "AQAB",
  crv: "P-256",
  x: "eA",
  y: "eQ",
  x5u: "https://a.example/x5u",
  x5c: ["MII"],
  x5t: "dA",
  "x5t#S256": "dTI1Ng",
  public_key_pem: "-----BEGIN PUBLIC KEY-----"
}

/** What no recording holds: the input in our names, and the wire's form of it, both written by hand. */
const handMade: ReadonlyArray<{
  readonly name: OperationName
  readonly args: ReadonlyArray<unknown>
  readonly wire: Readonly<Record<string, unknown>>
}> = [
  {
    name: "updateRateLimitScheme",
    args: ["s", { rules: [{ unit: "minute", duration: 1, maxRequests: 2, endpoints: ["/a", "*"] }] }],
    wire: { rules: [{ unit: "minute", duration: 1, max_requests: 2, endpoints: ["/a", "*"] }] }
  },
  {
    name: "createOAuthApp",
    args: [{ slug: "s", name: "N", description: "D", allowDynamicClientRegistration: true }],
    wire: { slug: "s", name: "N", description: "D", allow_dynamic_client_registration: "true" }
  },
  {
    name: "updateOAuthApp",
    args: [
      "s",
      {
        scopeDefinitions: [
          {
            scope: "a",
            displayName: "A",
            description: "",
            archived: true,
            category: "organization",
            organizationPermission: "org:read"
          }
        ]
      }
    ],
    wire: {
      scope_definitions: [
        {
          scope: "a",
          display_name: "A",
          description: "",
          archived: true,
          category: "organization",
          organization_permission: "org:read"
        }
      ]
    }
  },
  {
    name: "createOAuthClient",
    args: [
      "s",
      {
        clientAuthMethod: "private_key_jwt",
        grantTypes: ["authorization_code"],
        redirectUris: ["https://a.example/cb"],
        jwks: { keys: [jwk] }
      }
    ],
    wire: {
      client_auth_method: "private_key_jwt",
      grant_types: ["authorization_code"],
      redirect_uris: ["https://a.example/cb"],
      jwks: { keys: [jwk] }
    }
  },
  {
    name: "updateOAuthClient",
    args: [
      "s",
      "77636080333005047",
      {
        grantTypes: ["authorization_code", "refresh_token"],
        tosUri: "",
        policyUri: "https://a.example/policy",
        softwareId: "id",
        softwareVersion: "1",
        tokenEndpointAuthSigningAlg: "ES256",
        jwks: { keys: [jwk] },
        idTokenSigningAlg: "RS256"
      }
    ],
    wire: {
      grant_types: ["authorization_code", "refresh_token"],
      tos_uri: "",
      policy_uri: "https://a.example/policy",
      software_id: "id",
      software_version: "1",
      token_endpoint_auth_signing_alg: "ES256",
      jwks: { keys: [jwk] },
      id_token_signing_alg: "RS256"
    }
  }
]

/** The server ignores the one, and the other would be a secret, which is refused. */
const neverSent = new Set(["revokeApiKey key_id", "createOAuthClient jwks.keys.k", "updateOAuthClient jwks.keys.k"])

describe("the request that the SDK sends", () => {
  it.effect("equals the recorded one wherever the SDK can make it", () => {
    const { client, seen } = stub(() => ({ status: 404 }))
    return Effect.gen(function* () {
      const call = yield* invoke
      const made = new Map<OperationName, number>()
      const fields = new Map<OperationName, Set<string>>(operationNames.map((name) => [name, new Set()]))
      const differences: Array<string> = []
      for (const exchange of exchanges) {
        const recorded = recordedCall(exchange)
        if (recorded === undefined) continue
        const { args, name } = recorded
        seen.length = 0
        const error = yield* Effect.flip(call(name, ...args))
        const [sent] = seen
        if (sent === undefined) {
          differences.push(`${exchange.id}: nothing was sent: ${error._tag} ${error.message}`)
          continue
        }
        const exit = yield* Effect.exit(compareRequest(exchange, name, sent))
        if (exit._tag === "Failure") differences.push(`${exchange.id}: ${String(exit.cause)}`)
        made.set(name, (made.get(name) ?? 0) + 1)
        for (const field of yield* fieldsSent(sent)) fields.get(name)?.add(field)
      }
      assert.deepStrictEqual(differences, [])
      for (const { args, name, wire } of handMade) {
        seen.length = 0
        yield* Effect.flip(call(name, ...args))
        const [sent] = seen
        if (sent === undefined) return assert.fail(`${name}: nothing was sent`)
        const isForm = routeOf(name).requestBody?.encoding === "multipart"
        const written: unknown = isForm
          ? Object.fromEntries((yield* partsSent(sent)).map((part) => [part.name, partValue(part)]))
          : JSON.parse(new TextDecoder().decode(sent.body))
        assert.deepStrictEqual(written, wire)
        for (const field of yield* fieldsSent(sent)) fields.get(name)?.add(field)
      }
      const total = [...made.values()].reduce((sum, count) => sum + count, 0)
      console.log(`requests: ${total} equal to the recorded ones, of ${made.size} operations`)
      assert.deepStrictEqual(
        operationNames.filter((name) => !made.has(name)),
        []
      )
      const missing = operationNames.flatMap((name) =>
        requestFields(name).flatMap((field) => (fields.get(name)?.has(field) === true ? [] : [`${name} ${field}`]))
      )
      assert.deepStrictEqual(new Set(missing), neverSent)
    }).pipe(Effect.provide(layerOf(client)))
  })
})
