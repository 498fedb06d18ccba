/** Reads JSON with every number as its own text: what the SDK's parser is measured by. Slow, plain, and written on its own. */

/** A number as it was written. */
export class ExactNumber {
  constructor(readonly text: string) {}
}

export type Exact = string | boolean | null | ExactNumber | ReadonlyArray<Exact> | { readonly [key: string]: Exact }

const numberForm = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y
const stringForm = /"(?:(?!\p{Cc})[^"\\]|[\u007f-\u009f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"/uy
const blankForm = /[\t\n\r ]*/y

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

const unescape = (inner: string): string =>
  inner.replace(/\\(?:u([0-9a-fA-F]{4})|(.))/g, (_, hex: string | undefined, letter: string) =>
    hex === undefined ? (escapes[letter] ?? letter) : String.fromCharCode(Number.parseInt(hex, 16))
  )

/** Throws a `SyntaxError` for what is no JSON. */
export const parseExact = (text: string): Exact => {
  let at = 0
  const fail = (): never => {
    throw new SyntaxError(`no JSON at ${at}`)
  }
  const take = (form: RegExp): string => {
    form.lastIndex = at
    const found = form.exec(text)?.[0]
    if (found === undefined) return fail()
    at += found.length
    return found
  }
  const blank = () => void take(blankForm)
  const expect = (sign: string) => {
    if (!text.startsWith(sign, at)) fail()
    at += sign.length
  }
  const members = (close: string, one: () => void) => {
    at++
    blank()
    if (text[at] === close) {
      at++
      return
    }
    for (;;) {
      one()
      blank()
      if (text[at] === close) break
      expect(",")
    }
    at++
  }
  const string = () => unescape(take(stringForm).slice(1, -1))
  const value = (): Exact => {
    blank()
    switch (text[at]) {
      case "{": {
        const object: Record<string, Exact> = {}
        members("}", () => {
          blank()
          const key = string()
          blank()
          expect(":")
          Object.defineProperty(object, key, { value: value(), enumerable: true, configurable: true, writable: true })
        })
        return object
      }
      case "[": {
        const array: Array<Exact> = []
        members("]", () => array.push(value()))
        return array
      }
      case '"':
        return string()
      case "t":
        expect("true")
        return true
      case "f":
        expect("false")
        return false
      case "n":
        expect("null")
        return null
      default:
        return new ExactNumber(take(numberForm))
    }
  }
  const all = value()
  blank()
  if (at !== text.length) fail()
  return all
}

const isUnsafeInteger = (text: string): boolean => /^-?\d+$/.test(text) && !Number.isSafeInteger(Number(text))

/** As the SDK hands free JSON over: a bare integer that a double cannot hold is its decimal text. */
export const toFree = (exact: Exact): unknown => {
  if (exact instanceof ExactNumber) return isUnsafeInteger(exact.text) ? exact.text : Number(exact.text)
  if (Array.isArray(exact)) return exact.map(toFree)
  if (typeof exact === "object" && exact !== null) {
    return Object.fromEntries(Object.entries(exact).map(([key, item]) => [key, toFree(item)]))
  }
  return exact
}
