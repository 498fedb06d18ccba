/**
 * Texts that may be JSON.
 */

/** What a text says as JSON; `undefined` where it is none. The parser's own message quotes the text, which may hold a secret. */
export const readJson = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
