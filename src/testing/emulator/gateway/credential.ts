/** The form of an API key. */

/** At least 46 characters, the last 43 of them of the base64url alphabet; anything else is refused unseen. */
export const isWellFormedKey = (value: string): boolean =>
  /[A-Za-z0-9_-]{43}$/.test(value) && Array.from(value).length >= 46
