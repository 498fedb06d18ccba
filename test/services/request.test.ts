import { assert, describe, it } from "@effect/vitest"
import { WachtClient } from "effect-wacht"
import { Rules } from "effect-wacht/testing"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"

const Thing = Schema.Struct({ id: Schema.String, at: Schema.NumberFromString })

const over = <A, E>(
  rules: ReadonlyArray<Rules.Rule>,
  use: (client: WachtClient.Service, requests: Rules.Service["requests"]) => Effect.Effect<A, E>
) =>
  Effect.gen(function* () {
    const client = yield* WachtClient.WachtClient
    const { requests } = yield* Rules.Rules
    return yield* use(client, requests)
  }).pipe(Effect.provide(Rules.layerWacht(rules)))

describe("WachtClient.request", () => {
  it.effect("fills path and query, sends the body, and reads the answer without losing a digit", () =>
    over(
      [
        Rules.on(
          Rules.route("PUT", "/deployments/{id}/things/{name}"),
          Rules.respond({ status: 201, body: '{"id":100227126350872613,"at":"5"}' })
        )
      ],
      ({ request }, requests) =>
        Effect.gen(function* () {
          const thing = yield* request({
            method: "PUT",
            path: "/deployments/{id}/things/{name}",
            params: { id: "7", name: "a/b?c" },
            query: { flag: true, count: 2, text: "x&y=z", empty: "", none: undefined },
            body: { snake_case: [1, null, { camelCase: "kept" }] },
            safety: "idempotent",
            response: Thing
          })
          assert.deepStrictEqual(thing, { id: "100227126350872613", at: 5 })
          const [sent] = yield* requests
          assert.strictEqual(sent?.origin, "https://api.wacht.dev")
          assert.strictEqual(sent?.path, "/deployments/7/things/a%2Fb%3Fc")
          assert.deepStrictEqual(sent?.query, [
            ["flag", "true"],
            ["count", "2"],
            ["text", "x&y=z"],
            ["empty", ""]
          ])
          assert.deepStrictEqual(sent?.json, Option.some({ snake_case: [1, null, { camelCase: "kept" }] }))
          assert.strictEqual(sent?.headers["content-type"], "application/json")
        })
    )
  )

  it.effect("refuses a body with GET", () =>
    over([Rules.on(Rules.any, Rules.json({}))], ({ request }, requests) =>
      Effect.gen(function* () {
        const call = { method: "GET", path: "/a", body: null, safety: "safe", response: Schema.Unknown } as const
        assert.containsSubset(yield* Effect.flip(request(call)), {
          _tag: "EncodeError",
          message: "body: none where the method is GET"
        })
        assert.lengthOf(yield* requests, 0)
      })
    )
  )

  it.effect.each([
    ["safety", { safety: "idempotant" }, "one of safe, idempotent, unsafe"],
    ["safety", { safety: undefined }, "one of safe, idempotent, unsafe"],
    ["method", { method: "POTS" }, "one of GET, POST, PUT, PATCH, DELETE"],
    [
      "path",
      { path: "/a?b=c" },
      "one slash first, visible ASCII, no query, hash, backslash, dot segment or half escape, names in braces"
    ]
  ] as const)("refuses a %s that is none, and sends nothing: %o", ([field, wrong, allowed]) =>
    over([Rules.on(Rules.any, Rules.status(503))], ({ request }, requests) =>
      Effect.gen(function* () {
        const call = { method: "POST", path: "/a", safety: "unsafe", response: Schema.Unknown } as const
        // @ts-expect-error as from JavaScript
        const error = yield* Effect.flip(request({ ...call, ...wrong }))
        assert.containsSubset(error, { _tag: "EncodeError", issues: [{ field, allowed }] })
        assert.lengthOf(yield* requests, 0)
      })
    )
  )

  it.effect("sends no body where none is given, and null where null is", () =>
    over([Rules.on(Rules.any, Rules.json({}))], ({ request }, requests) =>
      Effect.gen(function* () {
        const call = { method: "POST", path: "/a", safety: "idempotent", response: Schema.Unknown } as const
        yield* request(call)
        yield* request({ ...call, body: null })
        const [none, some] = yield* requests
        assert.strictEqual(none?.body.length, 0)
        assert.isUndefined(none?.headers["content-type"])
        assert.strictEqual(new TextDecoder().decode(some?.body), "null")
      })
    )
  )

  it.effect("reads nothing where nothing is wanted", () =>
    over(
      [
        Rules.on(Rules.any, Rules.respond({ status: 204 })).pipe(Rules.once),
        Rules.on(Rules.any, Rules.respond({ status: 200, body: "no JSON" }))
      ],
      ({ request }) =>
        Effect.gen(function* () {
          const call = { method: "DELETE", path: "/a", safety: "idempotent" } as const
          assert.isUndefined(yield* request({ ...call, response: Schema.Void }))
          assert.isUndefined(yield* request({ ...call, response: Schema.Void }))
          const error = yield* Effect.flip(request({ ...call, response: Schema.Unknown }))
          assert.strictEqual(error._tag, "DecodeError")
        })
    )
  )

  it.effect("has a class for every status, and for unsafe calls an unknown outcome", () => {
    const expected = {
      400: "ValidationError",
      401: "AuthenticationError",
      403: "AuthorizationError",
      404: "NotFoundError",
      405: "UnexpectedStatusError",
      409: "ConflictError",
      413: "ValidationError",
      415: "ValidationError",
      422: "ValidationError",
      429: "RateLimitError",
      302: "UnexpectedStatusError"
    } as const
    const rules = Object.keys(expected).map((code) =>
      Rules.on(Rules.route("GET", `/${code}`), Rules.status(Number(code)))
    )
    const gone = [500, 408].map((code) => Rules.on(Rules.route("GET", `/${code}`), Rules.status(code)))
    const call = { method: "GET", response: Schema.Unknown } as const
    return over([...rules, ...gone, Rules.on(Rules.any, Rules.lostAfterSending)], ({ request }) =>
      Effect.gen(function* () {
        for (const [code, tag] of Object.entries(expected)) {
          for (const safety of ["safe", "unsafe"] as const) {
            assert.strictEqual((yield* Effect.flip(request({ ...call, path: `/${code}`, safety })))._tag, tag)
          }
        }
        const tags = (path: `/${string}`) =>
          Effect.all([
            Effect.map(Effect.flip(request({ ...call, path, safety: "safe" })), (error) => error._tag),
            Effect.map(Effect.flip(request({ ...call, path, safety: "unsafe" })), (error) => error._tag)
          ])
        assert.deepStrictEqual(yield* tags("/500"), ["ServerError", "OutcomeUnknownError"])
        assert.deepStrictEqual(yield* tags("/408"), ["UnexpectedStatusError", "OutcomeUnknownError"])
        assert.deepStrictEqual(yield* tags("/lost"), ["TransportError", "OutcomeUnknownError"])
      })
    )
  })

  it.effect("refuses what cannot be sent before there is a request", () =>
    over([Rules.on(Rules.any, Rules.json({}))], ({ request }, requests) =>
      Effect.gen(function* () {
        const call = { method: "POST", safety: "safe", response: Schema.Unknown } as const
        // Its parameters are not known to the types, so none are asked for.
        const untyped: `/${string}` = "/a/{b}"
        const circle: Record<string, unknown> = {}
        circle.self = circle
        const errors = [
          yield* Effect.flip(request({ ...call, path: "/a/{b}", params: { b: ".." } })),
          yield* Effect.flip(request({ ...call, path: untyped })),
          yield* Effect.flip(request({ ...call, path: "/a", body: { big: 10n } })),
          yield* Effect.flip(request({ ...call, path: "/a", body: { far: Number.POSITIVE_INFINITY } })),
          yield* Effect.flip(request({ ...call, path: "/a", body: circle })),
          yield* Effect.flip(request({ ...call, path: "/a", body: { key: Redacted.make("secret") } })),
          yield* Effect.flip(request({ ...call, path: "/a", body: { some: Option.some(1) } })),
          yield* Effect.flip(request({ ...call, path: "/a", body: [new Date(0)] })),
          yield* Effect.flip(request({ ...call, path: "/a", body: () => 1 })),
          yield* Effect.flip(request({ ...call, path: "/a", query: { far: Number.NaN } })),
          yield* Effect.flip(request({ ...call, path: "/a", query: Object({ key: Redacted.make("secret") }) })),
          yield* Effect.flip(request({ ...call, path: "/a", body: "x".repeat(2_097_152) })),
          yield* Effect.flip(request({ ...call, path: "/a", query: { text: "\u0000" } })),
          yield* Effect.flip(request({ ...call, path: "/a", query: { text: "\ud800" } }))
        ]
        assert.deepStrictEqual(
          errors.map(({ _tag }) => _tag),
          errors.map(() => "EncodeError")
        )
        const json = "JSON: text, finite numbers, booleans, null, arrays and plain objects"
        const one = "text, a finite number or a boolean"
        assert.deepStrictEqual(
          errors.map(({ message }) => message),
          [
            "b: neither empty nor a dot segment",
            "b: text",
            `big: ${json}`,
            `far: ${json}`,
            `${"self.".repeat(40)}: at most 120 levels, and no cycles`,
            `key: ${json}`,
            `some: ${json}`,
            `[0]: ${json}`,
            `input: ${json}`,
            `far: ${one}`,
            `key: ${one}`,
            "input: at most 2097152 bytes when written",
            "text: well-formed Unicode without NUL",
            "text: well-formed Unicode without NUL"
          ]
        )
        assert.deepStrictEqual(yield* requests, [])
      })
    )
  )

  it.effect("says all that is wrong with an input at once", () =>
    over([Rules.on(Rules.any, Rules.json({}))], ({ request }) =>
      Effect.gen(function* () {
        const call = { method: "POST", safety: "safe", response: Schema.Unknown } as const
        const input = { path: "/a/{b}", params: { b: ".." }, query: { far: Number.NaN } } as const
        for (const [body, fields] of [
          [undefined, ["b", "far"]],
          [{ text: "\0" }, ["b", "far", "text"]]
        ] as const) {
          const error = yield* Effect.flip(request({ ...call, ...input, body }))
          if (error._tag !== "EncodeError") return assert.fail(error._tag)
          assert.deepStrictEqual(
            error.issues.map(({ field }) => field),
            [...fields]
          )
        }
      })
    )
  )
})
