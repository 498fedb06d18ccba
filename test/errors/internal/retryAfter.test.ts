import { assert, describe, it } from "@effect/vitest"
import * as Duration from "effect/Duration"
import * as Option from "effect/Option"
import * as fc from "fast-check"
import { retryAfter } from "../../../src/errors/internal/retryAfter.js"

const now = Date.UTC(2026, 5, 20, 12, 0, 0)
const longest = 31 * 24 * 3600 * 1000

const millis = (header: string | undefined, message = ""): number | undefined =>
  Option.getOrUndefined(Option.map(retryAfter(header, message, now), Duration.toMillis))

describe("how long to wait", () => {
  it("is in seconds in the header", () => {
    assert.strictEqual(millis("0"), 0)
    assert.strictEqual(millis("7"), 7000)
    assert.strictEqual(millis(" 7 "), 7000)
    assert.strictEqual(millis("1.5"), 1500)
    assert.strictEqual(millis("60"), 60_000)
    assert.strictEqual(millis("60000"), 60_000_000)
    assert.strictEqual(millis("9".repeat(400)), longest)
    assert.strictEqual(millis(String(31 * 24 * 3600 + 1)), longest)
  })

  it("is a date in the header, in any of the three forms", () => {
    assert.strictEqual(millis("Sat, 20 Jun 2026 12:00:30 GMT"), 30_000)
    assert.strictEqual(millis("Saturday, 20-Jun-26 12:00:30 GMT"), 30_000)
    assert.strictEqual(millis("Sat Jun 20 12:00:30 2026"), 30_000)
    assert.strictEqual(millis("Sat, 20 Jun 2026 11:59:00 GMT"), 0)
    assert.strictEqual(millis("Mon, 20 Jun 2050 12:00:30 GMT"), longest)
    assert.strictEqual(millis("Fri Jan  1 00:00:00 2027"), longest)
    assert.strictEqual(millis("Sat Jun 20 12:00:30 2026".replace("20", " 2")), 0)
  })

  it("is a date in GMT in the header, wherever it is read", () => {
    const zone = process.env["TZ"]
    process.env["TZ"] = "Asia/Tokyo"
    try {
      assert.strictEqual(new Date(now).getHours(), 21)
      for (const date of ["Sat, 20 Jun 2026 12:00:30 GMT", "Sat Jun 20 12:00:30 2026"]) {
        assert.strictEqual(millis(date), 30_000, date)
      }
    } finally {
      if (zone === undefined) delete process.env["TZ"]
      else process.env["TZ"] = zone
    }
  })

  it("is none where the header cannot be read, whatever the words say", () => {
    for (const header of [
      "",
      "soon",
      "-1",
      "+5",
      "1e3",
      "0x10",
      "NaN",
      "Infinity",
      "7s",
      "7,8",
      "2026-06-20T12:00:30Z",
      "Sat, 20 Jun 2026 12:00:30",
      "Xxx, 99 Yyy 2026 99:99:99 GMT"
    ]) {
      assert.isUndefined(millis(header, "Rate limit exceeded. Retry after 5000 seconds"), header)
    }
  })

  const words = (value: string) => `Rate limit exceeded. Retry after ${value} seconds`

  it("is in milliseconds in the words, except exactly 60", () => {
    assert.strictEqual(millis(undefined, words("60000")), 60_000)
    assert.strictEqual(millis(undefined, words("500")), 500)
    assert.strictEqual(millis(undefined, words("60")), 60_000)
    assert.strictEqual(millis(undefined, words("59")), 59)
    assert.strictEqual(millis(undefined, words("61")), 61)
    assert.strictEqual(millis(undefined, words("0")), 0)
    assert.strictEqual(millis(undefined, words("9".repeat(400))), longest)
    assert.strictEqual(millis(undefined, "RETRY AFTER 250 SECOND"), 250)
    for (const value of ["-5", "soon", ""]) assert.isUndefined(millis(undefined, words(value)), value)
    assert.isUndefined(millis(undefined, "Too Many Requests"))
  })

  /** Numbers of any size and form, and what is like one. */
  const near = fc.oneof(
    fc.bigInt().map(String),
    fc.double().map(String),
    fc.stringMatching(/^[-+ .\d]{1,30}$/),
    fc.string()
  )

  it("is never negative, never over 31 days, never no number", () => {
    fc.assert(
      fc.property(fc.option(near, { nil: undefined }), near.map(words), fc.integer(), (header, message, at) => {
        const found = Option.getOrElse(Option.map(retryAfter(header, message, at), Duration.toMillis), () => 0)
        assert.isTrue(found >= 0 && found <= longest)
      })
    )
    fc.assert(
      fc.property(fc.date({ noInvalidDate: true }), fc.integer({ min: 0, max: 4e12 }), (date, at) => {
        const found = Option.getOrElse(Option.map(retryAfter(date.toUTCString(), "", at), Duration.toMillis), () => 0)
        assert.isTrue(found >= 0 && found <= longest)
      })
    )
  })
})
