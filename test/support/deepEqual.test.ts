import { assert, it } from "@effect/vitest"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"

const pairs: ReadonlyArray<readonly [same: boolean, left: unknown, right: unknown]> = [
  [true, Option.some({ a: 1 }), Option.some({ a: 1 })],
  [false, Option.some({ a: 1 }), Option.some({ a: 2 })],
  [true, Option.none(), Option.none()],
  [false, Option.some(1), Option.none()],
  [false, Option.none(), Option.some(1)],
  [true, Redacted.make("a"), Redacted.make("a")],
  [false, Redacted.make("a"), Redacted.make("b")]
]

it("a deep comparison tells options and secrets apart, also inside of others", () => {
  for (const [same, left, right] of pairs) {
    const check = same ? assert.deepStrictEqual : assert.notDeepEqual
    check(left, right)
    check([{ member: left }], [{ member: right }])
    const include = same ? assert.deepInclude : assert.notDeepInclude
    include({ member: left, other: 1 }, { member: right })
  }
})
