/** What can go wrong, and what it means: the 24 kinds, some of them in several variants. */
import { gzipSync } from "node:zlib"
import { answer, dribble, head, type Respond } from "./server.js"

/** What a fault comes to, in words of the contract. */
export type Meaning =
  | { readonly _tag: "NotSent" }
  /** The connection ended before the answer, or (with a status) within it. */
  | { readonly _tag: "Lost"; readonly status?: number }
  /** Lost within an answer that was to be the connection's last: some clients take what came for all of it. */
  | { readonly _tag: "Cut"; readonly status: number }
  /** The attempt's limit ended it. */
  | { readonly _tag: "Late"; readonly status?: number }
  | { readonly _tag: "Unreadable"; readonly status: number; readonly reasons: ReadonlyArray<string> }
  | {
      readonly _tag: "Answered"
      readonly status: number
      readonly words: string
      /** In milliseconds, from and to. */
      readonly retryAfter?: readonly [number, number]
      readonly location?: string
    }
  /** The ids of the recorded answer, as raw numbers: they are read exactly, or refused. */
  | { readonly _tag: "Exact" }

export interface Variant {
  readonly kind: string
  readonly name: string
  /** Where to connect to, if not to the fault server. */
  readonly elsewhere?: "closed port" | "unknown name"
  readonly respond: Respond
  readonly meaning: Meaning
  /** Whether only a time limit ends it. */
  readonly needsLimit?: boolean
}

/** Stands in every body of a success: no error may quote it. */
export const bodyMark = "BODY-MARK-51c0ffee"

const json = { "content-type": "application/json" }

const never: Respond = () => undefined

const half = (text: string): string => text.slice(0, Math.max(1, Math.floor(text.length / 2)))

/** A longer body than any that an operation would get, so that half of it is no answer. */
const long = JSON.stringify({ mark: bodyMark, filler: "x".repeat(2000) })

const cutInChunks = `${head(200, { ...json, "transfer-encoding": "chunked" })}${half(long).length.toString(16)}\r\n${half(long)}\r\n`

const errorBody = (status: number, message: string): string => JSON.stringify({ errors: [{ message, code: status }] })

const plain =
  (status: number, body: string, headers: Readonly<Record<string, string>> = json): Respond =>
  (socket) =>
    answer(socket, status, headers, body)

const answered = (
  kind: string,
  name: string,
  status: number,
  words: string,
  options: {
    readonly headers?: Readonly<Record<string, string>>
    readonly body?: string
    readonly retryAfter?: readonly [number, number]
    readonly location?: string
  } = {}
): Variant => ({
  kind,
  name,
  respond: plain(status, options.body ?? errorBody(status, words), { ...json, ...options.headers }),
  meaning: {
    _tag: "Answered",
    status,
    words,
    ...(options.retryAfter === undefined ? {} : { retryAfter: options.retryAfter }),
    ...(options.location === undefined ? {} : { location: options.location })
  }
})

const page = (title: string): string =>
  `<html>\r\n<head><title>${title}</title></head>\r\n<body><h1>${title}</h1></body>\r\n</html>\r\n`

/** 64 MiB of blanks in 64 KiB. */
let bomb: Buffer | undefined
export const gzipBomb = (): Buffer => (bomb ??= gzipSync(Buffer.alloc(64 * 1024 * 1024, 0x20)))

const unreadable = (kind: string, name: string, reasons: ReadonlyArray<string>, respond: Respond, status = 200) => ({
  kind,
  name,
  respond,
  meaning: { _tag: "Unreadable" as const, status, reasons }
})

const throttled = (kind: string, name: string, options: Parameters<typeof answered>[4], words: string): Variant =>
  answered(kind, name, 429, words, options)

const longest = 31 * 86_400_000

/** `elsewhere` is an origin that must never be asked. `answers` gives an operation's recorded answer. */
export const makeVariants = (options: {
  readonly elsewhere: string
  /** The recorded answer of the operation that a case is about. */
  readonly answerOf: (id: string) => { readonly status: number; readonly body: string }
}): ReadonlyArray<Variant> => {
  const rawIds: Respond = (socket, { id }) => {
    const { body, status } = options.answerOf(id)
    const raw = body.replace(/"(\d{16,19})"/g, "$1")
    if (status === 204) socket.end(head(204, {}))
    else answer(socket, status, json, raw)
  }
  const redirect = (status: number): Variant =>
    answered("redirect", `redirect ${status}`, status, `moved by ${status}`, {
      headers: { location: `${options.elsewhere}/elsewhere` },
      location: `${options.elsewhere}/elsewhere`
    })
  const inMillis = "Rate limit exceeded. Retry after 40 seconds"
  return [
    { kind: "refused", name: "refused", elsewhere: "closed port", respond: never, meaning: { _tag: "NotSent" } },
    {
      kind: "unresolvable",
      name: "unresolvable",
      elsewhere: "unknown name",
      respond: never,
      meaning: { _tag: "NotSent" }
    },
    {
      kind: "reset before headers",
      name: "reset before headers",
      respond: (socket) => socket.resetAndDestroy(),
      meaning: { _tag: "Lost" }
    },
    {
      kind: "reset in the body",
      name: "reset in the body",
      respond: (socket) => {
        socket.write(head(200, { ...json, "content-length": String(long.length) }) + half(long), () =>
          setTimeout(() => socket.resetAndDestroy(), 20)
        )
      },
      meaning: { _tag: "Lost", status: 200 }
    },
    { kind: "no headers", name: "no headers", respond: never, meaning: { _tag: "Late" }, needsLimit: true },
    {
      kind: "slow headers",
      name: "slow headers",
      respond: (socket) => {
        socket.write("HTTP/1.1 200 OK\r\nx-slow: ")
        dribble(socket, (index) => bodyMark[index % bodyMark.length] ?? "-", 40)
      },
      meaning: { _tag: "Late" },
      needsLimit: true
    },
    {
      kind: "stalled body",
      name: "stalled body",
      respond: (socket) => {
        socket.write(head(200, { ...json, "content-length": String(long.length) }) + half(long))
      },
      meaning: { _tag: "Late", status: 200 },
      needsLimit: true
    },
    {
      kind: "stalled body",
      name: "stalled body of a 500",
      respond: (socket) => {
        socket.write(head(500, { ...json, "content-length": String(long.length) }) + half(long))
      },
      meaning: { _tag: "Answered", status: 500, words: "Internal Server Error" },
      needsLimit: true
    },
    {
      kind: "trickling body",
      name: "trickling body",
      respond: (socket) => {
        socket.write(head(200, { ...json, "content-length": String(long.length) }))
        dribble(socket, (index) => long[index % long.length] ?? " ", 40)
      },
      meaning: { _tag: "Late", status: 200 },
      needsLimit: true
    },
    {
      kind: "truncated",
      name: "truncated",
      respond: (socket) => socket.end(head(200, { ...json, "content-length": String(long.length) }) + half(long)),
      meaning: { _tag: "Lost", status: 200 }
    },
    {
      kind: "truncated",
      name: "truncated 404",
      respond: (socket) => socket.end(head(404, { ...json, "content-length": String(long.length) }) + half(long)),
      meaning: { _tag: "Answered", status: 404, words: "Not Found" }
    },
    {
      kind: "truncated",
      name: "truncated in chunks",
      respond: (socket) => socket.end(cutInChunks.replace("connection: close\r\n", "")),
      meaning: { _tag: "Lost", status: 200 }
    },
    {
      kind: "truncated",
      name: "truncated in last chunks",
      respond: (socket) => socket.end(cutInChunks),
      meaning: { _tag: "Cut", status: 200 }
    },
    unreadable("bad JSON", "bad JSON", ["Json"], plain(200, `{"mark":"${bodyMark}",`)),
    unreadable("empty 200", "empty 200", ["Json"], plain(200, "")),
    unreadable(
      "wrong shape",
      "wrong shape",
      ["Shape"],
      plain(200, JSON.stringify({ [bodyMark]: bodyMark, data: bodyMark, keys: bodyMark, headers: { [bodyMark]: 1 } }))
    ),
    answered("HTML 502", "HTML 502", 502, "502 Bad Gateway", {
      headers: { "content-type": "text/html" },
      body: page("502 Bad Gateway")
    }),
    answered("JSON 503", "JSON 503", 503, "the pool is empty"),
    answered("null 500", "null 500", 500, "Internal Server Error", { body: "null" }),
    unreadable("204 with a body", "204 with a body", ["Json"], plain(204, `{"mark":"${bodyMark}"}`), 204),
    throttled("429", "429 seconds", { headers: { "retry-after": "1" }, retryAfter: [1000, 1000] }, inMillis),
    {
      kind: "429",
      name: "429 date",
      respond: (socket) =>
        answer(
          socket,
          429,
          { ...json, "retry-after": new Date(Date.now() + 2000).toUTCString() },
          errorBody(429, "slow down")
        ),
      meaning: { _tag: "Answered", status: 429, words: "slow down", retryAfter: [0, 2000] }
    },
    throttled("429", "429 milliseconds in words", { retryAfter: [40, 40] }, inMillis),
    throttled("429", "429 without a delay", {}, "slow down"),
    throttled(
      "429",
      "429 absurd",
      { headers: { "retry-after": "99999999999999999999" }, retryAfter: [longest, longest] },
      "slow down"
    ),
    throttled("429", "429 unreadable", { headers: { "retry-after": "-7; later" } }, "slow down"),
    answered("401", "401", 401, "Authentication failed"),
    answered("403", "403", 403, "Permission denied for this resource"),
    answered("404", "404", 404, "nothing of that name"),
    answered("409", "409", 409, "Resource already exists"),
    redirect(301),
    redirect(302),
    redirect(303),
    redirect(307),
    redirect(308),
    unreadable("gzip bomb", "gzip bomb", ["TooLarge", "Encoding"], (socket) =>
      answer(socket, 200, { ...json, "content-encoding": "gzip" }, gzipBomb())
    ),
    {
      kind: "gzip bomb",
      name: "gzip bomb with a 503",
      respond: (socket) => answer(socket, 503, { ...json, "content-encoding": "gzip" }, gzipBomb()),
      meaning: { _tag: "Answered", status: 503, words: "Service Unavailable" }
    },
    { kind: "64-bit number id", name: "64-bit number id", respond: rawIds, meaning: { _tag: "Exact" } }
  ]
}
