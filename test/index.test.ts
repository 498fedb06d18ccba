import { assert, it, vi } from "@effect/vitest"
import * as Schema from "effect/Schema"

it("an import builds no schema that is built on first use", async () => {
  // The stub of `Wire.lazy` asks the schema behind it by `Reflect.get`.
  const asked = vi.spyOn(Reflect, "get")
  const wacht = await import("effect-wacht")
  const schemas = () => asked.mock.calls.filter(([target]) => Schema.isSchema(target)).length
  assert.strictEqual(schemas(), 0)
  assert.isString(wacht.Schemas.KeyId.ast._tag)
  assert.isAbove(schemas(), 0)
})
