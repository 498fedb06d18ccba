/**
 * Reads JSON as the server's parser does: strict, 127 levels deep at most, text after a complete value ignored.
 *
 * The server decodes while it parses, so a member of the wrong type is noticed before a syntax error that
 * follows it. To answer alike, the parser never fails: it marks where the text broke (see `decode.ts`).
 */
import type { Json } from "./Json.js"
import { broken, isArray, isBroken, isObject, JsonArray, JsonNumber, JsonObject } from "./Json.js"

const maxDepth = 127
const numberPattern = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y
// oxlint-disable-next-line no-control-regex -- control characters are exactly what a string may not hold
const plainPattern = /[^"\\\u0000-\u001f]*/y
const escapes: Readonly<Record<string, string>> = {
  '"': '"',
  "\\": "\\",
  "/": "/",
  b: "\b",
  f: "\f",
  n: "\n",
  r: "\r",
  t: "\t"
}

class Reader {
  private at = 0
  constructor(private readonly text: string) {}

  value(depth: number): Json {
    this.blanks()
    switch (this.text[this.at]) {
      case "{":
        return depth === 0 ? broken : this.object(depth)
      case "[":
        return depth === 0 ? broken : this.array(depth)
      case '"':
        return this.string() ?? broken
      case "t":
        return this.word("true", true)
      case "f":
        return this.word("false", false)
      case "n":
        return this.word("null", null)
      default:
        return this.number()
    }
  }

  private blanks(): void {
    for (;;) {
      const code = this.text.charCodeAt(this.at)
      if (code !== 32 && code !== 10 && code !== 13 && code !== 9) return
      this.at++
    }
  }

  /** Skips blanks and takes the character if it is the one given. */
  private take(character: string): boolean {
    this.blanks()
    if (this.text[this.at] !== character) return false
    this.at++
    return true
  }

  private word<A extends boolean | null>(word: string, value: A): Json {
    if (!this.text.startsWith(word, this.at)) return broken
    this.at += word.length
    return value
  }

  private number(): Json {
    numberPattern.lastIndex = this.at
    const match = numberPattern.exec(this.text)
    if (match === null || !Number.isFinite(Number(match[0]))) return broken
    this.at = numberPattern.lastIndex
    // what a number would have to go on with: "1." and "1e" are broken, not 1 with something after it
    const next = this.text[this.at]
    if (next === "." || next === "e" || next === "E" || (next !== undefined && next >= "0" && next <= "9"))
      return broken
    return new JsonNumber(match[0])
  }

  private string(): string | undefined {
    this.at++
    let read = ""
    for (;;) {
      plainPattern.lastIndex = this.at
      read += plainPattern.exec(this.text)?.[0] ?? ""
      this.at = plainPattern.lastIndex
      const next = this.text[this.at++]
      if (next === '"') return read
      if (next !== "\\") return undefined
      const letter = this.text[this.at++] ?? ""
      const escaped = letter === "u" ? this.unicode() : escapes[letter]
      if (escaped === undefined) return undefined
      read += escaped
    }
  }

  /** The character of a `\u` escape; half a surrogate pair is an error. */
  private unicode(): string | undefined {
    const first = this.hex()
    if (first === undefined || (first >= 0xdc00 && first <= 0xdfff)) return undefined
    if (first < 0xd800 || first > 0xdbff) return String.fromCharCode(first)
    if (this.text[this.at++] !== "\\" || this.text[this.at++] !== "u") return undefined
    const second = this.hex()
    if (second === undefined || second < 0xdc00 || second > 0xdfff) return undefined
    return String.fromCharCode(first, second)
  }

  private hex(): number | undefined {
    const digits = this.text.slice(this.at, this.at + 4)
    if (!/^[0-9a-fA-F]{4}$/.test(digits)) return undefined
    this.at += 4
    return Number.parseInt(digits, 16)
  }

  private array(depth: number): Json {
    this.at++
    const array = new JsonArray()
    if (this.take("]")) return array
    for (;;) {
      const item = this.value(depth - 1)
      array.items.push(item)
      if (isBrokenInside(item)) return breakOff(array)
      if (this.take(",")) continue
      return this.take("]") ? array : breakOff(array)
    }
  }

  private object(depth: number): Json {
    this.at++
    const object = new JsonObject()
    if (this.take("}")) return object
    for (;;) {
      this.blanks()
      const name = this.text[this.at] === '"' ? this.string() : undefined
      if (name === undefined || !this.take(":")) return breakOff(object)
      const value = this.value(depth - 1)
      object.members.push([name, value])
      if (isBrokenInside(value)) return breakOff(object)
      if (this.take(",")) continue
      return this.take("}") ? object : breakOff(object)
    }
  }
}

const breakOff = <A extends JsonArray | JsonObject>(value: A): A => {
  value.broken = true
  return value
}

/** Whether the text broke in this value or in one inside it. */
export const isBrokenInside = (json: Json): boolean =>
  isBroken(json) || ((isArray(json) || isObject(json)) && json.broken)

/** The value at the start of `text`, perhaps broken. */
export const parse = (text: string): Json => new Reader(text).value(maxDepth)
