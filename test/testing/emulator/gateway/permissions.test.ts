import { assert, describe, it } from "@effect/vitest"
import * as fc from "fast-check"
import { isPermitted } from "../../../../src/testing/emulator/gateway/permissions.js"

const permitted = (required: ReadonlyArray<string>, ...effective: ReadonlyArray<string>) =>
  isPermitted(required, new Set(effective))

describe("required permissions", () => {
  it("are none when the list is empty or blank", () => {
    assert.isTrue(permitted([]))
    assert.isTrue(permitted(["", "  "]))
  })

  it("are all needed, entry by entry", () => {
    assert.isTrue(permitted(["b", " a "], "a", "b"))
    assert.isFalse(permitted(["b", "a"], "a"))
  })

  it("are compared exactly", () => {
    assert.isFalse(permitted(["read"], "Read"))
  })

  it("are separated by commas in an expression without words", () => {
    assert.isTrue(permitted(["a, b"], "a", "b"))
    assert.isFalse(permitted(["a,b"], "a"))
    assert.isFalse(permitted(["a,b"], "a,b"))
    assert.isTrue(permitted(["a,, b, ,c,"], "a", "b", "c"))
  })

  it("hold commas as ordinary characters beside a second entry or a word", () => {
    assert.isFalse(permitted(["a,b", "c"], "a", "b", "c"))
    assert.isTrue(permitted(["a,b", "c"], "a,b", "c"))
    assert.isTrue(permitted(["a,b OR c"], "a,b"))
  })

  it("are joined as text, so that OR binds weakest over the entries", () => {
    assert.isTrue(permitted(["a OR b", "c"], "a"))
    assert.isTrue(permitted(["a OR b", "c"], "b", "c"))
    assert.isFalse(permitted(["a OR b", "c"], "b"))
    assert.isFalse(permitted(["a OR b", "c"], "c"))
  })

  it("know the words in capitals with a blank on both sides only", () => {
    assert.isFalse(permitted(["a or b"], "a"))
    assert.isFalse(permitted(["aORb"], "a"))
    assert.isTrue(permitted(["a or b"], "a or b"))
  })

  it("may stand in parentheses as a whole, and combined with them are always denied", () => {
    assert.isTrue(permitted(["(a OR b)"], "b"))
    assert.isTrue(permitted(["(a AND b)"], "a", "b"))
    assert.isFalse(permitted(["(a AND b)"], "a"))
    assert.isFalse(permitted(["a AND (b OR c)"], "a", "b", "c"))
    assert.isFalse(permitted(["(a OR b) AND (c OR d)"], "a", "b", "c", "d"))
    assert.isFalse(permitted(["(a OR b)", "c"], "a", "b", "c"))
    assert.isTrue(permitted([" ( (a OR b) ) "], "a"))
    assert.isTrue(permitted(["(a", "b)"], "a", "b"), "entries are joined before anything is read")
    assert.isFalse(permitted(["a)", "(b"], "a", "b"))
    assert.isFalse(permitted(["()"], "a"))
  })

  it("hold parentheses as characters where no word joins anything", () => {
    assert.isTrue(permitted(["read(all)"], "read(all)"))
    assert.isFalse(permitted(["(a)"], "a"))
    assert.isTrue(permitted(["(a)"], "(a)"))
    assert.isFalse(permitted(["(a,b)"], "a", "b"))
    assert.isTrue(permitted(["(a,b)"], "(a", "b)"))
  })

  it("are judged in linear time, however hostile", () => {
    const deep = 500_000
    assert.isTrue(permitted(["(".repeat(deep) + "a OR b" + ")".repeat(deep)], "a"))
    assert.isFalse(permitted([`${"(".repeat(deep)} OR a`], "a"))
    assert.isFalse(permitted([`a${" ".repeat(deep)}b`], "a"))
  })

  const name = fc.stringMatching(/^[a-z:]{1,6}$/)
  it("of plain names hold exactly when all are there", () => {
    fc.assert(
      fc.property(fc.array(name), fc.array(name), (required, effective) => {
        const has = new Set(effective)
        assert.strictEqual(
          isPermitted(required, has),
          required.every((one) => has.has(one))
        )
      })
    )
  })

  it("in disjunctive form hold exactly when one alternative does", () => {
    fc.assert(
      fc.property(fc.array(fc.array(name, { minLength: 1 }), { minLength: 1 }), fc.array(name), (form, effective) => {
        const has = new Set(effective)
        const text = form.map((all) => all.join(" AND ")).join(" OR ")
        assert.strictEqual(
          isPermitted([text], has),
          form.some((all) => all.every((one) => has.has(one)))
        )
      })
    )
  })
})
