import { assert, describe, it } from "@effect/vitest"
import { Timestamp } from "effect-wacht/schemas"
import * as Hash from "effect/Hash"
import * as Option from "effect/Option"
import { descents, follow, idsOf, isOlder, liveOf } from "../../../../src/services/internal/reconcile/lineage.js"
import { key, moment, revoked, rotated } from "./script.js"

describe("a key's rotations", () => {
  it("lead to the one that is alive, and are counted", () => {
    const keys = [key(3, 3), key(2, 2, rotated(3)), key(1, 1, rotated(2)), key(4, 2_000)]
    for (const [start, steps] of [
      [2, 2],
      [1, 1],
      [0, 0]
    ] as const) {
      assert.containsSubset(follow(keys[start] ?? key(0, 0), keys), { _tag: "Live", head: { id: "3" }, steps })
    }
  })

  it("end where one was revoked, whatever was made at that moment", () => {
    const keys = [key(2, 2), key(1, 1, revoked(2))]
    assert.deepStrictEqual(follow(key(1, 1, revoked(2)), keys), { _tag: "Revoked" })
  })

  it("are none where it is dead without a moment", () => {
    const dead = key(1, 1, { isActive: false, revokedReason: Option.some("Rotated") })
    assert.deepStrictEqual(follow(dead, [dead, key(2, 2)]), { _tag: "Revoked" })
  })

  it("end where no successor is listed", () => {
    const old = key(1, 1, rotated(5))
    assert.deepStrictEqual(follow(old, [old, key(2, 4), key(3, 6)]), { _tag: "None" })
    assert.deepStrictEqual(liveOf(follow(old, [old])), [])
  })

  it("end where what was made at another moment has its hash", () => {
    const at = (text: string) => Option.getOrThrow(Timestamp.parse(text))
    const old = key(1, 1, { ...rotated(2), revokedAt: Option.some(at("2026-07-21T01:47:40.548969Z")) })
    const other = key(2, 2, { createdAt: at("2026-01-27T14:43:48.405071Z") })
    assert.strictEqual(Hash.hash(Option.getOrThrow(old.revokedAt)), Hash.hash(other.createdAt))
    assert.deepStrictEqual(follow(old, [old, other]), { _tag: "None" })
  })

  it("are followed each to its end where several keys were made at one moment", () => {
    const keys = [key(1, 1, rotated(2)), key(2, 2, rotated(3)), key(3, 2), key(4, 3), key(5, 2, revoked(9))]
    const lineage = follow(key(1, 1, rotated(2)), keys)
    assert.strictEqual(lineage._tag, "Several")
    assert.deepStrictEqual(idsOf(liveOf(lineage)), ["4", "3"])
  })

  it("are followed once each, however many ways lead to a key", () => {
    const twins = Array.from({ length: 12 }, (_, n) => [
      key(2 * n, n, rotated(n + 1)),
      key(2 * n + 1, n, rotated(n + 1))
    ])
    const keys = [...twins.flat(), key(500, 12)]
    assert.deepStrictEqual(idsOf(liveOf(follow(key(0, 0, rotated(1)), keys))), ["500"])
    const atOnce = [key(1, 1, rotated(2)), key(2, 2, rotated(2)), key(3, 2)]
    assert.deepStrictEqual(idsOf(liveOf(follow(key(1, 1, rotated(2)), atOnce))), ["3"])
  })

  it("never come to a key twice, and go on beside one that they came to", () => {
    const circle = [key(1, 1, rotated(2)), key(2, 2, rotated(1))]
    assert.deepStrictEqual(follow(key(1, 1, rotated(2)), circle), { _tag: "None" })
    assert.containsSubset(follow(key(1, 1, rotated(2)), [...circle, key(3, 1)]), {
      _tag: "Live",
      head: { id: "3" },
      steps: 2
    })
  })
})

describe("what a job made", () => {
  const roots = (keys: Parameters<typeof descents>[1]) => descents("job", keys).map(({ root }) => root.id)

  it("is counted once for each creation, however often it was rotated", () => {
    const keys = [key(3, 3), key(2, 2, rotated(3)), key(1, 1, rotated(2)), key(4, 4), key(5, 5, { metadata: {} })]
    assert.deepStrictEqual(roots(keys), ["1", "4"])
  })

  it("is not what somebody else made at the moment of its rotation", () => {
    const keys = [key(1, 1, rotated(2)), key(2, 2), key(3, 2, { metadata: {} })]
    assert.deepStrictEqual(
      descents("job", keys).map(({ live }) => idsOf(live)),
      [["2"]]
    )
  })

  it("is no successor of itself, of one that was revoked, or of one that is alive", () => {
    assert.deepStrictEqual(roots([key(1, 1, rotated(1))]), ["1"])
    assert.deepStrictEqual(roots([key(1, 1, revoked(2)), key(2, 2)]), ["1", "2"])
    assert.deepStrictEqual(roots([key(1, 1, { ...rotated(2), isActive: true }), key(2, 2)]), ["1", "2"])
  })

  it("is ordered by its moment, then by its id as a number", () => {
    assert.isTrue(isOlder(key(9, 1), key(1, 2)))
    assert.isFalse(isOlder(key(1, 2), key(9, 1)))
    assert.isTrue(isOlder(key(9, 1), key(10, 1)))
    assert.isFalse(isOlder(key(10, 1), key(9, 1)))
    assert.isFalse(isOlder(key(9, 1), key(9, 1, { updatedAt: moment(7) })))
  })
})
