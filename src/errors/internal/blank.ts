/**
 * Takes secrets out of a text that somebody else wrote: a proxy's page may echo the key that it was sent.
 */
import * as Encoding from "effect/Encoding"

/** Shorter ones would blank ordinary words. */
const shortestSecret = 8
/** Longer texts are looked for in pieces: one expression for all of a long token would be too large. */
const piece = 64

const replacement = "<redacted>"

const escaped = (text: string): string => text.replace(/[\\^$.*+?()[\]{}|/-]/g, "\\$&")

const hex = (value: number): string => value.toString(16).padStart(2, "0")

const named: Readonly<Record<string, string>> = { "&": "amp", "<": "lt", ">": "gt", '"': "quot", "'": "apos" }
const shortEscapes: Readonly<Record<string, string>> = { "\t": "t", "\n": "n", "\r": "r", "\b": "b", "\f": "f" }

const encoder = new TextEncoder()

/** One character in every spelling of an echo: as it is, in a URL, in a form, in JSON, in a page. Letters match in either case. */
const anySpelling = (char: string): string => {
  const code = char.codePointAt(0) ?? 0
  const bytes = [...encoder.encode(char)]
  const spellings = [
    escaped(char),
    `\\\\{1,8}${escaped(shortEscapes[char] ?? char)}`,
    bytes.map((byte) => `%${hex(byte)}`).join(""),
    char
      .split("")
      .map((unit) => `\\\\{1,8}u${hex(unit.charCodeAt(0)).padStart(4, "0")}`)
      .join(""),
    `&#0*${code};?`,
    `&#x0*${code.toString(16)};?`
  ]
  const name = named[char]
  if (name !== undefined) spellings.push(`&${name};?`)
  if (char === " ") spellings.push("\\+")
  // A header is Latin-1 and a page mostly UTF-8: read by the wrong one, such a character turns into others.
  if (code >= 0x80) {
    spellings.push("\uFFFD+", escaped(String.fromCharCode(...bytes)))
    if (code <= 0xff) spellings.push(`%${hex(code)}`)
  }
  return `(?:${spellings.join("|")})`
}

/** Base64 of a text that begins anywhere in what was encoded: of each alignment, the digits that depend on nothing else. */
const base64 = (text: string): ReadonlyArray<string> =>
  [0, 1, 2].map((offset) => {
    const bytes = new Uint8Array([...new Uint8Array(offset), ...encoder.encode(text)])
    const full = Math.floor((bytes.length * 8) / 6)
    return Encoding.encodeBase64(bytes).slice(Math.ceil((offset * 8) / 6), full)
  })

const base64Digit = (digit: string): string =>
  digit === "+" ? "(?:[+-]|%2b)" : digit === "/" ? "(?:\\\\?/|_|%2f)" : digit

const expressions = (text: string, spelled: (char: string) => string): ReadonlyArray<RegExp> => {
  const chars = Array.from(text)
  const count = Math.max(1, Math.floor(chars.length / piece))
  return Array.from({ length: count }, (_, index) => {
    const end = index === count - 1 ? chars.length : (index + 1) * piece
    return new RegExp(
      chars
        .slice(index * piece, end)
        .map(spelled)
        .join(""),
      "gi"
    )
  })
}

const expressionsOf = (secret: string): ReadonlyArray<RegExp> => [
  ...expressions(secret, anySpelling),
  ...base64(secret).flatMap((digits) => expressions(digits, base64Digit)),
  ...expressions(Encoding.encodeHex(secret), (digit) => digit)
]

/** Blanks every spelling of every secret that is long enough. */
export const blankSecrets = (secrets: ReadonlyArray<string>): ((text: string) => string) => {
  const found = secrets
    .flatMap((secret) => [secret, secret.trim()])
    .filter((secret, index, all) => secret.length >= shortestSecret && all.indexOf(secret) === index)
    .sort((a, b) => b.length - a.length)
    .flatMap(expressionsOf)
  return (text) =>
    found
      .reduce((blanked, expression) => blanked.replace(expression, replacement), text)
      .replace(/(?:<redacted>){2,}/g, replacement)
}
