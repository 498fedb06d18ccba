import { assert, describe, it } from "@effect/vitest"
import * as Option from "effect/Option"
import { connectionFailure } from "../../../src/errors/internal/connection.js"

const failed = (code: string, syscall?: string, cause?: unknown) =>
  Object.assign(new Error(code, { cause }), syscall === undefined ? { code } : { code, syscall })

const refused = failed("ECONNREFUSED", "connect")
const reset = failed("ECONNRESET", "read")

describe("the failure of a connection", () => {
  it("says that nothing was sent where every address refused", () => {
    const addresses = Object.assign(new AggregateError([refused, failed("ETIMEDOUT", "connect")]), {
      code: "ETIMEDOUT"
    })
    assert.deepStrictEqual(connectionFailure(new Error("fetch failed", { cause: addresses })), {
      isNotSent: true,
      code: Option.some("ECONNREFUSED")
    })
  })

  it("says so of nothing that a client tried twice, where one of the tries may have been heard", () => {
    for (const error of [
      new AggregateError([reset, refused]),
      new AggregateError([refused, reset]),
      failed("ECONNRESET", "read", refused),
      new Error("again", { cause: failed("ECONNREFUSED", "connect", reset) })
    ]) {
      assert.deepStrictEqual(connectionFailure(error), { isNotSent: false, code: Option.some("ECONNRESET") })
    }
  })

  it("says so of nothing that cannot be looked at whole", () => {
    const hidden = Object.defineProperty(failed("ECONNREFUSED", "connect"), "cause", {
      get: () => {
        throw new Error("no")
      }
    })
    assert.isFalse(connectionFailure(hidden).isNotSent)
    let endless: unknown = refused
    for (let depth = 0; depth < 300; depth++) endless = failed("ECONNREFUSED", "connect", endless)
    assert.isFalse(connectionFailure(endless).isNotSent)
  })
})
