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
      Object.assign(new AggregateError([refused, refused]), { cause: reset }),
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
    assert.isFalse(connectionFailure(failed("ECONNREFUSED", "connect", hidden)).isNotSent)
    let endless: unknown = refused
    for (let depth = 0; depth < 300; depth++) endless = failed("ECONNREFUSED", "connect", endless)
    assert.isFalse(connectionFailure(endless).isNotSent)
  })

  it("says that nothing was sent where nothing can have been", () => {
    for (const code of [
      "ECONNREFUSED",
      "ENOTFOUND",
      "EAI_AGAIN",
      "EHOSTUNREACH",
      "ENETUNREACH",
      "UND_ERR_CONNECT_TIMEOUT",
      "HOSTNAME_MISMATCH",
      "INVALID_CA",
      "INVALID_PURPOSE",
      "CERT_HAS_EXPIRED",
      "ERROR_IN_CERT_NOT_BEFORE_FIELD",
      "ERROR_IN_CRL_NEXT_UPDATE_FIELD",
      "PATH_LENGTH_EXCEEDED",
      "CRL_HAS_EXPIRED",
      "ERR_TLS_CERT_ALTNAME_INVALID",
      "UNABLE_TO_VERIFY_LEAF_SIGNATURE",
      "DEPTH_ZERO_SELF_SIGNED_CERT",
      "SELF_SIGNED_CERT_IN_CHAIN"
    ]) {
      assert.deepStrictEqual(connectionFailure(failed(code)), { isNotSent: true, code: Option.some(code) })
    }
    for (const [code, syscall] of [
      ["EAI_FAIL", "getaddrinfo"],
      ["ECONNRESET", "connect"],
      ["ETIMEDOUT", "connect"]
    ] as const) {
      assert.isTrue(connectionFailure(failed(code, syscall)).isNotSent)
    }
    for (const code of ["ECONNRESET", "EPIPE", "ETIMEDOUT", "UND_ERR_SOCKET", "UND_ERR_HEADERS_TIMEOUT"]) {
      assert.deepStrictEqual(connectionFailure(failed(code)), { isNotSent: false, code: Option.some(code) })
    }
  })

  it("says that a connection was lost which stood, where a route went away", () => {
    for (const syscall of ["read", "write", "writev", "shutdown", "send", "sendmsg", "recv", "recvmsg"]) {
      for (const code of ["EHOSTUNREACH", "ENETUNREACH", "ECONNREFUSED"]) {
        assert.deepStrictEqual(connectionFailure(failed(code, syscall)), { isNotSent: false, code: Option.some(code) })
      }
    }
  })

  it("names the first code of the kind that says most, and no text that only looks like one", () => {
    assert.deepStrictEqual(
      connectionFailure(failed("ENOTFOUND", "getaddrinfo", failed("ECONNREFUSED", "connect"))).code,
      Option.some("ENOTFOUND")
    )
    assert.deepStrictEqual(
      connectionFailure(failed("EPIPE", "write", failed("ECONNRESET", "read"))).code,
      Option.some("EPIPE")
    )
    for (const text of ["Echo of a secret", "backend_key", "EE", `E${"X".repeat(64)}`]) {
      assert.deepStrictEqual(connectionFailure(failed(text)), { isNotSent: false, code: Option.none() })
    }
    for (const code of ["EIO", `E${"X".repeat(63)}`]) {
      assert.deepStrictEqual(connectionFailure(failed(code)).code, Option.some(code))
    }
  })

  it("looks at every cause of as many as a client gives", () => {
    let chain: unknown = refused
    for (let depth = 0; depth < 200; depth++) chain = new Error("again", { cause: chain })
    assert.isTrue(connectionFailure(chain).isNotSent)
    assert.isTrue(
      connectionFailure(new AggregateError(Array.from({ length: 200 }, () => failed("ENOTFOUND")))).isNotSent
    )
    const many = new AggregateError(Array.from({ length: 300 }, () => failed("ENOTFOUND")))
    assert.isFalse(connectionFailure(many).isNotSent)
    const one = failed("ENOTFOUND")
    const hidden = new AggregateError([...Array.from({ length: 256 }, () => one), failed("ECONNRESET")])
    assert.isFalse(connectionFailure(hidden).isNotSent)
  })
})
