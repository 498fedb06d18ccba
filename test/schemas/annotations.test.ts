import { assert, describe, it } from "@effect/vitest"
import * as schemas from "effect-wacht/schemas"
import * as Arbitrary from "effect/Arbitrary"
import * as FastCheck from "effect/FastCheck"
import * as JSONSchema from "effect/JSONSchema"
import * as Option from "effect/Option"
import * as Pretty from "effect/Pretty"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"

/** The schemas are lazy: a function's `ast` says what they are. */
const all = Object.entries<unknown>({ ...schemas }).flatMap(([name, schema]) =>
  typeof schema === "function" && "ast" in schema && Schema.isSchema(schema) ? [{ name, schema }] : []
)

describe("what Effect makes of a schema", () => {
  it("is looked at for every one of them", () => {
    assert.isAbove(all.length, 60)
  })

  for (const { name, schema } of all) {
    it(`${name}: values without end of search, a printer, a JSON schema`, () => {
      const values = FastCheck.sample(Arbitrary.make(schema), 20)
      assert.isTrue(values.every(Schema.is(schema)))
      const print = Pretty.make(schema)
      for (const value of values) assert.isString(print(value))
      // A validator takes each name once.
      const ids = JSON.stringify(JSONSchema.make(schema)).match(/"\$id":"[^"]*"/g) ?? []
      assert.deepStrictEqual([...new Set(ids)], ids)
    })
  }

  it("a printer shows no secret", () => {
    const secret = "sk_s3cret-Value-9f1"
    const [key] = FastCheck.sample(Arbitrary.make(schemas.ApiKeyWithSecret), 1)
    const printed = Pretty.make(schemas.ApiKeyWithSecret)({
      ...Option.getOrThrow(Option.fromNullable(key)),
      secret: Redacted.make(secret)
    })
    assert.include(printed, "<redacted>")
    assert.notInclude(printed, secret)
  })
})
