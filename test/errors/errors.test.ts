import { assert, describe, it } from "@effect/vitest"
import * as Errors from "effect-wacht/errors"
import * as DateTime from "effect/DateTime"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { inspect } from "node:util"

const said = { operation: "createApiKey", message: "said" }
const isRetryable = false
const none = Option.none()

/** Of each class an error of as few facts as may be given, as mocks make them; and all that it then says. */
const made: ReadonlyArray<readonly [Errors.WachtError, object]> = [
  [new Errors.AuthenticationError(said), { status: 401, isRetryable, subject: "client" }],
  [new Errors.AuthorizationError(said), { status: 403, isRetryable, isPlanGate: false }],
  [new Errors.ValidationError(said), { status: 400, isRetryable }],
  [new Errors.NotFoundError(said), { status: 404, isRetryable }],
  [new Errors.ConflictError(said), { status: 409, isRetryable }],
  [new Errors.RateLimitError(said), { status: 429, isRetryable, retryAfter: none }],
  [new Errors.ServerError(said), { status: 500, isRetryable, retryAfter: none }],
  [new Errors.UnexpectedStatusError({ ...said, status: 405 }), { status: 405, isRetryable, location: none }],
  [new Errors.TransportError(said), { isRetryable, reason: "Lost", code: none }],
  [new Errors.TimeoutError(said), { isRetryable, limit: "attempt", duration: Duration.zero }],
  [new Errors.DecodeError(said), { isRetryable, status: 200, reason: "Shape", field: "" }],
  [new Errors.PaginationError(said), { isRetryable }],
  [
    new Errors.OutcomeUnknownError(said),
    { isRetryable, reason: "Lost", status: none, startedAt: DateTime.unsafeMake(0) }
  ],
  [
    new Errors.ReconciliationError(said),
    { isRetryable, reason: "Unresolved", live: [], marker: none, stoppedBy: none }
  ],
  [
    new Errors.EncodeError({ ...said, issues: [{ field: "name", rule: "missing", allowed: "a string" }] }),
    { isRetryable, field: "name", issues: [{ field: "name", rule: "missing", allowed: "a string" }] }
  ]
]

describe("an error made by hand", () => {
  for (const [error, facts] of made) {
    it(`says what it is told, and else what is least to act on: ${error._tag}`, () => {
      assert.deepInclude(error, { ...said, ...facts })
    })
  }

  it("is what it is told to be, where that differs", () => {
    const retryAfter = Option.some(Duration.seconds(7))
    const error = new Errors.RateLimitError({ ...said, isRetryable: true, retryAfter })
    assert.deepInclude(error, { isRetryable: true, retryAfter })
    const redirect = new Errors.UnexpectedStatusError({
      ...said,
      status: 301,
      location: Option.some("/"),
      isRetryable: true
    })
    assert.deepInclude(redirect, { status: 301, location: Option.some("/"), isRetryable: true })
  })

  it("may be retryable, whatever its class", () => {
    const told = { ...said, isRetryable: true }
    for (const error of [
      new Errors.AuthenticationError(told),
      new Errors.AuthorizationError(told),
      new Errors.ValidationError(told),
      new Errors.NotFoundError(told),
      new Errors.ConflictError(told),
      new Errors.ServerError(told),
      new Errors.TransportError(told),
      new Errors.TimeoutError(told),
      new Errors.DecodeError(told),
      new Errors.PaginationError(told),
      new Errors.EncodeError({ ...told, issues: [] })
    ]) {
      assert.isTrue(error.isRetryable, error._tag)
    }
  })

  it("is of the plan, or is not, where it is told so, whatever the words", () => {
    assert.isTrue(new Errors.AuthorizationError({ ...said, isPlanGate: true }).isPlanGate)
    const message = "requires the Growth plan"
    assert.isFalse(new Errors.AuthorizationError({ ...said, message, isPlanGate: false }).isPlanGate)
  })

  it("tells each issue of an input, and the first field by itself", () => {
    const issue = (field: string) => ({ field, rule: "rule" as const, allowed: `what ${field} may be` })
    const error = new Errors.EncodeError({ operation: "createApiKey", issues: [issue("a"), issue("b")] })
    assert.deepInclude(error, { field: "a", message: "a: what a may be; b: what b may be" })
    assert.strictEqual(new Errors.EncodeError({ operation: "createApiKey", issues: [] }).field, "input")
  })

  it("knows a plan that lacks the feature by the server's words", () => {
    const isPlanGate = (message: string) => new Errors.AuthorizationError({ ...said, message }).isPlanGate
    assert.isTrue(isPlanGate("API auth app creation requires Growth plan"))
    assert.isTrue(isPlanGate("REQUIRES THE GROWTH PLAN."))
    for (const message of ["requires the scope plans:read", "prerequires a plan", "your plan requires a payment", ""]) {
      assert.isFalse(isPlanGate(message), message)
    }
  })
})

describe("the code of a connection", () => {
  it("is no field of its own that a tracer would take for the error's type", () => {
    const code = Option.some("ECONNREFUSED")
    const error = new Errors.TransportError({ ...said, code })
    assert.strictEqual(error.code, code)
    assert.notInclude(Object.keys(error), "code")
  })
})

describe("an error that failed under a span", () => {
  it.effect("can be shown by what prints a failed assertion, as by Node", () =>
    Effect.gen(function* () {
      for (const [error] of made) {
        const failed = yield* Effect.flip(Effect.withSpan(Effect.fail(error), "call"))
        assert.notStrictEqual(failed, error)
        assert.throws(() => assert.deepInclude(failed, { operation: "other" }), /deep property 'operation'/)
        assert.strictEqual(inspect(failed), inspect(error))
      }
    })
  )
})

describe("a group of errors", () => {
  const members: Readonly<Record<Errors.GroupName, ReadonlyArray<string>>> = {
    AuthError: ["AuthenticationError", "AuthorizationError"],
    InputError: ["ValidationError", "EncodeError"],
    BusyError: ["RateLimitError", "ServerError"],
    NetworkError: ["TransportError", "TimeoutError"],
    CallError: [
      "AuthenticationError",
      "RateLimitError",
      "ServerError",
      "UnexpectedStatusError",
      "TransportError",
      "TimeoutError",
      "DecodeError",
      "EncodeError"
    ],
    UnsafeCallError: [
      "AuthenticationError",
      "RateLimitError",
      "UnexpectedStatusError",
      "TransportError",
      "OutcomeUnknownError",
      "EncodeError"
    ],
    ApiError: made.slice(0, 8).map(([error]) => error._tag),
    ClientError: ["TransportError", "TimeoutError", "DecodeError", "PaginationError", "EncodeError"],
    WachtError: made.map(([error]) => error._tag)
  }
  const guards: Partial<Readonly<Record<Errors.GroupName, (u: unknown) => boolean>>> = {
    AuthError: Errors.isAuthError,
    InputError: Errors.isInputError,
    BusyError: Errors.isBusyError,
    NetworkError: Errors.isNetworkError,
    CallError: Errors.isCallError,
    UnsafeCallError: Errors.isUnsafeCallError,
    WachtError: Errors.isWachtError
  }

  for (const name of Object.keys(Errors.groups) as ReadonlyArray<Errors.GroupName>) {
    it.effect(`${name} holds its members and no others`, () =>
      Effect.gen(function* () {
        const tagsOf = (is: (u: unknown) => boolean) => made.flatMap(([error]) => (is(error) ? [error._tag] : []))
        assert.deepStrictEqual(tagsOf(Errors.isInGroup(name)), members[name])
        assert.deepStrictEqual(tagsOf(guards[name] ?? Errors.isInGroup(name)), members[name])
        const caught: Array<string> = []
        for (const [error] of made) {
          const call: Effect.Effect<never, Errors.WachtError> = Effect.fail(error)
          const handler = (error: Errors.WachtError) => Effect.succeed(caught.push(error._tag))
          yield* Effect.ignore(Errors.catchGroup(call, name, handler))
          yield* Effect.ignore(call.pipe(Errors.catchGroup(name, handler)))
        }
        assert.deepStrictEqual(
          caught,
          members[name].flatMap((tag) => [tag, tag])
        )
      })
    )
  }

  it("has every error of this package in it, also one of another copy, and none of an app's", () => {
    for (const [error] of made) {
      assert.isTrue(Errors.isWachtError(error), error._tag)
      assert.isTrue(Errors.isWachtError({ ...error }), error._tag)
    }
    const [_tag, operation] = ["ServerError", "createApiKey"]
    for (const other of [
      { _tag, operation },
      { _tag, isRetryable },
      { operation, isRetryable },
      new Error(_tag),
      _tag,
      null
    ]) {
      assert.isFalse(Errors.isWachtError(other))
      assert.isFalse(Errors.isBusyError(other))
    }
  })
})
