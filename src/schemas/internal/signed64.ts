/**
 * The text of an id.
 */

export const smallest = -(2n ** 63n)
export const largest = 2n ** 63n - 1n

/** One spelling per number (no plus sign, no leading zero), so that equal ids are equal texts. */
export const isSigned64 = (text: string): boolean => {
  if (!/^(?:0|-?[1-9]\d{0,18})$/.test(text)) return false
  if (text.length < 19) return true
  const value = BigInt(text)
  return value >= smallest && value <= largest
}
