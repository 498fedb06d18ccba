import { assert, describe, it, vi } from "@effect/vitest"
import * as DateTime from "effect/DateTime"
import * as Either from "effect/Either"
import * as Equal from "effect/Equal"
import * as FastCheck from "effect/FastCheck"
import * as Hash from "effect/Hash"
import * as Option from "effect/Option"
import * as Pretty from "effect/Pretty"
import * as Schema from "effect/Schema"
import { inspect } from "node:util"
import { AuditPosition, Timestamp, TimestampInput } from "effect-wacht/schemas"

const at = Schema.decodeSync(Timestamp)
const decode = Schema.decodeUnknownEither(Timestamp)
const encodeInput = Schema.encodeUnknownEither(TimestampInput)

describe("Timestamp", () => {
  it("keeps its text to the last digit", () => {
    for (const text of [
      "2026-06-15T09:00:00Z",
      "2026-06-15T09:00:00.5Z",
      "2026-06-15T09:00:00.018204Z",
      "2026-06-15T09:00:00.000000001Z",
      "2024-02-29T23:59:59Z",
      "2000-02-29T00:00:00Z",
      "0000-01-01T00:00:00Z",
      "9999-12-31T23:59:59.999999999Z"
    ]) {
      const value = at(text)
      assert.strictEqual(value.text, text)
      assert.strictEqual(Schema.encodeSync(Timestamp)(value), text)
      assert.strictEqual(`${value}`, text)
      assert.strictEqual(JSON.stringify({ value }), `{"value":"${text}"}`)
      assert.strictEqual(inspect(value), text)
      assert.strictEqual(inspect({ value }), `{ value: ${text} }`)
    }
  })

  it("refuses what is no moment, completely and at once", () => {
    for (const text of [
      "",
      "2026-06-15",
      "2026-06-15T09:00:00",
      "2026-06-15T09:00:00+00:00",
      "2026-06-15 09:00:00Z",
      "2026-06-15t09:00:00z",
      "2026-06-15T09:00:00.Z",
      "2026-06-15T09:00:00.0123456789Z",
      "2026-06-15T24:00:00Z",
      "2026-06-15T09:60:00Z",
      "2026-06-15T09:00:60Z",
      "2026-00-15T09:00:00Z",
      "2026-13-15T09:00:00Z",
      "2026-06-00T09:00:00Z",
      "2026-06-31T09:00:00Z",
      "2026-02-29T09:00:00Z",
      "1900-02-29T09:00:00Z",
      "2026-04-31T00:00:00Z",
      "+02026-06-15T09:00:00Z",
      "2026-06-15T09:00:00Z\n",
      "２026-06-15T09:00:00Z",
      1893456000,
      null,
      new Date(0)
    ]) {
      assert.isTrue(Either.isLeft(decode(text)), String(text))
      if (typeof text === "string") assert.isTrue(Option.isNone(Timestamp.parse(text)), text)
    }
    const refused = Either.getOrThrow(Either.flip(decode("2026-06-15")))
    assert.include(refused.message, "Expected RFC 3339 text ending in Z")
  })

  it("accepts of the calendar exactly the days that exist", () => {
    for (let year = 1896; year <= 2104; year++) {
      for (let month = 1; month <= 12; month++) {
        for (let day = 28; day <= 32; day++) {
          const two = (n: number) => String(n).padStart(2, "0")
          const date = new Date(Date.UTC(year, month - 1, day))
          const exists = date.getUTCMonth() === month - 1 && date.getUTCDate() === day
          assert.strictEqual(Option.isSome(Timestamp.parse(`${year}-${two(month)}-${two(day)}T00:00:00Z`)), exists)
        }
      }
    }
  })

  it("is equal by instant, however it is spelled", () => {
    const pairs: ReadonlyArray<readonly [string, string, boolean]> = [
      ["2026-06-15T09:00:00.5Z", "2026-06-15T09:00:00.500Z", true],
      ["2026-06-15T09:00:00Z", "2026-06-15T09:00:00.000000000Z", true],
      ["2026-06-15T09:00:00.018204Z", "2026-06-15T09:00:00.018205Z", false],
      ["2026-06-15T09:00:00.100Z", "2026-06-15T09:00:00.001Z", false],
      ["2026-06-15T09:00:10Z", "2026-06-15T09:00:01Z", false],
      // Of one hash.
      ["2023-11-17T07:59:40Z", "2023-11-18T00:18:09Z", false]
    ]
    for (const [a, b, expected] of pairs) {
      assert.strictEqual(Equal.equals(at(a), at(b)), expected)
      assert.strictEqual(Timestamp.Equivalence(at(a), at(b)), expected)
      assert.strictEqual(Timestamp.Order(at(a), at(b)) === 0, expected)
      if (expected) assert.strictEqual(Hash.hash(at(a)), Hash.hash(at(b)))
    }
  })

  it("is ordered by instant, to the nanosecond", () => {
    const spell = (nanos: bigint, keep: number) => {
      const digits = String(nanos % 1000000000n).padStart(9, "0")
      const seconds = new Date(Number(nanos / 1000000000n) * 1000).toISOString().slice(0, 19)
      const fraction = digits.slice(0, Math.max(keep, digits.replace(/0+$/, "").length))
      return at(`${seconds}${fraction === "" ? "" : `.${fraction}`}Z`)
    }
    const moment = FastCheck.bigInt({ min: 0n, max: 4102444799999999999n })
    const keep = FastCheck.integer({ min: 0, max: 9 })
    // Most differ in one place of their text only.
    const step = FastCheck.tuple(FastCheck.integer({ min: -1, max: 1 }), FastCheck.integer({ min: 0, max: 18 })).map(
      ([sign, power]) => BigInt(sign) * 10n ** BigInt(power)
    )
    FastCheck.assert(
      FastCheck.property(moment, step, keep, keep, (nanos, step, keepA, keepB) => {
        const other = nanos + step < 0n ? 0n : nanos + step
        const [a, b] = [spell(nanos, keepA), spell(other, keepB)]
        const expected = nanos < other ? -1 : nanos > other ? 1 : 0
        return Timestamp.Order(a, b) === expected && Timestamp.Order(a, a) === 0
      }),
      { numRuns: 1000 }
    )
  })

  it("is ordered by each of its digits, whatever its length", () => {
    const lower = "1111-01-01T01:11:11.111111111Z"
    for (const { 0: digit, index } of lower.matchAll(/\d/g)) {
      const higher = `${lower.slice(0, index)}${Number(digit) + 1}${lower.slice(index + 1)}`
      const short = (text: string) => `${text.slice(0, Math.max(index + 1, 19))}Z`
      for (const [a, b] of [
        [lower, higher],
        [short(lower), higher],
        [lower, short(higher)]
      ] as const) {
        assert.strictEqual(Timestamp.Order(at(a), at(b)), -1, `${a} ${b}`)
        assert.strictEqual(Timestamp.Order(at(b), at(a)), 1, `${b} ${a}`)
      }
    }
  })

  it("makes its DateTime late, and once", () => {
    const value = at("2026-06-15T09:00:00.018999Z")
    assert.strictEqual(value.utc, value.utc)
    assert.strictEqual(DateTime.formatIso(value.utc), "2026-06-15T09:00:00.018Z")
    assert.deepStrictEqual(Object.keys(value), ["text"])
    assert.strictEqual(DateTime.formatIso(at("2026-06-15T09:00:00Z").utc), "2026-06-15T09:00:00.000Z")
  })

  it("comes from a DateTime and from a Date, in the server's shortest spelling", () => {
    assert.strictEqual(Timestamp.fromDateTime(DateTime.unsafeMake("2026-06-15T09:00:00Z")).text, "2026-06-15T09:00:00Z")
    assert.strictEqual(Timestamp.fromDateTime(DateTime.unsafeMake(5)).text, "1970-01-01T00:00:00.005Z")
    const zoned = DateTime.unsafeMakeZoned("2026-06-15T09:00:00Z", { timeZone: "Asia/Tokyo" })
    assert.strictEqual(Timestamp.fromDateTime(zoned).text, "2026-06-15T09:00:00Z")
    assert.strictEqual(Timestamp.fromDateTime(DateTime.unsafeMake(8.64e15)).text, "9999-12-31T23:59:59.999Z")
    assert.strictEqual(Timestamp.fromDateTime(DateTime.unsafeMake(-8.64e15)).text, "0000-01-01T00:00:00Z")
    assert.strictEqual(Option.getOrThrow(Timestamp.fromDate(new Date(1500))).text, "1970-01-01T00:00:01.500Z")
    assert.isTrue(Option.isNone(Timestamp.fromDate(new Date(Number.NaN))))
    assert.isTrue(Option.isNone(Timestamp.fromDate(new Date(8.64e15))))
    for (const [millis, isWritable] of [
      [-62167219200001, false],
      [-62167219200000, true],
      [253402300799999, true],
      [253402300800000, false]
    ] as const) {
      assert.strictEqual(Option.isSome(Timestamp.fromDate(new Date(millis))), isWritable)
    }
  })

  it("reads back whatever it makes", () => {
    FastCheck.assert(
      FastCheck.property(FastCheck.integer({ min: -62167219200000, max: 253402300799999 }), (millis) => {
        const value = Timestamp.fromDateTime(DateTime.unsafeMake(millis))
        return Option.isSome(Timestamp.parse(value.text)) && value.utc.epochMillis === millis
      })
    )
  })

  it("tells itself from what looks like it", () => {
    assert.isTrue(Timestamp.is(at("2026-06-15T09:00:00Z")))
    for (const other of [{ text: "2026-06-15T09:00:00Z" }, "2026-06-15T09:00:00Z", new Date(), null]) {
      assert.isFalse(Timestamp.is(other))
    }
    const moment = at("2026-06-15T09:00:00Z")
    const namesake = { [Equal.symbol]: () => true, [Hash.symbol]: () => Hash.hash(moment) }
    assert.isFalse(Equal.equals(moment, namesake))
  })

  it("knows one of another copy of this package", async () => {
    vi.resetModules()
    const copy = await import("../../src/schemas/Timestamp.js")
    assert.notStrictEqual(copy.Timestamp, Timestamp)
    const foreign = Option.getOrThrow(copy.Timestamp.parse("2026-06-15T09:00:00Z"))
    assert.isTrue(Timestamp.is(foreign))
    assert.isTrue(Equal.equals(at("2026-06-15T09:00:00.0Z"), foreign))
  })
})

describe("TimestampInput", () => {
  it("takes a Timestamp, a DateTime.Utc or a Date", () => {
    const text = "2026-06-15T09:00:00.018204Z"
    assert.deepStrictEqual(encodeInput(at(text)), Either.right(text))
    assert.deepStrictEqual(encodeInput(DateTime.unsafeMake(1500)), Either.right("1970-01-01T00:00:01.500Z"))
    assert.deepStrictEqual(encodeInput(new Date(0)), Either.right("1970-01-01T00:00:00Z"))
  })

  it("is the same where the instant is, whichever of them it is", () => {
    const isSame = Schema.equivalence(TimestampInput)
    const same = [at("1970-01-01T00:00:01.5Z"), DateTime.unsafeMake(1500), new Date(1500)]
    for (const one of same) {
      for (const other of same) assert.isTrue(isSame(one, other))
      assert.isFalse(isSame(one, at("1970-01-01T00:00:01.500001Z")))
    }
  })

  it("is printed as its text, whichever of them it is", () => {
    const print = Pretty.make(TimestampInput)
    for (const one of [at("1970-01-01T00:00:01.500Z"), DateTime.unsafeMake(1500), new Date(1500)]) {
      assert.strictEqual(print(one), "1970-01-01T00:00:01.500Z")
    }
  })

  it("refuses all else", () => {
    const zoned = DateTime.unsafeMakeZoned("2026-06-15T09:00:00Z", { timeZone: "Asia/Tokyo" })
    for (const other of [new Date(Number.NaN), new Date(8.64e15), zoned, "2026-06-15T09:00:00Z", 0, null, {}]) {
      assert.isTrue(Either.isLeft(encodeInput(other)))
    }
  })
})

describe("a place in an audit trail", () => {
  it("is of its moment first, whatever the request, then of its request id", () => {
    const places = [
      { timestamp: at("2026-06-15T09:00:00.000001Z"), requestId: "req_9" },
      { timestamp: at("2026-06-15T09:00:00.000002Z"), requestId: "req_1" },
      { timestamp: at("2026-06-15T09:00:00.000002Z"), requestId: "req_2" },
      { timestamp: at("2026-06-15T09:00:00.00001Z"), requestId: "req_0" }
    ]
    places.forEach((one, index) =>
      places.forEach((other, otherIndex) =>
        assert.strictEqual(AuditPosition.Order(one, other), Math.sign(index - otherIndex))
      )
    )
  })

  it("is all that is kept of its row", () => {
    const place = { timestamp: at("2026-06-15T09:00:00.000001Z"), requestId: "req_9" }
    const row = { ...place, clientIp: "192.0.2.1" }
    assert.deepStrictEqual(AuditPosition.of(row), place)
  })
})
