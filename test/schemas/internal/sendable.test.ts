import { assert, describe, it } from "@effect/vitest"
import { runInNewContext } from "node:vm"
import { findUnsendable } from "../../../src/schemas/internal/sendable.js"

const found = (value: unknown, mayHoldBytes = false) =>
  findUnsendable(value, mayHoldBytes).map(({ message, path }) => [path.join("."), message] as const)
const paths = (value: unknown, mayHoldBytes?: boolean) => found(value, mayHoldBytes).map(([path]) => path)

/** An object in an object, so many times. */
const nested = (depth: number): unknown => {
  let value: unknown = 1
  for (let level = 0; level < depth; level++) value = { a: value }
  return value
}

const nul = "a\u0000"

describe("what cannot be sent", () => {
  it("is told with its place", () => {
    assert.deepStrictEqual(paths({ a: [1, nul, { b: Number.NaN }], c: undefined, d: 1n, e: new Date() }), [
      "a.1",
      "a.2.b",
      "d",
      "e"
    ])
    assert.deepStrictEqual(found([undefined]), [
      ["0", "JSON: text, finite numbers, booleans, null, arrays and plain objects"]
    ])
    // JSON would have null there.
    assert.deepStrictEqual(paths({ a: Object.assign([], { 1: 1 }) }), ["a.0"])
    assert.deepStrictEqual(paths({ a: Object.assign([], { 1: 1, named: 1 }) }), ["a.0"])
    // JSON asks an array for its places, whatever else it has.
    assert.deepStrictEqual(
      paths({ a: Object.assign([nul], { entries: () => [], [Symbol.iterator]: () => [].values() }) }),
      ["a.0"]
    )
    // Of an array JSON writes no named member.
    assert.deepStrictEqual(paths({ a: /b/.exec("abc") }), [])
    assert.deepStrictEqual(paths({ a: "x", b: true, c: null, d: -1.5, e: Object.create(null) }), [])
  })

  it("is no object of another realm, as a sandbox for tests has one", () => {
    const foreign: unknown = runInNewContext("({ a: [1, { b: new Date(), c: 'x' }] })")
    assert.deepStrictEqual(paths(foreign), ["a.1.b"])
    assert.deepStrictEqual(paths({ a: Object.create(Object.create(null)) }), ["a"])
  })

  it("is what would write itself as something else", () => {
    const toJSON = () => ({ changed: nul })
    class Tags extends Array<string> {
      toJSON() {
        return nul
      }
    }
    assert.deepStrictEqual(paths({ a: Tags.from(["x"]), b: Object.defineProperty({}, "toJSON", { value: toJSON }) }), [
      "a",
      "b"
    ])
    assert.deepStrictEqual(paths({ toJSON: "a key as any" }), [])
  })

  it("is a key too, whose value is looked at all the same", () => {
    assert.deepStrictEqual(found({ a: { [nul]: nul } }), [
      ["a", "keys of well-formed Unicode without NUL"],
      [`a.${nul}`, "well-formed Unicode without NUL"]
    ])
  })

  it("is no bytes but where a form may hold some", () => {
    const bytes = { data: new Uint8Array([1]) }
    assert.deepStrictEqual(paths(bytes), ["data"])
    assert.deepStrictEqual(paths(bytes, true), [])
    assert.deepStrictEqual(paths({ data: new Date() }, true), ["data"])
  })

  it("is nested deeper than 120 levels", () => {
    assert.deepStrictEqual(paths(nested(121)), [])
    assert.deepStrictEqual(
      found(nested(122)).map(([path, message]) => [path.length, message]),
      [[241, "at most 120 levels, and no cycles"]]
    )
  })

  it("is more than a million values, however they are held", () => {
    const row = Array.from({ length: 999 }, () => 1)
    const rows = Array.from({ length: 1000 }, () => row)
    const tooMany = ["", "at most 1000000 values"] as const
    assert.deepStrictEqual(paths(rows.slice(1)), [])
    assert.deepStrictEqual(found([...rows, 1]), [tooMany])
    assert.deepStrictEqual(found({ a: Array.from({ length: 1_000_001 }) }), [tooMany])
    const ones = (length: number) => Array.from({ length }, () => 1)
    assert.deepStrictEqual(found(ones(999_999)), [])
    assert.deepStrictEqual(found(ones(1_000_000)), [tooMany])
  })

  it("is told of as often as a person reads", () => {
    assert.strictEqual(paths(Array.from({ length: 60 }, () => nul)).length, 50)
    const keys = Object.fromEntries(Array.from({ length: 60 }, (_, index) => [`${nul}${index}`, 1]))
    assert.strictEqual(paths(keys).length, 50)
  })
})
