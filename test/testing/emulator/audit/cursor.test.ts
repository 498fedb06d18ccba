import { assert, describe, it } from "@effect/vitest"
import * as fc from "fast-check"
import * as Cursor from "../../../../src/testing/emulator/audit/cursor.js"

const base64url = (text: string | Uint8Array) => Buffer.from(text).toString("base64url")

describe("the cursor", () => {
  it("is unpadded base64url of milliseconds and request id", () => {
    assert.strictEqual(
      Cursor.encode({ timestamp: 1_795_425_986_000_333n, requestId: "req_0_3" }),
      "MTc5NTQyNTk4NjAwMHxyZXFfMF8z"
    )
  })

  it("comes back without its microseconds", () => {
    const moment = fc.bigInt({ min: -62_000_000_000_000_000n, max: 253_000_000_000_000_000n })
    fc.assert(
      fc.property(moment, fc.string({ unit: "grapheme" }), (timestamp, requestId) => {
        const read = Cursor.decode(Cursor.encode({ timestamp, requestId }))
        const lost = ((timestamp % 1000n) + 1000n) % 1000n
        assert.deepStrictEqual(read, { timestamp: timestamp - lost, requestId })
      })
    )
  })

  it("is cut at the first bar; the id may be empty or hold bars", () => {
    assert.deepStrictEqual(Cursor.decode(base64url("5|a|b")), { timestamp: 5000n, requestId: "a|b" })
    assert.deepStrictEqual(Cursor.decode(base64url("-1|")), { timestamp: -1000n, requestId: "" })
  })

  it("is none where the text is not one", () => {
    assert.deepStrictEqual(Cursor.decode("NXw"), { timestamp: 5000n, requestId: "" })
    const bad = [
      "",
      "!!",
      "A",
      "MTc5NTQyNTk4NjAwMHxyZXFfMF8z=",
      "Mw==",
      "N3xyZXE+",
      // bits of the last character that no encoder leaves
      "NXx",
      base64url("abc|x"),
      base64url("5"),
      base64url("|x"),
      base64url("5.5|x"),
      base64url(" 5|x"),
      base64url("0x5|x"),
      base64url("9999999999999999|x"),
      base64url("99999999999999999999999|x"),
      base64url("-9999999999999999|x"),
      base64url(Uint8Array.of(0xff, 0xfe))
    ]
    for (const text of bad) assert.isUndefined(Cursor.decode(text), text)
  })

  it("never fails, whatever it reads", () => {
    fc.assert(fc.property(fc.string(), (text) => void Cursor.decode(text)))
    fc.assert(fc.property(fc.uint8Array(), (bytes) => void Cursor.decode(base64url(bytes))))
  })
})
