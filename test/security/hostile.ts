/** Values that callers may pass on from somebody who means harm. */
import type { Seeded } from "./random.js"

/** For path parameters that are free text; every one must stay one segment of its route, or be refused. */
export const nastyTexts: ReadonlyArray<string> = [
  "",
  ".",
  "..",
  "...",
  "/",
  "//",
  "/..",
  "../",
  "../..",
  "../../admin",
  "..\\..\\admin",
  "..;/admin",
  "./.",
  "%2e",
  "%2e%2e",
  "%2E%2E%2F",
  ".%2e",
  "%2e.",
  "%252e%252e%252f",
  "%2f",
  "%5c",
  "a/b",
  "a/../b",
  "a\\b",
  "a?x=1",
  "?",
  "??",
  "a#f",
  "#",
  "a&b=c",
  "a;b=c",
  "a=b",
  "a+b",
  "a b",
  " ",
  "\t",
  "\r",
  "\n",
  "\r\n",
  "a\r\nx-evil: 1",
  "a HTTP/1.1\r\nhost: evil.example\r\n\r\n",
  "\0",
  "a\0b",
  "\u007f",
  "\u0085",
  "\u00a0",
  "\u2028",
  "\u2029",
  "\ufeff",
  "\ufffd",
  "\uffff",
  "\u202etxt.exe",
  "\u2024\u2024",
  "\uff0e\uff0e\uff0f",
  "\uff0f",
  "\ud800",
  "\udc00",
  "a\ud800b",
  "\udc00\ud800",
  "é",
  "e\u0301",
  "日本語",
  "😀",
  "👨‍👩‍👧‍👦",
  "@",
  "@evil.example",
  "u:p@evil.example",
  ":",
  ":8080",
  "//evil.example",
  "https://evil.example/",
  "http:evil",
  "javascript:alert(1)",
  "%",
  "%%",
  "%zz",
  "%c0%ae%c0%ae",
  "%u002e",
  "{appSlug}",
  "{0}",
  "$&",
  "$1",
  "$$",
  "$`",
  "$'",
  "`",
  "'",
  '"',
  "<script>alert(1)</script>",
  "' OR 1=1 --",
  "*",
  "**",
  "~",
  "~root",
  "|",
  "^",
  "[",
  "]",
  "[::1]",
  "(",
  ")",
  "!",
  "__proto__",
  "constructor",
  "prototype",
  "toString",
  "null",
  "undefined",
  "true",
  "NaN",
  "-1",
  "0",
  "1e309",
  "9223372036854775808",
  "-9223372036854775809",
  "00",
  "+1",
  "0x10",
  "1.0",
  "١٢٣",
  "x".repeat(10_000),
  "../".repeat(1000),
  "é".repeat(3000)
]

/** For parameters of other types, which plain JavaScript may pass. */
export const nastyValues: ReadonlyArray<unknown> = [
  undefined,
  null,
  0,
  -1,
  1.5,
  Number.NaN,
  true,
  10n,
  Symbol("x"),
  [],
  ["a"],
  {},
  { toString: () => ".." },
  { toString: () => "../admin", valueOf: () => 1 },
  () => "..",
  new Date(0),
  new URL("https://evil.example/"),
  Object.create(null)
]

const pieces = [...nastyTexts.filter((text) => text.length < 40), ..."abcxyz019-_.~/\\%?#&=;:@+ "]

const codePoint = (random: Seeded): string => String.fromCodePoint(random.below(random.is(0.5) ? 0x100 : 0x110000))

/** A text made of such pieces and of any characters. */
export const hostileText = (random: Seeded): string => {
  if (random.is(0.05)) return random.pick(nastyTexts)
  const count = 1 + random.below(6)
  let text = ""
  for (let index = 0; index < count; index++) text += random.is(0.7) ? random.pick(pieces) : codePoint(random)
  return text
}

/** A text that is nearly a record id, or is one. */
export const hostileId = (random: Seeded): string => {
  const digits = Array.from({ length: 1 + random.below(22) }, () => random.below(10)).join("")
  switch (random.below(5)) {
    case 0:
      return digits
    case 1:
      return `-${digits}`
    case 2:
      return `${digits}${random.pick(pieces)}`
    case 3:
      return `${random.pick(pieces)}${digits}`
    default:
      return hostileText(random)
  }
}
