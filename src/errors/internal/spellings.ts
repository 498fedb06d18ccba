/**
 * How a character can be written in an echo: as it is, in JSON, in a URL, in a form, in a page. Letters match in either case.
 */

/** One character, or one sign of an encoding. */
export interface Spelled {
  /** Every first unit that it can have. */
  readonly starts: string
  /** Where it may end that begins at a place of a text; nowhere where it does not begin there. */
  readonly endsAt: (text: string, at: number) => ReadonlyArray<number>
}

/** A JSON text in a JSON text in a log line: each doubles the backslashes. */
const mostBackslashes = 8
/** Bytes of a character that was read in a wrong encoding, perhaps twice. */
const mostReplacements = 12
/** In front of a number: nobody writes more, and whoever reads them all is kept busy. */
const mostZeros = 16

const encoder = new TextEncoder()

/** Every byte, as a URL may have it; `encodeURIComponent` leaves letters and digits as they are. */
export const percentEncoded = (text: string): string =>
  Array.from(encoder.encode(text), (byte) => `%${byte.toString(16).padStart(2, "0")}`).join("")

const literally = (text: string, at: number, lower: string): ReadonlyArray<number> =>
  text.slice(at, at + lower.length).toLowerCase() === lower ? [at + lower.length] : []

/** A number with zeros in front. */
const numerically = (text: string, at: number, prefix: string, digits: string): ReadonlyArray<number> =>
  literally(text, at, prefix).flatMap((start) => {
    let first = start
    while (text[first] === "0" && first < start + mostZeros) first++
    return literally(text, first, digits)
  })

const afterBackslashes = (
  text: string,
  at: number,
  ends: (at: number) => ReadonlyArray<number>
): ReadonlyArray<number> => {
  const found: Array<number> = []
  for (let next = at + 1; next <= at + mostBackslashes && text[next - 1] === "\\"; next++) found.push(...ends(next))
  return found
}

const orSemicolon = (text: string, ends: ReadonlyArray<number>): ReadonlyArray<number> =>
  ends.flatMap((end) => (text[end] === ";" ? [end, end + 1] : [end]))

/** `&lt;` and the like. */
const named = (text: string, at: number): ReadonlyArray<number> =>
  [3, 4, 5].filter((length) => /^&[a-z]+$/i.test(text.slice(at, at + length))).map((length) => at + length)

const run = (text: string, at: number, unit: string, most: number): ReadonlyArray<number> => {
  const ends: Array<number> = []
  for (let end = at; end < at + most && text[end] === unit; end++) ends.push(end + 1)
  return ends
}

/** A character of a secret. */
export const spelledChar = (char: string): Spelled => {
  const code = char.codePointAt(0) ?? 0
  const lower = char.toLowerCase()
  const inJson = JSON.stringify(char)
    .replace(/^"\\?|"$/g, "")
    .toLowerCase()
  const units = char.split("").map((unit) => unit.charCodeAt(0).toString(16))
  const inUrl = percentEncoded(char)
  const hex = code.toString(16)
  // A header is Latin-1 and a page mostly UTF-8: read by the wrong one, such a character turns into others.
  const misread = code < 0x80 ? undefined : String.fromCharCode(...encoder.encode(char))
  return {
    starts: `${char}${lower}${char.toUpperCase()}\\%&${char === " " ? "+" : ""}${misread === undefined ? "" : `\uFFFD${misread.slice(0, 1)}`}`,
    endsAt: (text, at) => {
      const ends = text.startsWith(char, at) ? [at + char.length] : [...literally(text, at, lower)]
      switch (text[at]) {
        case "\\":
          ends.push(...afterBackslashes(text, at, (next) => literally(text, next, inJson)))
          ends.push(
            ...units.reduce(
              (from: ReadonlyArray<number>, unit) =>
                from.flatMap((start) => afterBackslashes(text, start, (next) => numerically(text, next, "u", unit))),
              [at]
            )
          )
          break
        case "%":
          ends.push(...literally(text, at, inUrl))
          if (misread !== undefined) ends.push(...literally(text, at, `%${hex}`))
          break
        case "&":
          ends.push(...orSemicolon(text, numerically(text, at, "&#", String(code))))
          ends.push(...orSemicolon(text, numerically(text, at, "&#x", hex)))
          if (/[&<>"']/.test(char)) ends.push(...orSemicolon(text, named(text, at)))
          break
        case "+":
          if (char === " ") ends.push(at + 1)
          break
        case "\uFFFD":
          if (misread !== undefined) ends.push(...run(text, at, "\uFFFD", mostReplacements))
          break
      }
      if (misread !== undefined && text.startsWith(misread, at)) ends.push(at + misread.length)
      return ends
    }
  }
}

const sign: Spelled = {
  starts: "+/_-\\%",
  endsAt: (text, at) => {
    const found = /^(?:\\?[+/_-]|%2[bf])/i.exec(text.slice(at, at + 3))
    return found === null ? [] : [at + found[0].length]
  }
}

/** A digit of base64 or of hexadecimal; the two signs of base64 in either alphabet, in JSON, in a URL. */
export const spelledDigit = (digit: string): Spelled =>
  digit === "+" || digit === "/"
    ? sign
    : {
        starts: digit.toLowerCase() + digit.toUpperCase(),
        endsAt: (text, at) => literally(text, at, digit.toLowerCase())
      }
