/**
 * Ids that the server makes: signed 64-bit integers, as decimal text so that no digit is lost.
 *
 * Each kind has a brand of its own. `KeyId.make("…")` throws on text that is no id; `Schema.decode(KeyId)` gives a typed failure instead.
 *
 * @since 0.1.0
 */
import * as Schema from "effect/Schema"

const smallest = -(2n ** 63n)
const largest = 2n ** 63n - 1n

const isSigned64 = (text: string): boolean => {
  if (!/^-?\d{1,19}$/.test(text)) return false
  if (text.length < 19) return true
  const value = BigInt(text)
  return value >= smallest && value <= largest
}

const Decimal = Schema.String.pipe(
  Schema.filter(isSigned64, {
    identifier: "Id",
    description: "a signed 64-bit integer as decimal text",
    jsonSchema: { pattern: "^-?\\d{1,19}$" },
    arbitrary: () => (fc) => fc.bigInt(2n ** 56n, 2n ** 60n).map(String)
  })
)

/**
 * The `id` of an API key.
 *
 * @since 0.1.0
 * @category ids
 */
export const KeyId = Decimal.pipe(Schema.brand("effect-wacht/KeyId"))
/**
 * @since 0.1.0
 * @category ids
 */
export type KeyId = typeof KeyId.Type
