/**
 * Takes secrets out of a text that somebody else wrote: a proxy's page may echo the key that it was sent.
 */
import * as Encoding from "effect/Encoding"
import { escape } from "effect/RegExp"

/** Shorter ones would blank ordinary words. */
const shortestSecret = 8
/** A long text is looked for in pieces of 64 characters and more: one expression for all of it would be too large. */
const pieces = /[^]{1,127}$|[^]{64}/gu

const replacement = "<redacted>"

const encoder = new TextEncoder()

/** One character in every spelling of an echo: as it is, in JSON, in a URL, in a form, in a page. Letters match in either case. */
const anySpelling = (char: string): string => {
  const code = char.codePointAt(0) ?? 0
  const hex = code.toString(16)
  const spellings = [
    escape(char),
    `\\\\{1,8}${escape(JSON.stringify(char).replace(/^"\\?|"$/g, ""))}`,
    char.replace(/[^]/g, (unit) => `\\\\{1,8}u0*${unit.charCodeAt(0).toString(16)}`),
    Encoding.encodeHex(char).replace(/../g, "%$&"),
    `&#(?:0*${code}|x0*${hex});?`
  ]
  if (/[&<>"']/.test(char)) spellings.push("&[a-z]{2,4};?")
  if (char === " ") spellings.push("\\+")
  // A header is Latin-1 and a page mostly UTF-8: read by the wrong one, such a character turns into others.
  if (code >= 0x80) spellings.push("\uFFFD+", escape(String.fromCharCode(...encoder.encode(char))), `%${hex}`)
  return `(?:${spellings.join("|")})`
}

/** Base64 of a text that begins anywhere in what was encoded: of each alignment, the digits that depend on nothing else. */
const base64 = (text: string): ReadonlyArray<string> =>
  ["", "\0", "\0\0"].map((before) =>
    Encoding.encodeBase64(before + text)
      .replace(/.=+$/, "")
      .slice(Math.ceil((before.length * 4) / 3))
  )

/** In either alphabet of base64, in JSON, in a URL. */
const anySign = (): string => "(?:\\\\?[+/_-]|%2[bf])"

const expressions = (text: string, sign: RegExp, spelled: (sign: string) => string): ReadonlyArray<RegExp> =>
  Array.from(text.match(pieces) ?? [], (piece) => new RegExp(piece.replace(sign, spelled), "gi"))

const expressionsOf = (secret: string): ReadonlyArray<RegExp> => [
  ...expressions(secret, /[^]/gu, anySpelling),
  ...[...base64(secret), Encoding.encodeHex(secret)].flatMap((digits) => expressions(digits, /[+/]/g, anySign))
]

/** Blanks every spelling of every secret that is long enough. */
export const blankSecrets = (secrets: ReadonlyArray<string>): ((text: string) => string) => {
  const found = [...new Set(secrets.flatMap((secret) => [secret, secret.trim()]))]
    .filter((secret) => secret.length >= shortestSecret)
    .sort((a, b) => b.length - a.length)
    .flatMap(expressionsOf)
  return (text) =>
    found
      .reduce((blanked, expression) => blanked.replace(expression, replacement), text)
      .replace(/(?:<redacted>){2,}/g, replacement)
}
