/**
 * Takes secrets out of a text that somebody else wrote: a proxy's page may echo the key that it was sent.
 */

/** Shorter ones would blank ordinary words. */
const shortestSecret = 8

const replacement = "<redacted>"

const escapeHtml = (text: string): string =>
  text.replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/>/g, "&gt;").replace(/"/g, "&quot;").replace(/'/g, "&#39;")

/** The forms in which an echo may write a text: as it is, in a URL, in a form, in JSON, in a page. */
const spellings = (secret: string): ReadonlyArray<string> => {
  const encoded = /\p{Surrogate}/u.test(secret) ? secret : encodeURIComponent(secret)
  return [
    secret,
    encoded,
    encoded.replace(/%[0-9A-F]{2}/g, (escape) => escape.toLowerCase()),
    encoded.replace(/%20/g, "+"),
    JSON.stringify(secret).slice(1, -1),
    escapeHtml(secret)
  ]
}

/** Blanks every spelling of every secret that is long enough. */
export const blankSecrets = (secrets: ReadonlyArray<string>): ((text: string) => string) => {
  const needles = secrets
    .flatMap((secret) => [secret, secret.trim()])
    .filter((secret) => secret.length >= shortestSecret)
    .flatMap(spellings)
    .sort((a, b) => b.length - a.length)
  return (text) => needles.reduce((blanked, needle) => blanked.replaceAll(needle, replacement), text)
}
