import { assert, describe, it } from "@effect/vitest"
import * as fc from "fast-check"
import { blankSecrets } from "../../../src/errors/internal/blank.js"

const hex = (number: number): string => number.toString(16)
const someCase = (text: string) => fc.constantFrom(text, text.toLowerCase(), text.toUpperCase())
const zeros = fc.integer({ min: 0, max: 4 }).map((count) => "0".repeat(count))
const backslashes = fc.integer({ min: 1, max: 8 }).map((count) => "\\".repeat(count))
const orSemicolon = fc.constantFrom("", ";")

const entities = new Map([
  ["&", "amp"],
  ["<", "lt"],
  [">", "gt"],
  ['"', "quot"],
  ["'", "apos"]
])

const inJson = (char: string) =>
  fc
    .tuple(
      ...char
        .split("")
        .map((unit) =>
          fc
            .tuple(backslashes, zeros, someCase(hex(unit.charCodeAt(0))))
            .map(([slashes, zero, code]) => `${slashes}u${zero}${code}`)
        )
    )
    .map((units) => units.join(""))

/** Whatever somebody may write for one character of what was sent. */
const spelling = (char: string): fc.Arbitrary<string> => {
  const code = char.codePointAt(0) ?? 0
  const bytes = Buffer.from(char)
  const entity = entities.get(char)
  const escape = { "\n": "n", "\t": "t" }[char] ?? char
  return fc.oneof(
    someCase(char),
    inJson(char),
    someCase(bytes.toString("hex").replace(/../g, "%$&")),
    fc.tuple(zeros, orSemicolon).map(([zero, end]) => `&#${zero}${code}${end}`),
    fc.tuple(fc.constantFrom("x", "X"), zeros, someCase(hex(code)), orSemicolon).map((parts) => `&#${parts.join("")}`),
    ...(char === " " ? [fc.constant("+")] : []),
    ...(entity === undefined ? [] : [fc.tuple(someCase(entity), orSemicolon).map((parts) => `&${parts.join("")}`)]),
    ...(code < 0x80
      ? [backslashes.map((slashes) => slashes + escape)]
      : [
          fc.constant(bytes.toString("latin1")),
          fc.integer({ min: 1, max: 12 }).map((count) => "\uFFFD".repeat(count)),
          someCase(`%${hex(code)}`)
        ])
  )
}

const char = fc.constantFrom(...`abcXYZ019_-./+=:;%&<>"'\\ \n\téİ€Ω中😀`)
const secret = fc
  .array(char, { minLength: 8, maxLength: 140 })
  .map((chars) => chars.join(""))
  .filter((text) => text.trim().length >= 8)

describe("a secret", () => {
  it("vanishes whole, however each of its characters is written", () => {
    const echoed = secret.chain((text) =>
      fc.tuple(
        fc.constant(text),
        fc.tuple(...Array.from(text, spelling)).map((all) => all.join(""))
      )
    )
    fc.assert(
      fc.property(echoed, ([text, echo]) => {
        assert.strictEqual(blankSecrets([text])(`[${echo}]`), "[<redacted>]")
      }),
      { numRuns: 300 }
    )
  })

  it("vanishes at either end of a text, inside it as often as it is there, and where it is all of it", () => {
    const blank = blankSecrets(["a-secret"])
    assert.strictEqual(blank("a-secret"), "<redacted>")
    assert.strictEqual(blank("sent a-secret"), "sent <redacted>")
    assert.strictEqual(blank("a-secret sent"), "<redacted> sent")
    assert.strictEqual(blank("a-secreta-secret"), "<redacted>")
    assert.strictEqual(blank("A-SECRET"), "<redacted>")
    assert.strictEqual(blank("a a-secret b a-secret c A-SECRET d"), "a <redacted> b <redacted> c <redacted> d")
    assert.strictEqual(blankSecrets([" a-secret\n"])("[a-secret]"), "[<redacted>]")
    // Neither a small letter nor a capital one.
    assert.strictEqual(blankSecrets(["ǅ-secret"])("ǅ-secret"), "<redacted>")
    // What is written can be shorter than what was sent.
    assert.strictEqual(blankSecrets(["secret😀😀"])("secret\uFFFD\uFFFD"), "<redacted>")
  })

  it("vanishes from the base64 and the hexadecimal of any text that holds it, to the last digit that is its own", () => {
    const around = fc.string({ unit: fc.constantFrom("a", "~", "?", ":", "\u007f"), maxLength: 5 })
    const own = fc.string({ unit: fc.constantFrom(..."abcXYZ019_~?>"), minLength: 12, maxLength: 60 })
    const written = fc.constantFrom<(digits: string) => string>(
      (digits) => digits,
      (digits) => digits.replace(/\+/g, "-").replace(/\//g, "_"),
      (digits) => digits.replace(/\//g, "\\/"),
      (digits) => digits.replace(/\+/g, "%2B").replace(/\//g, "%2F"),
      (digits) => digits.replace(/\+/g, "%2b").replace(/\//g, "%2f").toLowerCase(),
      (digits) => digits.toUpperCase()
    )
    fc.assert(
      fc.property(around, own, around, written, (before, text, after, write) => {
        const blank = blankSecrets([text])
        const all = Buffer.from(before + text + after)
        const digits = all.toString("base64").replace(/=+$/, "")
        const from = Math.ceil((before.length * 4) / 3)
        const to = Math.floor(((before.length + text.length) * 4) / 3)
        assert.strictEqual(
          blank(`[${write(digits)}]`),
          `[${write(digits.slice(0, from))}<redacted>${write(digits.slice(to))}]`
        )
        const hexadecimal = (part: string) => write(Buffer.from(part).toString("hex"))
        assert.strictEqual(
          blank(`[${write(all.toString("hex"))}]`),
          `[${hexadecimal(before)}<redacted>${hexadecimal(after)}]`
        )
      })
    )
  })

  it("vanishes from 8 characters on, and is an ordinary word below", () => {
    assert.strictEqual(blankSecrets(["password"])("the password"), "the <redacted>")
    assert.strictEqual(blankSecrets(["account"])("the account"), "the account")
  })

  it("vanishes by each of its first 64 characters where it is long, and no letter of it by itself", () => {
    const start = Array.from({ length: 64 }, (_, index) => index.toString(36))
      .join("")
      .slice(0, 64)
    const words = "there were several of these words, each of them with an e, and no key"
    for (let more = 64; more <= 130; more++) {
      const blank = blankSecrets([start + "e".repeat(more)])
      assert.strictEqual(blank(start), "<redacted>")
      assert.strictEqual(blank(words), words)
    }
    assert.strictEqual(blankSecrets([`${start}e`])(words), words)
    const faces = start.slice(1) + "😀".repeat(40)
    assert.strictEqual(blankSecrets([faces])(encodeURIComponent(faces)), "<redacted>")
  })

  it("is none of the signs of a page, of whatever characters it is", () => {
    const signs = "&lt;&gt;&amp;&quot;".repeat(9)
    assert.strictEqual(blankSecrets(["password"])(signs), signs)
  })

  it("is no word in which a sign stands that another of its characters could have become", () => {
    for (const word of ["pass+ord", "pass\uFFFDord"]) assert.strictEqual(blankSecrets(["password"])(word), word)
  })

  it("leaves a large page its words, also where they begin like it", () => {
    const page = "backend_key is what a key begins with. ".repeat(6000)
    assert.strictEqual(blankSecrets(["backend_KEYKEYKEYKEYKEYKEYKEYKEY"])(page), page)
  })

  it("takes the whole text with it where it is longer than any", () => {
    const long = (length: number) =>
      Array.from({ length }, (_, index) => String.fromCharCode(97 + (index % 26))).join("")
    assert.strictEqual(
      blankSecrets([long(65_536)])("no part of it, though some words of a page that are long enough to be searched"),
      "no part of it, though some words of a page that are long enough to be searched"
    )
    assert.strictEqual(
      blankSecrets([long(65_537)])("no part of it, though some words of a page that are long enough to be searched"),
      "<redacted>"
    )
  })
})
