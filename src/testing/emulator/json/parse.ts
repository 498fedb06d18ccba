/**
 * Reads JSON as the server's parser does: strict, 127 levels deep at most, text after a complete value ignored. What
 * is JSON but beyond the server's means is refused only by who asks for it: unknown members are skipped, not read.
 *
 * The server decodes while it parses, so a member of the wrong type is noticed before a syntax error that
 * follows it. To answer alike, the parser never fails: it marks where the text broke (see `decode.ts`).
 */
import type { Json, JsonBroken, JsonUnreadable } from "./Json.js"
import { broken, isArray, isBroken, isObject, JsonArray, JsonNumber, JsonObject, unreadable } from "./Json.js"

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
        return depth === 0 ? this.skip() : this.object(depth)
      case "[":
        return depth === 0 ? this.skip() : this.array(depth)
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
    if (match === null) return broken
    this.at = numberPattern.lastIndex
    // what a number would have to go on with: "1." and "1e" are broken, not 1 with something after it
    const next = this.text[this.at]
    if (next === "." || next === "e" || next === "E" || (next !== undefined && next >= "0" && next <= "9"))
      return broken
    return Number.isFinite(Number(match[0])) ? new JsonNumber(match[0]) : unreadable
  }

  private string(): string | JsonUnreadable | undefined {
    this.at++
    let read = ""
    let isReadable = true
    for (;;) {
      plainPattern.lastIndex = this.at
      read += plainPattern.exec(this.text)?.[0] ?? ""
      this.at = plainPattern.lastIndex
      const next = this.text[this.at++]
      if (next === '"') return isReadable ? read : unreadable
      if (next !== "\\") return undefined
      const letter = this.text[this.at++] ?? ""
      const escaped = letter === "u" ? this.unicode() : escapes[letter]
      if (escaped === undefined) return undefined
      if (typeof escaped === "string") read += escaped
      else isReadable = false
    }
  }

  /** The character of a `\u` escape; half a surrogate pair is none. */
  private unicode(): string | JsonUnreadable | undefined {
    const first = this.hex()
    if (first === undefined) return undefined
    if (first < 0xd800 || first > 0xdfff) return String.fromCharCode(first)
    if (first > 0xdbff || !this.text.startsWith("\\u", this.at)) return unreadable
    this.at += 2
    const second = this.hex()
    if (second === undefined) return undefined
    return second >= 0xdc00 && second <= 0xdfff ? String.fromCharCode(first, second) : unreadable
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

  /** The name of a member, and past its colon. */
  private name(): string | undefined {
    this.blanks()
    const name = this.text[this.at] === '"' ? this.string() : undefined
    return typeof name === "string" && this.take(":") ? name : undefined
  }

  private object(depth: number): Json {
    this.at++
    const object = new JsonObject()
    if (this.take("}")) return object
    for (;;) {
      const name = this.name()
      if (name === undefined) return breakOff(object)
      const value = this.value(depth - 1)
      object.members.push([name, value])
      if (isBrokenInside(value)) return breakOff(object)
      if (this.take(",")) continue
      return this.take("}") ? object : breakOff(object)
    }
  }

  /** Past an array or object that lies too deep; without recursion, however deep it goes on. */
  private skip(): JsonUnreadable | JsonBroken {
    const open: Array<string> = []
    do {
      if (open.at(-1) === "}" && this.name() === undefined) return broken
      const inner = this.take("{") ? "}" : this.take("[") ? "]" : undefined
      if (inner === undefined && isBroken(this.value(0))) return broken
      if (inner !== undefined && !this.take(inner)) {
        open.push(inner)
        continue
      }
      while (this.take(open.at(-1) ?? "")) open.pop()
      if (open.length > 0 && !this.take(",")) return broken
    } while (open.length > 0)
    return unreadable
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
